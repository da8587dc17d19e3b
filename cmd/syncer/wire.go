package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"syncer/internal/embedded"
	"syncer/internal/metrics"
	"syncer/internal/xvid"
	"syncer/schema"
	"syncer/sync"
)

// stopTimeout bounds how long the embedded engine may take to shut down.
const stopTimeout = 20 * time.Second

// openTimeout is what a migration may take beyond SYNC_TIMEOUT, which may be short.
const openTimeout = time.Minute

// errOpenTimeout is the cause of the end of a connection or a migration at its bound.
var errOpenTimeout = fmt.Errorf("ClickHouse was not ready within SYNC_TIMEOUT and %s", openTimeout)

// service is what a command works with: settings, log, and the mirror.
type service struct {
	*settings
	app     *app
	log     *slog.Logger
	figures *metrics.Metrics
	engine  *embedded.Engine // nil where CLICKHOUSE_URL names a server
	mirror  *schema.Mirror   // nil until openMirror
	target  *clickhouse.Options
}

// withService does what needs the settings, and closes all afterwards.
func (a *app) withService(ctx context.Context, work func(*service) error) (err error) {
	s, err := a.newService(ctx, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close(ctx)) }()
	return work(s)
}

// withMirror does what needs the API and the mirror. The schema is brought up to
// date first, unless that may not be or CLICKHOUSE_MIGRATE says otherwise.
func (s *service) withMirror(ctx context.Context, mayMigrate bool, work func(*xvid.Client) error) error {
	client, err := s.client()
	if err != nil {
		return err
	}
	if err := s.openMirror(ctx, s.migrate && mayMigrate); err != nil {
		return err
	}
	if !s.migrate {
		if err := s.mirror.CheckRetention(ctx); err != nil {
			return err
		}
	}
	s.recallFigures(ctx)
	return work(client)
}

// newService reads the settings and starts the embedded engine where it is to
// serve. The caller closes it.
func (a *app) newService(ctx context.Context, needToken bool) (*service, error) {
	loaded, err := loadSettings(ctx, a.env, needToken)
	if err != nil {
		return nil, err
	}
	s := &service{settings: loaded, app: a, log: newLogger(a.stderr, loaded.logLevel, loaded.logFormat), figures: metrics.New(version, a.now)}
	if s.target = loaded.clickHouse; s.target == nil {
		if err := s.startEngine(ctx); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *service) startEngine(ctx context.Context) (err error) {
	if s.engine, err = embedded.Start(ctx, embedded.Options{DataDir: s.dataDir}); err != nil {
		return err
	}
	s.log.Debug("embedded ClickHouse started", "data", s.dataDir, "tcp", s.engine.TCPAddr(), "http", s.engine.HTTPAddr())
	s.target, err = schema.ParseDSN(s.engine.DSN(schema.DefaultDatabase))
	return err
}

// openMirror brings the schema up to date, unless CLICKHOUSE_MIGRATE says
// otherwise, and connects. A ClickHouse that does not answer would else hold the
// command for ever.
func (s *service) openMirror(ctx context.Context, migrate bool) error {
	ctx, cancel := context.WithTimeoutCause(ctx, s.timeout+openTimeout, errOpenTimeout)
	defer cancel()
	err := s.connect(ctx, migrate)
	if err != nil && errors.Is(context.Cause(ctx), errOpenTimeout) {
		return fmt.Errorf("%w: %w", errOpenTimeout, err)
	}
	return err
}

func (s *service) connect(ctx context.Context, migrate bool) (err error) {
	options := s.mirrorOptions()
	if migrate {
		applied, err := schema.Migrate(ctx, options)
		if err != nil {
			return err
		}
		if len(applied) > 0 {
			s.log.Info("schema brought up to date", "database", s.target.Auth.Database, "steps", applied)
		}
	} else if err := checkSchema(ctx, options); err != nil {
		return err
	}
	if s.mirror, err = schema.Open(ctx, options); err != nil || !migrate {
		return err
	}
	changed, err := s.mirror.SetRetention(ctx)
	if changed && err == nil {
		s.log.Info("retention changed", "database", s.target.Auth.Database, "retention", s.retention)
	}
	return err
}

// mirrorOptions say where the mirror is.
func (s *service) mirrorOptions() schema.Options {
	return schema.Options{ClickHouse: s.target, Cluster: s.cluster, Retention: s.retention, Now: s.app.now}
}

// checkSchema says whether the schema fits, before anything connects to its
// database: where there is none, ClickHouse ends the connection, and the embedded
// engine (26.7) itself.
func checkSchema(ctx context.Context, options schema.Options) (err error) {
	probe, err := schema.Probe(ctx, options)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, probe.Close()) }()
	return probe.CheckSchema(ctx)
}

// close ends what newService and openMirror began.
func (s *service) close(ctx context.Context) error {
	var mirrorErr, engineErr error
	if s.mirror != nil {
		mirrorErr = s.mirror.Close()
	}
	if s.engine != nil {
		// What ends the command must not keep the engine from ending well.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
		defer cancel()
		engineErr = s.engine.Stop(ctx)
	}
	return errors.Join(mirrorErr, engineErr)
}

func (s *service) client() (*xvid.Client, error) {
	return xvid.New(xvid.Options{
		URL:       s.apiURL,
		Token:     s.token,
		Transport: xvid.NewTransport(s.concurrency),
		Answered:  s.figures.Answered,
		Rewrite:   s.privacy.Rewrite,
		Now:       s.app.now,
		UserAgent: "syncer/" + version,
	})
}

// syncer wires a syncer that says how far it is through progress.
func (s *service) syncer(client *xvid.Client, progress func(done, total int)) *sync.Syncer {
	return sync.New(sync.Options{
		Source:           client,
		SourceName:       s.apiURL,
		Mirror:           s.mirror,
		PageSize:         s.pageSize,
		Concurrency:      s.concurrency,
		Lookback:         s.lookback,
		Timeout:          s.timeout,
		PendingMaxAge:    s.pendingMaxAge,
		MaxDeletePercent: s.maxDeletePercent,
		Retention:        s.retention,
		Policy:           s.privacy,
		Progress:         progress,
		Now:              s.app.now,
		Version:          version,
	})
}
