package report

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
)

const (
	unknown = "(unknown)" // an empty text: the source does not say
	none    = "–"
	// longest is how much of a text is shown: tags and names come from strangers.
	longest = 120
)

// legible makes a text of a stranger one that cannot drive the page: marks that turn
// the direction of writing and characters that do not print are replaced.
func legible(text string) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(text, string(unicode.ReplacementChar)))
	if text == "" {
		return unknown
	}
	if runes := []rune(text); len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return text
}

// grouped writes a number with commas between thousands, and at most two decimals.
func grouped(number float64) string {
	text := strconv.FormatFloat(math.Round(number*100)/100, 'f', -1, 64)
	whole, decimals, broken := strings.Cut(text, ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "−", whole[1:]
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if broken {
		whole += "." + decimals
	}
	return sign + whole
}

// exact writes a number to the last digit.
func exact(number float64) string { return strconv.FormatFloat(number, 'f', -1, 64) }

// percent is a share of a whole in words.
func percent(part, whole float64) string {
	if whole == 0 {
		return none
	}
	return grouped(math.Round(1000*part/whole)/10) + " %"
}

// moment writes a time to the minute.
func moment(at time.Time) string { return at.UTC().Format("2006-01-02 15:04") }

// span writes hours as people say them.
func span(hours float64) string {
	switch {
	case hours >= 72:
		return grouped(math.Round(hours/24*10)/10) + " days"
	case hours < 1:
		return "an hour"
	case hours == 1:
		return "1 hour"
	}
	return grouped(hours) + " hours"
}

// count writes a number and what is counted.
func count(number float64, one, many string) string {
	if number == 1 {
		return "1 " + one
	}
	return grouped(number) + " " + many
}
