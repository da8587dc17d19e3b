package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"syncer/internal/metrics"
	"syncer/internal/xvid"
	"syncer/internal/xvidtest"
	"syncer/schema"
	"syncer/sql"
	"syncer/sync"
)

func (a *app) demoCommand() *cobra.Command {
	var d demo
	command := &cobra.Command{
		Use:   "demo",
		Short: "Show the whole way on this machine: sample API, embedded ClickHouse, two runs, leaks by country",
		Long: `Show the whole way on this machine, with no token and no server: start a sample
API and the embedded ClickHouse, mirror everything, change some records, mirror
again, print the leaks by country, and write a page with a map of them. What an
earlier demo left is replaced.`,
		Example: "  syncer demo\n  syncer demo --records 20000 --serve",
		Args:    usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if d.records < 1 || d.records > 1_000_000 {
				return wrongUsage(cmd, errors.New("--records must be a number from 1 to 1000000"))
			}
			d.app = a
			return d.run(cmd.Context())
		},
	}
	command.Flags().IntVar(&d.records, "records", 5000, "backtraces at the sample API")
	command.Flags().BoolVar(&d.serve, "serve", false, "keep ClickHouse up afterwards, until Ctrl-C")
	return command
}

const (
	demoToken = "demo"
	demoSeed  = 1
	// demoShownCountries is how long the demo's table is.
	demoShownCountries = 12
	// demoPeriod is what its report shows.
	demoPeriod = 90 * 24 * time.Hour
)

// demo is the sample world and its mirror.
type demo struct {
	app     *app
	records int
	serve   bool

	world   *xvidtest.World
	service *service
	client  *xvid.Client
}

func (d *demo) run(ctx context.Context) (err error) {
	loaded, err := loadSettings(ctx, d.app.env, false)
	if err != nil {
		return err
	}
	// Absolute, as it is told to the user.
	if loaded.dataDir, err = filepath.Abs(filepath.Join(loaded.dataDir, "demo")); err != nil {
		return fmt.Errorf("find the data directory: %w", err)
	}
	d.service = &service{settings: loaded, app: d.app, log: newLogger(d.app.stderr, loaded.logLevel, loaded.logFormat), figures: metrics.New(version, d.app.now)}
	api, err := d.startAPI() //nolint:contextcheck // it lives until it is closed
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, api.Close()) }()
	defer func() { err = errors.Join(err, d.service.close(ctx)) }()
	if err := d.startClickHouse(ctx); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{d.mirror, d.change, d.mirror, d.mirror, d.compare, d.show, d.report} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return d.where(ctx)
}

// startAPI starts the sample API: the document's own samples and generated
// records of the last weeks.
func (d *demo) startAPI() (*xvidtest.Running, error) {
	d.world = xvidtest.NewWorld(d.app.now)
	d.world.Insert(xvidtest.Samples()...)
	generated := max(0, d.records-d.world.Len())
	d.world.Insert(xvidtest.Generate(demoSeed, generated, xvidtest.GenerateOptions{
		End: d.app.now().Add(-time.Hour),
	})...)
	api, err := xvidtest.Listen(d.world, xvidtest.ServerOptions{Token: demoToken})
	if err != nil {
		return nil, err
	}
	d.service.apiURL = api.URL()
	if d.service.token, err = xvid.StaticToken(demoToken); err != nil {
		return nil, errors.Join(err, api.Close())
	}
	d.say("Sample API with %d backtraces at %s", d.world.Len(), api.URL())
	d.client, err = d.service.client()
	return api, err
}

// startClickHouse starts the embedded engine with an empty database.
func (d *demo) startClickHouse(ctx context.Context) error {
	began := d.app.now()
	if err := d.service.startEngine(ctx); err != nil {
		return err
	}
	d.say("Embedded ClickHouse up in %s, data in %s", d.since(began), d.service.dataDir)
	if err := schema.Drop(ctx, schema.Options{ClickHouse: d.service.target}); err != nil {
		return err
	}
	return d.service.openMirror(ctx, true)
}

