package main

import (
	"maps"
	"path/filepath"
	"strings"
	"testing"
)

// secret stands wherever a secret may stand.
const secret = "hunter2-must-not-be-told"

// wrongSettings is the one error of a run that may not begin.
func wrongSettings(t *testing.T, env map[string]string) string {
	t.Helper()
	r := execute(t.Context(), env, "once")
	if r.code != exitSettings || r.stdout != "" {
		t.Errorf("%v: exit code %d, want %d; stdout %q", env, r.code, exitSettings, r.stdout)
	}
	if strings.Contains(r.stderr, secret) {
		t.Errorf("%v: the error tells the secret: %s", env, r.stderr)
	}
	if strings.Count(r.stderr, "syncer: ") != 1 {
		t.Errorf("%v: want one error, got %s", env, r.stderr)
	}
	return r.stderr
}

// An operator who has everything wrong learns it in one go.
func TestEveryWrongSettingAtOnce(t *testing.T) {
	wrong := map[string]string{
		"XVID_API_URL":               "https://user:" + secret + "@api.example/v1/",
		"XVID_API_TOKEN_FILE":        filepath.Join(t.TempDir(), "missing"),
		"CLICKHOUSE_URL":             "clickhouse://user:" + secret + "@host:no/xvid",
		"CLICKHOUSE_PASSWORD_FILE":   t.TempDir(),
		"CLICKHOUSE_CA_FILE":         filepath.Join(t.TempDir(), "missing"),
		"CLICKHOUSE_CERT_FILE":       secret,
		"METRICS_ADDR":               "9090",
		"METRICS_PUSH_URL":           "http://user:" + secret + "@host?q",
		"METRICS_PUSH_PASSWORD_FILE": secret,
		"PRIVACY_IP":                 "blur",
		"PRIVACY_RETENTION":          "a year",
		"PRIVACY_IP_KEY_FILE":        filepath.Join(t.TempDir(), "missing"),
		"CLICKHOUSE_MIGRATE":         "perhaps",
		"SYNC_SCHEDULE":              "every now and then",
		"SYNC_RECONCILE_SCHEDULE":    "seldom",
		"SYNC_PAGE_SIZE":             "5001",
		"SYNC_CONCURRENCY":           "0",
		"SYNC_LOOKBACK":              "-1s",
		"SYNC_TIMEOUT":               "60",
		"SYNC_PENDING_MAX_AGE":       "7d",
		"SYNC_MAX_DELETE_PERCENT":    "101",
		"SYNC_DATA_DIR":              "",
		"LOG_LEVEL":                  "loud",
		"LOG_FORMAT":                 "yaml",
	}
	told := wrongSettings(t, wrong)
	if !strings.Contains(told, "24 wrong settings:") {
		t.Errorf("the error does not count 24 wrong settings: %s", told)
	}
	for name := range wrong {
		if len(linesWith(told, "  "+name+" ")) != 1 {
			t.Errorf("%s is not named on a line of its own: %s", name, told)
		}
	}
}

