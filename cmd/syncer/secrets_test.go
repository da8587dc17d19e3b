package main

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"syncer/schema"
)

// planted are secrets by where they stand. None is a part of another.
var planted = map[string]string{
	"the token":                   "PLANTED-token-4711",
	"ClickHouse's password":       "PLANTED-clickhouse-0815",
	"the Pushgateway's password":  "PLANTED-push-1234",
	"the key of PRIVACY_IP":       "PLANTED-privacy-key-2468",
	"the proxy's password":        "PLANTED-proxy-1357",
	"a secret in a wrong setting": "PLANTED-wrong-9876",
}

const (
	aToken     = "the token"
	aPassword  = "ClickHouse's password"
	misplaced  = "a secret in a wrong setting"
	proxyValue = "http://user:PLANTED-proxy-1357@"
)

// keepsSecrets looks for the planted secrets in what somebody could see, as they are
// and in the forms that a URL or a header gives them.
func keepsSecrets(t *testing.T, where, seen string) {
	t.Helper()
	for what, value := range planted {
		for _, form := range []string{
			value, url.QueryEscape(value), base64.StdEncoding.EncodeToString([]byte("user:" + value)),
			base64.StdEncoding.EncodeToString([]byte("default:" + value)),
		} {
			if strings.Contains(seen, form) {
				t.Errorf("%s tells %s:\n%s", where, what, seen)
			}
		}
	}
}

// secretive is the program with a secret wherever one can stand.
type secretive struct {
	*program
	binary string
}

func newSecretive(t *testing.T) *secretive {
	t.Helper()
	s := &secretive{program: newProgram(t, 30), binary: buildSyncer(t)}
	s.api.SetToken(planted[aToken])
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "the gateway is full", http.StatusInsufficientStorage)
	}))
	t.Cleanup(gateway.Close)
	maps.Copy(s.env, map[string]string{
		"XVID_API_TOKEN":   planted[aToken],
		"CLICKHOUSE_URL":   withPassword(t, s.env["CLICKHOUSE_URL"]),
		"METRICS_PUSH_URL": strings.Replace(gateway.URL, "http://", "http://user:"+planted["the Pushgateway's password"]+"@", 1),
		"PRIVACY_IP":       "hash",
		"PRIVACY_IP_KEY":   planted["the key of PRIVACY_IP"],
		"HTTP_PROXY":       proxyValue + "127.0.0.1:1", // not used for this machine
		"LOG_LEVEL":        "debug",
	})
	return s
}

// withPassword gives a way to the same database on which a password is asked for,
// which the engine itself does not do.
func withPassword(t *testing.T, dsn string) string {
	t.Helper()
	target, err := schema.ParseDSN(dsn)
	if err != nil {
		t.Fatal(err)
	}
	server, err := schema.Probe(t.Context(), schema.Options{ClickHouse: target})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = server.Close() }()
	var port uint16
	if err := server.Conn().QueryRow(t.Context(), "SELECT getServerPort('http_port')").Scan(&port); err != nil {
		t.Fatal(err)
	}
	behind := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: fmt.Sprintf("127.0.0.1:%d", port)})
			r.Out.Header.Del("Authorization")
		},
		// The default one is shared with other tests, whose servers close its connections
		// when they end.
		Transport: &http.Transport{DisableKeepAlives: true},
	}
	door := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, password, _ := r.BasicAuth(); password != planted[aPassword] {
			w.Header().Set("X-ClickHouse-Exception-Code", "516")
			http.Error(w, "Code: 516. DB::Exception: wrong password. (AUTHENTICATION_FAILED)", http.StatusForbidden)
			return
		}
		behind.ServeHTTP(w, r)
	}))
	t.Cleanup(door.Close)
	return strings.Replace(door.URL, "http://", "http://default:"+planted[aPassword]+"@", 1) + "/" + target.Auth.Database
}

// see runs a command line and gives its exit code and all that it printed.
func (s *secretive) see(t *testing.T, change map[string]string, args ...string) (code int, seen string) {
	t.Helper()
	env := maps.Clone(s.env)
	maps.Copy(env, change)
	command := exec.CommandContext(t.Context(), s.binary, args...)
	for name, value := range env {
		command.Env = append(command.Env, name+"="+value)
	}
	output, err := command.CombinedOutput()
	if command.ProcessState == nil {
		t.Fatal(err)
	}
	where := fmt.Sprintf("syncer %s with %v", strings.Join(args, " "), keys(change))
	keepsSecrets(t, where, string(output))
	return command.ProcessState.ExitCode(), string(output)
}

func keys(of map[string]string) (names []string) {
	for name := range of {
		names = append(names, name)
	}
	return names
}

