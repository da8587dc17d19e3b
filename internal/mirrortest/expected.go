package mirrortest

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"syncer/internal/countries"
	"syncer/internal/device"
	"syncer/internal/xvidtest"
)

// expected works out the rows of all relations from the source's values and the
// JSON in which it serves them.
func expected(source []xvidtest.Backtrace, raws map[string]string) (backtraces []backtraceRow, extracted []extractedRow, accesses []accessRow) {
	codes := countryCodes()
	for _, b := range source {
		raw, listed := raws[b.ID]
		if !listed {
			continue // served without an id: no backtrace
		}
		backtraces = append(backtraces, backtraceRow{
			ID: b.ID, Status: b.Status, PercentageCompleted: b.PercentageCompleted, InputName: b.InputName,
			PipelineID: b.PipelineID, FileID: b.FileID, JobID: b.JobID, ApplicationID: b.ApplicationID, UserID: b.UserID,
			ErrorCode: deref(b.ErrorCode), ErrorMsg: deref(b.ErrorMsg), SourceVersion: new(b.Version),
			CreatedAt: utc(b.CreatedAt), UpdatedAt: utc(b.UpdatedAt), FinishedAt: optionalTime(b.FinishedAt), Raw: raw,
		})
		parent := parentColumns{
			Status: b.Status, InputName: b.InputName, FileID: b.FileID, PipelineID: b.PipelineID, UserID: b.UserID,
			ApplicationID: b.ApplicationID, JobID: b.JobID, CreatedAt: utc(b.CreatedAt),
		}
		for i, e := range b.ExtractedData {
			extracted = append(extracted, extractedRow{
				BacktraceID: b.ID, Index: uint32(i), AutographTag: e.AutographTag,
				AccessCount: uint32(len(e.AccessStats)), parentColumns: parent, //nolint:gosec // a few
			})
			for j, a := range e.AccessStats {
				agent := device.Parse(text(a.UserAgent))
				accesses = append(accesses, accessRow{
					BacktraceID: b.ID, ExtractedIndex: uint32(i), Index: uint32(j), AutographTag: e.AutographTag,
					IPAddress: text(a.IPAddress), IPCountry: text(a.IPCountry), IPType: text(a.IPType),
					IPCountryCode: codes[plainName(text(a.IPCountry))],
					UserAgent:     text(a.UserAgent), AcceptLanguage: text(a.AcceptLanguage),
					Browser: agent.Browser, OperatingSystem: agent.OperatingSystem, DeviceKind: string(agent.Kind),
					FirstAccessedAt:    optionalTime(a.FirstAccessedAt),
					PercentageObtained: percent(a.PercentageObtained), HighestResolution: lines(a.HighestResolution),
					StreamingOnly: yesNo(a.StreamingOnly), parentColumns: parent,
				})
			}
		}
	}
	return backtraces, extracted, accesses
}

// countryCodes are those of the countries' names, as plainName gives them.
func countryCodes() map[string]string {
	all, _ := countries.All() // a list that cannot be read has no codes, which shows
	codes := map[string]string{}
	for _, country := range all {
		for _, name := range country.Names {
			codes[plainName(name)] = country.Alpha2
		}
	}
	return codes
}

// plainName is a country's name without case, spaces, punctuation and `the`.
func plainName(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) })
	return strings.Join(slices.DeleteFunc(words, func(word string) bool { return word == "the" }), "")
}

func utc(millis int64) time.Time { return time.UnixMilli(millis).UTC() }

func optionalTime(millis *int64) *time.Time {
	if millis == nil {
		return nil
	}
	return new(utc(*millis))
}

func deref(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

func text(value string) string {
	if value == "N/A" {
		return ""
	}
	return value
}

func percent(value string) *float64 {
	if value == "N/A" || value == "" {
		return nil
	}
	share, err := strconv.ParseFloat(strings.TrimSuffix(value, "%"), 64)
	if err != nil {
		panic(err) // the fake generates no other form
	}
	return &share
}

func lines(value string) *uint16 {
	if value == "N/A" || value == "" {
		return nil
	}
	count, err := strconv.ParseUint(strings.TrimSuffix(value, "p"), 10, 16)
	if err != nil {
		panic(err) // the fake generates no other form
	}
	return new(uint16(count))
}

func yesNo(value string) *bool {
	switch value {
	case "yes":
		return new(true)
	case "no":
		return new(false)
	}
	return nil
}
