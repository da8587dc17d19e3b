package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"syncer/schema"
)

func (a *app) checkpointCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "checkpoint",
		Short: "See or move the checkpoint, from which the next run reads on",
		Long: `See or move the checkpoint, from which the next run reads on.

Moving it back costs reading again and never a row: what is mirrored already is
not written again. Moving it forth leaves a gap that only a move back closes.`,
		Example: "  syncer checkpoint show\n  syncer checkpoint set 2026-01-31T00:00:00Z\n  syncer checkpoint reset",
		Args:    usage(cobra.NoArgs),
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	command.AddCommand(
		&cobra.Command{
			Use: "show", Short: "Print the checkpoint",
			Example: "  syncer checkpoint show",
			Args:    usage(cobra.NoArgs),
			RunE:    func(cmd *cobra.Command, _ []string) error { return a.withCheckpoint(cmd.Context(), nil) },
		},
		&cobra.Command{
			Use: "reset", Short: "Move the checkpoint to the beginning: the next run reads everything again",
			Example: "  syncer checkpoint reset",
			Args:    usage(cobra.NoArgs),
			RunE: func(cmd *cobra.Command, _ []string) error {
				return a.withCheckpoint(cmd.Context(), new(int64))
			},
		},
		&cobra.Command{
			Use: "set TIME", Short: "Move the checkpoint to a time",
			Long:    "Move the checkpoint to a time: RFC 3339 (2026-01-31T00:00:00Z), or a day (2026-01-31, UTC).",
			Example: "  syncer checkpoint set 2026-01-31T00:00:00Z",
			Args:    usage(cobra.ExactArgs(1)),
			RunE: func(cmd *cobra.Command, args []string) error {
				millis, err := parseTime(args[0], a.now())
				if err != nil {
					return wrongUsage(cmd, err)
				}
				return a.withCheckpoint(cmd.Context(), &millis)
			},
		},
	)
	return command
}

// parseTime reads the time of `checkpoint set`, in epoch milliseconds.
func parseTime(text string, now time.Time) (int64, error) {
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		at, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		switch {
		case at.After(now):
			return 0, fmt.Errorf("%s lies in the future: records until then would be passed over", text)
		case at.UnixMilli() <= 0:
			return 0, fmt.Errorf("%s lies before 1970: use `syncer checkpoint reset`", text)
		}
		return at.UnixMilli(), nil
	}
	return 0, fmt.Errorf("%q is not a time such as 2026-01-31T00:00:00Z or 2026-01-31", text)
}

// withCheckpoint moves the checkpoint, if it is told where to, and prints it.
func (a *app) withCheckpoint(ctx context.Context, move *int64) (err error) {
	s, err := a.newService(ctx, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close(ctx)) }()
	if err := s.openMirror(ctx, s.migrate && move != nil); err != nil {
		return err
	}
	if move != nil {
		if err := s.mirror.MoveCheckpoint(ctx, s.apiURL, *move); err != nil {
			return err
		}
	}
	found, err := s.mirror.Checkpoint(ctx, s.apiURL)
	if err != nil {
		return err
	}
	a.printf("source      %s\ncheckpoint  %s\n", s.apiURL, describe(found))
	return nil
}

// describe says a checkpoint in words.
func describe(checkpoint schema.Checkpoint) string {
	if checkpoint.UpdatedAt <= 0 {
		return "none: the next run reads from the beginning"
	}
	at := time.UnixMilli(checkpoint.UpdatedAt).UTC().Format(time.RFC3339Nano)
	if checkpoint.RunID == "" {
		return at + " (moved by hand " + checkpoint.SavedAt.UTC().Format(time.RFC3339) + ")"
	}
	return at + " (record " + checkpoint.ID + ", run " + checkpoint.RunID + ")"
}
