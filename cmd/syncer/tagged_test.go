package main

import (
	"fmt"
	"time"

	"syncer/internal/xvidtest"
)

// insertTagged adds so many backtraces to the source that hold a tag, besides one
// that stays, and an element with it that is no backtrace.
func (p *program) insertTagged(first, n int, tag string, created time.Time) (ids []string) {
	for i := range n + 1 {
		b := xvidtest.Backtrace{
			ID: fmt.Sprintf("%08x%016x", created.Unix(), first+i), Status: "SUCCESS", InputName: "tagged",
			CreatedAt: created.UnixMilli(), UpdatedAt: created.UnixMilli(),
		}
		for _, one := range []string{"stays", tag} {
			b.ExtractedData = append(b.ExtractedData, xvidtest.Extracted{AutographTag: one, AccessStats: []xvidtest.Access{
				{IPAddress: "192.0.2.1", IPCountry: "France", IPType: "UNK", UserAgent: "curl/8.5.0", PercentageObtained: "97.5%", StreamingOnly: "no"},
			}})
		}
		if i == n {
			b.Raw = fmt.Appendf(nil, `{"id":null,"n":%d,"extracted_data":[{"autograph_tag":"%s"}]}`, first, tag)
		} else {
			ids = append(ids, b.ID)
		}
		p.world.Insert(b)
	}
	return ids
}
