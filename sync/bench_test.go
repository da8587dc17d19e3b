package sync_test

import (
	"context"
	"testing"
	"time"

	"syncer/internal/embedded/embeddedtest"
	"syncer/internal/mirrortest"
	"syncer/internal/privacy"
	"syncer/internal/xvid"
	"syncer/internal/xvidtest"
	"syncer/schema"
	"syncer/sync"
)

// testToken is what the fake API asks for.
const testToken = "test-token"

// bench is a source, a mirror in a real ClickHouse and what lies between, wired
// as in production.
type bench struct {
	world  *xvidtest.World
	api    *xvidtest.Running
	mirror *schema.Mirror
	target schema.Options
}

// newBench starts a fake API over a world and makes an empty mirror.
func newBench(tb testing.TB, options xvidtest.ServerOptions) *bench {
	tb.Helper()
	b := &bench{world: xvidtest.NewWorld(time.Now)}
	options.Token = testToken
	var err error
	if b.api, err = xvidtest.Listen(b.world, options); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = b.api.Close() })
	b.target.ClickHouse, err = schema.ParseDSN(embeddedtest.DSN(tb))
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := schema.Migrate(tb.Context(), b.target); err != nil {
		tb.Fatal(err)
	}
	if b.mirror, err = schema.Open(tb.Context(), b.target); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = b.mirror.Close() })
	return b
}

// syncer wires a syncer of its own client, as every process has.
func (b *bench) syncer(tb testing.TB, change func(*sync.Options)) *sync.Syncer {
	tb.Helper()
	token, err := xvid.StaticToken(testToken)
	if err != nil {
		tb.Fatal(err)
	}
	policy, err := privacy.New(privacy.Keep, nil)
	if err != nil {
		tb.Fatal(err)
	}
	client, err := xvid.New(xvid.Options{
		URL: b.api.URL(), Token: token, Transport: xvid.NewTransport(4), Backoff: time.Millisecond, Tries: 12,
		Rewrite: policy.Rewrite,
	})
	if err != nil {
		tb.Fatal(err)
	}
	options := sync.Options{
		Source: client, SourceName: b.api.URL(), Mirror: b.mirror,
		PageSize: 1000, Concurrency: 3, Lookback: 10 * time.Minute, Timeout: 5 * time.Minute,
		PendingMaxAge: 100 * 24 * time.Hour, MaxDeletePercent: 20, Policy: policy, Now: time.Now,
	}
	if change != nil {
		change(&options)
	}
	return sync.New(options)
}

// once makes a run that must end well.
func (b *bench) once(tb testing.TB, change func(*sync.Options)) schema.Run {
	tb.Helper()
	run, err := b.syncer(tb, change).RunOnce(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	if run.Outcome != schema.OK {
		tb.Fatalf("run ended %s", run.Outcome)
	}
	return run
}

// equalSource compares all relations with the source, row by row and column by
// column.
func (b *bench) equalSource(tb testing.TB) {
	tb.Helper()
	difference, err := b.difference(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	if difference != "" {
		tb.Fatal(difference)
	}
}

// difference says where the mirror differs from the source; "" if nowhere.
func (b *bench) difference(ctx context.Context) (string, error) {
	b.api.OnRequest(nil)
	return mirrortest.Difference(ctx, mirrortest.Source{World: b.world, API: b.api, Token: testToken}, b.mirror)
}
