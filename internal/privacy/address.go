package privacy

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"strings"
)

// The networks that a truncated address shows: what is usual, since a provider
// gives a household one address of the one or a /56 of the other.
const (
	bits4 = 24
	bits6 = 48
)

// hashMark begins a hashed address, so that nobody takes it for one.
const hashMark = "h:"

// hashBytes of the HMAC are kept: 128 bits make no two addresses equal.
const hashBytes = 16

// maskText masks a text that is an address, or several with commas between as
// proxies write them. Any other text is left alone.
func (p *Policy) maskText(text string) (masked string, ok bool) {
	if !maybeAddress(text) {
		return "", false
	}
	if addr, ok := parseAddress(text); ok {
		return p.mask(addr), true
	}
	parts := strings.Split(text, ",")
	for i, part := range parts {
		addr, ok := parseAddress(strings.TrimSpace(part))
		if !ok {
			return "", false
		}
		parts[i] = p.mask(addr)
	}
	return strings.Join(parts, ", "), true
}

// maskStrictly masks what stands where an address belongs. A form that is not
// known cannot be truncated, so nothing is left of it.
func (p *Policy) maskStrictly(text string) string {
	if masked, ok := p.maskText(text); ok {
		return masked
	}
	if text == "" || strings.EqualFold(text, "N/A") {
		return text
	}
	if p.mode == Hash {
		return p.hash([]byte(text))
	}
	return ""
}

func (p *Policy) mask(addr netip.Addr) string {
	if p.mode == Hash {
		return p.hash(addr.AsSlice())
	}
	bits := bits6
	if addr.Is4() {
		bits = bits4
	}
	prefix, err := addr.Prefix(bits)
	if err != nil {
		return "" // no such address: the bits fit both kinds
	}
	return prefix.Addr().String()
}

func (p *Policy) hash(address []byte) string {
	mac := hmac.New(sha256.New, p.key)
	mac.Write(address)
	return hashMark + hex.EncodeToString(mac.Sum(nil)[:hashBytes])
}

// maybeAddress is quick, since most texts are none.
func maybeAddress(text string) bool {
	if text == "" || strings.ContainsFunc(text, notInAddress) {
		return strings.Contains(text, "%") && strings.Contains(text, ":") // perhaps a zone
	}
	return strings.ContainsAny(text, ".:")
}

func notInAddress(r rune) bool { return !strings.ContainsRune("0123456789abcdefABCDEF.:[]/, ", r) }

// parseAddress reads an address, also with a port or the length of a network
// behind it. What is equal is given as equal: an IPv4 address in IPv6's clothes is
// that IPv4 address, and a zone means nothing elsewhere.
func parseAddress(text string) (netip.Addr, bool) {
	if addr, err := netip.ParseAddr(strings.Trim(text, "[]")); err == nil {
		return addr.Unmap().WithZone(""), true
	}
	if addr, err := netip.ParseAddrPort(text); err == nil {
		return addr.Addr().Unmap().WithZone(""), true
	}
	if prefix, err := netip.ParsePrefix(text); err == nil {
		return prefix.Addr().Unmap(), true
	}
	return netip.Addr{}, false
}
