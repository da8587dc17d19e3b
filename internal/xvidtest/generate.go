package xvidtest

import (
	"cmp"
	"encoding/hex"
	"math/rand/v2"
	"strconv"
	"time"
)

// GenerateOptions shape what Generate makes; zero values take the defaults named.
type GenerateOptions struct {
	End      time.Time     // no record is created later; 2024-06-01 00:00 UTC
	Span     time.Duration // from the first record's creation to End; 90 days
	TieShare float64       // share of records (0 to 1) with the updated_at of the one before
}

// Generate makes n records that look like the source's, ascending by updated_at.
// The same arguments make the same records.
func Generate(seed uint64, n int, o GenerateOptions) []Backtrace {
	if o.End.IsZero() {
		o.End = time.Date(2024, time.June, 1, 0, 0, 0, 0, time.UTC)
	}
	span := cmp.Or(o.Span, 90*24*time.Hour)
	g := newGenerator(seed)
	first := o.End.Add(-span).UnixMilli()
	step := float64(span.Milliseconds()) / float64(max(n, 1))

	records := make([]Backtrace, n)
	for i := range records {
		at := first + int64(step*(float64(i)+g.Float64()))
		if tied := g.Float64() < o.TieShare; tied && i > 0 {
			at = records[i-1].UpdatedAt
		}
		g.fill(&records[i], i, at)
	}
	return records
}

// generator draws from one seeded sequence.
type generator struct {
	*rand.Rand
	processes [3][5]byte // the part of an id that tells the source's processes apart
	users     []string
	people    []person
}

func newGenerator(seed uint64) *generator {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 0x5eed))}
	for i := range g.processes {
		for j := range g.processes[i] {
			g.processes[i][j] = byte(g.Uint32())
		}
	}
	for range 12 {
		g.users = append(g.users, g.objectID())
	}
	g.people = g.newPeople(400)
	return g
}

// fill makes the i-th record, created at that time.
func (g *generator) fill(b *Backtrace, i int, at int64) {
	*b = Backtrace{
		ID:            g.recordID(at, i),
		InputName:     "uploads/" + g.word(32) + "/" + skewed(g, titles) + "_" + g.word(8) + ".mp4",
		PipelineID:    pipelines[g.IntN(len(pipelines))],
		FileID:        g.objectID(),
		JobID:         g.objectID(),
		ApplicationID: applications[g.IntN(len(applications))],
		UserID:        skewed(g, g.users),
		CreatedAt:     at,
		UpdatedAt:     at,
		Version:       1,
	}
	finishedAt := at + 2_000 + int64(skew(g, 600_000))
	switch outcome := g.IntN(100); {
	case outcome < 85:
		b.Status, b.PercentageCompleted, b.FinishedAt = "SUCCESS", new(100.0), &finishedAt
		b.ExtractedData = g.extractedData(at)
	case outcome < 88:
		b.Status, b.PercentageCompleted = "QUEUED", new(float64(g.IntN(100)))
		b.ExtractedData = []Extracted{}
	default:
		f := skewed(g, failures)
		b.Status, b.PercentageCompleted, b.FinishedAt = "FAILURE", new(float64(g.IntN(100))), &finishedAt
		b.ErrorCode, b.ErrorMsg = new(f.code), new(f.message)
		b.ExtractedData = []Extracted{}
	}
}

// recordID is an id as the source's store makes them: the second, the process and
// a counter, which keeps the ids of one call apart.
func (g *generator) recordID(at int64, i int) string {
	var id [12]byte
	second := at / 1000
	id[0], id[1], id[2], id[3] = byte(second>>24), byte(second>>16), byte(second>>8), byte(second)
	copy(id[4:9], g.processes[g.IntN(len(g.processes))][:])
	id[9], id[10], id[11] = byte(i>>16), byte(i>>8), byte(i)
	return hex.EncodeToString(id[:])
}

// objectID is the id of something else, made some time in the source's past.
func (g *generator) objectID() string {
	const since2014 = 1_400_000_000
	s := strconv.FormatUint(uint64(since2014+g.IntN(250_000_000)), 16)
	var rest [8]byte
	for i := range rest {
		rest[i] = byte(g.Uint32())
	}
	return s + hex.EncodeToString(rest[:])
}

func (g *generator) word(length int) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	w := make([]byte, length)
	for i := range w {
		w[i] = letters[g.IntN(len(letters))]
	}
	return string(w)
}

// skew draws a number below n, small ones far more often than large ones.
func skew(g *generator, n int) int {
	u := g.Float64()
	return int(u * u * u * float64(n))
}

// skewed draws from a list whose first members are the frequent ones.
func skewed[T any](g *generator, list []T) T { return list[skew(g, len(list))] }
