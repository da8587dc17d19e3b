package schema_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"syncer/schema"
)

const year = 365 * 24 * time.Hour

// aged is a reading of a backtrace of an age, with personal data wherever there
// can be some.
func aged(id string, version uint64, age time.Duration) schema.Backtrace {
	b := row(id, version, 2)
	b.CreatedAt = time.Now().Add(-age).UnixMilli()
	b.UpdatedAt, b.InputName, b.FileID, b.UserID = b.CreatedAt, "marker", "marker", "marker"
	b.Raw = []byte(`{"marker":1}`)
	b.Extracted[0].AutographTag, b.Access[0].AutographTag, b.Access[1].AutographTag = "marker", "marker", "marker"
	b.Access[0].IPAddress, b.Access[0].UserAgent = "marker", "marker"
	return b
}

// anywhere counts the rows of the truth, superseded ones too, and of the flat
// tables in which there is personal data.
func anywhere(tb testing.TB, mirror *schema.Mirror, id string) uint64 {
	tb.Helper()
	return number(tb, mirror, fmt.Sprintf(`SELECT (SELECT count() FROM backtraces_store WHERE id = '%[1]s' AND
			(raw != '' OR content_hash != 0 OR input_name != '' OR file_id != '' OR user_id != '' OR notEmpty(`+"`extracted.autograph_tag`"+`)
			OR notEmpty(`+"`access.autograph_tag`"+`) OR notEmpty(`+"`access.ip_address`"+`) OR notEmpty(`+"`access.user_agent`"+`)))
		+ (SELECT count() FROM extracted_data WHERE backtrace_id = '%[1]s') + (SELECT count() FROM access_stats WHERE backtrace_id = '%[1]s')`, id))
}

// eventually waits for what ClickHouse does in the background.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !done(); time.Sleep(200 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

func setRetention(t *testing.T, target schema.Options, keep time.Duration, want bool) *schema.Mirror {
	t.Helper()
	target.Retention = keep
	mirror := connect(t, target)
	changed, err := mirror.SetRetention(t.Context())
	if err != nil || changed != want {
		t.Fatalf("retention %s: changed %v, error %v; want %v", keep, changed, err, want)
	}
	eventually(t, "the mutations of the retention", func() bool {
		return number(t, mirror, "SELECT count() FROM system.mutations WHERE database = currentDatabase() AND NOT is_done") == 0
	})
	return mirror
}

// What is past the retention leaves no trace in any part, superseded and deleted
// rows included; what is not stays as it is.
func TestRetention(t *testing.T) {
	target := options(t)
	if _, err := schema.Migrate(t.Context(), target); err != nil {
		t.Fatal(err)
	}
	mirror := connect(t, target)
	nameless := aged(fmt.Sprintf("%08x%016x", time.Now().Add(-2*year).Unix(), 1), 1, 0)
	nameless.CreatedAt = 0
	youngNameless := aged(fmt.Sprintf("%08x%016x", time.Now().Unix(), 1), 1, 0)
	youngNameless.CreatedAt = 0
	insert(t, mirror, aged("old", 1, 2*year), aged("young", 1, 0), aged("gone", 1, 2*year), nameless)
	insert(t, mirror, aged("old", 2, 2*year), aged("young", 2, 0), youngNameless)
	insert(t, mirror, schema.Backtrace{ID: "gone", Version: 5, Deleted: true})
	if err := mirror.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	young := number(t, mirror, "SELECT cityHash64(groupArray(tuple(*))) FROM (SELECT * FROM backtraces_store FINAL WHERE created_at > now() - 3600 ORDER BY id)")

	mirror = setRetention(t, target, year, true)
	for _, id := range []string{"old", "gone", nameless.ID} {
		if n := anywhere(t, mirror, id); n != 0 {
			t.Errorf("%s: %d rows have personal data", id, n)
		}
	}
	if n := number(t, mirror, "SELECT count() FROM backtraces WHERE status = 'EXPIRED' AND created_at < now() - 3600"); n != 2 {
		t.Errorf("%d backtraces are expired, want 2: what was tombstoned is still gone", n)
	}
	if got := number(t, mirror, "SELECT cityHash64(groupArray(tuple(*))) FROM (SELECT * FROM backtraces_store FINAL WHERE created_at > now() - 3600 ORDER BY id)"); got != young {
		t.Error("what is not past the retention changed")
	}
	if anywhere(t, mirror, "young") < 4 || anywhere(t, mirror, youngNameless.ID) < 4 {
		t.Error("data went that is not past the retention")
	}
	if err := mirror.CheckRetention(t.Context()); err != nil {
		t.Errorf("with the retention that was set: %v", err)
	}
	if err := connect(t, target).CheckRetention(t.Context()); !errors.Is(err, schema.ErrSchema) {
		t.Errorf("with another retention: got %v, want ErrSchema", err)
	}
	setRetention(t, target, year, false)
	setRetention(t, target, 3*year, true)
	mirror = setRetention(t, target, 0, true)
	if n := number(t, mirror, "SELECT count() FROM system.tables WHERE database = currentDatabase() AND create_table_query LIKE '%toIntervalSecond%'"); n != 0 {
		t.Errorf("%d relations still have a TTL", n)
	}
	setRetention(t, target, 0, false)
}

