package xvidtest

import "slices"

// Backtrace is one record as the source holds it. Times are epoch milliseconds.
type Backtrace struct {
	ID, Status, InputName                            string
	PipelineID, FileID, JobID, ApplicationID, UserID string // "" is served as null
	PercentageCompleted                              *float64
	ErrorCode, ErrorMsg                              *string
	FinishedAt                                       *int64
	CreatedAt, UpdatedAt                             int64
	Version                                          int64
	ExtractedData                                    []Extracted // nil is served as null, an empty one as []

	// Raw, when set, is served instead of a rendering of the fields, for records
	// of odd shape. The fields still decide sorting and filtering.
	Raw []byte

	// VisibleAt is when, by the World's clock, the record appears to readers;
	// 0 means at once.
	VisibleAt int64
}

// Extracted is one watermark found in a backtraced file.
type Extracted struct {
	AutographTag string
	AccessStats  []Access // nil is served as null, an empty one as []
}

// Access is one access to the marked title. Values are the document's texts:
// "97.5%", "352p", "no", and "N/A" for nothing.
type Access struct {
	IPAddress, IPCountry, IPType, UserAgent, AcceptLanguage string
	FirstAccessedAt                                         *int64
	PercentageObtained, HighestResolution, StreamingOnly    string
}

// clone copies b so deeply that no change to either shows in the other.
func (b *Backtrace) clone() *Backtrace {
	c := *b
	c.PercentageCompleted = clonePointer(b.PercentageCompleted)
	c.ErrorCode = clonePointer(b.ErrorCode)
	c.ErrorMsg = clonePointer(b.ErrorMsg)
	c.FinishedAt = clonePointer(b.FinishedAt)
	c.Raw = slices.Clone(b.Raw)
	c.ExtractedData = slices.Clone(b.ExtractedData)
	for i := range c.ExtractedData {
		stats := slices.Clone(c.ExtractedData[i].AccessStats)
		for j := range stats {
			stats[j].FirstAccessedAt = clonePointer(stats[j].FirstAccessedAt)
		}
		c.ExtractedData[i].AccessStats = stats
	}
	return &c
}

func clonePointer[T any](p *T) *T {
	if p == nil {
		return nil
	}
	return new(*p)
}
