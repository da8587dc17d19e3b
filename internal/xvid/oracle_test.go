package xvid

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"syncer/internal/xvidtest"
)

// The oracle (oracle_*_test.go) decodes through a library, jsontext, value by
// value, as this package itself did before it had a scanner of its own.

// sameAsOracle states the law: of every body both decoders take or refuse the same,
// and agree on every column, on raw, on drift and on why an element is no backtrace.
func sameAsOracle(tb testing.TB, body []byte) *Page {
	tb.Helper()
	ours, err := decodePage(response{body: body, memory: &memory{words: &interner{}}})
	theirs, oracleErr := oraclePage(response{body: body})
	if (err == nil) != (oracleErr == nil) {
		tb.Fatalf("ours: %v\noracle: %v\n%q", err, oracleErr, body)
	}
	if ours != nil && !reflect.DeepEqual(theirs.Backtraces, unhashed(ours.Backtraces)) || ours != nil && theirs.Total != ours.Total {
		tb.Fatalf("(-oracle +ours)\n%s\n%q", cmp.Diff(theirs.Backtraces, ours.Backtraces), body)
	}
	reading, err := decodeReading(response{body: body})
	oracle, oracleErr := oracleReading(response{body: body})
	if (err == nil) != (oracleErr == nil) {
		tb.Fatalf("a reading: ours: %v\noracle: %v\n%q", err, oracleErr, body)
	}
	if err == nil && !reflect.DeepEqual(oracle.Backtrace, unhashed([]Backtrace{reading.Backtrace})[0]) {
		tb.Fatalf("a reading: (-oracle +ours)\n%s\n%q", cmp.Diff(oracle, reading), body)
	}
	code, message := decodeError(body)
	if oracleCode, oracleMessage := oracleError(body); code != oracleCode || message != oracleMessage {
		tb.Fatalf("an error: ours %q %q, oracle %q %q: %q", code, message, oracleCode, oracleMessage, body)
	}
	return ours
}

// unhashed gives records without what the oracle does not make.
func unhashed(records []Backtrace) []Backtrace {
	records = slices.Clone(records)
	for i := range records {
		records[i].Hash = 0
	}
	return records
}

