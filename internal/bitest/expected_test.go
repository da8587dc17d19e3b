package bitest

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"syncer/internal/xvidtest"
)

// expectedOf works out the answers from the source's records.
func expectedOf(world *xvidtest.World, tag string, since time.Time) expected {
	countries, months, filtered := map[string]int{}, map[string]int{}, 0
	eachAccess(world, func(found string, access *xvidtest.Access) {
		country := access.IPCountry
		if country == "N/A" {
			country = ""
		}
		countries[country]++
		if access.FirstAccessedAt == nil {
			return
		}
		first := time.UnixMilli(*access.FirstAccessedAt).UTC()
		months[first.Format("2006-01")]++
		if found == tag && !first.Before(since) {
			filtered++
		}
	})
	return expected{Countries: texts(countries), Filtered: strconv.Itoa(filtered), Months: texts(months)}
}

// busiestTag is the tag with the most accesses.
func busiestTag(world *xvidtest.World) string {
	counts := map[string]int{}
	eachAccess(world, func(tag string, _ *xvidtest.Access) { counts[tag]++ })
	return slices.MaxFunc(slices.Sorted(maps.Keys(counts)), func(a, b string) int { return counts[a] - counts[b] })
}

func eachAccess(world *xvidtest.World, do func(tag string, access *xvidtest.Access)) {
	for _, backtrace := range world.All() {
		for _, extracted := range backtrace.ExtractedData {
			for i := range extracted.AccessStats {
				do(extracted.AutographTag, &extracted.AccessStats[i])
			}
		}
	}
}

func texts(counts map[string]int) map[string]string {
	found := make(map[string]string, len(counts))
	for key, count := range counts {
		found[key] = strconv.Itoa(count)
	}
	return found
}
