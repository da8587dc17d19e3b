package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"syncer/schema"
)

func (a *app) migrateCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "migrate",
		Short:   "Bring the schema up to date",
		Long:    "Bring the schema, and the retention of PRIVACY_RETENTION in it, up to date. once,\nrun and reconcile do it as well, unless CLICKHOUSE_MIGRATE=false.",
		Example: "  CLICKHOUSE_URL=clickhouse://admin:password@host:9000/xvid syncer migrate",
		Args:    usage(cobra.NoArgs),
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.migrate(cmd.Context()) },
	}
}

func (a *app) migrate(ctx context.Context) (err error) {
	s, err := a.newService(ctx, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close(ctx)) }()
	applied, err := schema.Migrate(ctx, s.mirrorOptions())
	for _, step := range applied {
		a.printf("applied %s\n", step)
	}
	if err == nil {
		err = s.setRetention(ctx)
	}
	if err == nil {
		a.printf("database %s is up to date\n", s.target.Auth.Database)
	}
	return err
}

// setRetention makes the retention in the schema that of the settings.
func (s *service) setRetention(ctx context.Context) (err error) {
	if s.mirror, err = schema.Open(ctx, s.mirrorOptions()); err != nil {
		return err
	}
	changed, err := s.mirror.SetRetention(ctx)
	if changed && err == nil {
		s.app.printf("set the retention of PRIVACY_RETENTION\n")
	}
	return err
}

// printf writes to standard output; where that is closed, nobody reads it.
func (a *app) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(a.stdout, format, args...)
}
