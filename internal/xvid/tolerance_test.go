package xvid

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"syncer/internal/xvidtest"
)

// decodeOne decodes a record that holds one key.
func decodeOne(t *testing.T, member string) Backtrace {
	t.Helper()
	page, err := decodePage(response{body: []byte(`{"backtraces":[{"id":"a",` + member + `}]}`)})
	if err != nil {
		t.Fatalf("%s: %v", member, err)
	}
	return page.Backtraces[0]
}

// decodeAccess decodes an access that holds one key.
func decodeAccess(t *testing.T, member string) (Access, []Drift) {
	t.Helper()
	b := decodeOne(t, `"status":"SUCCESS","extracted_data":[{"access_stats":[{`+member+`}]}]`)
	return b.ExtractedData[0].AccessStats[0], b.Drift
}

// Values come as text, number, boolean, null or "N/A"; what is of no known form
// is nil and drift, and never an error.
func TestTolerance(t *testing.T) {
	const oddForm, oddKind = "unknown form of value", "unexpected "
	for _, test := range []struct {
		member, want, drift string
	}{
		{`"percentage_obtained":"97.5%"`, "97.5", ""},
		{`"percentage_obtained":97.5`, "97.5", ""},
		{`"percentage_obtained":"100"`, "100", ""},
		{`"percentage_obtained":"N/A"`, "nil", ""},
		{`"percentage_obtained":null`, "nil", ""},
		{`"percentage_obtained":"inf"`, "nil", oddForm},
		{`"percentage_obtained":"1e400"`, "nil", oddForm},
		{`"percentage_obtained":"0x1p4"`, "nil", oddForm},
		{`"percentage_obtained":{"a":1}`, "nil", oddKind + "object"},
		{`"highest_resolution":"352p"`, "352", ""},
		{`"highest_resolution":2160`, "2160", ""},
		{`"highest_resolution":"70000p"`, "nil", oddForm},
		{`"highest_resolution":"-1p"`, "nil", oddForm},
		{`"streaming_only":"yes"`, "true", ""},
		{`"streaming_only":false`, "false", ""},
		{`"streaming_only":1`, "true", ""},
		{`"streaming_only":"maybe"`, "nil", oddForm},
		{`"first_accessed_at":"1679586178400"`, "1679586178400", ""},
		{`"first_accessed_at":1679586178400.0`, "1679586178400", ""},
		{`"first_accessed_at":9007199254740993`, "9007199254740993", ""},
		{`"first_accessed_at":99999999999999999999`, "nil", oddForm},
		{`"first_accessed_at":1.5`, "nil", oddForm},
		{`"first_accessed_at":[1]`, "nil", oddKind + "array"},
	} {
		access, drift := decodeAccess(t, test.member)
		got := "nil"
		for _, field := range []any{access.PercentageObtained, access.HighestResolution, access.StreamingOnly, access.FirstAccessedAt} {
			if value := reflect.ValueOf(field); !value.IsNil() {
				got = fmt.Sprint(value.Elem())
			}
		}
		kinds := ""
		for _, one := range drift {
			kinds += one.Kind
		}
		if got != test.want || kinds != test.drift {
			t.Errorf("%s: got %s with drift %q, want %s with %q", test.member, got, kinds, test.want, test.drift)
		}
	}
	for member, want := range map[string]string{
		`"ip_country":"N/A"`: "", `"ip_country":null`: "", `"ip_country":"Estonia"`: "Estonia", `"ip_country":12`: "12",
		`"ip_country":"a","ip_country":"b"`: "b", "\"ip_country\":\"a\xffb\"": "a\ufffdb",
	} {
		if access, _ := decodeAccess(t, member); access.IPCountry != want {
			t.Errorf("%s: got %q, want %q", member, access.IPCountry, want)
		}
	}
}

