package xvid

import "time"

// Backtrace is one record, its values read as exactly as they came. A text that
// is missing, null or "N/A" is ""; any other value that is missing, null, "N/A"
// or not of a known form is nil.
type Backtrace struct {
	ID                  string
	Status              string // SUCCESS, QUEUED, FAILURE; others may come
	PercentageCompleted *float64
	InputName           string
	PipelineID          string
	FileID              string
	JobID               string
	ApplicationID       string
	UserID              string
	ErrorCode           string
	ErrorMsg            string
	Version             *int64
	CreatedAt           *int64 // epoch milliseconds, as all times here
	UpdatedAt           *int64
	FinishedAt          *int64
	ExtractedData       []Extracted

	// Raw is the record's JSON as received. It shares memory with its page.
	Raw []byte
	// Hash is equal for records of equal content: the order of keys and white
	// space do not count, numbers count as they are written.
	Hash uint64
	// Drift lists what of the record's shape the decoder does not know.
	Drift []Drift
	// Unreadable says why an element of a page is no backtrace at all; then
	// only Raw counts. It is "" for a backtrace.
	Unreadable string
}

// Extracted is one autograph tag that the job read out of a video.
type Extracted struct {
	AutographTag string
	AccessStats  []Access
}

// Access is one access made under a tag.
type Access struct {
	IPAddress          string
	IPCountry          string
	IPType             string
	UserAgent          string
	AcceptLanguage     string
	FirstAccessedAt    *int64
	PercentageObtained *float64 // "97.5%" is 97.5
	HighestResolution  *uint16  // lines: "352p" is 352
	StreamingOnly      *bool
}

// Drift is one way in which a record's shape differs from the document's.
type Drift struct {
	Path string // e.g. extracted_data[].access_stats[].ip_asn
	Kind string // e.g. "unknown key", "unexpected array"; never a value
}

// Page is one answer of the list. Its records and their texts are parts of one
// piece of memory: what is to outlast a release must be copied.
type Page struct {
	// Backtraces are in the order of the list, unreadable elements in their
	// places.
	Backtraces []Backtrace
	Start      int // the offset asked for
	// Total is the API's count of the whole list; -1 if it does not say.
	Total int
	// SentAt is when the request was sent, by our clock; unique in a process.
	SentAt time.Time
	// Date is the API's clock when it answered; zero if it does not say.
	Date time.Time

	release func()
}

// Release gives the page's memory back, so that another page can use it. It need
// not be called, and must not be while anything of the page is in use.
func (p *Page) Release() {
	if p.release != nil {
		p.Backtraces = nil
		p.release()
		p.release = nil
	}
}

// Reading is one record fetched by its id.
type Reading struct {
	Backtrace Backtrace
	SentAt    time.Time // as in [Page]
	Date      time.Time // as in [Page]
}
