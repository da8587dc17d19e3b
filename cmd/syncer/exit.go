package main

import (
	"errors"
	"fmt"

	"syncer/internal/embedded"
	"syncer/internal/xvid"
	"syncer/schema"
)

// Exit codes of the contract; Kubernetes' podFailurePolicy tells them apart.
const (
	exitOK       = 0
	exitFailed   = 1  // a retry may help
	exitUsage    = 2  // wrong command line
	exitRefused  = 77 // token or ClickHouse credentials; EX_NOPERM of sysexits.h
	exitSettings = 78 // EX_CONFIG of sysexits.h
)

// usageError is a wrong command line.
type usageError struct{ error }

func (e *usageError) Unwrap() error { return e.error }

// reportedError has been told to the user already; only its exit code is left.
type reportedError struct{ error }

func (e *reportedError) Unwrap() error { return e.error }

func exitCode(err error) int {
	var wrongUsage *usageError
	var wrongSettings *settingsError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &wrongUsage):
		return exitUsage
	case errors.As(err, &wrongSettings), errors.Is(err, schema.ErrSchema), errors.Is(err, embedded.ErrNotInstalled):
		return exitSettings
	case errors.Is(err, xvid.ErrRefused), errors.Is(err, schema.ErrRefused):
		return exitRefused
	}
	return exitFailed
}

// report tells the user what went wrong, once.
func (a *app) report(err error) {
	var reported *reportedError
	if err != nil && !errors.As(err, &reported) {
		_, _ = fmt.Fprintln(a.stderr, "syncer:", err) // nowhere else to tell it
	}
}
