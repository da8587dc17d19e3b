package xvidtest

import (
	"cmp"
	"slices"
)

// sortValue is a key's value in the order of the source's store: nothing, then
// numbers, then text.
type sortValue struct {
	class  int
	number float64
	text   string
}

func (v sortValue) compare(o sortValue) int {
	return cmp.Or(cmp.Compare(v.class, o.class), cmp.Compare(v.number, o.number), cmp.Compare(v.text, o.text))
}

func number[N int64 | float64](n N) sortValue { return sortValue{class: 1, number: float64(n)} }
func text(s string) sortValue                 { return sortValue{class: 2, text: s} }

func optionalNumber[N int64 | float64](n *N) sortValue {
	if n == nil {
		return sortValue{}
	}
	return number(*n)
}

func optionalText(s *string) sortValue {
	if s == nil {
		return sortValue{}
	}
	return text(*s)
}

func reference(id string) sortValue {
	if id == "" {
		return sortValue{}
	}
	return text(id)
}

// comparison returns the order that a key name stands for, or nil for no key.
// An object is sorted by what it holds, an array by the least of its elements.
func comparison(key string) func(a, b *Backtrace) int {
	// The keys that a mirror reads by, without the detour.
	switch key {
	case "id", "href":
		return func(a, b *Backtrace) int { return cmp.Compare(a.ID, b.ID) }
	case "updated_at":
		return func(a, b *Backtrace) int { return cmp.Compare(a.UpdatedAt, b.UpdatedAt) }
	case "created_at":
		return func(a, b *Backtrace) int { return cmp.Compare(a.CreatedAt, b.CreatedAt) }
	}
	value := sortKeys[key]
	if value == nil {
		return nil
	}
	return func(a, b *Backtrace) int { return value(a).compare(value(b)) }
}

var sortKeys = map[string]func(*Backtrace) sortValue{
	"status":               func(b *Backtrace) sortValue { return text(b.Status) },
	"percentage_completed": func(b *Backtrace) sortValue { return optionalNumber(b.PercentageCompleted) },
	"error_msg":            func(b *Backtrace) sortValue { return optionalText(b.ErrorMsg) },
	"error_code":           func(b *Backtrace) sortValue { return optionalText(b.ErrorCode) },
	"finished_at":          func(b *Backtrace) sortValue { return optionalNumber(b.FinishedAt) },
	"version":              func(b *Backtrace) sortValue { return number(b.Version) },

	"input":            inputName,
	"input.input_name": inputName,
	"pipeline":         pipelineID,
	"pipeline.id":      pipelineID,
	"pipeline.href":    pipelineID,
	"file":             fileID,
	"file.id":          fileID,
	"file.href":        fileID,
	"job":              jobID,
	"job.id":           jobID,
	"application":      applicationID,
	"application.id":   applicationID,
	"user":             userID,
	"user.id":          userID,
	"user.href":        userID,

	"extracted_data":               leastTag,
	"extracted_data.autograph_tag": leastTag,
	"extracted_data.access_stats":  leastAccess(func(a *Access) sortValue { return text(a.IPAddress) }),
	accessKey + "ip_address":       leastAccess(func(a *Access) sortValue { return text(a.IPAddress) }),
	accessKey + "ip_country":       leastAccess(func(a *Access) sortValue { return text(a.IPCountry) }),
	accessKey + "ip_type":          leastAccess(func(a *Access) sortValue { return text(a.IPType) }),
	accessKey + "user_agent":       leastAccess(func(a *Access) sortValue { return text(a.UserAgent) }),
	accessKey + "accept_language":  leastAccess(func(a *Access) sortValue { return text(a.AcceptLanguage) }),
	accessKey + "first_accessed_at": leastAccess(func(a *Access) sortValue {
		return optionalNumber(a.FirstAccessedAt)
	}),
	accessKey + "percentage_obtained": leastAccess(func(a *Access) sortValue { return text(a.PercentageObtained) }),
	accessKey + "highest_resolution":  leastAccess(func(a *Access) sortValue { return text(a.HighestResolution) }),
	accessKey + "streaming_only":      leastAccess(func(a *Access) sortValue { return text(a.StreamingOnly) }),
}

const accessKey = "extracted_data.access_stats."

func inputName(b *Backtrace) sortValue     { return text(b.InputName) }
func pipelineID(b *Backtrace) sortValue    { return reference(b.PipelineID) }
func fileID(b *Backtrace) sortValue        { return reference(b.FileID) }
func jobID(b *Backtrace) sortValue         { return reference(b.JobID) }
func applicationID(b *Backtrace) sortValue { return reference(b.ApplicationID) }
func userID(b *Backtrace) sortValue        { return reference(b.UserID) }

func leastTag(b *Backtrace) sortValue {
	var values []sortValue
	for _, e := range b.ExtractedData {
		values = append(values, text(e.AutographTag))
	}
	return least(values)
}

func leastAccess(value func(*Access) sortValue) func(*Backtrace) sortValue {
	return func(b *Backtrace) sortValue {
		var values []sortValue
		for _, e := range b.ExtractedData {
			for i := range e.AccessStats {
				values = append(values, value(&e.AccessStats[i]))
			}
		}
		return least(values)
	}
}

func least(values []sortValue) sortValue {
	if len(values) == 0 {
		return sortValue{}
	}
	return slices.MinFunc(values, sortValue.compare)
}
