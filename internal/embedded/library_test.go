package embedded

import (
	"errors"
	"strings"
	"testing"
	"testing/iotest"
)

func TestVerify(t *testing.T) {
	// The hash is that of "abc" in FIPS 180-2.
	library := Library{
		Package:   "name@1",
		Integrity: "sha512-3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==",
	}
	if err := library.Verify(strings.NewReader("abc")); err != nil {
		t.Errorf("the pinned content is refused: %v", err)
	}
	for _, wrong := range []string{"abd", "ab", "abcd", ""} {
		if err := library.Verify(strings.NewReader(wrong)); err == nil || !strings.Contains(err.Error(), "not what was pinned") {
			t.Errorf("%q: got %v, want a refusal", wrong, err)
		}
	}
	broken := errors.New("broken")
	if err := library.Verify(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("got %v, want the reader's error", err)
	}
}

// Without a hash nothing must ever pass, not even nothing.
func TestVerifyRefusesWithoutAHash(t *testing.T) {
	if err := (Library{}).Verify(strings.NewReader("")); err == nil {
		t.Error("a library without a hash was accepted")
	}
}

func TestPinnedLibraryByPlatform(t *testing.T) {
	library, err := pinnedLibrary("linux/amd64")
	if err != nil {
		t.Fatal(err)
	}
	if want := "@chdb/lib-linux-x64-gnu@26.7.3-stable.1"; library.Package != want {
		t.Errorf("package %q, want %q", library.Package, want)
	}
	for platform, want := range map[string]string{
		"darwin/arm64":  "@chdb/lib-darwin-arm64) has no pinned hash",
		"plan9/riscv64": "there is no ClickHouse library for plan9/riscv64",
	} {
		_, err := pinnedLibrary(platform)
		if err == nil {
			t.Errorf("%s: a library without a pinned hash", platform)
			continue
		}
		for _, part := range []string{want, "pinned: linux/amd64", "CLICKHOUSE_URL"} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%s: %q does not say %q", platform, err, part)
			}
		}
	}
}
