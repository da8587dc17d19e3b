package xvidtest

import (
	"math"
	"strconv"
	"strings"
)

func (w *writer) extractedData(data []Extracted) {
	if data == nil {
		w.null("extracted_data")
		return
	}
	w.key("extracted_data")
	w.raw("[")
	for i := range data {
		if i > 0 {
			w.raw(",")
		}
		w.raw("{")
		w.text("autograph_tag", data[i].AutographTag)
		w.accessStats(data[i].AccessStats)
		w.raw("}")
	}
	w.raw("]")
}

func (w *writer) accessStats(stats []Access) {
	if stats == nil {
		w.null("access_stats")
		return
	}
	w.key("access_stats")
	w.raw("[")
	for i := range stats {
		if i > 0 {
			w.raw(",")
		}
		w.access(&stats[i])
	}
	w.raw("]")
}

func (w *writer) access(a *Access) {
	w.raw("{")
	w.text("ip_address", a.IPAddress)
	w.text("ip_country", a.IPCountry)
	w.text("ip_type", a.IPType)
	w.text("user_agent", a.UserAgent)
	w.text("accept_language", a.AcceptLanguage)
	w.optionalInteger("first_accessed_at", a.FirstAccessedAt)
	w.measure("percentage_obtained", a.PercentageObtained, "%")
	w.measure("highest_resolution", a.HighestResolution, "p")
	w.yesNo("streaming_only", a.StreamingOnly)
	w.raw("}")
}

// measure writes a number with its unit, or the bare number where the answer is
// not for people. What is no number stays text, so that odd values reach the client.
func (w *writer) measure(name, value, unit string) {
	if w.human {
		w.text(name, value)
		return
	}
	if value == "N/A" {
		w.null(name)
		return
	}
	n, err := strconv.ParseFloat(strings.TrimSuffix(value, unit), 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		w.text(name, value)
		return
	}
	w.optionalNumber(name, &n)
}

func (w *writer) yesNo(name, value string) {
	if w.human {
		w.text(name, value)
		return
	}
	switch value {
	case "yes":
		w.key(name)
		w.raw("true")
	case "no":
		w.key(name)
		w.raw("false")
	case "N/A":
		w.null(name)
	default:
		w.text(name, value)
	}
}
