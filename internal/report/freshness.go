package report

import "fmt"

// freshness says whether the figures can be trusted now.
type freshness struct {
	State string // good, old or bad: how it is coloured
	Text  string
	Notes []string
}

// oldAfter is the age in minutes from which a mirror is called old: a day, since
// syncer runs every few minutes or at least every night.
const oldAfter = 24 * 60

func newFreshness(found row) freshness {
	asOf, known := found.time("as_of")
	if !known {
		return freshness{State: "bad", Text: "Nothing has been mirrored yet", Notes: []string{"No run has ended well. `syncer status` says why."}}
	}
	age := found.number("age_minutes")
	f := freshness{State: "good", Text: fmt.Sprintf("Mirror as of %s UTC, %s old", moment(asOf), ageText(age))}
	if age > oldAfter {
		f.State = "old"
		f.Notes = append(f.Notes, "What the source has learnt since then is not in these figures.")
	}
	if last := found.text("last_outcome"); last != "ok" {
		f.State = "old"
		f.Notes = append(f.Notes, "The last run did not end well ("+legible(last)+").")
	}
	switch missing := found.number("missing"); {
	case missing > 0:
		f.State = "old"
		f.Notes = append(f.Notes, count(missing, "record", "records")+" of the source not mirrored yet.")
	case missing < 0:
		f.Notes = append(f.Notes, count(-missing, "mirrored record is", "mirrored records are")+" gone at the source; a reconcile will tell.")
	}
	f.Notes = append(f.Notes, count(found.number("mirrored"), "backtrace", "backtraces")+" mirrored; "+
		count(found.number("good_24h"), "run", "runs")+" of "+grouped(found.number("runs_24h"))+" in the last 24 hours ended well.")
	return f
}

func ageText(minutes float64) string {
	if minutes < 120 {
		return count(float64(int(minutes)), "minute", "minutes")
	}
	return span(float64(int(minutes/6)) / 10)
}
