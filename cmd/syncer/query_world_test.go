package main

import (
	"fmt"
	"testing"
	"time"

	"syncer/internal/xvidtest"
)

// analysesNow is when the small world is looked at.
var analysesNow = at("2026-03-10 12:00")

// smallWorld is what the analyses' answers are worked out from by hand: twelve
// backtraces and ten accesses, #1 to #10, so that one access is ten per cent.
func smallWorld() []xvidtest.Backtrace {
	const (
		chrome  = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36"
		firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0"
		iPhone  = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4.1 Mobile/15E148 Safari/604.1"
		hostile = "curl\x1b[2J\u202e"
	)
	return []xvidtest.Backtrace{
		traced(1, "nordlys", "2026-02-01 12:00", tag("anna",
			access("Estonia", "203.0.113.10", "VPN", chrome, "et-EE,et;q=0.9", "2026-01-31 12:00", "100%", "1080p", "no"),    // #1
			access("Estonia", "203.0.113.11", "UNK", chrome, "et-EE,et;q=0.9", "2026-01-31 18:00", "50%", "720p", "yes"),     // #2
			access("Germany", "198.51.100.7", "ISP", firefox, "de-DE,de;q=0.9", "2026-02-01 00:00", "100%", "1080p", "no"))), // #3
		traced(2, "quarry", "2026-02-11 00:00", tag("anna",
			access("Germany", "198.51.100.7", "ISP", firefox, "de-DE,de;q=0.9", "2026-02-09 00:00", "97.5%", "1080p", "no"))), // #4
		traced(3, "nordlys", "2026-02-20 12:00", tag("boris",
			access("Estonia", "::ffff:203.0.113.99", "DCH", "curl/8.5.0", "N/A", "2026-02-20 10:00", "10%", "352p", "no"),                  // #5
			access("Korea, Republic of", "2001:db8:1:1::5", "MOB", iPhone, "ko-KR,ko;q=0.9", "2026-02-20 11:00", "100%", "1080p", "yes"))), // #6
		traced(4, "static", "2026-03-02 00:00", tag("chloe",
			access("Korea, Republic of", "2001:db8:1:2::9", "UNK", iPhone, "en-US,en;q=0.9", "2026-03-01 00:00", "100%", "720p", "yes"))), // #7
		// Opened only after it was traced, and with a second tag that nobody opened.
		traced(5, "nordlys", "2026-03-08 03:00", tag("chloe",
			access("France", "192.0.2.1", "TOR", chrome, "fr", "2026-03-08 06:00", "0%", "1080p", "yes")), // #8
			tag("anna")),
		// All that can be unknown is; what is known is hostile.
		traced(6, "quarry", "2026-03-09 18:00", tag("=1+1",
			access("Atlantis", "N/A", "N/A", hostile, "N/A", "", "N/A", "N/A", "N/A"))), // #9
		traced(7, "quarry", "2026-03-10 00:00", tag("=1+1",
			access("N/A", "h:9c56cc51b374c3ba189210d5b6d4bf57", "UNK", "N/A", "N/A", "2026-03-09 12:00", "100%", "352p", "no"))), // #10
		failed(8, "quarry", "2026-03-01 00:00", "0x0700003", "No AutoGraph watermark found"),
		failed(9, "static", "2026-03-03 00:00", "0x0700003", "No AutoGraph watermark found"),
		failed(10, "static", "2026-03-04 00:00", "0x0000001", "Internal Error"),
		queued(11, "quarry", "2026-03-10 06:00", 0),
		queued(12, "static", "2026-03-08 12:00", 40),
	}
}

func at(text string) time.Time {
	parsed, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		panic(err) // a slip of these tests
	}
	return parsed
}

func record(n int, status, title, created string) xvidtest.Backtrace {
	moment := at(created).UnixMilli()
	return xvidtest.Backtrace{
		ID: fmt.Sprintf("%024x", n), Status: status, InputName: fmt.Sprintf("uploads/%d/%s_copy%d.mp4", n, title, n), FileID: title,
		CreatedAt: moment, UpdatedAt: moment, Version: 1,
	}
}

func traced(n int, title, created string, tags ...xvidtest.Extracted) xvidtest.Backtrace {
	b := record(n, "SUCCESS", title, created)
	b.FinishedAt, b.PercentageCompleted, b.ExtractedData = new(b.CreatedAt+60_000), new(100.0), tags
	return b
}

func failed(n int, title, created, code, message string) xvidtest.Backtrace {
	b := record(n, "FAILURE", title, created)
	b.FinishedAt, b.ErrorCode, b.ErrorMsg = new(b.CreatedAt+60_000), &code, &message
	return b
}

func queued(n int, title, created string, percent float64) xvidtest.Backtrace {
	b := record(n, "QUEUED", title, created)
	b.PercentageCompleted = &percent
	return b
}

func tag(name string, accesses ...xvidtest.Access) xvidtest.Extracted {
	return xvidtest.Extracted{AutographTag: name, AccessStats: accesses}
}

func access(country, address, kind, agent, language, first, taken, lines, streamed string) xvidtest.Access {
	a := xvidtest.Access{
		IPCountry: country, IPAddress: address, IPType: kind, UserAgent: agent, AcceptLanguage: language,
		PercentageObtained: taken, HighestResolution: lines, StreamingOnly: streamed,
	}
	if first != "" {
		a.FirstAccessedAt = new(at(first).UnixMilli())
	}
	return a
}

// newAnalysedProgram mirrors the small world, in a run at nine that stores it and
// one half an hour before it is looked at that finds nothing new.
func newAnalysedProgram(t *testing.T) *program {
	t.Helper()
	p := newProgram(t, 0)
	p.analysed(t)
	return p
}

// analysed mirrors the small world in two runs.
func (p *program) analysed(t *testing.T) {
	t.Helper()
	p.world.Insert(smallWorld()...)
	for _, clock := range []string{"2026-03-10 09:00", "2026-03-10 11:30"} {
		p.at(t, at(clock), "once")
	}
}

// at runs a command line at a moment; it must do what it is told.
func (p *program) at(t *testing.T, moment time.Time, args ...string) result {
	t.Helper()
	r := executeAt(t.Context(), func() time.Time { return moment }, p.env, args...)
	if r.code != exitOK {
		t.Fatalf("%v: exit code %d\nstdout: %s\nstderr: %s", args, r.code, r.stdout, r.stderr)
	}
	return r
}
