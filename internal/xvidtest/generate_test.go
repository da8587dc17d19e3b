package xvidtest_test

import (
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"syncer/internal/xvidtest"
)

func TestGenerateIsDeterministic(t *testing.T) {
	o := xvidtest.GenerateOptions{TieShare: 0.2}
	a, b := xvidtest.Generate(1, 500, o), xvidtest.Generate(1, 500, o)
	if !reflect.DeepEqual(a, b) {
		t.Error("the same arguments make other records")
	}
	if other := xvidtest.Generate(2, 500, o); reflect.DeepEqual(a, other) {
		t.Error("another seed makes the same records")
	}
}

func TestGeneratedRecordsAreLikeTheSources(t *testing.T) {
	end := time.Date(2025, time.March, 1, 12, 0, 0, 0, time.UTC)
	const n = 20_000
	records := xvidtest.Generate(3, n, xvidtest.GenerateOptions{End: end, Span: 24 * time.Hour})
	seen := map[string]bool{}
	hex := regexp.MustCompile("^[0-9a-f]{24}$")
	first := end.Add(-24 * time.Hour).UnixMilli()
	for i, b := range records {
		second, _ := strconv.ParseInt(b.ID[:8], 16, 64)
		if !hex.MatchString(b.ID) || seen[b.ID] || second != b.CreatedAt/1000 {
			t.Fatalf("id %s of %d", b.ID, b.CreatedAt)
		}
		seen[b.ID] = true
		if b.UpdatedAt != b.CreatedAt || b.CreatedAt < first || b.CreatedAt > end.UnixMilli() {
			t.Fatalf("times %d, %d", b.CreatedAt, b.UpdatedAt)
		}
		if i > 0 && b.UpdatedAt < records[i-1].UpdatedAt {
			t.Fatalf("record %d is older than the one before", i)
		}
		if queued := b.Status == "QUEUED"; (b.FinishedAt == nil) != queued || !queued && *b.FinishedAt <= b.CreatedAt {
			t.Fatalf("%s finished at %v", b.Status, b.FinishedAt)
		}
		if failed := b.Status == "FAILURE"; (b.ErrorCode != nil) != failed || (b.ErrorMsg != nil) != failed {
			t.Fatalf("%s with error %v", b.Status, b.ErrorCode)
		}
	}
}

func TestGeneratedMixture(t *testing.T) {
	const n = 20_000
	statuses, countries, agents, tags, types, resolutions := map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
	var accesses, six int
	for _, b := range xvidtest.Generate(3, n, xvidtest.GenerateOptions{}) {
		statuses[b.Status]++
		for _, e := range b.ExtractedData {
			tags[e.AutographTag]++
			for _, a := range e.AccessStats {
				accesses++
				countries[a.IPCountry]++
				agents[a.UserAgent]++
				types[a.IPType]++
				resolutions[a.HighestResolution]++
				if strings.Contains(a.IPAddress, ":") {
					six++
				}
			}
		}
	}
	between := func(what string, got, least, most float64) {
		if got < least || got > most {
			t.Errorf("%s: %.3f, want %.3f to %.3f", what, got, least, most)
		}
	}
	between("SUCCESS", float64(statuses["SUCCESS"])/n, 0.83, 0.87)
	between("QUEUED", float64(statuses["QUEUED"])/n, 0.02, 0.04)
	between("accesses a backtrace", float64(accesses)/n, 2.7, 3.3)
	between("IPv6", float64(six)/float64(accesses), 0.1, 0.25)
	between("countries", float64(len(countries)), 25, 50)
	between("user agents", float64(len(agents)), 20, 50)
	for _, name := range []string{"Korea, Republic of", "Côte d'Ivoire", "N/A"} {
		between(name, float64(countries[name]), 1, float64(accesses))
	}
	for _, name := range []string{"UNK", "VPN", "DCH", "RES"} {
		between(name, float64(types[name]), 1, float64(accesses))
	}
	for _, name := range []string{"352p", "720p", "1080p", "2160p", "N/A"} {
		between(name, float64(resolutions[name]), 1, float64(accesses))
	}
	var counts []int
	for _, c := range tags {
		counts = append(counts, c)
	}
	slices.Sort(counts)
	between("the most frequent tag over the median", float64(counts[len(counts)-1])/float64(counts[len(counts)/2]), 10, 1e6)
}

func TestTieShare(t *testing.T) {
	ties := 0
	records := xvidtest.Generate(1, 10_000, xvidtest.GenerateOptions{TieShare: 0.3})
	for i := 1; i < len(records); i++ {
		if records[i].UpdatedAt == records[i-1].UpdatedAt {
			ties++
		}
	}
	if ties < 2_700 || ties > 3_300 {
		t.Errorf("%d of 10000 are tied", ties)
	}
}

func TestGeneratedRecordsAreValidJSON(t *testing.T) {
	s := listen(t, newWorld(xvidtest.Generate(9, 200, xvidtest.GenerateOptions{})...), xvidtest.ServerOptions{})
	for _, query := range []string{"", "?human=true&show_null=true", "?expand_all=true"} {
		if got := ask(t, s.URL()+query).body; !json.Valid([]byte(got)) {
			t.Errorf("%q is answered with invalid JSON", query)
		}
	}
	if got := ask(t, s.URL()+"?format=xml").body; !wellFormed(got) {
		t.Error("invalid XML")
	}
}
