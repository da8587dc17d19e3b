package xvidtest_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"syncer/internal/xvidtest"
)

func TestListParameters(t *testing.T) {
	s := listen(t, newWorld(few()...), xvidtest.ServerOptions{})
	tests := []struct {
		query, ids string
		total      int
	}{
		{"", "a b c d e", 5},
		{"sort=updated_at", "e d c b a", 5},
		{"sort=updated_at&direction=-1", "a b c d e", 5},
		{"sort=id&direction=-1", "e d c b a", 5},
		{"start=1&limit=2", "b c", 5},
		{"start=4&limit=2", "e", 5},
		{"start=9", "", 5},
		{"status=SUCCESS", "a d e", 3},
		{"status=SUCCESS&sort=created_at&limit=1", "e", 3},
		{"extracted_data.autograph_tag=anna", "a b", 2},
		{"extracted_data.autograph_tag=anna&status=FAILURE", "b", 1},
		{"sort=pipeline.id", "b c a e d", 5},
		{"sort=pipeline", "b c a e d", 5},
		{"sort=extracted_data.autograph_tag", "e a b c d", 5},
		{"sort=status", "b c a d e", 5},
		{"sort=status&direction=-1", "e d a c b", 5},
		{"unheard=of", "a b c d e", 5},
	}
	for _, tt := range tests {
		t.Run(tt.query, func(t *testing.T) {
			got := askList(t, s.URL()+"?"+tt.query)
			if got.ids() != tt.ids || *got.Total != tt.total {
				t.Errorf("got %q of %d, want %q of %d", got.ids(), *got.Total, tt.ids, tt.total)
			}
		})
	}
}

func TestEveryKeyOfTheDocumentSorts(t *testing.T) {
	s := listen(t, newWorld(xvidtest.Samples()...), xvidtest.ServerOptions{})
	var sample struct{ Backtrace any }
	if err := json.Unmarshal(xvidtest.GetResponse(), &sample); err != nil {
		t.Fatal(err)
	}
	keys := map[string]bool{}
	collectKeys(keys, "", sample.Backtrace)
	if len(keys) != 37 {
		t.Errorf("%d keys found in the sample", len(keys))
	}
	for key := range keys {
		if got := askList(t, s.URL()+"?sort="+key); *got.Total != 3 {
			t.Errorf("sort=%s: total %d", key, *got.Total)
		}
	}
}

func collectKeys(keys map[string]bool, prefix string, value any) {
	switch v := value.(type) {
	case map[string]any:
		for k, inner := range v {
			keys[prefix+k] = true
			collectKeys(keys, prefix+k+".", inner)
		}
	case []any:
		for _, inner := range v {
			collectKeys(keys, prefix, inner)
		}
	}
}

func TestLimits(t *testing.T) {
	s := listen(t, newWorld(tied(5100, 1)...), xvidtest.ServerOptions{})
	for query, want := range map[string]int{"": 1000, "?limit=5000": 5000, "?limit=5001": 5000} {
		if got := askList(t, s.URL()+query); len(got.Backtraces) != want || got.Limit != want {
			t.Errorf("%q: %d records, limit %d, want %d", query, len(got.Backtraces), got.Limit, want)
		}
	}
}

func TestMachineForm(t *testing.T) {
	b := xvidtest.Samples()[0]
	b.ExtractedData[0].AccessStats[0].StreamingOnly = "yes"
	b.ExtractedData[0].AccessStats[0].PercentageObtained = "97.5%"
	b.ExtractedData[0].AccessStats[0].HighestResolution = "N/A"
	s := listen(t, newWorld(b), xvidtest.ServerOptions{})

	got := ask(t, s.URL()+b.ID).body
	for _, want := range []string{`"percentage_obtained":97.5`, `"streaming_only":true`} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not in %s", want, got)
		}
	}
	for _, absent := range []string{"highest_resolution", "error_msg", "null"} {
		if strings.Contains(got, absent) {
			t.Errorf("%s is in %s", absent, got)
		}
	}
	if got := ask(t, s.URL()+b.ID+"?show_null=true").body; !strings.Contains(got, `"highest_resolution":null`) ||
		!strings.Contains(got, `"error_msg":null`) {
		t.Errorf("show_null leaves keys out: %s", got)
	}
}

