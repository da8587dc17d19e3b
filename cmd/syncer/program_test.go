package main

import (
	"context"
	"encoding/json"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"github.com/sethvargo/go-envconfig"

	"syncer/internal/embedded/embeddedtest"
	"syncer/internal/xvidtest"
	"syncer/schema"
)

const testToken = "right-t0ken-of-the-test"

// program is syncer with all that surrounds it: a source, a database that does
// not exist yet, and the settings that name them.
type program struct {
	world *xvidtest.World
	api   *xvidtest.Running
	env   map[string]string
}

// newProgram starts a fake API with so many records, all older than any
// lookback.
func newProgram(t *testing.T, records int) *program {
	t.Helper()
	p := &program{world: xvidtest.NewWorld(time.Now)}
	p.world.Insert(xvidtest.Generate(1, records, xvidtest.GenerateOptions{End: time.Now().Add(-time.Hour)})...)
	var err error
	if p.api, err = xvidtest.Listen(p.world, xvidtest.ServerOptions{Token: testToken}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.api.Close() })
	p.env = map[string]string{
		"XVID_API_URL":   p.api.URL(),
		"XVID_API_TOKEN": testToken,
		"CLICKHOUSE_URL": embeddedtest.DSN(t),
	}
	return p
}

// result is what a command line left behind.
type result struct {
	code           int
	stdout, stderr string
}

// execute runs a command line as main does.
func execute(ctx context.Context, env map[string]string, args ...string) result {
	return executeAt(ctx, time.Now, env, args...)
}

// executeAt is execute by another clock.
func executeAt(ctx context.Context, now func() time.Time, env map[string]string, args ...string) result {
	stdout, stderr := newTranscript(), newTranscript()
	a := &app{env: envconfig.MapLookuper(env), stdout: stdout, stderr: stderr, now: now}
	code := a.run(ctx, args)
	return result{code: code, stdout: stdout.String(), stderr: stderr.String()}
}

func (p *program) execute(t *testing.T, args ...string) result {
	t.Helper()
	return execute(t.Context(), p.env, args...)
}

// mustExecute runs a command line that must do what it is told.
func (p *program) mustExecute(t *testing.T, args ...string) result {
	t.Helper()
	r := p.execute(t, args...)
	if r.code != exitOK {
		t.Fatalf("%v: exit code %d\nstdout: %s\nstderr: %s", args, r.code, r.stdout, r.stderr)
	}
	return r
}

// once makes a run that must end well and gives its last line.
func (p *program) once(t *testing.T) map[string]any {
	t.Helper()
	return lastLine(t, p.mustExecute(t, "once").stderr)
}

// mirror looks at what the program stored.
func (p *program) mirror(t *testing.T) *schema.Mirror {
	t.Helper()
	target, err := schema.ParseDSN(p.env["CLICKHOUSE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	mirror, err := schema.Open(t.Context(), schema.Options{ClickHouse: target})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = mirror.Close() })
	return mirror
}

// equalSource compares the relations with the source, row by row in number and
// id by id.
func (p *program) equalSource(t *testing.T) {
	t.Helper()
	mirror := p.mirror(t)
	got, err := mirror.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var want schema.Counts
	stored := storedIDs(t, mirror)
	for _, b := range p.world.All() {
		want.Backtraces++
		for _, extracted := range b.ExtractedData {
			want.ExtractedData++
			want.AccessStats += uint64(len(extracted.AccessStats))
		}
		if !stored[b.ID] {
			t.Errorf("the mirror lacks %s", b.ID)
		}
	}
	if got != want {
		t.Errorf("the mirror counts %+v, the source %+v", got, want)
	}
}

func storedIDs(t *testing.T, mirror *schema.Mirror) map[string]bool {
	t.Helper()
	var rows []struct {
		ID string `ch:"id"`
	}
	if err := mirror.Conn().Select(t.Context(), &rows, "SELECT id FROM backtraces"); err != nil {
		t.Fatal(err)
	}
	stored := make(map[string]bool, len(rows))
	for _, row := range rows {
		stored[row.ID] = true
	}
	return stored
}

// lastLine decodes the last line of a log, which must tell how the run ended.
func lastLine(t *testing.T, log string) map[string]any {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(log), "\n")
	decoder := json.NewDecoder(strings.NewReader(lines[len(lines)-1]))
	decoder.UseNumber() // as written, so that no digit is lost
	var line map[string]any
	if err := decoder.Decode(&line); err != nil || line["msg"] != "run ended" {
		t.Fatalf("the last line does not tell how the run ended (%v):\n%s", err, log)
	}
	return line
}

// linesWith gives the lines that hold a text.
func linesWith(output, text string) (found []string) {
	for line := range strings.Lines(output) {
		if strings.Contains(line, text) {
			found = append(found, line)
		}
	}
	return found
}

// patience bounds every wait of these tests.
const patience = 60 * time.Second

// transcript is an output on which a test can wait.
type transcript struct {
	mu    stdsync.Mutex
	text  strings.Builder
	grown chan struct{} // closed at the next write
}

func newTranscript() *transcript { return &transcript{grown: make(chan struct{})} }

func (o *transcript) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	close(o.grown)
	o.grown = make(chan struct{})
	return o.text.Write(p)
}

func (o *transcript) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// await waits until the output holds a text so many times.
func (o *transcript) await(t *testing.T, text string, times int) {
	t.Helper()
	timeout := time.After(patience)
	for {
		o.mu.Lock()
		now, grown := o.text.String(), o.grown
		o.mu.Unlock()
		if strings.Count(now, text) >= times {
			return
		}
		select {
		case <-grown:
		case <-timeout:
			t.Fatalf("waited in vain for %q, %d times:\n%s", text, times, now)
		}
	}
}
