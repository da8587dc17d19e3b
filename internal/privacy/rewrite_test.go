package privacy_test

import (
	"encoding/json"
	"net/netip"
	"strings"
	"testing"

	"syncer/internal/privacy"
)

const key = "0123456789abcdef"

func policy(tb testing.TB, mode privacy.Mode, forgotten ...string) *privacy.Policy {
	tb.Helper()
	secret := ""
	if mode == privacy.Hash {
		secret = key
	}
	p, err := privacy.New(mode, []byte(secret))
	if err != nil {
		tb.Fatal(err)
	}
	hashes := make([]privacy.TagHash, len(forgotten))
	for i, tag := range forgotten {
		hashes[i] = privacy.HashTag(tag)
	}
	p.Forget(hashes)
	return p
}

func TestTruncate(t *testing.T) {
	p := policy(t, privacy.Truncate)
	for in, want := range map[string]string{
		`{"ip_address":"203.0.113.77"}`:                              `{"ip_address":"203.0.113.0"}`,
		`{"ip_address": "2001:db8:1:2:3:4:5:6" }`:                    `{"ip_address": "2001:db8:1::" }`,
		`{"ip_address":"::ffff:203.0.113.77"}`:                       `{"ip_address":"203.0.113.0"}`,
		`{"ip_address":"fe80::1%eth0"}`:                              `{"ip_address":"fe80::"}`,
		`{"ip_address":"203.0.113.77:443"}`:                          `{"ip_address":"203.0.113.0"}`,
		`{"ip_address":"[2001:db8::1]:443"}`:                         `{"ip_address":"2001:db8::"}`,
		`{"ip_address":"203.0.113.77, 198.51.100.9"}`:                `{"ip_address":"203.0.113.0, 198.51.100.0"}`,
		`{"ip_address":"\u0032\u0030\u0033.0.113.77"}`:               `{"ip_address":"203.0.113.0"}`,
		`{"ip_address":"somewhere 203.0.113.77"}`:                    `{"ip_address":""}`,
		`{"ip_address":3405803853}`:                                  `{"ip_address":""}`,
		`{"ip_address":["203.0.113.77",null]}`:                       `{"ip_address":["203.0.113.0",null]}`,
		`{"ip_address":{"v4":"at 203.0.113.77","id":"203.0.113.9"}}`: `{"ip_address":{"v4":"","id":"203.0.113.0"}}`,
		`{"ip_address":"N/A"}`:                                       `{"ip_address":"N/A"}`,
		`{"ip_address":null}`:                                        `{"ip_address":null}`,
		`{"proxies":[{"via":"198.51.100.9"}]}`:                       `{"proxies":[{"via":"198.51.100.0"}]}`,
		`{"seen":{"198.51.100.9":2}}`:                                `{"seen":{"198.51.100.0":2}}`,
		`{"autograph_tag":"198.51.100.9"}`:                           `{"autograph_tag":"198.51.100.9"}`,
		`{"user_agent":"Chrome/130.0.0.0","error_msg":"no file"}`:    `{"user_agent":"Chrome/130.0.0.0","error_msg":"no file"}`,
		`{"version": 1.5, "a": [ 1 , true ] }`:                       `{"version": 1.5, "a": [ 1 , true ] }`,
		`"203.0.113.77"`:                                             `"203.0.113.0"`,
	} {
		got, err := p.Rewrite([]byte(in))
		if err != nil || string(got) != want {
			t.Errorf("%s: got %s, want %s, error %v", in, got, want, err)
		}
	}
}

