package metrics_test

import (
	"io"
	"log/slog"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"syncer/internal/metrics"
	"syncer/schema"
)

// served gives the names of the metrics that are served.
func served(t *testing.T, m *metrics.Metrics) map[string]bool {
	t.Helper()
	server, err := m.Serve(t.Context(), "127.0.0.1:0", slog.New(slog.DiscardHandler), func() error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.Get("http://" + server.Addr() + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if err := server.Close(t.Context()); err != nil {
		t.Error(err)
	}
	names := map[string]bool{}
	for _, found := range regexp.MustCompile(`(?m)^# TYPE (syncer_\w+)`).FindAllStringSubmatch(string(text), -1) {
		names[found[1]] = true
	}
	return names
}

// every gives a process's metrics once all have a value.
func every(t *testing.T) map[string]bool {
	t.Helper()
	m := metrics.New("test", time.Now)
	now, some := time.Now(), uint64(3)
	m.Ended(&schema.Run{Kind: "incremental", Outcome: schema.OK, StartedAt: now, EndedAt: &now, CursorTo: now, SourceTotal: &some, MirrorTotal: &some})
	m.Answered(http.StatusOK)
	m.Odd(schema.Oddities{})
	return served(t, m)
}

// Every metric is explained, and nothing is that does not exist.
func TestDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	names := every(t)
	for word := range strings.SplitSeq(string(text), "`") {
		if strings.HasPrefix(word, "syncer_") && word != "syncer_once" && word != "syncer_reconcile" && !names[word] {
			t.Errorf("docs/metrics.md explains %s, which is not there", word)
		}
	}
	for name := range names {
		if !strings.Contains(string(text), "`"+name+"`") {
			t.Errorf("docs/metrics.md lacks %s", name)
		}
	}
}

// An alert on a metric that is not there would stay silent for ever. (What the
// alerts do is tested in internal/alerttest.)
func TestAlertsKnowTheirMetrics(t *testing.T) {
	text, err := os.ReadFile("../../deploy/k8s/components/alerts/rules.yaml")
	if err != nil {
		t.Fatal(err)
	}
	names := every(t)
	// A name is followed by its labels, its range or the end of what it is in.
	asked := regexp.MustCompile(`(syncer_\w+)[{[)]`).FindAllStringSubmatch(string(text), -1)
	if len(asked) < 20 {
		t.Fatalf("only %d metrics are asked for", len(asked))
	}
	for _, name := range asked {
		// A histogram's parts.
		whole := strings.TrimSuffix(strings.TrimSuffix(name[1], "_sum"), "_count")
		if !names[name[1]] && !names[whole] {
			t.Errorf("an alert asks for %s, which is not there", name[1])
		}
	}
}