// Each setting alone, and what the error has to say besides its name.
func TestWrongSetting(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	for _, c := range []struct{ name, value, says string }{
		{"XVID_API_URL", "", "https://"},
		{"XVID_API_URL", "api.example/v1/", "https://"},
		{"XVID_API_URL", "ftp://api.example/v1/", "https://"},
		{"XVID_API_URL", "https:///v1/", "no host"},
		{"XVID_API_URL", "https://" + secret + "@api.example/", "user name or password"},
		{"XVID_API_URL", "https://:" + secret + "@api.example:no/", "cannot be parsed"},
		{"XVID_API_URL", "https://api.example/v1/?token=" + secret, "query"},
		{"XVID_API_URL", "https://api.example/v1/#" + secret, "fragment"},
		{"XVID_API_TOKEN", "", "not set"},
		{"XVID_API_TOKEN", " \n", "empty"},
		{"XVID_API_TOKEN", secret + " " + secret, "white space"},
		{"XVID_API_TOKEN", secret + "ü", "ASCII"},
		{"XVID_API_TOKEN_FILE", missing, "both set"}, // besides XVID_API_TOKEN
		{"CLICKHOUSE_URL", "", "clickhouse://"},
		{"CLICKHOUSE_URL", "host:9000", "clickhouse://"},
		{"CLICKHOUSE_URL", "clickhouse://user:" + secret + "@host:no/xvid", "clickhouse://"},
		{"CLICKHOUSE_URL", "clickhouse://user:" + secret + "@host/%zz", "clickhouse://"},
		{"CLICKHOUSE_URL", "clickhouse://user:" + secret + "@host/xvid?dial_timeout=soon", "clickhouse://"},
		{"CLICKHOUSE_PASSWORD_FILE", missing, "no such file"},
		{"CLICKHOUSE_CA_FILE", missing, "does not ask for TLS"},
		{"CLICKHOUSE_CERT_FILE", missing, "does not ask for TLS"},
		{"CLICKHOUSE_MIGRATE", "", "true or false"},
		{"SYNC_SCHEDULE", "", "cron schedule"},
		{"SYNC_SCHEDULE", "61 * * * *", "cron schedule"},
		{"SYNC_SCHEDULE", "* * * * * *", "cron schedule"},
		{"SYNC_SCHEDULE", "@every soon", "cron schedule"},
		{"SYNC_SCHEDULE", "CRON_TZ=Europe/Atlantis 0 6 * * *", "cron schedule"},
		{"SYNC_SCHEDULE", "CRON_TZ=Europe/Berlin", "cron schedule"},
		{"SYNC_SCHEDULE", "0 6 30 2 *", "cron schedule"}, // never
		{"SYNC_RECONCILE_SCHEDULE", "", "`never`"},
		{"SYNC_RECONCILE_SCHEDULE", "CRON_TZ=Europe/Berlin", "`never`"},
		{"SYNC_PENDING_MAX_AGE", "", "at least 0s"},
		{"SYNC_PENDING_MAX_AGE", "-1h", "at least 0s"},
		{"SYNC_MAX_DELETE_PERCENT", "", "0 to 100"},
		{"SYNC_MAX_DELETE_PERCENT", "-1", "0 to 100"},
		{"SYNC_MAX_DELETE_PERCENT", "101", "0 to 100"},
		{"SYNC_PAGE_SIZE", "", "1 to 5000"},
		{"SYNC_PAGE_SIZE", "0", "1 to 5000"},
		{"SYNC_PAGE_SIZE", "5001", "1 to 5000"},
		{"SYNC_PAGE_SIZE", "1e3", "1 to 5000"},
		{"SYNC_PAGE_SIZE", "99999999999999999999", "1 to 5000"},
		{"SYNC_CONCURRENCY", "", "1 to 32"},
		{"SYNC_CONCURRENCY", "33", "1 to 32"},
		{"SYNC_LOOKBACK", "", "10m"},
		{"SYNC_LOOKBACK", "10", "10m"},
		{"SYNC_TIMEOUT", "", "10m"},
		{"SYNC_TIMEOUT", "999ms", "at least 1s"},
		{"SYNC_DATA_DIR", "", "empty"},
		{"LOG_LEVEL", "", "debug, info, warn or error"},
		{"LOG_FORMAT", "", "auto, tint or json"},
	} {
		env := map[string]string{"XVID_API_TOKEN": testToken, "CLICKHOUSE_URL": "clickhouse://host:9000/xvid"}
		env[c.name] = c.value
		told := wrongSettings(t, env)
		if !strings.Contains(told, "wrong setting: ") || !strings.Contains(told, c.says) {
			t.Errorf("%s=%q: the one error does not say %q: %s", c.name, c.value, c.says, told)
		}
		// Where two settings quarrel, either one may come first.
		if !strings.Contains(told, c.name) {
			t.Errorf("%s=%q: the error does not name it: %s", c.name, c.value, told)
		}
	}
}

// The token's file is looked at before anything is done.
func TestWrongTokenFile(t *testing.T) {
	for says, path := range map[string]string{
		"no such file": filepath.Join(t.TempDir(), "missing"),
		"directory":    t.TempDir(),
		"empty":        tokenFile(t, " "),
		"white space":  tokenFile(t, secret+" "+secret),
	} {
		told := wrongSettings(t, map[string]string{
			"XVID_API_TOKEN_FILE": path, "CLICKHOUSE_URL": "clickhouse://host:9000/xvid",
		})
		if !strings.Contains(told, "XVID_API_TOKEN_FILE") || !strings.Contains(told, says) {
			t.Errorf("the error does not say %q of %s: %s", says, path, told)
		}
	}
}

// A password that has no server to go to means a mirror in the wrong place.
func TestPasswordWithoutURL(t *testing.T) {
	env := map[string]string{"XVID_API_TOKEN": testToken, "CLICKHOUSE_PASSWORD_FILE": tokenFile(t, secret)}
	if told := wrongSettings(t, env); !strings.Contains(told, "CLICKHOUSE_PASSWORD_FILE") || !strings.Contains(told, "CLICKHOUSE_URL is not") {
		t.Errorf("got %s", told)
	}
}

// What the settings' forms allow is taken, at the ends of the ranges too.
func TestRightSettings(t *testing.T) {
	p := newProgram(t, 3)
	for _, change := range []map[string]string{
		{"SYNC_PAGE_SIZE": "1", "SYNC_CONCURRENCY": "1", "SYNC_LOOKBACK": "0s", "SYNC_SCHEDULE": "CRON_TZ=Europe/Berlin 0 6 * * *"},
		{"SYNC_PAGE_SIZE": "5000", "SYNC_CONCURRENCY": "32", "SYNC_SCHEDULE": "@daily", "LOG_LEVEL": "WARN"},
		{"SYNC_RECONCILE_SCHEDULE": "never", "SYNC_PENDING_MAX_AGE": "0s", "SYNC_MAX_DELETE_PERCENT": "0"},
		{"XVID_API_TOKEN": " " + testToken + "\n", "XVID_API_URL": strings.TrimSuffix(p.api.URL(), "/")},
		{"XVID_API_TOKEN": "", "XVID_API_TOKEN_FILE": tokenFile(t, testToken), "LOG_FORMAT": "tint"},
	} {
		env := maps.Clone(p.env)
		maps.Copy(env, change)
		if r := execute(t.Context(), env, "once"); r.code != exitOK {
			t.Errorf("%v: exit code %d: %s", change, r.code, r.stderr)
		}
	}
	p.equalSource(t)
}
