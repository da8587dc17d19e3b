package grafanatest

import (
	"fmt"
	"os"
	"testing"
	"time"

	"syncer/internal/embedded/embeddedtest"
	"syncer/internal/xvid"
	"syncer/internal/xvidtest"
	"syncer/schema"
	"syncer/sync"
)

func TestMain(m *testing.M) { os.Exit(embeddedtest.Main(m)) }

const token = "a-t0ken-of-the-grafana-test"

// hostile is a tag, title and country that would break out of a badly quoted query.
const hostile = `') OR 1=1 -- \`

// newMirror mirrors generated backtraces of the last weeks and one with hostile texts,
// in two runs.
func newMirror(t *testing.T) *schema.Mirror {
	t.Helper()
	world := xvidtest.NewWorld(time.Now)
	world.Insert(xvidtest.Generate(1, 200, xvidtest.GenerateOptions{End: time.Now().Add(-time.Hour)})...)
	bad := xvidtest.Generate(2, 1, xvidtest.GenerateOptions{End: time.Now().Add(-time.Hour)})[0]
	bad.Status, bad.FileID, bad.InputName = "SUCCESS", hostile, hostile
	bad.ExtractedData = []xvidtest.Extracted{{AutographTag: hostile}}
	for n := range 500 { // so that it is the first of all
		bad.ExtractedData[0].AccessStats = append(bad.ExtractedData[0].AccessStats, xvidtest.Access{
			IPAddress: fmt.Sprint(n), IPCountry: hostile, PercentageObtained: "100%", FirstAccessedAt: new(bad.CreatedAt - int64(n)*1000),
		})
	}
	world.Insert(bad)
	api, err := xvidtest.Listen(world, xvidtest.ServerOptions{Token: token})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = api.Close() })
	mirror := openMirror(t)
	client := newClient(t, api.URL())
	for range 2 {
		syncer := sync.New(sync.Options{
			Source: client, SourceName: api.URL(), Mirror: mirror, PageSize: 1000, Concurrency: 1,
			Lookback: time.Minute, Timeout: time.Hour, PendingMaxAge: time.Hour, Now: time.Now, Version: "test",
		})
		if _, err := syncer.RunOnce(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return mirror
}

func openMirror(tb testing.TB) *schema.Mirror {
	tb.Helper()
	target, err := schema.ParseDSN(embeddedtest.DSN(tb))
	if err != nil {
		tb.Fatal(err)
	}
	options := schema.Options{ClickHouse: target, Now: time.Now}
	if _, err := schema.Migrate(tb.Context(), options); err != nil {
		tb.Fatal(err)
	}
	mirror, err := schema.Open(tb.Context(), options)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = mirror.Close() })
	return mirror
}

func newClient(t *testing.T, url string) *xvid.Client {
	t.Helper()
	secret, err := xvid.StaticToken(token)
	if err != nil {
		t.Fatal(err)
	}
	client, err := xvid.New(xvid.Options{URL: url, Token: secret, Transport: xvid.NewTransport(1), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	return client
}
