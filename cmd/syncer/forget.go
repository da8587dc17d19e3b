package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"syncer/internal/privacy"
	"syncer/schema"
	"syncer/sync"
)

// forgetFlags are those of `syncer forget`.
type forgetFlags struct{ dryRun, yes, list, undo bool }

func (a *app) forgetCommand() *cobra.Command {
	var flags forgetFlags
	command := &cobra.Command{
		Use:   "forget TAG",
		Short: "Erase what the mirror holds of a tag, and do not mirror it again",
		Long: `Erase what the mirror holds of a tag, and do not mirror it again.

The tag is put on a list, as a hash, and from then on left out of all that is read
from the API. Every row, superseded ones too, is rewritten without it. Backtraces
stay, without the tag and its accesses. A run that began before is waited for. If
the command is interrupted, repeat it. The tag must be exact; "-" reads it from
standard input, so that no list of processes shows it.

--undo takes it off the list again: the next ` + "`syncer reconcile`" + ` brings back what
the source still has.`,
		Example: "  syncer forget --dry-run viewer-4711\n  syncer forget viewer-4711\n  syncer forget --yes - < tag.txt\n  syncer forget --list",
		Args: func(cmd *cobra.Command, args []string) error {
			switch {
			case flags.undo && flags.dryRun, flags.list && (flags.undo || flags.dryRun):
				return wrongUsage(cmd, errors.New("--dry-run, --list and --undo exclude each other"))
			case flags.list:
				return usage(cobra.NoArgs)(cmd, args)
			}
			return usage(cobra.ExactArgs(1))(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if flags.list {
				ctx := cmd.Context()
				return a.withForgotten(ctx, false, func(s *service) error { return s.listForgotten(ctx) })
			}
			return a.forget(cmd, args[0], flags)
		},
	}
	command.Flags().BoolVar(&flags.dryRun, "dry-run", false, "change nothing, only count what would be erased")
	command.Flags().BoolVar(&flags.yes, "yes", false, "do not ask")
	command.Flags().BoolVar(&flags.list, "list", false, "list the hashes of the tags that are forgotten")
	command.Flags().BoolVar(&flags.undo, "undo", false, "take the tag off the list")
	return command
}

func (a *app) forget(cmd *cobra.Command, argument string, flags forgetFlags) error {
	tag, err := a.tag(argument)
	if err != nil {
		return wrongUsage(cmd, err)
	}
	if !flags.yes && !flags.dryRun && !flags.undo && !a.asks() {
		return wrongUsage(cmd, errors.New("there is no terminal to ask whether to erase: insist with --yes"))
	}
	hash := privacy.HashTag(tag)
	ctx := cmd.Context()
	return a.withForgotten(ctx, !flags.dryRun, func(s *service) error {
		if flags.undo {
			return s.remember(ctx, hash)
		}
		return s.forget(ctx, hash, flags)
	})
}

// tag is the argument, or what standard input holds.
func (a *app) tag(argument string) (string, error) {
	if argument != "-" {
		if argument == "" {
			return "", errors.New("the tag is empty")
		}
		return argument, nil
	}
	if a.stdin == nil {
		return "", errors.New("there is no standard input")
	}
	text, err := io.ReadAll(io.LimitReader(a.stdin, 1<<20))
	tag := strings.TrimRight(string(text), "\r\n")
	switch {
	case err != nil:
		return "", fmt.Errorf("read the tag from standard input: %w", err)
	case tag == "" || strings.ContainsAny(tag, "\r\n"):
		return "", errors.New("standard input must hold one line, the tag")
	}
	return tag, nil
}

// asks says whether somebody can be asked.
func (a *app) asks() bool {
	stdin, ok := a.stdin.(*os.File)
	return ok && isTerminal(stdin)
}

// withForgotten does what needs the mirror and not the API.
func (a *app) withForgotten(ctx context.Context, mayMigrate bool, work func(*service) error) (err error) {
	s, err := a.newService(ctx, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close(ctx)) }()
	if err := s.openMirror(ctx, s.migrate && mayMigrate); err != nil {
		return err
	}
	return work(s)
}

func (s *service) listForgotten(ctx context.Context) error {
	hashes, err := s.mirror.ForgottenTags(ctx)
	for _, hash := range hashes {
		s.app.printf("%s\n", hash)
	}
	return err
}

// remember takes a tag off the list.
func (s *service) remember(ctx context.Context, tag privacy.TagHash) error {
	hashes, err := s.mirror.ForgottenTags(ctx)
	if err != nil {
		return err
	}
	for _, hash := range hashes {
		if hash == tag.String() {
			if err := s.mirror.ListTag(ctx, hash, false); err != nil {
				return err
			}
			s.app.printf("The tag is off the list. `syncer reconcile` brings back what the source still has.\n")
			return nil
		}
	}
	return errors.New("the tag is not on the list of forgotten tags")
}

func (s *service) forget(ctx context.Context, tag privacy.TagHash, flags forgetFlags) error {
	// Waiting for another run may take as long as that run may.
	syncer := sync.New(sync.Options{
		SourceName: s.apiURL, Mirror: s.mirror, Timeout: 2 * s.timeout, Retention: s.retention, Now: s.app.now, Version: version,
	})
	held, err := syncer.Holds(ctx, tag)
	if err != nil {
		return err
	}
	s.app.printf("The mirror holds %d accesses under the tag, of %d backtraces; %d rows with superseded ones, %d dead letters.\n",
		held.Accesses, held.Backtraces, held.Readings, held.DeadLetters)
	if flags.dryRun {
		return nil
	}
	if !flags.yes && !s.app.confirmed() {
		return errors.New("nothing was changed")
	}
	row, err := syncer.Forget(ctx, tag, s.tellWaiting)
	if err != nil {
		s.log.Error("run ended", sync.Summary(&row)...)
		return err
	}
	s.log.Info("run ended", sync.Summary(&row)...)
	s.app.printf("Erased: %d backtraces rewritten, %d rows and %d dead letters deleted. The tag is not mirrored again.\n",
		row.RecordsChanged, row.RecordsRead, row.DeadLetters)
	return nil
}

// confirmed asks whoever sits at the terminal.
func (a *app) confirmed() bool {
	a.printf("Erase all of it, for good, and do not mirror the tag again? Type yes: ")
	answer, _ := bufio.NewReader(a.stdin).ReadString('\n') // no answer is no yes
	return strings.TrimSpace(answer) == "yes"
}

// tellWaiting says for whom a forget waits.
func (s *service) tellWaiting(runs []schema.Run) {
	for i := range runs {
		s.log.Warn("the tag is hidden; waiting for a run that began before and may bring it back",
			"run_id", runs[i].ID, "kind", runs[i].Kind, "at_the_latest_until", runs[i].DeadlineAt.UTC().Format(time.RFC3339))
	}
}
