package main

import (
	"fmt"
	"time"

	"syncer/schema"
)

// verdict says in plain words whether the mirror is true, how old it is, and
// what to do when it is not.
func verdict(found *status, runs []schema.Run, now time.Time) string {
	if len(runs) == 0 {
		return "The mirror is empty: no run has been made yet. Make one with `syncer once`."
	}
	good := lastGood(runs)
	if good == nil {
		return fmt.Sprintf("The mirror is not complete: none of the last %d runs ended well (%s). %s",
			len(runs), lastError(runs), "What is stored is right; mend the cause, and the next run reads on.")
	}
	age := fmt.Sprintf("as of %s (%s ago)", good.StartedAt.UTC().Format(time.RFC3339), now.Sub(good.StartedAt).Round(time.Second))
	switch last := &runs[0]; {
	case good.Doubtful:
		return "The mirror may lack records: the list could not be read without doubt " + age + ". Run `syncer reconcile`."
	case differs(good, found.DeadLetters):
		return fmt.Sprintf("The mirror differs from the source %s: it holds %d backtraces and the source counted %d. If that stays so, run `syncer reconcile`.",
			age, *good.MirrorTotal, *good.SourceTotal)
	case last.Outcome == schema.Running:
		return "The mirror is true " + age + "; a run is going on."
	case last.ID != good.ID:
		return fmt.Sprintf("The mirror is true %s, but the last run %s (%s). The next one reads on from the checkpoint.", age, ended(last), lastError(runs[:1]))
	case found.DeadLetters > 0:
		return fmt.Sprintf("The mirror is true %s, but for %d elements of the list that are no backtrace: see the relation dead_letters.", age, found.DeadLetters)
	}
	return "The mirror is true " + age + "."
}

// ended says how a run ended.
func ended(run *schema.Run) string {
	if run.Outcome == schema.Interrupted {
		return "was interrupted"
	}
	return run.Outcome
}

// lastGood is the newest run that ended well.
func lastGood(runs []schema.Run) *schema.Run {
	for i := range runs {
		if runs[i].Outcome == schema.OK {
			return &runs[i]
		}
	}
	return nil
}

// lastError is what the newest run that says what went wrong says.
func lastError(runs []schema.Run) string {
	for i := range runs {
		if runs[i].Error != "" {
			return runs[i].Error
		}
	}
	return "no error was recorded"
}

// differs says whether source and mirror counted differently at the end of a
// run, beyond the elements that are no backtrace.
func differs(run *schema.Run, deadLetters uint64) bool {
	if run.MirrorTotal == nil || run.SourceTotal == nil {
		return false
	}
	here, there := *run.MirrorTotal, *run.SourceTotal
	return there < here || there > here+deadLetters
}
