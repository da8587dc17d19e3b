package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"syncer/internal/embedded/embeddedtest"
	"syncer/internal/xvidtest"
	"syncer/schema"
)

// tokenFile keeps a token as Kubernetes mounts a Secret.
func tokenFile(t *testing.T, token string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(path, []byte(token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A refused token ends the run at once and in plain words, writes nothing and
// is told to nobody, however much is logged.
func TestBadToken(t *testing.T) {
	const wrong = "wr0ng-token"
	for name, set := range map[string]func(env map[string]string){
		"in the environment": func(env map[string]string) { env["XVID_API_TOKEN"] = wrong },
		"in a file": func(env map[string]string) {
			delete(env, "XVID_API_TOKEN")
			env["XVID_API_TOKEN_FILE"] = tokenFile(t, wrong)
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newProgram(t, 10)
			p.env["LOG_LEVEL"] = "debug"
			set(p.env)
			r := p.execute(t, "once")
			if r.code != exitRefused {
				t.Errorf("exit code %d, want %d", r.code, exitRefused)
			}
			told := linesWith(r.stdout+r.stderr, "0x0000003")
			if len(told) != 1 || !strings.Contains(told[0], "Invalid access token") {
				t.Errorf("want one line with the API's code and message, got %q", told)
			}
			if strings.Contains(r.stdout+r.stderr, wrong) {
				t.Errorf("the output holds the token:\n%s%s", r.stdout, r.stderr)
			}
			if sent := p.api.Counts().Total; sent < 1 || sent > 2 {
				t.Errorf("%d requests, want 1 or 2", sent)
			}
			mirror := p.mirror(t)
			if counts, err := mirror.Counts(t.Context()); err != nil || counts != (schema.Counts{}) {
				t.Errorf("the mirror holds %+v, error %v", counts, err)
			}
			runs, err := mirror.LastRuns(t.Context(), 2)
			if err != nil || len(runs) != 1 || runs[0].Outcome != schema.Failed || !strings.Contains(runs[0].Error, "0x0000003") {
				t.Errorf("sync_runs: %+v, error %v; want one failed run with its reason", runs, err)
			}
		})
	}
}

// A Secret that is rotated under a run costs one more request.
func TestRotatedToken(t *testing.T) {
	p := newProgram(t, 10)
	plain := p.once(t)["requests"]

	p = newProgram(t, 10)
	path := tokenFile(t, testToken)
	delete(p.env, "XVID_API_TOKEN")
	p.env["XVID_API_TOKEN_FILE"] = path
	p.api.OnRequest(func(request xvidtest.Request) *xvidtest.Fault {
		if request.N == 1 { // the program has read its token by now
			p.api.SetToken("r0tated")
			if err := os.WriteFile(path, []byte("r0tated"), 0o600); err != nil {
				t.Error(err)
			}
		}
		return nil
	})
	run := p.once(t)
	p.equalSource(t)
	if refused := p.api.Counts().ByStatus[403]; refused != 1 {
		t.Errorf("%d requests were refused, want 1", refused)
	}
	requests, retries := run["requests"], run["retries"]
	if text(requests) != text(number(t, plain)+1) || text(retries) != "1" {
		t.Errorf("%v requests of which %v retries, want one more than %v", requests, retries, plain)
	}
}

// ClickHouse refusing the credentials is told apart from ClickHouse being away.
// Over HTTP: a login that is refused over the native protocol makes the embedded
// engine (26.7.2.1) abort soon after.
func TestClickHouseRefuses(t *testing.T) {
	const password = "hunter2-of-clickhouse"
	p := newProgram(t, 1)
	address := embeddedtest.Start(t, t.TempDir()).HTTPAddr()
	for name, env := range map[string]map[string]string{
		"password in the DSN": {"CLICKHOUSE_URL": "http://nobody:" + password + "@" + address + "/xvid"},
		"password in a file": {
			"CLICKHOUSE_URL":           "http://nobody@" + address + "/xvid",
			"CLICKHOUSE_PASSWORD_FILE": tokenFile(t, password),
		},
	} {
		env["XVID_API_URL"], env["XVID_API_TOKEN"] = p.api.URL(), testToken
		r := execute(t.Context(), env, "once")
		if r.code != exitRefused || !strings.Contains(r.stderr, address) {
			t.Errorf("%s: exit code %d, want %d and the address:\n%s", name, r.code, exitRefused, r.stderr)
		}
		if strings.Contains(r.stderr, password) {
			t.Errorf("%s: the output holds the password:\n%s", name, r.stderr)
		}
	}
	if sent := p.api.Counts().Total; sent > 0 {
		t.Errorf("the API was asked %d times for rows that could not be stored", sent)
	}
}
