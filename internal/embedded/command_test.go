package embedded

import (
	"slices"
	"strings"
	"testing"
)

// Secrets of our own process are not the engine's.
func TestEngineEnvHasNoSecrets(t *testing.T) {
	t.Setenv("XVID_API_TOKEN", "secret")
	t.Setenv("CLICKHOUSE_PASSWORD", "secret")
	t.Setenv("PATH", "/some/path")
	env := engineEnv()
	if got := strings.Join(env, " "); strings.Contains(got, "secret") {
		t.Errorf("the engine would see %q", got)
	}
	if !slices.Contains(env, "PATH=/some/path") || !slices.Contains(env, "TZ=UTC") {
		t.Errorf("the engine misses PATH or TZ in %q", env)
	}
}
