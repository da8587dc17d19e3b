package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime/debug"
	"slices"
	"strings"
	stdsync "sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"syncer/internal/xvidtest"
)

// collection is the path of the list, as in the document's examples.
const collection = "/v1/titles/backtraces/"

// idLength is that of the generated ids.
const idLength = 24

// store holds every record's JSON, rendered once by the fake API of the tests, so
// that a page is a matter of copying.
type store struct {
	mu      stdsync.RWMutex
	arena   []byte   // the records, each with a comma behind it
	records []record // in the order of the arena
	byTime  []int32  // places in records, by updated_at
	byID    []int32

	// changeable are records, spread over the whole list, to be changed later. All
	// have ended, so that no run has to follow them.
	changeable []xvidtest.Backtrace
	changed    int
	newest     int64 // updated_at of the last change

	notFound []byte // the answer to an unknown id

	counts struct {
		Backtraces    int `json:"backtraces"`
		ExtractedData int `json:"extracted_data"`
		AccessStats   int `json:"access_stats"`
	}
}

// record is where a record's JSON lies in the arena, without its comma.
type record struct {
	from, to int
	id       [idLength]byte
}

const (
	// renderChunk is how many records are rendered at a time.
	renderChunk = xvidtest.MaxLimit
	// maxChangeable bounds the records that can be changed.
	maxChangeable = 1000
)

// newStore generates and renders so many records: those of the tests, with the
// same seed.
func newStore(count int) (*store, error) {
	s := &store{records: make([]record, 0, count)}
	// Less garbage: what is generated and what is rendered are large enough.
	defer debug.SetGCPercent(debug.SetGCPercent(25))
	generated := xvidtest.Generate(1, count, xvidtest.GenerateOptions{})
	every := max(count/maxChangeable, 1)
	for i := 0; i < count; i += every {
		if generated[i].FinishedAt != nil {
			s.changeable = append(s.changeable, generated[i])
		}
	}
	for from := 0; from < count; from += renderChunk {
		chunk := generated[from:min(from+renderChunk, count)]
		if err := s.render(chunk); err != nil {
			return nil, err
		}
		clear(chunk)
		if from == 0 { // a buffer that grows step by step is copied many times
			s.arena = slices.Grow(s.arena, len(s.arena)/len(chunk)*(count-len(chunk))*21/20)
		}
	}
	s.byTime = make([]int32, count)
	for i := range s.byTime {
		s.byTime[i] = int32(i)
	}
	s.byID = slices.Clone(s.byTime)
	slices.SortFunc(s.byID, func(a, b int32) int { return s.compareIDs(a, b) })
	empty := xvidtest.NewServer(xvidtest.NewWorld(time.Now), xvidtest.ServerOptions{})
	s.notFound = get(empty, strings.Repeat("0", idLength))
	debug.FreeOSMemory()
	return s, nil
}

// render appends records, ascending by updated_at, to the arena as the fake API
// lists them.
func (s *store) render(chunk []xvidtest.Backtrace) error {
	world := xvidtest.NewWorld(time.Now)
	world.Insert(chunk...)
	list := get(xvidtest.NewServer(world, xvidtest.ServerOptions{}), fmt.Sprintf("?human=true&show_null=true&sort=updated_at&limit=%d", len(chunk)))
	var page struct {
		Backtraces []jsontext.Value `json:"backtraces"`
	}
	if err := json.Unmarshal(list, &page); err != nil {
		return fmt.Errorf("render records: %w", err)
	}
	if len(page.Backtraces) != len(chunk) {
		return fmt.Errorf("render records: the fake API lists %d of %d", len(page.Backtraces), len(chunk))
	}
	for i, body := range page.Backtraces {
		if !bytes.HasSuffix(body, []byte(chunk[i].ID+`"}`)) { // the end of its href
			return fmt.Errorf("render %s: the fake API lists another in its place", chunk[i].ID)
		}
		s.add(chunk[i].ID, body)
		s.counts.Backtraces++
		s.counts.ExtractedData += len(chunk[i].ExtractedData)
		for _, extracted := range chunk[i].ExtractedData {
			s.counts.AccessStats += len(extracted.AccessStats)
		}
	}
	return nil
}

// get gives the fake API's answer to what follows the collection's path.
func get(api http.Handler, rest string) []byte {
	answer := httptest.NewRecorder()
	api.ServeHTTP(answer, httptest.NewRequestWithContext(context.Background(), http.MethodGet, collection+rest, http.NoBody))
	return answer.Body.Bytes()
}

func (s *store) add(id string, body []byte) {
	from := len(s.arena)
	s.arena = append(append(s.arena, body...), ',')
	one := record{from: from, to: len(s.arena) - 1}
	copy(one.id[:], id)
	s.records = append(s.records, one)
}

func (s *store) compareIDs(a, b int32) int {
	return bytes.Compare(s.records[a].id[:], s.records[b].id[:])
}

// find gives the place in byID of an id.
func (s *store) find(id string) (int, bool) {
	return slices.BinarySearchFunc(s.byID, id, func(place int32, id string) int {
		return cmp.Compare(string(s.records[place].id[:]), id)
	})
}

// change gives so many records another content and an updated_at of now, which
// moves them to the list's end. Each call takes others.
func (s *store) change(count int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changed+count > len(s.changeable) {
		return fmt.Errorf("only %d records can be changed", len(s.changeable))
	}
	chosen := s.changeable[s.changed : s.changed+count]
	s.changed += count
	now := time.Now().UnixMilli()
	for i := range chosen {
		s.newest = max(s.newest+1, now-int64(count-i))
		chosen[i].UpdatedAt = s.newest
		chosen[i].Version++
	}
	before := s.counts
	first := len(s.records)
	if err := s.render(chosen); err != nil {
		return err
	}
	s.counts = before
	for place := first; place < len(s.records); place++ {
		s.move(int32(place))
	}
	return nil
}

// move puts a new rendering in the place of the old one by id, and at the end by
// time.
func (s *store) move(place int32) {
	at, _ := s.find(string(s.records[place].id[:]))
	s.byTime = append(slices.Delete(s.byTime, s.timePlace(s.byID[at]), s.timePlace(s.byID[at])+1), place)
	s.byID[at] = place
}

func (s *store) timePlace(place int32) int { return slices.Index(s.byTime, place) }
