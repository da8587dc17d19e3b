package crashtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"testing"
	"time"

	"syncer/internal/xvidtest"
)

const token = "the-token-of-the-test"

// source is a small collection that changes in every way that a source does.
//
// Each reading of a record bears a number in input_name, which its children repeat
// and which decides how many they are, so that a backtrace with children of two
// readings shows.
type source struct {
	world  *xvidtest.World
	api    *xvidtest.Running
	random *rand.Rand
	number int
	// spoiled is the id of the one element that is no backtrace. A cluster of
	// them would put a run in doubt, which leaves the rest to a reconcile.
	spoiled string
}

// There are about so many records at any time, and each change brings so many.
const (
	records = 11
	fresh   = 3
)

func newSource(t *testing.T, seed uint64) *source {
	t.Helper()
	s := &source{world: xvidtest.NewWorld(time.Now), random: rand.New(rand.NewPCG(seed, seed))}
	var err error
	if s.api, err = xvidtest.Listen(s.world, xvidtest.ServerOptions{Token: token, UnstableTies: true, Seed: seed}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.api.Close() })
	for i, b := range xvidtest.Generate(seed, records, xvidtest.GenerateOptions{End: time.Now(), Span: 50 * time.Hour, TieShare: 0.4}) {
		b.Status = []string{"SUCCESS", "QUEUED", "FAILURE"}[i%3]
		s.renumber(&b)
		s.world.Insert(b)
	}
	return s
}

// renumber makes another reading of a record.
func (s *source) renumber(b *xvidtest.Backtrace) {
	s.number++
	b.Raw = nil
	b.InputName = strconv.Itoa(s.number)
	b.ExtractedData = make([]xvidtest.Extracted, s.number%3)
	for i := range b.ExtractedData {
		accesses := make([]xvidtest.Access, s.number%4)
		for j := range accesses {
			accesses[j] = xvidtest.Access{
				IPAddress: "192.0.2." + strconv.Itoa(j), IPCountry: "Estonia", IPType: "UNK", UserAgent: "N/A",
				AcceptLanguage: "en", FirstAccessedAt: new(b.CreatedAt + int64(j)), PercentageObtained: "97.5%",
				HighestResolution: []string{"352p", "N/A"}[j%2], StreamingOnly: []string{"yes", "no"}[i%2],
			}
		}
		b.ExtractedData[i] = xvidtest.Extracted{AutographTag: b.InputName, AccessStats: accesses}
	}
}

// change deletes, updates, ends and inserts. What is deleted waits for its job, so
// that any run notices; with a reconcile to come it may be anything.
func (s *source) change(t *testing.T, anything bool) {
	t.Helper()
	doomed := "QUEUED"
	if anything {
		doomed = ""
	}
	for s.world.Len() > records-fresh && s.world.Delete(s.any(doomed)) {
	}
	s.world.Update(s.any(""), s.renumber)
	s.world.Update(s.any(""), s.renumber)
	s.world.Finish(s.any("QUEUED"), func(b *xvidtest.Backtrace) {
		b.Status, b.FinishedAt = "SUCCESS", new(time.Now().UnixMilli())
		s.renumber(b)
	})
	now := time.Now()
	arrived := xvidtest.Generate(s.random.Uint64(), fresh, xvidtest.GenerateOptions{End: now, Span: time.Second})
	for i := range arrived {
		arrived[i].UpdatedAt = now.UnixMilli() // a tie
		arrived[i].Status = "QUEUED"
		s.renumber(&arrived[i])
	}
	s.world.Insert(arrived...)
	s.drift(t, arrived[0])
	s.spoil(arrived[1])
}

// any is the id of a backtrace, in a state if one is named.
func (s *source) any(status string) string {
	all := s.world.All()
	for _, i := range s.random.Perm(len(all)) {
		if all[i].ID != s.spoiled && (status == "" || all[i].Status == status) {
			return all[i].ID
		}
	}
	return ""
}

// driftKey begins the keys that no decoder knows; no two records have the same.
const driftKey = "novel_"

// drift gives a record a key that nobody has seen.
func (s *source) drift(t *testing.T, b xvidtest.Backtrace) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.api.URL()+b.ID+"?human=true&show_null=true", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	var served struct{ Backtrace json.RawMessage }
	if err := json.NewDecoder(answer.Body).Decode(&served); err != nil {
		t.Fatal(err)
	}
	b.Raw = fmt.Appendf(nil, `{"%s%s":1,%s`, driftKey, b.ID, served.Backtrace[1:])
	s.world.Insert(b)
}

// spoil makes a record the element of the list that is no backtrace.
func (s *source) spoil(b xvidtest.Backtrace) {
	s.world.Delete(s.spoiled)
	s.spoiled = b.ID
	b.Raw = fmt.Appendf(nil, `{"id":null,"updated_at":%d,"note":%q}`, b.UpdatedAt, b.InputName)
	s.world.Insert(b)
}

// drifted lists the keys that nobody has seen.
func (s *source) drifted() (keys []string) {
	for _, b := range s.world.All() {
		if bytes.HasPrefix(b.Raw, []byte(`{"`+driftKey)) {
			keys = append(keys, driftKey+b.ID)
		}
	}
	return keys
}
