package schema

import (
	"errors"
	"fmt"
)

// Backtrace is one row of the truth: one reading of a backtrace with its
// children. Times are epoch milliseconds between [MinTime] and [MaxTime]; nil
// is NULL.
type Backtrace struct {
	ID                  string
	Version             uint64 // µs since 1970 at which the reading was asked for
	Deleted             bool   // a tombstone: only ID, Version and RunID count
	Status              string
	PercentageCompleted *float64
	InputName           string
	PipelineID          string
	FileID              string
	JobID               string
	ApplicationID       string
	UserID              string
	ErrorCode           string
	ErrorMsg            string
	SourceVersion       *int64
	CreatedAt           int64
	UpdatedAt           int64
	FinishedAt          *int64
	Extracted           []Extracted
	Access              []Access
	Raw                 []byte
	ContentHash         uint64
	RunID               string
}

// Extracted is a tag of a backtrace.
type Extracted struct {
	Index        uint32 // place in the record's extracted_data, from 0
	AutographTag string
	AccessCount  uint32
}

// Access is one access made under a tag of a backtrace.
type Access struct {
	ExtractedIndex     uint32
	Index              uint32 // place in its tag's access_stats, from 0
	AutographTag       string
	IPAddress          string
	IPCountry          string
	IPType             string
	UserAgent          string
	AcceptLanguage     string
	FirstAccessedAt    *int64
	PercentageObtained *float64
	HighestResolution  *uint16
	StreamingOnly      *bool
}

// The times that can be stored, in epoch milliseconds: DateTime64 begins with
// 1900 and ends with 2299, but ch-go, through which they are read back, goes through
// nanoseconds in 64 bits, which end on 2262-04-11. It wraps later times in silence.
const (
	MinTime int64 = -2_208_988_800_000
	MaxTime int64 = 9_223_372_036_854
)

// TimeFits says whether a time can be stored.
func TimeFits(millis int64) bool { return millis >= MinTime && millis <= MaxTime }

// check refuses a row whose times would be stored as others.
func (b *Backtrace) check() error {
	if err := errors.Join(b.checkTime(&b.CreatedAt), b.checkTime(&b.UpdatedAt), b.checkTime(b.FinishedAt)); err != nil {
		return err
	}
	for i := range b.Access {
		if err := b.checkTime(b.Access[i].FirstAccessedAt); err != nil {
			return err
		}
	}
	return nil
}

func (b *Backtrace) checkTime(millis *int64) error {
	if millis == nil || TimeFits(*millis) {
		return nil
	}
	return fmt.Errorf("backtrace %s: time %d ms does not fit DateTime64", b.ID, *millis)
}
