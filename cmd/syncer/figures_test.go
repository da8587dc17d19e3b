package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"syncer/internal/xvidtest"
)

// get asks the daemon for one of its pages.
func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

var servedAt = regexp.MustCompile(`"address":"([^"]+)"`)

// addressIn is where a daemon says that it serves its metrics.
func addressIn(t *testing.T, stderr *transcript) string {
	t.Helper()
	stderr.await(t, "metrics are served", 1)
	found := servedAt.FindStringSubmatch(stderr.String())
	if found == nil {
		t.Fatalf("no address in:\n%s", stderr)
	}
	return "http://" + found[1]
}

// The daemon is not ready before a run has ended well, and serves the figures of
// its runs; the next daemon knows them from sync_runs.
func TestDaemonServesFigures(t *testing.T) {
	t.Parallel()
	p := newProgram(t, 20)
	p.env["METRICS_ADDR"] = "127.0.0.1:0"
	p.api.OnRequest(func(xvidtest.Request) *xvidtest.Fault {
		return &xvidtest.Fault{Kind: xvidtest.FaultStatus, Status: 500, RetryAfter: "3600"}
	})
	d := p.startDaemon(t)
	base := addressIn(t, d.stderr)
	d.stderr.await(t, `"outcome":"failed"`, 1)
	if status, body := get(t, base+"/readyz"); status != http.StatusServiceUnavailable || !strings.Contains(body, "no run has ended well") {
		t.Errorf("before any good run: %d %s", status, body)
	}
	if status, _ := get(t, base+"/healthz"); status != http.StatusOK {
		t.Errorf("health: %d", status)
	}
	p.api.OnRequest(nil)
	d.stderr.await(t, `"outcome":"ok"`, 1)
	if status, body := get(t, base+"/readyz"); status != http.StatusOK {
		t.Errorf("after a good run: %d %s", status, body)
	}
	_, figures := get(t, base+"/metrics")
	for _, want := range []string{
		"syncer_source_backtraces 20\n", "syncer_mirror_backtraces 20\n", "syncer_rows_written_total 20\n",
		`syncer_runs_total{kind="incremental",outcome="ok"} `, `syncer_runs_total{kind="incremental",outcome="failed"} `,
		`syncer_api_requests_total{code="500"} `, `syncer_api_requests_total{code="200"} `, "syncer_doubtful 0\n", "go_goroutines ",
	} {
		if !strings.Contains(figures, want) {
			t.Errorf("no %q in:\n%s", want, figures)
		}
	}
	if strings.Contains(figures, testToken) {
		t.Error("the token is among the figures")
	}
	d.stop()
	d.code(t)

	p.api.OnRequest(func(xvidtest.Request) *xvidtest.Fault { return &xvidtest.Fault{Kind: xvidtest.FaultHang} })
	again := p.startDaemon(t)
	base = addressIn(t, again.stderr)
	again.stderr.await(t, "daemon started", 1)
	_, figures = get(t, base+"/metrics")
	for _, want := range []string{
		"syncer_mirror_backtraces 20\n", "syncer_difference_backtraces 0\n", "syncer_dead_letters 0\n", "syncer_schema_drift_shapes 0\n",
		`syncer_last_run_success{kind="incremental"} 1`, `syncer_last_success_timestamp_seconds{kind="incremental"} `,
		"syncer_checkpoint_lag_seconds ", "syncer_success_lag_seconds ",
	} {
		if !strings.Contains(figures, want) {
			t.Errorf("the next daemon begins without %q:\n%s", want, figures)
		}
	}
	if status, body := get(t, base+"/readyz"); status != http.StatusOK {
		t.Errorf("the next daemon forgets the last good run: %d %s", status, body)
	}
	again.stop()
	again.code(t)
}

func TestMetricsAddrInUse(t *testing.T) {
	t.Parallel()
	p := newProgram(t, 1)
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	p.env["METRICS_ADDR"] = other.Listener.Addr().String()
	if r := p.execute(t, "run"); r.code != exitSettings || !strings.Contains(r.stderr, "METRICS_ADDR") {
		t.Errorf("exit code %d: %s", r.code, r.stderr)
	}
}

// A job that is gone before it is scraped pushes its figures. What the gateway
// does cannot harm the run, and its password is told to nobody else.
func TestPush(t *testing.T) {
	t.Parallel()
	p := newProgram(t, 20)
	const password = "pushers-secret"
	pushed := make(chan string, 2)
	status := http.StatusOK
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, got, _ := r.BasicAuth(); got == password {
			pushed <- r.Method + " " + r.URL.Path
		}
		w.WriteHeader(status)
	}))
	defer gateway.Close()
	p.env["METRICS_PUSH_URL"] = strings.Replace(gateway.URL, "http://", "http://user:"+password+"@", 1)
	p.mustExecute(t, "once")
	database := p.env["CLICKHOUSE_URL"][strings.LastIndex(p.env["CLICKHOUSE_URL"], "/")+1:]
	if got := <-pushed; got != "POST /metrics/job/syncer_once/database/"+database {
		t.Errorf("pushed by %s", got)
	}
	status = http.StatusInternalServerError
	r := p.mustExecute(t, "once")
	if !strings.Contains(r.stderr, "could not be pushed") || strings.Contains(r.stderr, password) {
		t.Errorf("told: %s", r.stderr)
	}
}

// Ready means within two turns and the bound on a run.
func TestReady(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.January, 1, 12, 1, 0, 0, time.UTC)
	schedule, err := parseSchedule("*/5 * * * *")
	if err != nil {
		t.Fatal(err)
	}
	s := &service{settings: &settings{schedule: schedule, timeout: time.Minute}, app: &app{now: func() time.Time { return now }}}
	if err := s.ready(now.Add(-11 * time.Minute)); err != nil {
		t.Error(err)
	}
	if err := s.ready(now.Add(-11*time.Minute - time.Second)); err == nil {
		t.Error("ready though the last good run is too old")
	}
}