// What comes to be past the retention leaves by itself, out of the flat tables
// that were rebuilt since and of the files of superseded parts too.
func TestRetentionWorksInTheBackground(t *testing.T) {
	t.Parallel()
	target := options(t)
	if _, err := schema.Migrate(t.Context(), target); err != nil {
		t.Fatal(err)
	}
	mirror := setRetention(t, target, time.Hour, true)
	for _, table := range []string{"backtraces_store", "extracted_data", "access_stats"} {
		if err := mirror.Conn().Exec(t.Context(), "ALTER TABLE "+table+" MODIFY SETTING merge_with_ttl_timeout = 1, old_parts_lifetime = 1, cleanup_delay_period = 1, max_cleanup_delay_period = 1, cleanup_delay_period_random_add = 0"); err != nil {
			t.Fatal(err)
		}
	}
	// Else the files of superseded parts are looked at half a minute later.
	for _, verb := range []string{"DETACH", "ATTACH"} {
		if err := mirror.Conn().Exec(t.Context(), verb+" TABLE backtraces_store"); err != nil {
			t.Fatal(err)
		}
	}
	const left = 15 * time.Second
	insert(t, mirror, aged("a", 1, time.Hour-left), aged("b", 1, 0))
	insert(t, mirror, aged("a", 2, time.Hour-left))
	if err := mirror.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if anywhere(t, mirror, "a") < 4 {
		t.Fatal("nothing was there to leave")
	}
	eventually(t, "the TTL", func() bool { return anywhere(t, mirror, "a") == 0 })
	eventually(t, "the files of superseded parts", func() bool {
		return number(t, mirror, "SELECT count() FROM system.parts WHERE database = currentDatabase() AND NOT active AND table IN ('backtraces_store', 'extracted_data', 'access_stats')") == 0
	})
	if n := anywhere(t, mirror, "b"); n != 4 {
		t.Errorf("%d rows of the young one, want 4", n)
	}
}

// An element that is no backtrace has no age but the time since it was first
// seen, however often it is read; it stays counted.
func TestRetentionOfDeadLetters(t *testing.T) {
	target := options(t)
	if _, err := schema.Migrate(t.Context(), target); err != nil {
		t.Fatal(err)
	}
	mirror := setRetention(t, target, year, true)
	old, now := time.Now().Add(-2*year), time.Now()
	for _, seen := range []time.Time{old, now} {
		if err := mirror.AddDeadLetters(t.Context(), []schema.DeadLetter{
			{Reason: "it has no id", Raw: []byte(`{"marker":1}`), SeenAt: seen},
			{Reason: "it has no id", Raw: fmt.Appendf(nil, `{"other":%d}`, seen.Unix()), SeenAt: seen},
		}); err != nil {
			t.Fatal(err)
		}
		if err := mirror.Conn().Exec(t.Context(), "OPTIMIZE TABLE dead_letters_store FINAL"); err != nil {
			t.Fatal(err)
		}
	}
	if n := number(t, mirror, "SELECT count() FROM dead_letters"); n != 3 {
		t.Errorf("%d dead letters, want 3", n)
	}
	if n := number(t, mirror, "SELECT count() FROM dead_letters_store WHERE raw != ''"); n != 1 {
		t.Errorf("%d dead letters with their text, want the young one", n)
	}
}
