package schema_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"net/http/httputil"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"syncer/internal/embedded"
	"syncer/schema"
)

// guarded starts an engine with a user, syncer, who has a password.
func guarded(t *testing.T, password string) *embedded.Engine {
	t.Helper()
	dir := t.TempDir()
	users, config := filepath.Join(dir, "users.xml"), filepath.Join(dir, "config.xml")
	write(t, config, fmt.Sprintf("<clickhouse><users_config>%s</users_config></clickhouse>", users))
	user := "<networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota>"
	write(t, users, `<clickhouse><profiles><default/></profiles><quotas><default/></quotas><users>
		<default><password/>`+user+`</default>
		<syncer><password>`+password+`</password>`+user+`</syncer>
	</users></clickhouse>`)
	engine, err := embedded.Start(t.Context(), embedded.Options{DataDir: filepath.Join(dir, "data"), ConfigFile: config})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Kill() }) // its data is thrown away
	return engine
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A password that is rotated under a mirror costs another try, over connections
// that are open already too; one that is refused for good is a refusal at once.
// Rotated means here that the address leads to a ClickHouse with another one.
//
// Over HTTP: a login refused over the native protocol makes the embedded engine
// (26.7) abort. There only new connections log in, by the same function.
func TestPasswordFileIsReadAgain(t *testing.T) {
	t.Parallel()
	engines := map[string]*embedded.Engine{"first": guarded(t, "first"), "second": guarded(t, "second")}
	var now atomic.Pointer[embedded.Engine]
	address := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.Out.URL.Host, r.Out.URL.Scheme = now.Load().HTTPAddr(), "http"
	}})
	t.Cleanup(address.Close)
	file := filepath.Join(t.TempDir(), "password")
	rotate := func(password string) {
		now.Store(engines[password])
		write(t, file, password+"\n")
	}

	rotate("first")
	target, err := schema.ParseDSN(strings.Replace(address.URL, "//", "//syncer@", 1) + "/xvid")
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.UsePasswordFile(target, file); err != nil {
		t.Fatal(err)
	}
	options := schema.Options{ClickHouse: target, Patience: 10 * time.Second}
	for password := range engines {
		rotate(password)
		if _, err := schema.Migrate(t.Context(), options); err != nil {
			t.Fatal(err)
		}
	}
	rotate("first")
	mirror, err := schema.Open(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = mirror.Close() })

	rotate("second")
	if _, err := mirror.Counts(t.Context()); err != nil {
		t.Errorf("a select over an open connection: %v", err)
	}
	rotate("first")
	if err := mirror.SaveCheckpoint(t.Context(), source, schema.Checkpoint{UpdatedAt: 1}); err != nil {
		t.Errorf("an insert over an open connection: %v", err)
	}
	rotate("second")
	again, err := schema.Open(t.Context(), options)
	if err != nil {
		t.Errorf("a new connection: %v", err)
	} else {
		_ = again.Close()
	}

	now.Store(engines["first"])
	began := time.Now()
	_, err = mirror.Counts(t.Context())
	if took := time.Since(began); !errors.Is(err, schema.ErrRefused) || took > options.Patience {
		t.Errorf("refused for good after %s: %v", took, err)
	}
	_, openErr := schema.Open(t.Context(), options)
	if !errors.Is(openErr, schema.ErrRefused) {
		t.Errorf("a new connection that is refused for good: %v", openErr)
	}
	if told := fmt.Sprint(err, openErr); strings.Contains(told, "first") || strings.Contains(told, "second") {
		t.Errorf("the errors hold a password: %s", told)
	}
}

// With the native protocol a connection logs in once, when it is dialled.
func TestPasswordFileIsReadAgainToDial(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "password")
	write(t, file, "first")
	target := &clickhouse.Options{Addr: []string{"127.0.0.1:9000"}}
	if err := schema.UsePasswordFile(target, file); err != nil {
		t.Fatal(err)
	}
	var tried []string
	dial := func(right string) error {
		tried = nil
		_, err := target.DialStrategy(t.Context(), 1, target, func(_ context.Context, _ string, with *clickhouse.Options) (clickhouse.DialResult, error) {
			tried = append(tried, with.Auth.Password)
			if with.Auth.Password != right {
				return clickhouse.DialResult{}, &clickhouse.Exception{Code: 516}
			}
			return clickhouse.DialResult{}, nil
		})
		return err
	}
	write(t, file, "second")
	if err := dial("second"); err != nil || len(tried) != 2 {
		t.Errorf("a rotated password: tried %v, error %v", tried, err)
	}
	if err := dial("second"); err != nil || len(tried) != 1 {
		t.Errorf("the next connection: tried %v, error %v", tried, err)
	}
	if err := dial("third"); err == nil || len(tried) != 1 {
		t.Errorf("refused for good: tried %v, error %v", tried, err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := dial("third"); err == nil || !strings.Contains(err.Error(), "file is no help") || strings.Contains(err.Error(), file) {
		t.Errorf("without the file: %v", err)
	}
}
