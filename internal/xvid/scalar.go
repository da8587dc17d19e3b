package xvid

import (
	"math"
	"strconv"
	"strings"
)

// notAvailable is how the API writes 'nothing' inside a text.
const notAvailable = "N/A"

// The parsers below read a scalar's text, however it was written (JSON text,
// number or boolean). ok is false if the text is not of a known form.

// parseInt reads an integer exactly; "1679600895166" and 1679600895166.0 are
// the same number, and no float ever stands between.
func parseInt(text string) (value int64, ok bool) {
	if whole, fraction, found := strings.Cut(text, "."); found && strings.Trim(fraction, "0") == "" {
		text = whole
	}
	value, err := strconv.ParseInt(text, 10, 64)
	return value, err == nil
}

// parsePercent reads "97.5%", "97.5" and 97.5 as 97.5.
func parsePercent(text string) (value float64, ok bool) {
	text = strings.TrimSpace(strings.TrimSuffix(text, "%"))
	value, err := strconv.ParseFloat(text, 64)
	// ParseFloat also reads "inf", "nan" and hexadecimal, which are no shares.
	return value, err == nil && !math.IsInf(value, 0) && !math.IsNaN(value) && !strings.ContainsAny(text, "xX_")
}

// parseLines reads "352p" and 352 as 352 lines.
func parseLines(text string) (value uint16, ok bool) {
	text = strings.TrimRight(text, "pP")
	lines, ok := parseInt(text)
	return uint16(lines), ok && lines >= 0 && lines <= math.MaxUint16 //nolint:gosec // checked in the same line
}

// parseBool reads "yes" and "no", booleans, and 1 and 0.
func parseBool(text string) (value, ok bool) {
	switch strings.ToLower(text) {
	case "yes", "true", "1":
		return true, true
	case "no", "false", "0":
		return false, true
	}
	return false, false
}

// maxID bounds an id's length; the document's have 24 hex digits.
const maxID = 64

// validID says whether an id can stand in a URL's path and in a query as it is.
func validID(id string) bool {
	if id == "" || len(id) > maxID || strings.Trim(id, ".") == "" {
		return false
	}
	for _, char := range []byte(id) {
		switch {
		case char >= '0' && char <= '9', char >= 'a' && char <= 'z', char >= 'A' && char <= 'Z':
		case char == '-', char == '_', char == '.', char == ':':
		default:
			return false
		}
	}
	return true
}