// oddities are bodies in which a scanner may go wrong.
func oddities() []string {
	record := func(members string) string { return `{"backtraces":[{"id":"a",` + members + `}],"total":1}` }
	nested := func(depth int) string {
		return `{"x":` + strings.Repeat("[", depth-1) + strings.Repeat("]", depth-1) + `,"backtraces":[]}`
	}
	odd := []string{
		string(xvidtest.ListResponse()), string(xvidtest.GetResponse()),
		"", " ", "{", "[]", "null", "7", `"x"`, `{"backtraces"`, `{"backtraces":`, `{"backtraces":[`, `{"backtraces":[]`, `{"backtraces":[],}`,
		`{"backtraces":[]}x`, "{\"backtraces\":[]}\v\u00a0", "\ufeff{\"backtraces\":[]}", `{"backtraces":{}}`, `{"backtraces":[{}`, `{"backtraces":[,]}`,
		`{"backtraces":[{"id":"a"},]}`, `{"backtraces":[{"id":"a"} {"id":"b"}]}`, `{"backtraces":[{"id" "a"}]}`, `{"backtraces":[{"id":"a",}]}`,
		`{"backtraces":[{,"id":"a"}]}`, `{"backtraces":[{id:"a"}]}`, "{\"backtraces\":[\x00]}", `{"backtraces":[nul]}`, `{"backtraces":[nullx]}`,
		`{"backtraces":[{"id":"a"}],"backtraces":[{"id":"b"}]}`, `{"backtraces":[{"id":"a"}],"backtraces":null}`, `{"backtraces":null,"backtraces":[{"id":"b"}]}`,
		`{"backtraces":[],"total":"9","total":null,"total":-1,"total":1.0}`, `{"backtraces":[1,null,"x",[],{},true,{"id":"../b"},{"id":null}]}`,
		`{"backtrace":{"id":"a"},"backtrace":{"id":"b","x":1}}`, `{"backtrace":null}`, `{"error":{"error_code":"1","error_message":2},"error":{}}`,
		`{"backtrace":{"id":"a"},"backtraces":[{"id":"a"}],"error":{"error_code":{"a":1}}}`,
		record(`"status":"SUCCESS","status":null`), record(`"id":"b","id":"c"`), record(`"user":{"id":"u"},"user":{}`), record(`"user":{"id":"u","id":{"a":[1]}}`),
		record(`"user":{"href":1,"id":"u"}`), record(`"input":{"id":"x","input_name":true}`), record(`"extracted_data":[{"access_stats":[{}]},{}],"extracted_data":[]`),
		record(`"extracted_data":[[],null,1,{"access_stats":{"a":1},"autograph_tag":[]},{"access_stats":[1,null,[],{"ip_address":{}}]}]`),
		record(`"hidden":"a","hidden":"b","a\u0062c":{"d":[1,{"e":null}]}`), record(`"st\u0061tus":"QUEUED"`), record(`"":1`),
		record(`"href":{"a":1}`), record(`"\ud800":1,"\udc00\ud800":"\ud83d\ude00","x":"\ud800\u0041"`),
		record("\"error_msg\":\"a\xffb\xc3\",\"error_code\":\"\xed\xa0\x80\""), record(`"error_msg":" N/A "`), record(`"error_msg":"n/a","error_code":"N\/A"`),
		nested(9_998), nested(9_999), nested(10_000), nested(10_001), nested(10_002),
		`{"backtraces":` + strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001) + "}",
		`{"backtraces":[{"id":"a","x":` + strings.Repeat(`{"":`, 9_997) + "1" + strings.Repeat("}", 9_997) + "}]}",
		`{"backtraces":[{"id":"a","x":` + strings.Repeat(`{"":`, 9_998) + "1" + strings.Repeat("}", 9_998) + "}]}",
		strings.ReplaceAll(string(xvidtest.ListResponse()), "\n", "\r\n\t"),
	}
	for _, number := range []string{
		"0", "-0", "1", "-1", "01", "-", "+1", ".5", "1.", "1.5", "1.50", "1e3", "1E+3", "1e", "1e-", "1.0", "1679600889041.000", "9223372036854775807",
		"9223372036854775808", "-9223372036854775808", "1e400", "0x10", "Infinity", "NaN", "1_000", "--1", "1-", "0.0.0", "00", "0e0", "true", "false",
	} {
		odd = append(odd, record(`"created_at":`+number), record(`"percentage_completed":`+number+` `), record(`"version":"`+number+`"`),
			record(`"extracted_data":[{"access_stats":[{"percentage_obtained":"`+number+`%","highest_resolution":"`+number+`p","streaming_only":`+number+`}]}]`))
	}
	for _, text := range []string{
		``, `\`, `\"`, `\\`, `\/`, `\b\f\n\r\t`, `\x`, `\u`, `\u1`, `\u12`, `\u123`, `\u1234`, `\uABCD`, `\uabcg`, `\u+123`, `\ud83d`, `\ud83d\u`, `\ud83d\ude0`, `\ud83d\ude00`,
		`\ud83dx`, `\ud83d\n`, `\ude00`, `\U0041`, "\x00", "\x1f", "\x7f", "\n", "ü", "€", "😀", "\xc3", "\xe2\x82", "\xf0\x9f\x98", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\ufffd",
	} {
		// At every place of what is looked at eight bytes at a time.
		for before := range 9 {
			padding := strings.Repeat("x", before)
			odd = append(odd, record(`"error_msg":"`+padding+text+`"`), record(`"error_msg":"`+padding+text+padding+`y"`), record(`"error_msg":"`+padding+text))
		}
	}
	return odd
}

func TestSameAsOracle(t *testing.T) {
	for _, body := range oddities() {
		sameAsOracle(t, []byte(body))
		if len(body) > 1000 || strings.Contains(body, "error_msg") {
			continue
		}
		for cut := range len(body) { // broken off anywhere
			sameAsOracle(t, []byte(body[:cut]))
		}
	}
}

// generated is a page of made up records, as the fake API renders it.
func generated(tb testing.TB, records int) (body []byte) {
	tb.Helper()
	world := xvidtest.NewWorld(time.Now)
	world.Insert(xvidtest.Generate(7, records, xvidtest.GenerateOptions{})...)
	api, err := xvidtest.Listen(world, xvidtest.ServerOptions{Token: "t"})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = api.Close() })
	token, err := StaticToken("t")
	if err != nil {
		tb.Fatal(err)
	}
	client, err := New(Options{URL: api.URL(), Token: token, Rewrite: func(got []byte) ([]byte, error) {
		body = bytes.Clone(got)
		return got, nil
	}})
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := client.List(tb.Context(), Query{Limit: records}); err != nil {
		tb.Fatal(err)
	}
	return body
}

// TestSameAsOracleOfGenerated compares what the fake API makes up.
func TestSameAsOracleOfGenerated(t *testing.T) {
	page := sameAsOracle(t, generated(t, 2000))
	if len(page.Backtraces) != 2000 {
		t.Fatalf("%d records", len(page.Backtraces))
	}
}

// canonical is the content of a value as a text: members in order, no white space,
// texts escaped in one way, numbers as they are written.
func canonical(tb testing.TB, raw []byte) string {
	tb.Helper()
	value := jsontext.Value(raw).Clone()
	if err := value.Format(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true),
		jsontext.ReorderRawObjects(true), jsontext.Multiline(false)); err != nil {
		tb.Fatalf("%v: %q", err, raw)
	}
	return string(value)
}

