package schema_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"syncer/schema"
)

// row is a reading with some accesses.
func row(id string, version uint64, accesses int) schema.Backtrace {
	b := schema.Backtrace{
		ID: id, Version: version, Status: "SUCCESS", ContentHash: version, Raw: []byte("{}"),
		Extracted: []schema.Extracted{{AutographTag: "tag", AccessCount: uint32(accesses)}},
	}
	for i := range accesses {
		b.Access = append(b.Access, schema.Access{Index: uint32(i), AutographTag: "tag", IPCountry: "Estonia"})
	}
	return b
}

func insert(tb testing.TB, mirror *schema.Mirror, rows ...schema.Backtrace) {
	tb.Helper()
	if err := mirror.Insert(tb.Context(), rows); err != nil {
		tb.Fatal(err)
	}
}

// The newest reading wins whatever the order of writes, with its own children.
func TestNewestReadingWins(t *testing.T) {
	mirror := open(t)
	insert(t, mirror, row("a", 20, 1))
	insert(t, mirror, row("a", 10, 5))
	if n := number(t, mirror, "SELECT count() FROM access_stats_live"); n != 1 {
		t.Errorf("%d accesses, want the one of the newest reading", n)
	}
	known, err := mirror.Known(t.Context(), []string{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	if len(known) != 1 || known["a"] != (schema.Known{ContentHash: 20, Version: 20}) {
		t.Errorf("known: %v", known)
	}
}

// ClickHouse gets a page's rows in the order of the table, and need not sort them by a
// copy of them all.
func TestRowsAreInOrder(t *testing.T) {
	mirror := open(t)
	already := "SELECT sum(value) FROM system.events WHERE event = 'MergeTreeDataWriterBlocksAlreadySorted'"
	before := number(t, mirror, already)
	insert(t, mirror, row("c", 1, 3), row("a", 2, 1), row("b", 3, 2))
	if after := number(t, mirror, already); after == before {
		t.Error("the rows were not in the order of the table")
	}
	if n := number(t, mirror, "SELECT countIf(length(access.access_index) = indexOf(['a', 'b', 'c'], id)) FROM backtraces_store"); n != 3 {
		t.Errorf("%d of 3 rows have their own accesses", n)
	}
}

// A deletion keeps a late older reading from coming back, and a newer reading
// brings the record back.
func TestTombstone(t *testing.T) {
	mirror := open(t)
	insert(t, mirror, row("a", 10, 2))
	insert(t, mirror, schema.Backtrace{ID: "a", Version: 20, Deleted: true})
	insert(t, mirror, row("a", 15, 2))
	if n := number(t, mirror, "SELECT count() FROM backtraces"); n != 0 {
		t.Errorf("%d backtraces, want none: the newest word is that it is gone", n)
	}
	if known, err := mirror.Known(t.Context(), []string{"a"}); err != nil || !known["a"].Deleted || known["a"].Version != 20 {
		t.Errorf("known of a deleted backtrace: %v, error %v", known, err)
	}
	insert(t, mirror, row("a", 30, 2))
	if n := number(t, mirror, "SELECT count() FROM access_stats_live"); n != 2 {
		t.Errorf("%d accesses after it came back, want 2", n)
	}
}

// Every value comes back as it was given, at the ends of its range too.
func TestRoundTrip(t *testing.T) {
	mirror := open(t)
	b := row("a", 1_700_000_000_123_456, 2)
	b.CreatedAt, b.UpdatedAt, b.FinishedAt = schema.MinTime, schema.MaxTime, new(int64(1_679_600_895_166))
	b.SourceVersion = new(int64(9_007_199_254_740_993))
	b.PercentageCompleted = new(97.5)
	b.Raw = []byte("{\"a\":\"\x00ü\U0001F600\"}")
	b.Access[0].FirstAccessedAt = new(schema.MinTime)
	b.Access[0].HighestResolution = new(uint16(65535))
	b.Access[0].StreamingOnly = new(true)
	b.Access[0].UserAgent = strings.Repeat("x", 100_000)
	insert(t, mirror, b)

	var got struct {
		CreatedAt  time.Time  `ch:"created_at"`
		UpdatedAt  time.Time  `ch:"updated_at"`
		FinishedAt *time.Time `ch:"finished_at"`
		FetchedAt  time.Time  `ch:"fetched_at"`
		Version    *int64     `ch:"source_version"`
		Completed  *float64   `ch:"percentage_completed"`
		Raw        string     `ch:"raw"`
	}
	err := mirror.Conn().QueryRow(t.Context(), `SELECT created_at, updated_at, finished_at, fetched_at,
		source_version, percentage_completed, raw FROM backtraces`).ScanStruct(&got)
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprint(schema.MinTime, schema.MaxTime, 1_679_600_895_166, 1_700_000_000_123, 9_007_199_254_740_993, 97.5, string(b.Raw))
	if have := fmt.Sprint(got.CreatedAt.UnixMilli(), got.UpdatedAt.UnixMilli(), got.FinishedAt.UnixMilli(),
		got.FetchedAt.UnixMilli(), *got.Version, *got.Completed, got.Raw); have != want {
		t.Errorf("got  %s\nwant %s", have, want)
	}

	type access struct {
		First  *time.Time `ch:"first_accessed_at"`
		Lines  *uint16    `ch:"highest_resolution"`
		Stream *bool      `ch:"streaming_only"`
		Agent  string     `ch:"user_agent"`
	}
	var accesses []access
	if err := mirror.Conn().Select(t.Context(), &accesses, `SELECT first_accessed_at, highest_resolution,
		streaming_only, user_agent FROM access_stats_live ORDER BY access_index`); err != nil {
		t.Fatal(err)
	}
	first, second := accesses[0], accesses[1]
	if first.First.UnixMilli() != schema.MinTime || *first.Lines != 65535 || !*first.Stream || len(first.Agent) != 100_000 {
		t.Errorf("first access: %+v", first)
	}
	if second.First != nil || second.Lines != nil || second.Stream != nil {
		t.Errorf("what is not there is not NULL: %+v", second)
	}
}

// What clickhouse-go would wrap in silence is refused, and nothing is stored.
func TestInsertChecksRanges(t *testing.T) {
	mirror := open(t)
	for name, spoil := range map[string]func(*schema.Backtrace){
		"created_at":        func(b *schema.Backtrace) { b.CreatedAt = schema.MaxTime + 1 },
		"updated_at":        func(b *schema.Backtrace) { b.UpdatedAt = schema.MinTime - 1 },
		"finished_at":       func(b *schema.Backtrace) { b.FinishedAt = new(schema.MaxTime + 1) },
		"first_accessed_at": func(b *schema.Backtrace) { b.Access[0].FirstAccessedAt = new(schema.MinTime - 1) },
	} {
		spoiled := row("bad", 1, 1)
		spoil(&spoiled)
		if err := mirror.Insert(t.Context(), []schema.Backtrace{row("good", 1, 1), spoiled}); err == nil {
			t.Errorf("%s out of range was stored", name)
		}
	}
	if n := number(t, mirror, "SELECT count() FROM backtraces"); n != 0 {
		t.Errorf("%d rows were stored", n)
	}
}

// What is known of an id is its newest version; of one version that was stored twice with
// another content or fate, the hash is 0. Whatever the order they were stored in.
func TestKnownOfManyReadings(t *testing.T) {
	mirror := open(t)
	random := rand.New(rand.NewPCG(1, 2))
	var ids []string
	for i := range 100 {
		ids = append(ids, fmt.Sprintf("%024d", i))
	}
	for range 6 { // inserts, since one has a row an id
		var rows []schema.Backtrace
		for _, id := range ids {
			one := row(id, uint64(1+random.IntN(3)), 1)
			one.ContentHash = uint64(1 + random.IntN(2))
			if random.IntN(3) == 0 {
				one = schema.Backtrace{ID: id, Version: one.Version, Deleted: true}
			}
			rows = append(rows, one)
		}
		insert(t, mirror, rows...)
	}
	var want []struct {
		ID      string `ch:"id"`
		Hash    uint64 `ch:"hash"`
		Version uint64 `ch:"version"`
		Deleted uint8  `ch:"deleted"`
	}
	if err := mirror.Conn().Select(t.Context(), &want, `SELECT id, version, min(is_deleted) AS deleted,
		if(uniqExact(content_hash, is_deleted) = 1, any(content_hash), 0) AS hash
		FROM backtraces_store GROUP BY id, version ORDER BY id, version DESC LIMIT 1 BY id`); err != nil {
		t.Fatal(err)
	}
	known, err := mirror.Known(t.Context(), ids)
	if err != nil || len(known) != len(ids) || len(want) != len(ids) {
		t.Fatalf("%d known and %d stored, want %d; error %v", len(known), len(want), len(ids), err)
	}
	for _, one := range want {
		if got, stored := known[one.ID], (schema.Known{ContentHash: one.Hash, Version: one.Version, Deleted: one.Deleted != 0}); got != stored {
			t.Errorf("known of %s: %+v, stored %+v", one.ID, got, stored)
		}
	}
}

// More ids than one lookup takes.
func TestKnownInChunks(t *testing.T) {
	mirror := open(t)
	var rows []schema.Backtrace
	var ids []string
	for i := range 4500 {
		rows = append(rows, row(fmt.Sprintf("%064d", i), 1, 0))
		ids = append(ids, rows[i].ID)
	}
	insert(t, mirror, rows...)
	known, err := mirror.Known(t.Context(), append(ids, "other"))
	if err != nil || len(known) != 4500 {
		t.Errorf("%d known, want 4500; error %v", len(known), err)
	}
}

// The flat tables change at a refresh, as a whole, and the live views at once.
func TestRefresh(t *testing.T) {
	mirror := open(t)
	insert(t, mirror, row("a", 1, 3), row("b", 1, 2))
	if n := number(t, mirror, "SELECT count() FROM access_stats"); n != 0 {
		t.Errorf("%d accesses before a refresh", n)
	}
	for version, accesses := range map[uint64]int{2: 1, 3: 0, 4: 7} {
		insert(t, mirror, row("a", version, accesses))
	}
	if err := mirror.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, relation := range []string{"access_stats", "access_stats_live"} {
		if n := number(t, mirror, "SELECT count() FROM "+relation); n != 9 {
			t.Errorf("%d rows in %s, want the newest 7 of a and 2 of b", n, relation)
		}
	}
	if n := number(t, mirror, "SELECT count() FROM extracted_data"); n != 2 {
		t.Errorf("%d tags, want 2", n)
	}
}
