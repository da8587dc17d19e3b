package main

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/sethvargo/go-envconfig"

	"syncer/internal/privacy"
	"syncer/schema"
)

// forgettable is a tag of the source with the accesses made under it.
func (p *program) forgettable(t *testing.T) (tag string, accesses int) {
	t.Helper()
	for _, b := range p.world.All() {
		for _, extracted := range b.ExtractedData {
			if len(extracted.AccessStats) > 0 && len(extracted.AutographTag) > 4 {
				tag = extracted.AutographTag
			}
		}
	}
	for _, b := range p.world.All() {
		for _, extracted := range b.ExtractedData {
			if extracted.AutographTag == tag {
				accesses += len(extracted.AccessStats)
			}
		}
	}
	if accesses == 0 {
		t.Fatal("the source has no tag to forget")
	}
	return tag, accesses
}

func (p *program) accessesUnder(t *testing.T, tag string) (n uint64) {
	t.Helper()
	err := p.mirror(t).Conn().QueryRow(t.Context(), "SELECT (SELECT count() FROM access_stats WHERE autograph_tag = ?) + (SELECT count() FROM backtraces_store WHERE position(raw, ?) > 0)",
		tag, `"`+tag+`"`).Scan(&n)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// An operator counts, erases, and finds the tag in nothing that syncer says or
// keeps; runs do not bring it back before it is taken off the list.
func TestForget(t *testing.T) {
	p := newProgram(t, 60)
	p.once(t)
	tag, accesses := p.forgettable(t)
	told := p.mustExecute(t, "forget", "--dry-run", tag).stdout
	if !strings.Contains(told, "holds "+text(accesses)+" accesses") {
		t.Errorf("there are %d accesses, and a dry run says: %s", accesses, told)
	}
	before := p.accessesUnder(t, tag)
	if r := p.execute(t, "forget", tag); r.code != exitUsage || !strings.Contains(r.stderr, "--yes") {
		t.Errorf("without a terminal: exit code %d, %s", r.code, r.stderr)
	}
	if n := p.accessesUnder(t, tag); n != before || before == 0 {
		t.Fatalf("%d rows hold the tag, %d did before anything was confirmed", n, before)
	}
	delete(p.env, "XVID_API_TOKEN") // nothing is asked
	r := p.mustExecute(t, "forget", "--yes", tag)
	if strings.Contains(r.stdout+r.stderr, tag) {
		t.Errorf("the tag is told: %s%s", r.stdout, r.stderr)
	}
	p.env["XVID_API_TOKEN"] = testToken
	if n := p.accessesUnder(t, tag); n != 0 {
		t.Errorf("%d rows hold the tag", n)
	}
	line := lastLine(t, r.stderr)
	runs, err := p.mirror(t).LastRuns(t.Context(), 1)
	if err != nil || len(runs) != 1 || runs[0].Kind != schema.Forget || runs[0].ID != line["run_id"] || runs[0].RecordsChanged == 0 {
		t.Errorf("sync_runs: %+v, error %v; the line: %v", runs, err, line)
	}
	if listed := p.mustExecute(t, "forget", "--list").stdout; listed != privacy.HashTag(tag).String()+"\n" {
		t.Errorf("the list is %q", listed)
	}
	p.mustExecute(t, "reconcile")
	if n := p.accessesUnder(t, tag); n != 0 {
		t.Errorf("%d rows hold the tag after a reconcile", n)
	}
	p.mustExecute(t, "forget", "--undo", tag)
	if r := p.execute(t, "forget", "--undo", tag); r.code != exitFailed || !strings.Contains(r.stderr, "not on the list") {
		t.Errorf("off the list already: exit code %d, %s", r.code, r.stderr)
	}
	p.mustExecute(t, "reconcile")
	if n := p.accessesUnder(t, tag); n != before {
		t.Errorf("%d rows hold the tag, want %d again", n, before)
	}
	p.equalSource(t)
}

// A forget is no reading of the source: it makes no mirror look true or young.
func TestForgetIsNoReading(t *testing.T) {
	p := newProgram(t, 5)
	p.mustExecute(t, "forget", "--yes", "nobody's")
	if told := p.mustExecute(t, "status").stdout; !strings.HasPrefix(told, "The mirror is empty") {
		t.Errorf("status says: %s", told)
	}
	last, err := p.mirror(t).LastOfEach(t.Context(), p.api.URL())
	if err != nil || len(last) != 0 {
		t.Errorf("the metrics would know of %+v, error %v", last, err)
	}
}

// The tag can come by standard input, where no list of processes shows it.
func TestForgetStandardInput(t *testing.T) {
	p := newProgram(t, 60)
	p.once(t)
	tag, _ := p.forgettable(t)
	forget := func(input string, args ...string) result {
		stdout, stderr := newTranscript(), newTranscript()
		a := &app{env: envconfig.MapLookuper(p.env), stdin: strings.NewReader(input), stdout: stdout, stderr: stderr, now: time.Now}
		return result{code: a.run(t.Context(), append([]string{"forget"}, args...)), stdout: stdout.String(), stderr: stderr.String()}
	}
	for _, input := range []string{"", "\n", "two\nlines\n"} {
		if r := forget(input, "--yes", "-"); r.code != exitUsage {
			t.Errorf("%q: exit code %d", input, r.code)
		}
	}
	if r := forget(tag+"\n", "--yes", "-"); r.code != exitOK {
		t.Fatalf("exit code %d: %s", r.code, r.stderr)
	}
	if n := p.accessesUnder(t, tag); n != 0 {
		t.Errorf("%d rows hold the tag", n)
	}
}

// Only a clear yes erases.
func TestForgetConfirmation(t *testing.T) {
	for answer, want := range map[string]bool{"yes\n": true, "yes": true, "y\n": false, "\n": false, "": false, "no\n": false} {
		a := &app{stdin: strings.NewReader(answer), stdout: newTranscript()}
		if got := a.confirmed(); got != want {
			t.Errorf("%q: got %v, want %v", answer, got, want)
		}
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = null.Close() }()
	if a := (&app{stdin: null}); a.asks() {
		t.Error("/dev/null is taken for a terminal")
	}
}

// The retention of the settings is that of the schema, or nothing is read.
func TestRetentionSetting(t *testing.T) {
	p := newProgram(t, 20)
	p.env["PRIVACY_RETENTION"] = "365d"
	p.once(t)
	p.env["CLICKHOUSE_MIGRATE"] = "false"
	p.once(t)
	p.env["PRIVACY_RETENTION"] = "8761h"
	for _, command := range []string{"once", "reconcile"} {
		if r := p.execute(t, command); r.code != exitSettings || !strings.Contains(r.stderr, "`syncer migrate`") {
			t.Errorf("%s with another retention: exit code %d, %s", command, r.code, r.stderr)
		}
	}
	p.mustExecute(t, "status")
	if told := p.mustExecute(t, "migrate").stdout; !strings.Contains(told, "retention") {
		t.Errorf("migrate says: %s", told)
	}
	p.once(t)
	delete(p.env, "PRIVACY_RETENTION")
	p.mustExecute(t, "migrate")
	p.once(t)
	p.equalSource(t)
}