// TestSecretsAreToldNobody looks for planted secrets in all that the real binary
// prints, serves and stores, whatever it does and whatever goes wrong.
func TestSecretsAreToldNobody(t *testing.T) {
	t.Parallel()
	s := newSecretive(t)
	t.Run("commands", s.commands)
	t.Run("daemon", s.daemon)
	t.Run("echoes", s.echoes)
	t.Run("failures", s.failures)
}

// commands are those that do what they should.
func (s *secretive) commands(t *testing.T) {
	for _, line := range []string{
		"check", "migrate", "once", "reconcile --dry-run", "reconcile", "status", "status --json", "checkpoint show",
		"checkpoint set 2026-01-31", "checkpoint reset", "query", "query leaks_by_country", "query leaks_by_country --format json",
	} {
		if code, seen := s.see(t, nil, strings.Fields(line)...); code != exitOK {
			t.Errorf("syncer %s: exit code %d:\n%s", line, code, seen)
		}
	}
	var help func(*cobra.Command)
	help = func(command *cobra.Command) {
		s.see(t, nil, append(strings.Fields(command.CommandPath())[1:], "--help")...)
		for _, child := range command.Commands() {
			help(child)
		}
	}
	help(new(app).rootCommand())
	var stored string
	row := s.mirror(t).Conn().QueryRow(t.Context(), "SELECT toString(groupArray(tuple(*))) FROM sync_runs")
	if err := row.Scan(&stored); err != nil || !strings.Contains(stored, "incremental") {
		t.Errorf("sync_runs: %q, error %v", stored, err)
	}
	keepsSecrets(t, "sync_runs", stored)
}

// daemon has its pages, its place in the process list, and its last words when it is
// killed with a dump of all goroutines, as after a panic.
func (s *secretive) daemon(t *testing.T) {
	s.env["METRICS_ADDR"] = "127.0.0.1:0"
	daemon := s.start(t, s.binary, "run")
	base := addressIn(t, daemon.stderr)
	daemon.stderr.await(t, runEnded, 1)
	for _, page := range []string{"/metrics", "/healthz", "/readyz", "/", "/debug/pprof/", "/debug/pprof/cmdline", "/debug/vars"} {
		status, body := get(t, base+page)
		keepsSecrets(t, page, body)
		if strings.HasPrefix(page, "/debug") && status != http.StatusNotFound {
			t.Errorf("%s is served: %d", page, status)
		}
	}
	commandLine, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", daemon.command.Process.Pid))
	if err != nil || !strings.HasSuffix(string(commandLine), "run\x00") {
		t.Errorf("the process list: %q, error %v", commandLine, err)
	}
	keepsSecrets(t, "the process list", string(commandLine))
	daemon.signal(t, syscall.SIGQUIT)
	select {
	case err := <-daemon.ended:
		if err == nil {
			t.Error("the daemon outlives SIGQUIT well")
		}
	case <-time.After(patience):
		t.Fatal("the daemon does not end")
	}
	if !strings.Contains(daemon.stderr.String(), "goroutine 1") {
		t.Errorf("no dump of goroutines:\n%s", daemon.stderr)
	}
	keepsSecrets(t, "the dump of goroutines", daemon.stderr.String())
}

// echo is an API that repeats what it was sent, in every form of answer.
func echo(t *testing.T, answer func(w http.ResponseWriter, sent string)) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answer(w, r.Header.Get("Authorization")) }))
	t.Cleanup(server.Close)
	return server.URL + "/"
}

// echoes are answers of others that repeat the token.
func (s *secretive) echoes(t *testing.T) {
	for name, answer := range map[string]func(w http.ResponseWriter, sent string){
		"refused": func(w http.ResponseWriter, sent string) {
			w.WriteHeader(http.StatusForbidden)
			_, _ = fmt.Fprintf(w, `{"error":{"error_code":"0x0000003","error_message":"Invalid access token %s"}}`, sent)
		},
		"invalid": func(w http.ResponseWriter, sent string) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = fmt.Fprintf(w, `{"error":{"error_code":%q,"error_message":"%s"}}`, sent, strings.Repeat("x", 290)+sent)
		},
		"a gateway's page": func(w http.ResponseWriter, sent string) {
			w.Header().Set("Retry-After", "3600")
			http.Error(w, "<html>"+sent+"</html>", http.StatusBadGateway)
		},
		"a redirect": func(w http.ResponseWriter, sent string) {
			w.Header().Set("Location", "http://127.0.0.1:1/?token="+url.QueryEscape(sent))
			w.WriteHeader(http.StatusFound)
		},
		"a shape nobody knows": func(w http.ResponseWriter, sent string) {
			_, _ = fmt.Fprintf(w, `{"items":[{%q:%q}],"total":1}`, "id", sent)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			change := map[string]string{"XVID_API_URL": echo(t, answer), "SYNC_TIMEOUT": "2s"}
			for _, command := range []string{"check", "once", "reconcile", "status"} {
				s.see(t, change, command)
			}
		})
	}
}

