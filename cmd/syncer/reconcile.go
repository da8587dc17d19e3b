package main

import (
	"context"

	"github.com/spf13/cobra"

	"syncer/internal/xvid"
	"syncer/schema"
	"syncer/sync"
)

func (a *app) reconcileCommand() *cobra.Command {
	var options sync.ReconcileOptions
	command := &cobra.Command{
		Use:   "reconcile",
		Short: "Compare all of source and mirror: add, rewrite, tombstone what is gone",
		Long: `Compare all of source and mirror: add what is missing, rewrite what differs,
tombstone what is gone.

Each record that the source's list lacks is asked for by its id, and is gone only
if the API says so. If more than SYNC_MAX_DELETE_PERCENT of the mirror seem gone,
nothing is deleted unless --force insists; an empty list, or one that could not be
read without doubt, never deletes. It can be stopped and repeated at any time: what
is right already is not written again.`,
		Example: "  syncer reconcile --dry-run\n  syncer reconcile",
		Args:    usage(cobra.NoArgs),
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.reconcile(cmd.Context(), options) },
	}
	command.Flags().BoolVar(&options.DryRun, "dry-run", false, "change nothing, only say what would be done")
	command.Flags().BoolVar(&options.Force, "force", false, "delete however many the source confirms gone")
	return command
}

func (a *app) reconcile(ctx context.Context, options sync.ReconcileOptions) error {
	return a.withMirror(ctx, !options.DryRun, func(s *service, client *xvid.Client) error {
		if !options.DryRun {
			defer s.pushFigures(ctx, "syncer_reconcile")
		}
		row, err := s.turn(client, func(syncer *sync.Syncer) (schema.Run, error) { return syncer.Reconcile(ctx, options) })
		if options.DryRun {
			a.printf("would write %d new or changed backtraces and tombstone %d\n", row.RecordsChanged, row.Tombstones)
		}
		return s.tell(ctx, row, err)
	})
}
