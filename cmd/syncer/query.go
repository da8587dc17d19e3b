package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"syncer/sql"
)

func (a *app) queryCommand() *cobra.Command {
	q := &query{app: a}
	command := &cobra.Command{
		Use:   "query [NAME]",
		Short: "Run an analysis of the mirror; without a name, list them",
		Long: `Run an analysis of the mirror and print what it answers. Without a name, list the
analyses and what each wants to know. Nothing is written, and no token is needed.

A time is a date or date and time in UTC, RFC 3339, an age such as 30d, 12h or 90m,
or now. CSV puts ' before a text that begins like a formula of a spreadsheet, since
tags and user agents are chosen by strangers; JSON has every text as it is.`,
		Example: `  syncer query
  syncer query leaks_by_country --param since=30d
  syncer query tag_timeline --param tag=anna --format csv > anna.csv
  syncer query leaks_by_tag --describe`,
		Args:              usage(cobra.MaximumNArgs(1)),
		ValidArgsFunction: completeAnalysis,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := q.parse(args); err != nil {
				return wrongUsage(cmd, err)
			}
			return q.run(cmd.Context())
		},
	}
	flags := command.Flags()
	flags.StringArrayVar(&q.params, "param", nil, "value of a parameter, as `name=value`; may be repeated")
	flags.StringVar(&q.format, "format", formatTable, "how to print: `table`, csv or json")
	flags.BoolVar(&q.describe, "describe", false, "print what the analysis answers, its parameters and its SQL instead of running it")
	_ = command.RegisterFlagCompletionFunc("param", completeParameter) // fails for a flag that is not there
	_ = command.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(formatNames(), cobra.ShellCompDirectiveNoFileComp))
	return command
}

// query is one use of the command.
type query struct {
	app      *app
	params   []string
	format   string
	describe bool

	analysis *sql.Analysis // nil: list them
	values   map[string]string
}

// parse looks at the command line before anything is started.
func (q *query) parse(args []string) (err error) {
	if formats[q.format] == nil {
		return fmt.Errorf("--format must be one of %s, not %q", strings.Join(formatNames(), ", "), q.format)
	}
	given, err := splitParams(q.params)
	if err != nil {
		return err
	}
	if len(args) == 0 {
		if len(given) > 0 || q.describe {
			return errors.New("--param and --describe go with the name of an analysis")
		}
		return nil
	}
	if q.analysis, err = sql.Find(args[0]); err != nil {
		return fmt.Errorf("%w: `syncer query` lists them", err)
	}
	if q.describe {
		return nil
	}
	q.values, err = q.analysis.Values(given, q.app.now())
	return err
}

func splitParams(params []string) (map[string]string, error) {
	given := map[string]string{}
	for _, param := range params {
		name, value, found := strings.Cut(param, "=")
		if !found || name == "" {
			return nil, fmt.Errorf("--param must be name=value, not %q", param)
		}
		if _, twice := given[name]; twice {
			return nil, fmt.Errorf("--param %s is given twice", name)
		}
		given[name] = value
	}
	return given, nil
}

func (q *query) run(ctx context.Context) error {
	switch {
	case q.analysis == nil:
		return q.list()
	case q.describe:
		return q.print(explanation(q.analysis))
	}
	return q.answer(ctx)
}

// answer runs the analysis as status does: on whatever CLICKHOUSE_URL or the data
// directory holds, as it is.
func (q *query) answer(ctx context.Context) (err error) {
	s, err := q.app.newService(ctx, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close(ctx)) }()
	if err := s.openMirror(ctx, false); err != nil {
		return err
	}
	return s.show(ctx, q.analysis, q.values, q.format)
}

// show runs an analysis and prints its answer.
func (s *service) show(ctx context.Context, analysis *sql.Analysis, values map[string]string, format string) error {
	answer, err := s.mirror.Ask(ctx, analysis.Statement, values)
	if err != nil {
		return fmt.Errorf("%s: %w", analysis.Name, err)
	}
	return s.app.write(format, &table{Answer: *answer, title: heading(analysis, values), bar: analysis.Bar})
}

// heading is the title with the values that the answer holds for.
func heading(analysis *sql.Analysis, values map[string]string) string {
	words := make([]string, 0, len(values))
	for _, param := range analysis.Parameters {
		words = append(words, param.Name+"="+printable(values[param.Name]))
	}
	if len(words) == 0 {
		return analysis.Title
	}
	return analysis.Title + " (" + strings.Join(words, ", ") + ")"
}

// write prints a table in one of the formats.
func (a *app) write(format string, t *table) error {
	t.look = a.look()
	if err := formats[format](a.stdout, t); err != nil {
		return fmt.Errorf("print the answer: %w", err)
	}
	return nil
}

func (q *query) print(text string) error {
	_, err := io.WriteString(q.app.stdout, text)
	return err
}

// completeAnalysis completes the name of an analysis.
func completeAnalysis(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	all, err := sql.All()
	if err != nil || len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []cobra.Completion
	for i := range all {
		names = append(names, cobra.CompletionWithDesc(all[i].Name, all[i].Title))
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// completeParameter completes the name of a parameter that has no value yet, and
// the value of one that has few.
func completeParameter(cmd *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	analysis, err := sql.Find(args[0])
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	given, _ := cmd.Flags().GetStringArray("param") // the flag is there
	var found []cobra.Completion
	for _, param := range analysis.Parameters {
		begins := param.Name + "="
		if strings.HasPrefix(begun, begins) {
			for _, choice := range param.Choices {
				found = append(found, begins+choice)
			}
			return found, cobra.ShellCompDirectiveNoFileComp
		}
		if !slices.ContainsFunc(given, func(other string) bool { return strings.HasPrefix(other, begins) }) {
			found = append(found, cobra.CompletionWithDesc(begins, param.Doc))
		}
	}
	return found, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}
