package sync

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"syncer/internal/xvid"
	"syncer/schema"
)

// lister is a source that lists in a way of its own.
type lister struct {
	list     func(xvid.Query) *xvid.Page
	requests int
}

func (l *lister) List(_ context.Context, query xvid.Query) (*xvid.Page, error) {
	if l.requests++; l.requests > 1000 {
		return nil, errors.New("the walk does not end")
	}
	page := l.list(query)
	page.Start = query.Start
	return page, nil
}

func (*lister) Get(context.Context, string) (*xvid.Reading, error) {
	return nil, errors.New("the walk asks for single records")
}

func (*lister) Stats() xvid.Stats { return xvid.Stats{} }

// keyed gives records in order of their updated_at.
func keyed(keys ...int64) []xvid.Backtrace {
	list := make([]xvid.Backtrace, len(keys))
	for i := range keys {
		list[i] = xvid.Backtrace{ID: name(int(keys[i])), UpdatedAt: &keys[i]}
	}
	return list
}

// listed is the page of a list that an API shows which does as it is told.
func listed(all []xvid.Backtrace, start, limit int, at time.Time) *xvid.Page {
	from := min(start, len(all))
	return &xvid.Page{Backtraces: all[from:min(from+limit, len(all))], Total: len(all), SentAt: at, Date: at}
}

// An API that does not follow the parameters start or limit, or lists nothing that
// can be read, ends the run soon, and with an error that names the cause.
func TestWalkEndsWhateverTheAPIIgnores(t *testing.T) {
	all, now := keyed(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), time.UnixMilli(toyBegin)
	unreadable := slices.Repeat([]xvid.Backtrace{{Unreadable: "it has no id"}}, 20)
	for what, test := range map[string]struct {
		list func(xvid.Query) *xvid.Page
		err  error
	}{
		"start": {func(q xvid.Query) *xvid.Page { return listed(all, 0, q.Limit, now) }, errStart},
		"a start behind the end": {func(q xvid.Query) *xvid.Page {
			return listed(all, min(q.Start, len(all)-1), q.Limit, now)
		}, errStart},
		"start and limit": {func(xvid.Query) *xvid.Page { return listed(all, 0, len(all), now) }, errStart},
		"limit":           {func(q xvid.Query) *xvid.Page { return listed(all, q.Start, len(all), now) }, nil},
		"the document, and cuts its pages": {func(q xvid.Query) *xvid.Page {
			return listed(unreadable, q.Start, min(q.Limit, 3), now)
		}, nil},
	} {
		for _, size := range []int{1, 4, 100} {
			for _, from := range []int64{0, 6} {
				source := &lister{list: test.list}
				track := newTrack(schema.Checkpoint{UpdatedAt: from, StartHint: uint64(from)}, 0, func(schema.Checkpoint) error { return nil })
				walk := track.walk(newPager(source, size, 1, time.Now), func(*xvid.Page) error { return nil })
				err := walk.run(t.Context())
				if !errors.Is(err, test.err) || (err == nil) != (test.err == nil) || source.requests > 100 {
					t.Errorf("%s ignored, pages of %d from %d: %d requests, error %v", what, size, from, source.requests, err)
				}
				if readable := !strings.HasPrefix(what, "the document"); err == nil && walk.proven != readable {
					t.Errorf("%s ignored, pages of %d from %d: proven %t", what, size, from, walk.proven)
				}
			}
		}
	}
}

// A run that takes longer than the lookback to read the last stretch of the list,
// as when it is told to wait, leaves no record behind that became visible within
// the lookback meanwhile.
func TestSlowRunWaitsForLateRecords(t *testing.T) {
	const lookback = 1000
	now := time.UnixMilli(10_000)
	all := keyed(1, 2, 3, 9200, 9400, 9600, 9990, 9991)
	source := &lister{list: func(q xvid.Query) *xvid.Page { return listed(all, q.Start, q.Limit, now) }}
	seen := map[int64]bool{}
	var saved schema.Checkpoint
	run := func() {
		track := newTrack(saved, lookback*time.Millisecond, func(next schema.Checkpoint) error { saved = next; return nil })
		err := track.walk(newPager(source, 100, 1, time.Now), func(page *xvid.Page) error {
			for _, b := range page.Backtraces {
				seen[*b.UpdatedAt] = true
			}
			if now.UnixMilli() == 10_000 { // the next answer is long in coming
				now = time.UnixMilli(15_000)
				all = keyed(1, 2, 3, 9200, 9300, 9400, 9600, 9990, 9991, 14_990)
			}
			return nil
		}).run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
	}
	run()
	run()
	if !seen[9300] || !seen[14_990] {
		t.Errorf("read %v; the checkpoint is %d", seen, saved.UpdatedAt)
	}
}