// failures are settings that are wrong, and servers that are away.
func (s *secretive) failures(t *testing.T) {
	lost, password := planted[misplaced], planted[aPassword]
	for name, c := range map[string]struct {
		change map[string]string
		code   int
	}{
		"a wrong token":                     {map[string]string{"XVID_API_TOKEN": lost}, exitRefused},
		"a wrong token in a file":           {map[string]string{"XVID_API_TOKEN": "", "XVID_API_TOKEN_FILE": tokenFile(t, lost)}, exitRefused},
		"a token with white space":          {map[string]string{"XVID_API_TOKEN": lost + " " + lost}, exitSettings},
		"a token for a file":                {map[string]string{"XVID_API_TOKEN": "", "XVID_API_TOKEN_FILE": lost}, exitSettings},
		"a token for an address":            {map[string]string{"XVID_API_URL": lost}, exitSettings},
		"a token in the address":            {map[string]string{"XVID_API_URL": "https://api.example/?token=" + lost}, exitSettings},
		"a password for a file":             {map[string]string{"CLICKHOUSE_PASSWORD_FILE": lost}, exitSettings},
		"a password for a DSN":              {map[string]string{"CLICKHOUSE_URL": lost}, exitSettings},
		"a DSN with a wrong port":           {map[string]string{"CLICKHOUSE_URL": "clickhouse://default:" + password + "@host:no/xvid"}, exitSettings},
		"a DSN with a slash in it":          {map[string]string{"CLICKHOUSE_URL": "clickhouse://default:" + password + "/x@127.0.0.1:1/xvid"}, exitSettings},
		"a DSN with a wrong escape":         {map[string]string{"CLICKHOUSE_URL": "clickhouse://default:" + password + "%zz@127.0.0.1:1/xvid"}, exitSettings},
		"a DSN with a wrong option":         {map[string]string{"CLICKHOUSE_URL": "clickhouse://default@127.0.0.1:1/xvid?password=" + password + "&dial_timeout=soon"}, exitSettings},
		"a wrong password":                  {map[string]string{"CLICKHOUSE_URL": strings.Replace(s.env["CLICKHOUSE_URL"], password, lost, 1)}, exitRefused},
		"a wrong password in a file":        {map[string]string{"CLICKHOUSE_PASSWORD_FILE": tokenFile(t, lost)}, exitRefused},
		"a server away":                     {map[string]string{"CLICKHOUSE_URL": "clickhouse://default:" + password + "@127.0.0.1:1/xvid"}, exitFailed},
		"a server away, being looked for":   {map[string]string{"CLICKHOUSE_URL": "clickhouse://default:" + password + "@127.0.0.1:1/xvid?debug=true"}, exitFailed},
		"a server away, over HTTP":          {map[string]string{"CLICKHOUSE_URL": "http://default:" + password + "@127.0.0.1:1/xvid"}, exitFailed},
		"a server away, password elsewhere": {map[string]string{"CLICKHOUSE_URL": "http://127.0.0.1:1/xvid?username=default&password=" + password}, exitFailed},
		"a gateway's password for a file":   {map[string]string{"METRICS_PUSH_PASSWORD_FILE": lost}, exitSettings},
		"a gateway with a query":            {map[string]string{"METRICS_PUSH_URL": "http://user:" + lost + "@127.0.0.1:1?q"}, exitSettings},
		"a key for a file":                  {map[string]string{"PRIVACY_IP_KEY": "", "PRIVACY_IP_KEY_FILE": lost}, exitSettings},
		"a key that is too short":           {map[string]string{"PRIVACY_IP_KEY": "PLANTED-w"}, exitSettings},
		"a key for a policy":                {map[string]string{"PRIVACY_IP": lost}, exitSettings},
		"a proxy away":                      {map[string]string{"XVID_API_URL": "http://api.invalid/", "SYNC_TIMEOUT": "2s"}, exitFailed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if code, seen := s.see(t, c.change, "once"); code != c.code {
				t.Errorf("exit code %d, want %d:\n%s", code, c.code, seen)
			} else if strings.Contains(seen, "PLANTED") {
				t.Errorf("a part of a secret is told:\n%s", seen)
			}
		})
	}
}
