package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"syncer/schema"
)

// count is a figure of a run that adds up.
type count struct {
	prometheus.Counter
	of func(*schema.Run) uint64
}

// gauge is a figure of the last run that has it.
type gauge struct {
	*prometheus.GaugeVec
	figure
}

// figure is what a gauge shows of a run; the second result of `of` says whether
// the run has it.
type figure struct {
	name, help string
	labels     []string // kind, or none
	of         func(*schema.Run) (float64, bool)
}

var counts = []struct {
	name, help string
	of         func(*schema.Run) uint64
}{
	{"syncer_api_retries_total", "Requests that were sent again after a failure.", func(r *schema.Run) uint64 { return r.Retries }},
	{"syncer_pages_total", "Pages of the list that were read and used.", func(r *schema.Run) uint64 { return r.Pages }},
	{"syncer_contiguity_breaks_total", "Pages that were read again because the list had moved.", func(r *schema.Run) uint64 { return r.ContiguityBreaks }},
	{"syncer_records_read_total", "Readings of backtraces.", func(r *schema.Run) uint64 { return r.RecordsRead }},
	{"syncer_records_changed_total", "Readings that differed from the mirror.", func(r *schema.Run) uint64 { return r.RecordsChanged }},
	{"syncer_rows_written_total", "Rows of backtraces that were stored.", func(r *schema.Run) uint64 { return r.RowsWritten }},
	{"syncer_tombstones_total", "Backtraces that were found gone from the source.", func(r *schema.Run) uint64 { return r.Tombstones }},
}

var gauges = []figure{
	{"syncer_last_run_timestamp_seconds", "When the last run ended, by kind.", []string{"kind"}, func(r *schema.Run) (float64, bool) {
		return ended(r)
	}},
	{"syncer_last_success_timestamp_seconds", "When the last run that ended well ended, by kind.", []string{"kind"}, func(r *schema.Run) (float64, bool) {
		at, known := ended(r)
		return at, known && r.Outcome == schema.OK
	}},
	{"syncer_checkpoint_timestamp_seconds", "The checkpoint: all with an earlier updated_at is mirrored.", nil, func(r *schema.Run) (float64, bool) {
		return seconds(r.CursorTo), r.CursorTo.UnixMilli() > 0
	}},
	{"syncer_source_backtraces", "Backtraces that the source counted at the end of the last run.", nil, func(r *schema.Run) (float64, bool) {
		return total(r.SourceTotal)
	}},
	{"syncer_mirror_backtraces", "Backtraces that the mirror held then.", nil, func(r *schema.Run) (float64, bool) {
		return total(r.MirrorTotal)
	}},
	{"syncer_difference_backtraces", "What the source counted less what the mirror held.", nil, func(r *schema.Run) (float64, bool) {
		there, known := total(r.SourceTotal)
		here, alsoKnown := total(r.MirrorTotal)
		return there - here, known && alsoKnown
	}},
	{"syncer_pending_backtraces", "Backtraces whose job had not ended.", nil, func(r *schema.Run) (float64, bool) {
		return float64(r.Pending), r.Kind == "incremental" && r.Outcome == schema.OK
	}},
	{"syncer_doubtful", "1 if the list could not be read without doubt: a reconcile is due.", nil, func(r *schema.Run) (float64, bool) {
		if r.Doubtful {
			return 1, true
		}
		return 0, r.Outcome == schema.OK
	}},
}

func ended(r *schema.Run) (float64, bool) {
	if r.EndedAt == nil {
		return 0, false
	}
	return seconds(*r.EndedAt), true
}

func seconds(at time.Time) float64 { return float64(at.UnixMilli()) / 1000 }

func total(of *uint64) (float64, bool) {
	if of == nil {
		return 0, false
	}
	return float64(*of), true
}
