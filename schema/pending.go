package schema

import (
	"context"
	"time"
)

// FinalStatuses are the states in which a job stays, by the API's document, and
// that of a backtrace which is not followed any more.
var FinalStatuses = []string{"SUCCESS", "FAILURE", Expired}

// Pending is a mirrored backtrace whose job may go on.
type Pending struct {
	ID     string `ch:"id"`
	Status string `ch:"status"`
}

// Pending lists mirrored backtraces in a state that is not final, asked for
// after a time and not stored by the given run, at most limit of them. Where
// there are more, each run gets others, so that all get their turn.
func (m *Mirror) Pending(ctx context.Context, after time.Time, limit int, runID string) (pending []Pending, err error) {
	err = m.retry(ctx, "look up pending backtraces", func(ctx context.Context) error {
		pending = nil
		// The age of a record without any time, or with one from the future, is that
		// of its last reading.
		const waits = `status NOT IN (?) AND NOT is_deleted AND run_id != ?
			AND if(told > toDateTime64(0, 3, 'UTC'), least(told, read_at), read_at) >= ?`
		// Only ids of which some reading fits are brought up to date (FINAL): where nearly
		// all jobs are done, that takes a tenth of the time that it takes for all.
		return m.conn.Select(ctx, &pending, `WITH greatest(created_at, updated_at) AS told,
				fromUnixTimestamp64Micro(toInt64(version), 'UTC') AS read_at
			SELECT id, toString(status) AS status FROM backtraces_store FINAL
			WHERE id GLOBAL IN (SELECT id FROM backtraces_store WHERE `+waits+`) AND `+waits+`
			ORDER BY cityHash64(id, ?) LIMIT ?`,
			FinalStatuses, runID, after.UTC(), FinalStatuses, runID, after.UTC(), runID, limit)
	})
	return pending, err
}
