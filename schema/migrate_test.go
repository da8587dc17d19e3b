package schema_test

import (
	"errors"
	"testing"

	"golang.org/x/sync/errgroup"

	"syncer/internal/embedded/embeddedtest"
	"syncer/schema"
)

// Two processes that start at once both end with the schema.
func TestMigrateAtOnce(t *testing.T) {
	target := options(t)
	group, ctx := errgroup.WithContext(t.Context())
	for range 4 {
		group.Go(func() error {
			_, err := schema.Migrate(ctx, target)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	again, err := schema.Migrate(t.Context(), target)
	if err != nil || len(again) != 0 {
		t.Errorf("a schema that is up to date took the steps %v, error %v", again, err)
	}
}

// A person or a BI tool finds out what everything means.
func TestEverythingHasAComment(t *testing.T) {
	mirror := open(t)
	for _, query := range []string{
		"SELECT name FROM system.tables WHERE database = ? AND comment = ''",
		"SELECT table || '.' || name AS name FROM system.columns WHERE database = ? AND comment = ''",
	} {
		var bare []struct {
			Name string `ch:"name"`
		}
		if err := mirror.Conn().Select(t.Context(), &bare, query, mirror.Database()); err != nil {
			t.Fatal(err)
		}
		if len(bare) > 0 {
			t.Errorf("without a comment: %v", bare)
		}
	}
	if number(t, mirror, "SELECT count() FROM system.columns WHERE database = currentDatabase()") < 100 {
		t.Error("hardly a column was looked at")
	}
}

func TestCheckSchema(t *testing.T) {
	target := options(t)
	probe, err := schema.Probe(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = probe.Close() }()
	if err := probe.CheckSchema(t.Context()); !errors.Is(err, schema.ErrSchema) || errors.Is(err, schema.ErrNewer) {
		t.Errorf("no database: got %v, want ErrSchema", err)
	}
	if _, err := schema.Migrate(t.Context(), target); err != nil {
		t.Fatal(err)
	}
	if err := probe.CheckSchema(t.Context()); err != nil {
		t.Errorf("after a migration: %v", err)
	}

	mirror := connect(t, target)
	if err := mirror.Conn().Exec(t.Context(), "INSERT INTO schema_migrations (version, name) VALUES (1000, 'later')"); err != nil {
		t.Fatal(err)
	}
	if err := mirror.CheckSchema(t.Context()); !errors.Is(err, schema.ErrNewer) {
		t.Errorf("a later schema: got %v, want ErrNewer", err)
	}
	if _, err := schema.Migrate(t.Context(), target); !errors.Is(err, schema.ErrNewer) {
		t.Errorf("migrating a later schema: got %v, want ErrNewer", err)
	}
}

func TestMissingGrants(t *testing.T) {
	mirror := open(t)
	missing, err := mirror.MissingGrants(t.Context(), true)
	if err != nil || len(missing) != 0 {
		t.Errorf("the default user lacks %v, error %v", missing, err)
	}
}

// Over HTTP: a login that is refused over the native protocol makes the embedded
// engine (26.7.2.1) abort soon after.
func TestOpenRefused(t *testing.T) {
	engine := embeddedtest.Start(t, t.TempDir())
	wrong, err := schema.ParseDSN("http://nobody:hunter2@" + engine.HTTPAddr() + "/xvid")
	if err != nil {
		t.Fatal(err)
	}
	_, err = schema.Open(t.Context(), schema.Options{ClickHouse: wrong})
	if !errors.Is(err, schema.ErrRefused) {
		t.Errorf("got %v, want ErrRefused", err)
	}
}

func connect(tb testing.TB, target schema.Options) *schema.Mirror {
	tb.Helper()
	mirror, err := schema.Open(tb.Context(), target)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = mirror.Close() })
	return mirror
}