// Shapes that nobody has seen are drift by their path, without a value.
func TestDrift(t *testing.T) {
	for member, want := range map[string]string{
		`"status":"SUCCESS","hidden":"secret"`:                                      "hidden: unknown key",
		`"status":"LOST"`:                                                           "status: unknown state",
		`"status":"SUCCESS","user":{"id":"u","email":"secret"}`:                     "user.email: unknown key",
		`"status":"SUCCESS","file":"secret"`:                                        "file: unexpected text",
		`"status":"SUCCESS","extracted_data":{"a":1}`:                               "extracted_data[]: unexpected object",
		`"status":"SUCCESS","extracted_data":[{"score":1}]`:                         "extracted_data[].score: unknown key",
		`"status":"SUCCESS","extracted_data":[{"access_stats":[{"asn":"secret"}]}]`: "extracted_data[].access_stats[].asn: unknown key",
		`"status":"SUCCESS","extracted_data":null,"user":null`:                      "",
	} {
		got := ""
		for _, one := range decodeOne(t, member).Drift {
			got += one.Path + ": " + one.Kind
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", member, got, want)
		}
	}
	long := decodeOne(t, `"status":"SUCCESS","`+strings.Repeat("ü", 10_000)+`":1`)
	if path := long.Drift[0].Path; len(path) > maxDriftPath+10 {
		t.Errorf("a path of %d bytes", len(path))
	}
}

// Elements that are no backtrace keep their places and what they are.
func TestUnreadable(t *testing.T) {
	page, err := decodePage(response{body: []byte(`{"backtraces":[{"id":"a"}, null ,7,"x",[],{},{"id":null},{"id":"../b"},{"id":"b"}],"total":"9"}`)})
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, b := range page.Backtraces {
		got += string(b.Raw) + "=" + b.ID + b.Unreadable + "; "
	}
	want := `{"id":"a"}=a; null=it is not an object; 7=it is not an object; "x"=it is not an object; []=it is not an object; ` +
		`{}=it has no id; {"id":null}=it has no id; {"id":"../b"}=its id is not of a known form; {"id":"b"}=b; `
	if got != want || page.Total != 9 {
		t.Errorf("total %d\ngot  %s\nwant %s", page.Total, got, want)
	}
}

// FuzzDecodePage states the laws of decoding: what it takes is a page to
// encoding/json too, no element is lost, each Raw is the element as received,
// and a page made of the Raws decodes to the same.
func FuzzDecodePage(f *testing.F) {
	f.Add(xvidtest.ListResponse())
	f.Add([]byte(`{"backtraces":[{"id":"a","updated_at":"1"},null,{"extracted_data":[{"access_stats":[{"ip_country":1}]}]}],"total":3}`))
	f.Add([]byte(`{"backtraces":[]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		page, err := decodePage(response{body: body})
		if err != nil {
			return
		}
		if !json.Valid(body) {
			t.Fatal("it takes what is not JSON")
		}
		raws := make([]string, len(page.Backtraces))
		for i := range page.Backtraces {
			raws[i] = string(page.Backtraces[i].Raw)
			if !json.Valid(page.Backtraces[i].Raw) {
				t.Fatalf("element %d: Raw is not JSON: %q", i, raws[i])
			}
		}
		// With a key doubled, the two decoders may take different arrays.
		if strings.Count(strings.ToLower(string(body)), "backtraces") == 1 && !strings.Contains(string(body), `\u`) {
			var other struct{ Backtraces []json.RawMessage }
			if err := json.Unmarshal(body, &other); err != nil {
				t.Fatal(err)
			}
			if len(other.Backtraces) != len(raws) {
				t.Fatalf("%d elements, and encoding/json finds %d", len(raws), len(other.Backtraces))
			}
			for i := range raws {
				if raws[i] != string(other.Backtraces[i]) {
					t.Fatalf("element %d: Raw %q, and encoding/json has %q", i, raws[i], other.Backtraces[i])
				}
			}
		}
		again, err := decodePage(response{body: []byte(`{"backtraces":[` + strings.Join(raws, ",") + `]}`)})
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(again.Backtraces, page.Backtraces) {
			t.Fatal("a page made of the Raws decodes to something else")
		}
	})
}
