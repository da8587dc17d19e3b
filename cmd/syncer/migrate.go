package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
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
	applied, retentionChanged, err := migrateAll(ctx, s.schemaOptions())
	for _, step := range applied {
		a.printf("applied %s\n", step)
	}
	if retentionChanged {
		a.printf("set the retention of PRIVACY_RETENTION\n")
	}
	if err == nil {
		a.printf("database %s is up to date\n", s.target.Auth.Database)
	}
	return err
}

// printf writes to standard output; where that is closed, nobody reads it.
func (a *app) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(a.stdout, format, args...)
}
