package xvid

import (
	"testing"
	"unsafe"
)

// Texts that a page has many times have one place in memory, and each is the one that
// stands there: also in memory that another page left.
func TestInterned(t *testing.T) {
	memory := (&memories{}).take()
	for _, body := range [][]byte{generated(t, 300), generated(t, 200)} {
		memory.clear()
		memory.body = append(memory.body[:0], body...)
		page, err := decodePage(response{body: memory.body, memory: memory})
		if err != nil {
			t.Fatal(err)
		}
		plain, err := decodePage(response{body: body})
		if err != nil {
			t.Fatal(err)
		}
		texts, places := 0, map[*byte]string{}
		for i := range page.Backtraces {
			ours, want := accessesOf(&page.Backtraces[i]), accessesOf(&plain.Backtraces[i])
			for j := range ours {
				if ours[j].UserAgent != want[j].UserAgent || ours[j].IPCountry != want[j].IPCountry {
					t.Fatalf("%q from %q, want %q from %q", ours[j].UserAgent, ours[j].IPCountry, want[j].UserAgent, want[j].IPCountry)
				}
				if ours[j].UserAgent != "" {
					texts++
					places[unsafe.StringData(ours[j].UserAgent)] = ours[j].UserAgent
				}
			}
		}
		if texts < 300 || len(places) > texts/2 {
			t.Errorf("%d user agents in %d places", texts, len(places))
		}
	}
}

func accessesOf(b *Backtrace) (all []Access) {
	for i := range b.ExtractedData {
		all = append(all, b.ExtractedData[i].AccessStats...)
	}
	return all
}