// Equal addresses have equal hashes, however they are written and whatever
// process makes them; another key makes others.
func TestHash(t *testing.T) {
	hash := func(p *privacy.Policy, text string) string {
		got, err := p.Rewrite([]byte(`"` + text + `"`))
		if err != nil {
			t.Fatal(err)
		}
		return string(got)
	}
	one, two := policy(t, privacy.Hash), policy(t, privacy.Hash)
	// echo -n "cb00714d" | xxd -r -p | openssl dgst -sha256 -mac HMAC -macopt key:0123456789abcdef
	const want = `"h:894a8a2d9ee4197748c7fd6e4989463b"`
	if got := hash(one, "203.0.113.77"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if hash(two, "::ffff:203.0.113.77") != want || hash(two, "203.0.113.77:80") != want {
		t.Error("one address has two hashes")
	}
	if hash(one, "203.0.113.78") == want {
		t.Error("two addresses have one hash")
	}
	other, err := privacy.New(privacy.Hash, []byte("another key of 16"))
	if err != nil {
		t.Fatal(err)
	}
	if hash(other, "203.0.113.77") == want {
		t.Error("the key changes nothing")
	}
	got, err := one.Rewrite([]byte(`{"ip_address":"elsewhere"}`))
	if err != nil || strings.Contains(string(got), "elsewhere") {
		t.Errorf("left %s, error %v", got, err)
	}
}

// What belongs to a forgotten tag goes with all its accesses; its neighbours and
// every other byte stay.
func TestForget(t *testing.T) {
	p := policy(t, privacy.Keep, "ada", "7", "x")
	for in, want := range map[string]string{
		`{"extracted_data":[{"autograph_tag":"ada","access_stats":[{"ip_address":"192.0.2.1"}]}]}`:         `{"extracted_data":[]}`,
		`{"extracted_data":[ {"autograph_tag":"ada"}, {"autograph_tag":"bob"} ]}`:                          `{"extracted_data":[{"autograph_tag":"bob"} ]}`,
		`{"extracted_data":[{"autograph_tag":"bob"} , {"autograph_tag":"ada"} ]}`:                          `{"extracted_data":[{"autograph_tag":"bob"} ]}`,
		`{"extracted_data":[{"autograph_tag":"x"},{"a":1},{"access_stats":[],"autograph_tag":7},{"b":2}]}`: `{"extracted_data":[{"a":1},{"b":2}]}`,
		`{"extracted_data":[{"autograph_tag":"x"},{"autograph_tag":"ada"},{"b":2}],"n":1}`:                 `{"extracted_data":[{"b":2}],"n":1}`,
		`{"extracted_data":[{"autograph_tag":"ada","autograph_tag":"bob"}]}`:                               `{"extracted_data":[]}`,
		`{"backtraces":[{"id":"1","extracted_data":[{"autograph_tag":"\u0061da"}]},{"id":"2"}]}`:           `{"backtraces":[{"id":"1","extracted_data":[]},{"id":"2"}]}`,
		`{"extracted_data":{"autograph_tag":"ada","access_stats":[1]},"n":1}`:                              `{"extracted_data":null,"n":1}`,
		`{"extracted_data":[{"autograph_tag":{"autograph_tag":"ada"}}]}`:                                   `{"extracted_data":[{"autograph_tag":null}]}`,
		`{"other":[{"autograph_tag":"ada"},{"at": {"autograph_tag":"ada"} }]}`:                             `{"other":[{"at": null }]}`,
		`{"backtraces":[{"id":"1","autograph_tag":"ada"},{"autograph_tag":"x"}],"total":2}`:                `{"backtraces":[{"id":"1","autograph_tag":null},{"autograph_tag":null}],"total":2}`,
		`{"backtrace":{"autograph_tag": "ada"}}`:                                                           `{"backtrace":{"autograph_tag": null}}`,
		`{"autograph_tag":"ada","backtraces":{"autograph_tag":"ada"}}`:                                     `{"autograph_tag":null,"backtraces":{"autograph_tag":null}}`,
		`{"extracted_data":[{"autograph_tag":"adam"}, {"autograph_tag":null}]}`:                            `{"extracted_data":[{"autograph_tag":"adam"}, {"autograph_tag":null}]}`,
	} {
		got, err := p.Rewrite([]byte(in))
		if err != nil || string(got) != want {
			t.Errorf("%s: got %s, want %s, error %v", in, got, want, err)
		}
	}
	p.Forget(nil)
	in := `{"extracted_data":[{"autograph_tag":"ada"}]}`
	if got, err := p.Rewrite([]byte(in)); err != nil || string(got) != in {
		t.Errorf("off the list, and still %s, error %v", got, err)
	}
}

// An answer that breaks off is told of without the names of its keys, which may
// be addresses.
func TestErrorsNameNothing(t *testing.T) {
	_, err := policy(t, privacy.Truncate).Rewrite([]byte(`{"seen":{"203.0.113.77":{"203.0.113.78":tru`))
	if err == nil || strings.Contains(err.Error(), "203.0.113") {
		t.Errorf("got %v, want an error without an address", err)
	}
}

func TestTagHash(t *testing.T) {
	// echo -n ada | sha256sum
	const want = "fdee430d40bd57deeac186cd9790033d0f06f909a8806e7ce6e717ab7c7d5029"
	hash := privacy.HashTag("ada")
	parsed, err := privacy.ParseTagHash(hash.String())
	if err != nil || parsed != hash || hash.String() != want {
		t.Errorf("got %s and back %s, error %v; want %s", hash, parsed, err, want)
	}
	for _, wrong := range []string{"", "ada", want + "00"} {
		if _, err := privacy.ParseTagHash(wrong); err == nil {
			t.Errorf("%q is taken for a hash", wrong)
		}
	}
}

func TestNew(t *testing.T) {
	for mode, secret := range map[privacy.Mode]string{
		privacy.Hash: "short", privacy.Truncate: key, privacy.Keep: key, "blur": "",
	} {
		if _, err := privacy.New(mode, []byte(secret)); err == nil {
			t.Errorf("mode %s with a key of %d bytes is taken", mode, len(secret))
		}
	}
}

// Whatever comes: what was JSON stays JSON, no whole address is left in any text,
// and applying the policy twice changes nothing more.
func FuzzRewrite(f *testing.F) {
	f.Add(`{"backtraces":[{"id":"a","extracted_data":[{"autograph_tag":"ada","access_stats":[{"ip_address":"203.0.113.77"}]}]}]}`)
	f.Add(`{"extracted_data":[{"autograph_tag":"ada"},[],{"autograph_tag":"ada"},1]}`)
	f.Add(`{"ip_address":{"a":["::1%z","1.2.3.4/8",7]},"1.2.3.4":"1.2.3.4"}`)
	f.Fuzz(func(t *testing.T, in string) {
		p := policy(t, privacy.Truncate, "ada")
		once, err := p.Rewrite([]byte(in))
		var value any
		if json.Unmarshal([]byte(in), &value) != nil {
			return
		}
		if err != nil {
			t.Fatalf("JSON is refused: %v", err)
		}
		if err := json.Unmarshal(once, &value); err != nil {
			t.Fatalf("%s is no JSON: %v", once, err)
		}
		noAddress(t, "", value)
		twice, err := p.Rewrite(once)
		if err != nil || string(twice) != string(once) {
			t.Fatalf("%s becomes %s, error %v", once, twice, err)
		}
	})
}

// noAddress sees that each text that is an address is that of a network.
func noAddress(t *testing.T, at string, value any) {
	t.Helper()
	switch value := value.(type) {
	case map[string]any:
		for key, member := range value {
			noAddress(t, "", key)
			noAddress(t, key, member)
		}
	case []any:
		for _, element := range value {
			noAddress(t, at, element)
		}
	case string:
		addr, err := netip.ParseAddr(value)
		if err != nil || at == "autograph_tag" || at == "id" {
			return
		}
		bits := 48
		if addr.Is4() {
			bits = 24
		}
		if network, err := addr.Prefix(bits); err != nil || network.Addr() != addr {
			t.Fatalf("%q is left", value)
		}
	}
}