// walked makes a run over a list that stays as it is, and gives the ids that it read.
func walked(t *testing.T, all []xvid.Backtrace, size int, from schema.Checkpoint, change func(*xvid.Page)) (map[string]bool, *walk[int64]) {
	t.Helper()
	source := &lister{list: func(q xvid.Query) *xvid.Page {
		page := listed(all, q.Start, q.Limit, time.UnixMilli(toyBegin))
		change(page)
		return page
	}}
	seen := map[string]bool{}
	track := newTrack(from, 0, func(schema.Checkpoint) error { return nil })
	walk := track.walk(newPager(source, size, 1, time.Now), func(page *xvid.Page) error {
		for i := range page.Backtraces {
			seen[page.Backtraces[i].ID] = true
		}
		return nil
	})
	if err := walk.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	return seen, walk
}

// A record whose updated_at cannot be read lies somewhere in the list, and so do
// those without one where the store puts nulls last. Neither makes a page look as
// if it began below what was read.
func TestRecordWithoutAKeyProvesNothing(t *testing.T) {
	for _, keys := range [][]int64{
		{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 0, 17, 18, 19, 20, 21, 22},
		{1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
	} {
		all := keyed(keys...)
		for i := range all {
			if all[i].ID = name(i); *all[i].UpdatedAt == 0 {
				all[i].UpdatedAt = nil
			}
		}
		for _, size := range []int{1, 2, 4, 100} {
			for hint := range uint64(len(all)) {
				seen, _ := walked(t, all, size, schema.Checkpoint{UpdatedAt: 6, StartHint: hint}, func(*xvid.Page) {})
				for i := 5; i < len(all); i++ {
					if !seen[all[i].ID] {
						t.Errorf("%v, pages of %d, first looked at %d: record %d was not read", keys, size, hint, i)
					}
				}
			}
		}
	}
}

// Where the API does not count its list, the end that was found counts it: a list
// that is empty all of a sudden is a difference, too.
func TestTotalThatTheAPIDoesNotTell(t *testing.T) {
	for _, all := range [][]xvid.Backtrace{nil, keyed(1, 2, 3, 4, 5)} {
		for _, from := range []schema.Checkpoint{{}, {UpdatedAt: 3, StartHint: 4}} {
			_, walk := walked(t, all, 2, from, func(page *xvid.Page) { page.Total = -1 })
			if walk.pages.total != len(all) || !walk.proven {
				t.Errorf("%d records from %d: total %d, proven %t", len(all), from.UpdatedAt, walk.pages.total, walk.proven)
			}
		}
	}
}

// An unreadable element among records of one key, more than the server shows at a
// time, does not pass for their end.
func TestUnreadableAmongATie(t *testing.T) {
	for length := 4; length <= 12; length++ {
		for odd := range length {
			keys := slices.Repeat([]int64{5}, length+2)
			keys[0], keys[length+1] = 1, 9
			all := keyed(keys...)
			for i := range all {
				all[i].ID = name(i)
			}
			all[odd+1] = xvid.Backtrace{Unreadable: "it has no id"}
			seen, walk := walked(t, all, 2, schema.Checkpoint{}, func(page *xvid.Page) {
				page.Backtraces = page.Backtraces[:min(2, len(page.Backtraces))]
			})
			for i := range all {
				if all[i].ID != "" && !seen[all[i].ID] {
					t.Errorf("a tie of %d, unreadable at %d: record %d was not read; proven %t", length, odd, i, walk.proven)
				}
			}
		}
	}
}
