package sql

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Parameter is what an analysis wants to know.
type Parameter struct {
	Name     string
	Type     string   // ClickHouse's
	Choices  []string // the words it may be; nil if it is free
	Default  string   // in the form that a user writes
	Required bool     // it has no default
	Doc      string
}

// Types of parameters, by ClickHouse's names.
const (
	typeString   = "String"
	typeNumber   = "UInt32"
	typeDateTime = "DateTime('UTC')"
)

// kind says how the values of a type are written.
type kind struct {
	form, example string
	read          func(text string, now time.Time) (string, error)
}

var kinds = map[string]kind{
	typeString: {"a text", "abc", func(text string, _ time.Time) (string, error) { return text, nil }},
	typeNumber: {fmt.Sprintf("a whole number from 0 to %d", math.MaxUint32), "20", readNumber},
	typeDateTime: {
		"a time: a date or date and time in UTC, RFC 3339, an age such as 30d, 12h or 90m, or now",
		"2026-01-31", readTime,
	},
}

// Values gives every parameter its value, the given one or its default, in the
// form that ClickHouse reads. Its errors are those of the user.
func (a *Analysis) Values(given map[string]string, now time.Time) (map[string]string, error) {
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if a.Parameter(name) == nil {
			return nil, fmt.Errorf("%s has no parameter %q: %s", a.Name, name, a.parameterNames())
		}
	}
	values := make(map[string]string, len(a.Parameters))
	for i := range a.Parameters {
		param := &a.Parameters[i]
		text, set := given[param.Name]
		if !set && param.Required {
			return nil, fmt.Errorf("%s needs the parameter %s (%s: %s), such as --param %s=%s",
				a.Name, param.Name, param.Type, param.Doc, param.Name, kinds[param.Type].example)
		}
		if !set {
			text = param.Default
		}
		var err error
		if values[param.Name], err = param.value(text, now); err != nil {
			return nil, fmt.Errorf("the value of %w", err)
		}
	}
	return values, nil
}

func (a *Analysis) parameterNames() string {
	if len(a.Parameters) == 0 {
		return "it takes none"
	}
	names := make([]string, len(a.Parameters))
	for i, param := range a.Parameters {
		names[i] = param.Name
	}
	return "it takes " + strings.Join(names, ", ")
}

// value puts a text into the form that ClickHouse reads.
func (p *Parameter) value(text string, now time.Time) (string, error) {
	if p.Choices != nil {
		if !slices.Contains(p.Choices, text) {
			return "", fmt.Errorf("%s must be one of %s, not %q", p.Name, strings.Join(p.Choices, ", "), text)
		}
		return text, nil
	}
	kind := kinds[p.Type]
	value, err := kind.read(text, now)
	if err != nil {
		return "", fmt.Errorf("%s (%s) must be %s, such as %s, not %q", p.Name, p.Type, kind.form, kind.example, text)
	}
	return value, nil
}

func readNumber(text string, _ time.Time) (string, error) {
	number, err := strconv.ParseUint(text, 10, 32)
	return strconv.FormatUint(number, 10), err
}

// ageForm is a count of days, hours or minutes.
var ageForm = regexp.MustCompile(`^(\d{1,6})([dhm])$`)

var ageUnits = map[string]time.Duration{"d": 24 * time.Hour, "h": time.Hour, "m": time.Minute}

func readTime(text string, now time.Time) (string, error) {
	at, err := parseTime(text, now)
	if err != nil {
		return "", err
	}
	// ClickHouse's DateTime begins in 1970, which the analyses take for all times.
	seconds := max(at.Unix(), 0)
	if seconds > math.MaxUint32 {
		return "", errors.New("too late for ClickHouse's DateTime")
	}
	return time.Unix(seconds, 0).UTC().Format(time.DateTime), nil
}

func parseTime(text string, now time.Time) (time.Time, error) {
	if text == "now" {
		return now, nil
	}
	if age := ageForm.FindStringSubmatch(text); age != nil {
		count, err := strconv.Atoi(age[1])
		// 999999 days are more than a Duration holds; nobody means them.
		if unit := ageUnits[age[2]]; err == nil && time.Duration(count) <= math.MaxInt64/unit {
			return now.Add(-time.Duration(count) * unit), nil
		}
		return time.Time{}, errors.New("too long ago")
	}
	for _, layout := range []string{time.DateOnly, time.DateTime, time.RFC3339} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, nil
		}
	}
	return time.Time{}, errors.New("no time")
}
