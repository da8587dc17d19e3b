package alerttest

// The series are those that a daemon in a namespace serves, or that jobs push for a
// database, a sample a minute.
const (
	here   = `{namespace="acme"}`
	pushed = `{database="acme"}`
	day    = 24 * 60
)

var expectations = []expectation{
	{
		"SyncerDown", "while a daemon answers", []string{`syncer_build_info{namespace="acme",pod="a",version="v1"} 1x60`}, 60, nil,
	},
	{
		"SyncerDown", "when one daemon of two is gone",
		[]string{`syncer_build_info{namespace="acme",pod="a"} 1x20`, `syncer_build_info{namespace="other",pod="b"} 1x60`}, 40, []string{here},
	},
	{
		"SyncerDown", "when a pod takes another's place",
		[]string{`syncer_build_info{namespace="acme",pod="a"} 1x20 stale`, `syncer_build_info{namespace="acme",pod="b",version="v2"} _x23 1x40`}, 40, nil,
	},
	{
		"SyncerDown", "when it has been gone for days", []string{`syncer_build_info{namespace="acme"} 1x20`}, 2 * day, []string{`{}`},
	},
	{"SyncerDown", "when it never came", nil, 20, []string{`{}`}},

	{
		"SyncerMirrorStale", "within an hour and a half",
		[]string{`syncer_last_success_timestamp_seconds{namespace="acme",kind="incremental"} 0x90`}, 90, nil,
	},
	{
		"SyncerMirrorStale", "beyond it",
		[]string{`syncer_last_success_timestamp_seconds{namespace="acme",kind="incremental"} 0x100`}, 96, []string{here},
	},
	{
		"SyncerMirrorStale", "when a reconcile ended well",
		[]string{
			`syncer_last_success_timestamp_seconds{namespace="acme",kind="incremental"} 0x100`,
			`syncer_last_success_timestamp_seconds{namespace="acme",kind="reconcile"} 4000x100`,
		}, 96, nil,
	},
	{
		"SyncerMirrorStale", "when a CronJob pushes no more",
		[]string{
			`syncer_last_success_timestamp_seconds{database="acme",job="syncer_once",kind="incremental"} 300x200`,
			`syncer_last_success_timestamp_seconds{database="other",job="syncer_once",kind="incremental"} 300+60x200`,
		}, 120, []string{pushed},
	},

	{
		"SyncerRunsFail", "when the last run of each kind ended well",
		[]string{`syncer_last_run_success{namespace="acme",kind="incremental"} 1x60`, `syncer_last_run_success{namespace="acme",kind="reconcile"} 1x60`}, 60, nil,
	},
	{
		"SyncerRunsFail", "when one run failed and the next did not",
		[]string{`syncer_last_run_success{namespace="acme",kind="incremental"} 1x40 0x4 1x10`}, 44, nil,
	},
	{
		"SyncerRunsFail", "when all fail",
		[]string{`syncer_last_run_success{namespace="acme",kind="incremental"} 1x20 0x40`, `syncer_last_run_success{namespace="acme",kind="reconcile"} 1x60`},
		45, []string{`{kind="incremental", namespace="acme"}`},
	},

	{
		"SyncerRunsSlow", "when a run takes a minute",
		[]string{
			`syncer_run_duration_seconds_sum{namespace="acme",kind="incremental"} 0+12x240`,
			`syncer_run_duration_seconds_count{namespace="acme",kind="incremental"} 0+0.2x240`,
		}, 200, nil,
	},
	{
		"SyncerRunsSlow", "when only reconciles take long",
		[]string{
			`syncer_run_duration_seconds_sum{namespace="acme",kind="reconcile"} 0+60x240`,
			`syncer_run_duration_seconds_count{namespace="acme",kind="reconcile"} 0+0.1x240`,
		}, 200, nil,
	},
	{
		"SyncerRunsSlow", "when a run takes ten minutes",
		[]string{
			`syncer_run_duration_seconds_sum{namespace="acme",kind="incremental"} 0+60x240`,
			`syncer_run_duration_seconds_count{namespace="acme",kind="incremental"} 0+0.1x240`,
		}, 200, []string{here},
	},

	{
		"SyncerReconcileOverdue", "after a week",
		[]string{`syncer_last_success_timestamp_seconds{namespace="acme",kind="reconcile"} 0x12000`}, 7*day + 120, nil,
	},
	{
		"SyncerReconcileOverdue", "after more than eight days, whatever runs did",
		[]string{
			`syncer_last_success_timestamp_seconds{namespace="acme",kind="reconcile"} 0x12000`,
			`syncer_last_success_timestamp_seconds{namespace="acme",kind="incremental"} 0+60x12000`,
		}, 8*day + 65, []string{here},
	},

	{"SyncerDoubtful", "when nothing is", []string{`syncer_doubtful{namespace="acme",job="syncer"} 0x60`}, 60, nil},
	{"SyncerDoubtful", "when a run was, and the next was not", []string{`syncer_doubtful{namespace="acme",job="syncer"} 0x40 1x5 0x20`}, 45, nil},
	{"SyncerDoubtful", "when it stays", []string{`syncer_doubtful{namespace="acme",job="syncer"} 0x10 1x50`}, 60, []string{here}},
	{
		"SyncerDoubtful", "when only a reconcile of last week was",
		[]string{`syncer_doubtful{database="acme",job="syncer_reconcile"} 1x60`, `syncer_doubtful{database="acme",job="syncer_once"} 0x60`}, 60, nil,
	},

	{
		"SyncerRecordsMissing", "when both count the same",
		[]string{`syncer_difference_backtraces{namespace="acme"} 0x200`, `syncer_dead_letters{namespace="acme"} 0x200`}, 200, nil,
	},
	{
		"SyncerRecordsMissing", "when the difference is dead letters",
		[]string{`syncer_difference_backtraces{namespace="acme"} 2x200`, `syncer_dead_letters{namespace="acme"} 2x200`}, 200, nil,
	},
	{
		"SyncerRecordsMissing", "when deletions are not found yet",
		[]string{`syncer_difference_backtraces{namespace="acme"} -9x200`, `syncer_dead_letters{namespace="acme"} 0x200`}, 200, nil,
	},
	{
		"SyncerRecordsMissing", "when the next runs bring them",
		[]string{`syncer_difference_backtraces{namespace="acme"} 0x100 1x60 0x40`, `syncer_dead_letters{namespace="acme"} 0x200`}, 160, nil,
	},
	{
		"SyncerRecordsMissing", "when they stay away",
		[]string{`syncer_difference_backtraces{namespace="acme"} 0x30 1x200`, `syncer_dead_letters{namespace="acme"} 0x200`}, 160, []string{here},
	},
	{
		"SyncerRecordsMissing", "when only a reconcile of last week missed some",
		[]string{
			`syncer_difference_backtraces{database="acme",job="syncer_reconcile"} 3x200`, `syncer_difference_backtraces{database="acme",job="syncer_once"} 0x200`,
			`syncer_dead_letters{database="acme",job="syncer_reconcile"} 0x200`, `syncer_dead_letters{database="acme",job="syncer_once"} 0x200`,
		}, 200, nil,
	},

	{"SyncerDeadLetters", "when there are none", []string{`syncer_dead_letters{namespace="acme"} 0x3000`}, 1500, nil},
	{"SyncerDeadLetters", "when they are old", []string{`syncer_dead_letters{namespace="acme"} 5x3000`}, 1500, nil},
	{"SyncerDeadLetters", "when a new one comes", []string{`syncer_dead_letters{namespace="acme"} 5x1400 6x1600`}, 1500, []string{here}},
	{"SyncerDeadLetters", "when a mirror begins with one", []string{`syncer_dead_letters{namespace="acme"} 1x60`}, 30, []string{here}},

	{"SyncerSchemaDrift", "when there is none", []string{`syncer_schema_drift_shapes{namespace="acme"} 0x3000`}, 1500, nil},
	{"SyncerSchemaDrift", "when it is old", []string{`syncer_schema_drift_shapes{namespace="acme"} 2x3000`}, 1500, nil},
	{"SyncerSchemaDrift", "when a shape is new", []string{`syncer_schema_drift_shapes{namespace="acme"} 2x1400 3x1600`}, 1500, []string{here}},

	{
		"SyncerApiFailing", "when few requests fail",
		[]string{
			`syncer_api_requests_total{namespace="acme",code="200"} 0+10x120`, `syncer_api_requests_total{namespace="acme",code="500"} 0+1x120`,
			`syncer_api_requests_total{namespace="acme",code="404"} 0+90x120`,
		}, 100, nil,
	},
	{
		"SyncerApiFailing", "when many do",
		[]string{
			`syncer_api_requests_total{namespace="acme",code="200"} 0+10x120`, `syncer_api_requests_total{namespace="acme",code="500"} 0+4x120`,
			`syncer_api_requests_total{namespace="acme",code="error"} 0+1x120`,
		}, 100, []string{here},
	},
	{
		"SyncerApiFailing", "when many did for a moment",
		[]string{`syncer_api_requests_total{namespace="acme",code="200"} 0+10x120`, `syncer_api_requests_total{namespace="acme",code="500"} 0x79 0+20x10 200x40`},
		100, nil,
	},

	{"SyncerPanicked", "when nothing did", []string{`syncer_panics_total{namespace="acme"} 0x120`}, 100, nil},
	{"SyncerPanicked", "within an hour of it", []string{`syncer_panics_total{namespace="acme"} 0x80 1x120`}, 100, []string{here}},
	{"SyncerPanicked", "later", []string{`syncer_panics_total{namespace="acme"} 0x20 1x120`}, 100, nil},
}
