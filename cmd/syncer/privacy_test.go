package main

import (
	"net/netip"
	"testing"
)

// With PRIVACY_IP=truncate no relation holds an address of a viewer, neither in a
// column nor in raw; what the source says of it besides stays.
func TestPrivacyTruncates(t *testing.T) {
	t.Parallel()
	p := newProgram(t, 50)
	p.env["PRIVACY_IP"] = "truncate"
	p.mustExecute(t, "once")
	p.equalSource(t)
	mirror := p.mirror(t)
	var networks uint64
	for _, b := range p.world.All() {
		for _, extracted := range b.ExtractedData {
			for _, access := range extracted.AccessStats {
				addr, err := netip.ParseAddr(access.IPAddress)
				if err != nil {
					continue
				}
				bits := 48
				if addr.Is4() {
					bits = 24
				}
				network := netip.PrefixFrom(addr, bits).Masked().Addr().String()
				if network == access.IPAddress {
					continue
				}
				networks++
				var leaks, rows uint64
				err = mirror.Conn().QueryRow(t.Context(), `SELECT (SELECT count() FROM backtraces WHERE position(raw, ?) > 0)
					+ (SELECT count() FROM access_stats WHERE ip_address = ?), (SELECT count() FROM access_stats WHERE ip_address = ? AND backtrace_id = ?)`,
					`"`+access.IPAddress+`"`, access.IPAddress, network, b.ID).Scan(&leaks, &rows)
				if err != nil {
					t.Fatal(err)
				}
				if leaks != 0 || rows == 0 {
					t.Fatalf("%s: %d leaks, %d rows of its network", access.IPAddress, leaks, rows)
				}
			}
		}
	}
	if networks == 0 {
		t.Error("the source has no address to hide")
	}
	if run := p.once(t); run["rows_written"] != nil && run["rows_written"].(interface{ String() string }).String() != "0" {
		t.Errorf("a second run writes %v rows", run["rows_written"])
	}
}
