package main

import (
	"strings"
	"testing"
	"time"

	"syncer/schema"
)

// The verdict gives the last run's own error, and not that of a run before it.
func TestVerdictBlamesTheRightRun(t *testing.T) {
	now := time.Now()
	runs := []schema.Run{
		{ID: "3", Outcome: schema.Interrupted, StartedAt: now},
		{ID: "2", Outcome: schema.Failed, StartedAt: now, Error: "an older trouble"},
		{ID: "1", Outcome: schema.OK, StartedAt: now},
	}
	if text := verdict(&status{}, runs, now); strings.Contains(text, "older") || !strings.Contains(text, "was interrupted") {
		t.Errorf("an interrupted run: %s", text)
	}
	if text := verdict(&status{}, runs[1:], now); !strings.Contains(text, "an older trouble") {
		t.Errorf("a failed run: %s", text)
	}
}
