package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"syncer/internal/xvid"
	"syncer/schema"
)

func (a *app) checkCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "check",
		Short:   "Try settings, token, API and ClickHouse without writing, a line for each",
		Example: "  XVID_API_TOKEN_FILE=/run/secrets/token CLICKHOUSE_URL=clickhouse://… syncer check",
		Args:    usage(cobra.NoArgs),
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.check(cmd.Context()) },
	}
}

// check tries one thing after the other; its error is the first thing wrong.
func (a *app) check(ctx context.Context) (err error) {
	s, err := a.newService(ctx, true)
	if err != nil {
		a.verdict("settings", err, "")
		return &reportedError{err}
	}
	defer func() { err = errors.Join(err, s.close(ctx)) }()
	a.verdict("settings", nil, "all readable")
	total, apiErr := s.checkAPI(ctx)
	a.verdict("API", apiErr, fmt.Sprintf("%s answers; it counts %d backtraces", s.apiURL, total))
	if err := errors.Join(apiErr, s.checkClickHouse(ctx)); err != nil {
		return &reportedError{err}
	}
	return nil
}

// verdict prints the line of one check.
func (a *app) verdict(what string, err error, good string) {
	if err != nil {
		a.printf("FAILED  %-11s %v\n", what, err)
		return
	}
	a.printf("ok      %-11s %s\n", what, good)
}

func (s *service) checkAPI(ctx context.Context) (int, error) {
	client, err := s.client()
	if err != nil {
		return 0, err
	}
	page, err := client.List(ctx, xvid.Query{Limit: 1, Sort: "updated_at"})
	if err != nil {
		return 0, err
	}
	return page.Total, nil
}

func (s *service) checkClickHouse(ctx context.Context) error {
	mirror, err := schema.Probe(ctx, s.mirrorOptions())
	where := fmt.Sprintf("%s answers", strings.Join(s.target.Addr, ","))
	s.app.verdict("ClickHouse", err, where)
	if err != nil {
		return err
	}
	s.mirror = mirror
	schemaErr := mirror.CheckSchema(ctx)
	if s.migrate && errors.Is(schemaErr, schema.ErrBehind) {
		schemaErr = nil
	}
	s.app.verdict("schema", schemaErr, "fits, or will be made by the first run")
	grantErr := s.checkGrants(ctx)
	return errors.Join(schemaErr, grantErr)
}

// checkGrants looks for every grant, and tells what to grant.
func (s *service) checkGrants(ctx context.Context) error {
	missing, err := s.mirror.MissingGrants(ctx, s.migrate)
	if err == nil && len(missing) > 0 {
		var lacks []string
		for _, grant := range missing {
			lacks = append(lacks, grant.String())
		}
		err = fmt.Errorf("%w: the user lacks %s", schema.ErrRefused, strings.Join(lacks, "; "))
	}
	what := "all that runs need"
	if s.migrate {
		what += ", and migrations"
	}
	s.app.verdict("grants", err, what)
	return err
}
