package bitest

import (
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"syncer/internal/embedded/embeddedtest"
	"syncer/internal/xvid"
	"syncer/internal/xvidtest"
	"syncer/schema"
	"syncer/sync"
)

func TestMain(m *testing.M) { os.Exit(embeddedtest.Main(m)) }

// TestClients: both find the relations and give the answers that the source's own
// records give.
func TestClients(t *testing.T) {
	world, address := mirrored(t)
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	tag, since := busiestTag(world), time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	want := expectedOf(world, tag, since)
	t.Run("clickhouse", func(t *testing.T) {
		found := ask(t, "clickhouse.mjs", "http://"+address, schema.DefaultDatabase, tag, since.Format(time.DateTime))
		for _, column := range found.Columns {
			if column.Comment == "" {
				t.Errorf("%s.%s has no comment", column.Table, column.Name)
			}
		}
		check(t, want, found)
	})
	t.Run("cube", func(t *testing.T) {
		found := ask(t, "cube.mjs", host, port, schema.DefaultDatabase, tag, since.Format(time.RFC3339))
		known := []string{"text", "timestamp", "int", "bigint", "float", "double", "boolean"}
		for _, column := range found.Columns {
			if !slices.Contains(known, column.Type) {
				t.Errorf("%s.%s is of type %q, which Cube has no dimension or measure for", column.Table, column.Name, column.Type)
			}
		}
		if len(found.Types) != 2 || found.Types[0].Type != "timestamp" || found.Types[1].Type != "bigint" {
			t.Errorf("a time series is of the types %v", found.Types)
		}
		check(t, want, found)
	})
}

// mirrored mirrors a generated source, and gives the address of ClickHouse's HTTP
// interface.
func mirrored(t *testing.T) (*xvidtest.World, string) {
	t.Helper()
	end := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	world := xvidtest.NewWorld(time.Now)
	world.Insert(xvidtest.Generate(11, 3000, xvidtest.GenerateOptions{End: end, Span: 90 * 24 * time.Hour})...)
	api, err := xvidtest.Listen(world, xvidtest.ServerOptions{Token: "test-token"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = api.Close() })

	engine := embeddedtest.Start(t, t.TempDir())
	target := schema.Options{}
	if target.ClickHouse, err = schema.ParseDSN(engine.DSN(schema.DefaultDatabase)); err != nil {
		t.Fatal(err)
	}
	if _, err := schema.Migrate(t.Context(), target); err != nil {
		t.Fatal(err)
	}
	mirror, err := schema.Open(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = mirror.Close() })
	token, err := xvid.StaticToken("test-token")
	if err != nil {
		t.Fatal(err)
	}
	client, err := xvid.New(xvid.Options{URL: api.URL(), Token: token, Transport: xvid.NewTransport(2)})
	if err != nil {
		t.Fatal(err)
	}
	_, err = sync.New(sync.Options{
		Source: client, SourceName: api.URL(), Mirror: mirror, PageSize: 1000, Concurrency: 2,
		Timeout: 5 * time.Minute, MaxDeletePercent: 20, Now: time.Now,
	}).RunOnce(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return world, engine.HTTPAddr()
}

// expected are the answers, by what they are about.
type expected struct {
	Countries map[string]string // accesses
	Filtered  string
	Months    map[string]string
}

func check(t *testing.T, want expected, found answer) {
	t.Helper()
	got := expected{Countries: map[string]string{}, Months: map[string]string{}}
	codes := map[string]string{}
	for _, row := range found.ByCountry {
		got.Countries[row.Name] = row.Accesses.String()
		codes[row.Name] = row.Code + " " + row.Region
	}
	for _, row := range found.Filtered {
		got.Filtered = row.Accesses.String()
	}
	for _, row := range found.Series {
		got.Months[row.Month[:len("2026-01")]] = row.Accesses.String()
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-source +client:\n%s", diff)
	}
	for name, want := range map[string]string{"Korea, Republic of": "KR Asia", "Côte d'Ivoire": "CI Africa", "United States": "US Americas", "": " "} {
		if codes[name] != want {
			t.Errorf("%q is %q, want %q", name, codes[name], want)
		}
	}
	for _, relation := range []string{"backtraces.raw", "extracted_data.autograph_tag", "access_stats.ip_country_code", "access_stats.device_kind", "countries.latitude", "sync_runs.outcome"} {
		table, name, _ := strings.Cut(relation, ".")
		if !slices.ContainsFunc(found.Columns, func(c struct{ Table, Name, Type, Comment string }) bool { return c.Table == table && c.Name == name }) {
			t.Errorf("%s was not discovered", relation)
		}
	}
	if len(found.Sample) != 1 || found.Sample[0]["backtrace_id"] == "" || found.Sample[0]["device_kind"] == nil {
		t.Errorf("a row of access_stats_live: %v", found.Sample)
	}
}