// mirror makes one run.
func (d *demo) mirror(ctx context.Context) error {
	row, err := d.service.turn(d.client, func(syncer *sync.Syncer) (schema.Run, error) { return syncer.RunOnce(ctx) })
	if err != nil {
		return fmt.Errorf("mirror: %w", err)
	}
	if row.Outcome != schema.OK {
		return fmt.Errorf("mirror: %s", row.Outcome)
	}
	d.service.log.Debug("run ended", sync.Summary(&row)...)
	d.say("Run: %d requests, %d records read, %d of them new or changed, %d rows written, in %s",
		row.Requests, row.RecordsRead, row.RecordsChanged, row.RowsWritten, row.EndedAt.Sub(row.StartedAt).Round(time.Millisecond))
	return nil
}

// change makes the source move on: new leaks, and more accesses under old tags.
func (d *demo) change(context.Context) error {
	fresh := max(1, d.records/500)
	d.world.Insert(xvidtest.Generate(demoSeed+1, fresh, xvidtest.GenerateOptions{End: d.app.now(), Span: 10 * time.Minute})...)
	updated := 0
	for i, b := range d.world.All() {
		if i%max(1, d.records/50) != 0 || len(b.ExtractedData) == 0 {
			continue
		}
		d.world.Update(b.ID, func(b *xvidtest.Backtrace) {
			stats := &b.ExtractedData[0].AccessStats
			*stats = append(*stats, xvidtest.Access{
				IPAddress: "203.0.113.7", IPCountry: "Iceland", IPType: "VPN", UserAgent: "N/A", AcceptLanguage: "is",
				PercentageObtained: "100%", HighestResolution: "1080p", StreamingOnly: "no",
			})
		})
		updated++
	}
	d.say("Source changed: %d new backtraces, %d with a new access", fresh, updated)
	return nil
}

// compare shows that the mirror holds what the source holds.
func (d *demo) compare(ctx context.Context) error {
	counts, err := d.service.mirror.Counts(ctx)
	if err != nil {
		return err
	}
	var there schema.Counts
	for _, b := range d.world.All() {
		there.Backtraces++
		for _, extracted := range b.ExtractedData {
			there.ExtractedData++
			there.AccessStats += uint64(len(extracted.AccessStats))
		}
	}
	table := tabwriter.NewWriter(d.app.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintf(table, "\n\tbacktraces\textracted_data\taccess_stats\t\nsource\t%d\t%d\t%d\t\nmirror\t%d\t%d\t%d\t\n",
		there.Backtraces, there.ExtractedData, there.AccessStats, counts.Backtraces, counts.ExtractedData, counts.AccessStats)
	_ = table.Flush() // as in printf
	if counts != there {
		return errors.New("the mirror does not hold what the source holds: please report this")
	}
	return nil
}

// show prints the leaks by country.
func (d *demo) show(ctx context.Context) error {
	analysis, err := sql.Find("leaks_by_country")
	if err != nil {
		return err
	}
	values, err := analysis.Values(map[string]string{"limit": strconv.Itoa(demoShownCountries)}, d.app.now())
	if err != nil {
		return err
	}
	d.app.printf("\n")
	return d.service.show(ctx, analysis, values, formatTable)
}

// report writes the page of the last weeks, beside the data.
func (d *demo) report(ctx context.Context) error {
	path, err := d.service.writeReport(ctx, d.app.now().Add(-demoPeriod), filepath.Join(filepath.Dir(d.service.dataDir), "demo-report.html"))
	if err != nil {
		return err
	}
	d.app.printf("\nThe same as a page, with a map: file://%s\n", path)
	return nil
}

// where says how to look at the data, and keeps it up if asked to.
func (d *demo) where(ctx context.Context) error {
	if !d.serve {
		d.app.printf("\nThe data lies in %s. To look at it: syncer demo --serve\n", d.service.dataDir)
		return nil
	}
	engine := d.service.engine
	host, port, _ := strings.Cut(engine.TCPAddr(), ":")
	d.app.printf("\nLook at it until Ctrl-C:\n  in a browser   http://%s/play  (SELECT * FROM %s.access_stats LIMIT 10)\n  in a shell     clickhouse-client --host %s --port %s --database %s\n",
		engine.HTTPAddr(), schema.DefaultDatabase, host, port, schema.DefaultDatabase)
	select {
	case <-ctx.Done():
		return nil
	case <-engine.Done():
		return errors.New("the embedded ClickHouse ended by itself: see engine.log in " + d.service.dataDir)
	}
}

func (d *demo) since(began time.Time) time.Duration {
	return d.app.now().Sub(began).Round(time.Millisecond)
}

// say prints a step.
func (d *demo) say(format string, args ...any) {
	d.app.printf("• "+format+"\n", args...)
}
