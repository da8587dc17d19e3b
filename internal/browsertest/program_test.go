package browsertest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"syncer/internal/embedded/embeddedtest"
	"syncer/internal/xvidtest"
)

const token = "a-t0ken-of-the-browser-test"

func TestMain(m *testing.M) { os.Exit(embeddedtest.Main(m)) }

// program is the real syncer with a source and a database of its own.
type program struct {
	path  string
	world *xvidtest.World
	env   []string
}

func newProgram(t *testing.T) *program {
	t.Helper()
	p := &program{path: filepath.Join(t.TempDir(), "syncer"), world: xvidtest.NewWorld(time.Now)}
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-o", p.path, "./cmd/syncer")
	build.Dir, build.Env = "../..", append(os.Environ(), "CGO_ENABLED=0") // as make builds it, so that Go's cache serves
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build syncer: %v\n%s", err, out)
	}
	api, err := xvidtest.Listen(p.world, xvidtest.ServerOptions{Token: token})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = api.Close() })
	p.env = append(os.Environ(), "XVID_API_URL="+api.URL(), "XVID_API_TOKEN="+token, "CLICKHOUSE_URL="+embeddedtest.DSN(t))
	return p
}

func (p *program) run(t *testing.T, args ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), p.path, args...)
	var stdout, stderr bytes.Buffer
	command.Env, command.Stdout, command.Stderr = p.env, &stdout, &stderr
	if err := command.Run(); err != nil {
		t.Fatalf("syncer %s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return stdout.String()
}

// report mirrors the world and writes the page.
func (p *program) report(t *testing.T, args ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "report.html")
	p.run(t, "once")
	p.run(t, append([]string{"report", "-o", path}, args...)...)
	return path
}

// query gives the rows of an analysis, as texts.
func (p *program) query(t *testing.T, name string, params ...string) []map[string]string {
	t.Helper()
	line := []string{"query", name, "--format", "json"}
	for _, param := range params {
		line = append(line, "--param", param)
	}
	decoder := json.NewDecoder(strings.NewReader(p.run(t, line...)))
	decoder.UseNumber()
	var rows []map[string]any
	if err := decoder.Decode(&rows); err != nil {
		t.Fatal(err)
	}
	texts := make([]map[string]string, len(rows))
	for i, row := range rows {
		texts[i] = map[string]string{}
		for column, value := range row {
			texts[i][column] = text(value)
		}
	}
	return texts
}

// text is a value as the page has it.
func text(value any) string {
	if value == nil {
		return ""
	}
	written := fmt.Sprint(value)
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if at, err := time.Parse(layout, written); err == nil {
			return at.UTC().Format("2006-01-02 15:04")
		}
	}
	return written
}
