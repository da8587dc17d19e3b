package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "syncer",
		Short: "Mirror Xvid AutoGraph backtraces into ClickHouse",
		Long: `syncer mirrors backtraces from the Xvid AutoGraph API into ClickHouse, so that
SQL and BI tools can ask where leaked videos were opened, by whom, and when.

It is set up by environment variables (see the README); with CLICKHOUSE_URL
unset it runs a ClickHouse of its own in SYNC_DATA_DIR.

Exit codes: 0 done; 1 failed, a retry may help; 2 wrong usage; 77 refused (token
or ClickHouse credentials); 78 wrong settings.`,
		Example:       "  syncer demo\n  XVID_API_TOKEN=… syncer once",
		Version:       version,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          usage(cobra.NoArgs),
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(wrongUsage)
	root.AddCommand(
		a.onceCommand(), a.daemonCommand(), a.reconcileCommand(), a.migrateCommand(), a.checkCommand(),
		a.statusCommand(), a.checkpointCommand(), a.queryCommand(), a.reportCommand(), a.forgetCommand(), a.demoCommand(),
	)
	return root
}

// usage makes the errors of an argument check errors of usage.
func usage(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return wrongUsage(cmd, err)
		}
		return nil
	}
}

// wrongUsage makes an error one of usage, and says where the right one is told.
func wrongUsage(cmd *cobra.Command, err error) error {
	return &usageError{fmt.Errorf("%w; see `%s --help`", err, cmd.CommandPath())}
}