func TestExpand(t *testing.T) {
	b := xvidtest.Samples()[0]
	s := listen(t, newWorld(b), xvidtest.ServerOptions{})
	expanded := func(query string) (names []string) {
		var got struct{ Backtrace map[string]any }
		if err := json.Unmarshal([]byte(ask(t, s.URL()+b.ID+query).body), &got); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"pipeline", "file", "job", "application", "user"} {
			if _, ok := got.Backtrace[name].(map[string]any)["name"]; ok {
				names = append(names, name)
			}
		}
		return names
	}
	if diff := cmp.Diff([]string(nil), expanded("")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"file", "user"}, expanded("?expand=codec,user,file")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"pipeline", "file", "job", "application", "user"}, expanded("?expand_all=true")); diff != "" {
		t.Error(diff)
	}
}

func TestXML(t *testing.T) {
	b := xvidtest.Samples()[0]
	b.InputName = "a<b>&c"
	s := listen(t, newWorld(b), xvidtest.ServerOptions{})
	type record struct {
		InputName string   `xml:"input>input_name"`
		Tags      []string `xml:"extracted_data>autograph_tag"`
		ID        string   `xml:"id"`
		ErrorMsg  struct {
			Nil bool `xml:"nil,attr"`
		} `xml:"error_msg"`
	}
	var list struct {
		Records []record `xml:"backtraces"`
		Total   int      `xml:"total"`
	}
	got := ask(t, s.URL()+"?format=xml&show_null=true", "Accept", "application/json")
	if err := xml.Unmarshal([]byte(got.body), &list); err != nil {
		t.Fatal(err)
	}
	if len(list.Records) != 1 || list.Total != 1 || list.Records[0].InputName != b.InputName ||
		list.Records[0].ID != b.ID || list.Records[0].Tags[0] != "rtzu" || !list.Records[0].ErrorMsg.Nil {
		t.Errorf("got %+v from %s", list, got.body)
	}
	for _, url := range []string{s.URL(), s.URL() + b.ID, s.URL() + "nobody", s.URL() + "?limit=x"} {
		got := ask(t, url, "Accept", "application/xml")
		if !strings.HasPrefix(got.header.Get("Content-Type"), "application/xml") || !wellFormed(got.body) {
			t.Errorf("%s: %s: %s", url, got.header.Get("Content-Type"), got.body)
		}
	}
	if got := ask(t, s.URL()+"?format=json", "Accept", "application/xml"); !json.Valid([]byte(got.body)) {
		t.Errorf("format does not override Accept: %s", got.body)
	}
}

func wellFormed(text string) bool {
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := d.Token(); err != nil {
			return errors.Is(err, io.EOF)
		}
	}
}

func TestHrefs(t *testing.T) {
	s := listen(t, newWorld(few()...), xvidtest.ServerOptions{})
	var got map[string]any
	body := ask(t, s.URL()+"?sort=id&start=2&human=true&limit=2").body
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	for name, start := range map[string]int{"first": 0, "prev": 0, "next": 4, "last": 4} {
		want := fmt.Sprintf("https://api.xvid.com/v1/backtraces/?start=%d&limit=2&sort=id&human=true", start)
		if href := got[name].(map[string]any)["href"]; href != want {
			t.Errorf("%s: %s, want %s", name, href, want)
		}
	}
}

func TestGzipAndDate(t *testing.T) {
	c := newClock()
	w := xvidtest.NewWorld(c.now)
	w.Insert(xvidtest.Generate(1, 50, xvidtest.GenerateOptions{})...)
	s := listen(t, w, xvidtest.ServerOptions{})
	// A transport asks for gzip by itself and undoes it; asked by hand it shows it.
	zipped := ask(t, s.URL(), "Accept-Encoding", "gzip;q=1.0, br")
	plain := ask(t, s.URL(), "Accept-Encoding", "identity")
	if zipped.header.Get("Content-Encoding") != "gzip" || plain.header.Get("Content-Encoding") != "" {
		t.Errorf("encodings %q and %q", zipped.header.Get("Content-Encoding"), plain.header.Get("Content-Encoding"))
	}
	if len(zipped.body) >= len(plain.body)/2 || ask(t, s.URL()).body != plain.body {
		t.Errorf("%d bytes zipped, %d plain, or not the same unzipped", len(zipped.body), len(plain.body))
	}
	if got, want := plain.header.Get("Date"), "Tue, 14 Nov 2023 22:13:20 GMT"; got != want {
		t.Errorf("Date %s, want %s", got, want)
	}
	c.ms.Add(time.Hour.Milliseconds())
	if got, want := ask(t, s.URL()).header.Get("Date"), "Tue, 14 Nov 2023 23:13:20 GMT"; got != want {
		t.Errorf("Date %s, want %s", got, want)
	}
}
