package xvidtest

import (
	"fmt"
	"net/netip"
	"strconv"
)

// person is someone whose copy of a title carries their tag. Some of them turn up
// again and again, and most of their copies are opened where they live.
type person struct {
	tag     string
	country country
	network uint16
}

func (g *generator) newPeople(n int) []person {
	people := make([]person, n)
	for i := range people {
		people[i] = person{
			tag:     fmt.Sprintf("%s.%s%02d", firstNames[g.IntN(len(firstNames))], lastNames[g.IntN(len(lastNames))], g.IntN(100)),
			country: skewed(g, countries),
			network: uint16(0x0b00 + g.IntN(0xc000)),
		}
	}
	return people
}

// extractedData is what was found in one file: mostly one tag, sometimes none.
func (g *generator) extractedData(at int64) []Extracted {
	data := make([]Extracted, pick(g, []int{10, 65, 17, 6, 2}))
	for i := range data {
		who := skewed(g, g.people)
		data[i] = Extracted{AutographTag: who.tag, AccessStats: make([]Access, g.accessCount())}
		for j := range data[i].AccessStats {
			data[i].AccessStats[j] = g.access(who, at)
		}
	}
	return data
}

// accessCount averages a little below three: many tags with few accesses, few
// tags with many.
func (g *generator) accessCount() int {
	n := pick(g, []int{24, 30, 16, 9, 6, 4, 11})
	if n == 6 {
		n += skew(g, 30)
	}
	return n
}

func (g *generator) access(who person, backtraced int64) Access {
	where := who.country
	if g.IntN(100) < 15 {
		where = skewed(g, countries)
	}
	a := Access{
		IPAddress:          g.address(who),
		IPCountry:          where.name,
		IPType:             ipTypes[pick(g, ipTypeWeights)],
		UserAgent:          skewed(g, userAgents),
		AcceptLanguage:     where.language,
		PercentageObtained: g.percentage(),
		HighestResolution:  resolutions[pick(g, resolutionWeights)],
		StreamingOnly:      streaming[pick(g, streamingWeights)],
	}
	if g.IntN(100) < 96 {
		const day = 24 * 60 * 60 * 1000
		a.FirstAccessedAt = new(backtraced - 1_000 - int64(skew(g, 60*day)))
	}
	if g.IntN(100) < 6 { // a player that says nothing of itself
		a.UserAgent, a.AcceptLanguage = "N/A", "N/A"
	}
	if g.IntN(100) < 3 {
		a.IPCountry = "N/A"
	}
	return a
}

// address is one of the person's network, in one case of six by IPv6.
func (g *generator) address(who person) string {
	high, low := byte(who.network>>8), byte(who.network)
	if g.IntN(6) > 0 {
		return netip.AddrFrom4([4]byte{high, low, byte(g.IntN(4)), byte(1 + g.IntN(254))}).String()
	}
	six := [16]byte{0x2a, 0x02, high, low}
	for i := 12; i < len(six); i++ {
		six[i] = byte(g.Uint32())
	}
	return netip.AddrFrom16(six).String()
}

func (g *generator) percentage() string {
	switch n := g.IntN(100); {
	case n < 62:
		return "100%"
	case n < 66:
		return "N/A"
	default:
		return strconv.FormatFloat(float64(g.IntN(1000))/10, 'f', -1, 64) + "%"
	}
}

// pick draws a place by the weights, which are per cent.
func pick(g *generator, weights []int) int {
	n := g.IntN(100)
	for i, w := range weights {
		if n < w {
			return i
		}
		n -= w
	}
	return len(weights) - 1
}
