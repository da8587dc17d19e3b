package mirrortest

import "time"

// The rows that people see, as ClickHouse gives them and as the source's own
// values, worked out without the product's decoder, say that they must be.

type backtraceRow struct {
	ID                  string     `ch:"id"`
	Status              string     `ch:"status"`
	PercentageCompleted *float64   `ch:"percentage_completed"`
	InputName           string     `ch:"input_name"`
	PipelineID          string     `ch:"pipeline_id"`
	FileID              string     `ch:"file_id"`
	JobID               string     `ch:"job_id"`
	ApplicationID       string     `ch:"application_id"`
	UserID              string     `ch:"user_id"`
	ErrorCode           string     `ch:"error_code"`
	ErrorMsg            string     `ch:"error_msg"`
	SourceVersion       *int64     `ch:"source_version"`
	CreatedAt           time.Time  `ch:"created_at"`
	UpdatedAt           time.Time  `ch:"updated_at"`
	FinishedAt          *time.Time `ch:"finished_at"`
	Raw                 string     `ch:"raw"`
}

type parentColumns struct {
	Status        string    `ch:"status"`
	InputName     string    `ch:"input_name"`
	FileID        string    `ch:"file_id"`
	PipelineID    string    `ch:"pipeline_id"`
	UserID        string    `ch:"user_id"`
	ApplicationID string    `ch:"application_id"`
	JobID         string    `ch:"job_id"`
	CreatedAt     time.Time `ch:"backtrace_created_at"`
}

type extractedRow struct {
	BacktraceID  string `ch:"backtrace_id"`
	Index        uint32 `ch:"extracted_index"`
	AutographTag string `ch:"autograph_tag"`
	AccessCount  uint32 `ch:"access_count"`
	parentColumns
}

type accessRow struct {
	BacktraceID        string     `ch:"backtrace_id"`
	ExtractedIndex     uint32     `ch:"extracted_index"`
	Index              uint32     `ch:"access_index"`
	AutographTag       string     `ch:"autograph_tag"`
	IPAddress          string     `ch:"ip_address"`
	IPCountry          string     `ch:"ip_country"`
	IPCountryCode      string     `ch:"ip_country_code"`
	IPType             string     `ch:"ip_type"`
	UserAgent          string     `ch:"user_agent"`
	Browser            string     `ch:"browser"`
	OperatingSystem    string     `ch:"operating_system"`
	DeviceKind         string     `ch:"device_kind"`
	AcceptLanguage     string     `ch:"accept_language"`
	FirstAccessedAt    *time.Time `ch:"first_accessed_at"`
	PercentageObtained *float64   `ch:"percentage_obtained"`
	HighestResolution  *uint16    `ch:"highest_resolution"`
	StreamingOnly      *bool      `ch:"streaming_only"`
	parentColumns
}
