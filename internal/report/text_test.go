package report

import (
	"strings"
	"testing"
	"time"
)

func TestLegible(t *testing.T) {
	for text, want := range map[string]string{
		"":                        unknown,
		"anna":                    "anna",
		"Côte d'Ivoire":           "Côte d'Ivoire",
		"東京物語":                    "東京物語",
		"a\u202eb\x00\x1b[2J":     "a\ufffdb\ufffd\ufffd[2J",
		"\xff":                    "\ufffd",
		strings.Repeat("ü", 120):  strings.Repeat("ü", 120),
		strings.Repeat("ü", 1000): strings.Repeat("ü", 120) + "…",
	} {
		if got := legible(text); got != want {
			t.Errorf("legible(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for number, want := range map[float64]string{
		0: "0", 7: "7", 999: "999", 1000: "1,000", 1234567: "1,234,567", 2148.1: "2,148.1", 0.005: "0.01", -12345: "−12,345", 1e15: "1,000,000,000,000,000",
	} {
		if got := grouped(number); got != want {
			t.Errorf("grouped(%v) = %q, want %q", number, got, want)
		}
	}
	for hours, want := range map[float64]string{0: "an hour", 0.9: "an hour", 1: "1 hour", 8.5: "8.5 hours", 71.9: "71.9 hours", 72: "3 days", 2148.1: "89.5 days"} {
		if got := span(hours); got != want {
			t.Errorf("span(%v) = %q, want %q", hours, got, want)
		}
	}
	if got := percent(1, 0); got != none {
		t.Errorf("a share of nothing is %q", got)
	}
}

// Steps begin where dateTrunc has them begin, and the time line never has many.
func TestStep(t *testing.T) {
	at := time.Date(2026, 3, 1, 13, 59, 59, 0, time.UTC) // a Sunday
	for one, want := range map[step]string{
		hour: "2026-03-01 13:00", day: "2026-03-01", week: "2026-02-23", month: "2026-03", year: "2026",
	} {
		start := one.start(at)
		if got := one.label(start); got != want {
			t.Errorf("the %s of %s begins %s, want %s", one, at, got, want)
		}
		if again := one.start(start); !again.Equal(start) {
			t.Errorf("the %s of %s begins %s", one, start, again)
		}
		if next := one.next(start); !next.After(at) || !one.start(next).Equal(next) {
			t.Errorf("after the %s of %s comes %s", one, start, next)
		}
	}
	for _, length := range []time.Duration{0, time.Hour, 93 * aDay, 94 * aDay, 732 * aDay, 733 * aDay, 3660 * aDay, 3661 * aDay, 100 * 366 * aDay} {
		one, steps := timelineStep(at, at.Add(length)), 0
		for start := one.start(at); !start.After(at.Add(length)); start = one.next(start) {
			steps++
		}
		if steps > 130 {
			t.Errorf("%s are %d steps of a %s", length, steps, one)
		}
	}
}