// hashLaw states that records have the same hash if and, as far as a test can
// tell, only if they have the same content.
func hashLaw(tb testing.TB, seen map[string]uint64, contents map[uint64]string, page *Page) {
	tb.Helper()
	for i := range page.Backtraces {
		b := &page.Backtraces[i]
		if b.Unreadable != "" {
			continue
		}
		content := canonical(tb, b.Raw)
		if strings.Contains(string(b.Raw), "-0") {
			continue // jsontext makes it 0, and here numbers count as they are written
		}
		// Members of one name count in their order, which the canonical text loses.
		doubled := !jsontext.Value(b.Raw).IsValid(jsontext.AllowInvalidUTF8(true))
		if hash, ok := seen[content]; ok && hash != b.Hash && !doubled {
			tb.Fatalf("hash %x and %x of one content %q", hash, b.Hash, content)
		}
		if other, ok := contents[b.Hash]; ok && other != content {
			tb.Fatalf("hash %x of both\n%q and\n%q", b.Hash, content, other)
		}
		seen[content], contents[b.Hash] = b.Hash, content
	}
}

func TestHash(t *testing.T) {
	seen, contents := map[string]uint64{}, map[uint64]string{}
	for _, body := range oddities() {
		if page, err := decodePage(response{body: []byte(body)}); err == nil {
			hashLaw(t, seen, contents, page)
			// The same again with its members turned round.
			for i := range page.Backtraces {
				if b := &page.Backtraces[i]; b.Unreadable == "" {
					turned, err := decodePage(response{body: fmt.Appendf(nil, `{"backtraces":[%s]}`, canonical(t, b.Raw))})
					if err != nil {
						t.Fatal(err)
					}
					hashLaw(t, seen, contents, turned)
				}
			}
		}
	}
	for _, test := range []struct {
		one, other string
		same       bool
	}{
		{`"status":"SUCCESS","version":1`, `"version":1,"status":"SUCCESS"`, true},
		{`"status":"SUCCESS"`, `"st\u0061tus" :  "\u0053UCCESS"`, true},
		{`"x":{"a":1,"b":[1,2]}`, "\"x\":{\"b\":[1,\n2],\"a\":1}", true},
		{`"x":[1,2]`, `"x":[2,1]`, false},
		{`"x":1`, `"x":1.0`, false},
		{`"x":1`, `"x":"1"`, false},
		{`"x":null`, `"x":"null"`, false},
		{`"x":[]`, `"x":{}`, false},
		{`"x":[[1],[2]]`, `"x":[[1,2],[]]`, false},
		{`"x":""`, `"y":""`, false},
		{`"x":"N/A"`, `"x":""`, false},
		{`"x":1,"x":2`, `"x":2,"x":1`, false},
		{`"x":1,"y":1,"x":2`, `"x":1,"x":2,"y":1`, true},
		{`"version":1,"version":2`, `"version":2,"version":1`, false},
		{`"version":1,"version":2,"version":3,"status":"SUCCESS"`, `"status":"SUCCESS","version":1,"version":2,"version":3`, true},
		{`"version":1,"version":2,"version":3`, `"version":1,"version":3,"version":2`, false},
		{`"user":{"id":"a"},"job":{"id":"b"}`, `"user":{"id":"b"},"job":{"id":"a"}`, false},
	} {
		one, other := decodeOne(t, test.one), decodeOne(t, test.other)
		if (one.Hash == other.Hash) != test.same {
			t.Errorf("%s and %s: the same hash: %t", test.one, test.other, !test.same)
		}
	}
}

// FuzzSameAsOracle looks for bodies that the decoders take differently.
func FuzzSameAsOracle(f *testing.F) {
	for _, body := range oddities() {
		if len(body) < 10_000 {
			f.Add([]byte(body))
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		page := sameAsOracle(t, bytes.Clone(body))
		if page != nil {
			hashLaw(t, map[string]uint64{}, map[uint64]string{}, page)
		}
	})
}

// TestHashSeesEachByte changes every byte of records, one at a time: each content
// has a hash of its own.
func TestHashSeesEachByte(t *testing.T) {
	contents := map[uint64]string{}
	for _, b := range sameAsOracle(t, generated(t, 5)).Backtraces {
		contents[b.Hash] = canonical(t, b.Raw)
		for place := range b.Raw {
			for _, other := range []byte("1x") {
				changed := bytes.Clone(b.Raw)
				changed[place] = other
				var record Backtrace
				s := newScanner(response{body: changed})
				s.record(&record)
				if s.end() != nil {
					continue
				}
				content := string(changed)
				if held, ok := contents[record.Hash]; ok && held != content && held != canonical(t, changed) {
					t.Fatalf("hash %x of both\n%s and\n%s", record.Hash, held, content)
				}
				contents[record.Hash] = content
			}
		}
	}
	if len(contents) < 5000 {
		t.Fatalf("only %d contents", len(contents))
	}
}
