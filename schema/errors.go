package schema

import (
	"errors"
	"fmt"

	"github.com/ClickHouse/clickhouse-go/v2"
)

var (
	// ErrRefused is ClickHouse refusing the credentials or lacking a grant: a
	// retry cannot help.
	ErrRefused = errors.New("ClickHouse refuses")
	// ErrSchema is a database whose schema does not fit this program.
	ErrSchema = errors.New("the schema does not fit")
	// ErrBehind is the [ErrSchema] of a database that lacks steps: a migration
	// mends it.
	ErrBehind = fmt.Errorf("%w", ErrSchema)
	// ErrNewer is the [ErrSchema] of a database that a newer syncer migrated.
	ErrNewer = fmt.Errorf("%w: a newer syncer made it", ErrSchema)
)

// ClickHouse's exception codes that decide something here, by their names in
// its src/Common/ErrorCodes.cpp.
const (
	codeUnknownTable    = 60
	codeUnknownDatabase = 81
)

// refusedCodes: credentials or grants.
var refusedCodes = map[int32]bool{
	192: true, // UNKNOWN_USER
	193: true, // WRONG_PASSWORD
	194: true, // REQUIRED_PASSWORD
	195: true, // IP_ADDRESS_NOT_ALLOWED
	291: true, // DATABASE_ACCESS_DENIED
	497: true, // ACCESS_DENIED
	516: true, // AUTHENTICATION_FAILED
}

// passingCodes are troubles of a server that pass.
var passingCodes = map[int32]bool{
	159: true, // TIMEOUT_EXCEEDED
	202: true, // TOO_MANY_SIMULTANEOUS_QUERIES
	203: true, // NO_FREE_CONNECTION
	209: true, // SOCKET_TIMEOUT
	210: true, // NETWORK_ERROR
	236: true, // ABORTED: the server is shutting down
	241: true, // MEMORY_LIMIT_EXCEEDED
	242: true, // TABLE_IS_READ_ONLY: lost its keeper for now
	252: true, // TOO_MANY_PARTS
	279: true, // ALL_CONNECTION_TRIES_FAILED
	285: true, // TOO_FEW_LIVE_REPLICAS
	286: true, // UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE: another insert is not done yet
	289: true, // REPLICA_IS_NOT_IN_QUORUM: it lags; another one is asked, or it catches up
	319: true, // UNKNOWN_STATUS_OF_INSERT
	394: true, // QUERY_WAS_CANCELLED: the server is shutting down
	425: true, // SYSTEM_ERROR
	517: true, // CANNOT_ASSIGN_ALTER: another one replaces or alters the relation
	730: true, // REFRESH_FAILED: of whatever cause, which only its text says
	999: true, // KEEPER_EXCEPTION
}

// overtakenCodes are those of a statement about a relation that another program, which
// migrates at the same time, replaces meanwhile.
var overtakenCodes = map[int32]bool{
	codeUnknownTable: true,
	218:              true, // TABLE_IS_DROPPED
}

// code is ClickHouse's exception code, 0 if the error is none of its own.
func code(err error) int32 {
	if exception, ok := errors.AsType[*clickhouse.Exception](err); ok {
		return exception.Code
	}
	return 0
}

// passing says whether the same query may succeed later: what ClickHouse itself
// refuses is passing only if its code says so, a schema that does not fit is not,
// and every other error comes from the connection, which may come back.
func passing(err error) bool {
	if number := code(err); number != 0 {
		return passingCodes[number]
	}
	return !errors.Is(err, ErrSchema)
}

// explain names what was being done, and makes a refusal findable.
func explain(what string, err error) error {
	if err == nil {
		return nil
	}
	if refusedCodes[code(err)] {
		return fmt.Errorf("%s: %w: %w", what, ErrRefused, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}
