package report

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The vendored files are those that were made of npm's packages, and none can end
// the element that holds it.
func TestAssets(t *testing.T) {
	sums, err := os.ReadFile("assets/SHA256SUMS")
	if err != nil {
		t.Fatal(err)
	}
	recorded := map[string]string{}
	for line := range strings.Lines(string(sums)) {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		recorded[name] = sum
	}
	for name, embedded := range map[string]string{"charts.min.js": chartsJS, "world.json": worldJSON, "NOTICE.txt": notice} {
		sum := sha256.Sum256([]byte(embedded))
		if got := hex.EncodeToString(sum[:]); got != recorded[name] {
			t.Errorf("%s has the hash %s, SHA256SUMS says %q: `make report-assets` makes it anew", name, got, recorded[name])
		}
	}
	files, err := filepath.Glob("assets/*")
	if err != nil || len(files) != len(recorded)+1 {
		t.Errorf("assets holds %v (%v), SHA256SUMS %v", files, err, recorded)
	}
	for name, own := range map[string]string{"charts.min.js": chartsJS, "world.json": worldJSON, "page.js": pageJS, "page.css": pageCSS} {
		for _, end := range []string{"</script", "</style", "<!--"} {
			if strings.Contains(strings.ToLower(own), end) {
				t.Errorf("%s holds %s", name, end)
			}
		}
	}
	for _, name := range []string{"Apache License", "Natural Earth", "BSD 3-Clause"} {
		if !strings.Contains(notice, name) {
			t.Errorf("the notices do not name %s", name)
		}
	}
}
