package sync_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"syncer/internal/xvidtest"
)

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
	IPType             string     `ch:"ip_type"`
	UserAgent          string     `ch:"user_agent"`
	AcceptLanguage     string     `ch:"accept_language"`
	FirstAccessedAt    *time.Time `ch:"first_accessed_at"`
	PercentageObtained *float64   `ch:"percentage_obtained"`
	HighestResolution  *uint16    `ch:"highest_resolution"`
	StreamingOnly      *bool      `ch:"streaming_only"`
	parentColumns
}

// equalSource compares all relations with the source, row by row and column by
// column.
func (b *bench) equalSource(tb testing.TB) {
	tb.Helper()
	difference, err := b.difference(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	if difference != "" {
		tb.Fatal(difference)
	}
}

// difference says where the mirror differs from the source; "" if nowhere.
func (b *bench) difference(ctx context.Context) (string, error) {
	raws, err := b.served(ctx)
	if err != nil {
		return "", err
	}
	backtraces, extracted, accesses := expected(b.world.All(), raws)
	found, err := equalRows(ctx, b, backtraces, "SELECT * EXCEPT (content_hash, fetched_at, run_id) FROM backtraces ORDER BY id")
	for _, suffix := range []string{"", "_live"} {
		if err == nil && found == "" {
			found, err = equalRows(ctx, b, extracted, "SELECT * FROM extracted_data"+suffix+" ORDER BY backtrace_id, extracted_index")
		}
		if err == nil && found == "" {
			found, err = equalRows(ctx, b, accesses, "SELECT * FROM access_stats"+suffix+" ORDER BY backtrace_id, extracted_index, access_index")
		}
	}
	return found, err
}

func equalRows[T any](ctx context.Context, b *bench, want []T, query string) (string, error) {
	var got []T
	if err := b.mirror.Conn().Select(ctx, &got, query); err != nil {
		return "", fmt.Errorf("%s: %w", query, err)
	}
	for i := range min(len(got), len(want)) {
		if reflect.DeepEqual(want[i], got[i]) { // much faster than cmp
			continue
		}
		if diff := cmp.Diff(want[i], got[i], cmp.AllowUnexported(extractedRow{}, accessRow{})); diff != "" {
			return fmt.Sprintf("%s: row %d (-source +mirror):\n%s", query, i, diff), nil
		}
	}
	if len(got) != len(want) {
		return fmt.Sprintf("%s: %d rows, the source has %d", query, len(got), len(want)), nil
	}
	return "", nil
}

// served reads every record's JSON as the API serves it, with nothing of the
// product between.
func (b *bench) served(ctx context.Context) (map[string]string, error) {
	b.api.OnRequest(nil)
	raws := map[string]string{}
	for start := 0; ; {
		url := fmt.Sprintf("%s?human=true&show_null=true&sort=id&limit=%d&start=%d", b.api.URL(), xvidtest.MaxLimit, start)
		page, err := getPage(ctx, url)
		if err != nil || len(page) == 0 {
			return raws, err
		}
		start += len(page)
		for _, raw := range page {
			var named struct{ ID string }
			if err := json.Unmarshal(raw, &named); err != nil {
				return nil, err
			}
			raws[named.ID] = string(raw)
		}
	}
}

func getPage(ctx context.Context, url string) ([]json.RawMessage, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+testToken)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	var page struct{ Backtraces []json.RawMessage }
	err = json.NewDecoder(answer.Body).Decode(&page)
	return page.Backtraces, err
}

// expected works out the rows of all relations.
func expected(source []xvidtest.Backtrace, raws map[string]string) (backtraces []backtraceRow, extracted []extractedRow, accesses []accessRow) {
	for _, b := range source {
		backtraces = append(backtraces, backtraceRow{
			ID: b.ID, Status: b.Status, PercentageCompleted: b.PercentageCompleted, InputName: b.InputName,
			PipelineID: b.PipelineID, FileID: b.FileID, JobID: b.JobID, ApplicationID: b.ApplicationID, UserID: b.UserID,
			ErrorCode: deref(b.ErrorCode), ErrorMsg: deref(b.ErrorMsg), SourceVersion: new(b.Version),
			CreatedAt: utc(b.CreatedAt), UpdatedAt: utc(b.UpdatedAt), FinishedAt: optionalTime(b.FinishedAt), Raw: raws[b.ID],
		})
		parent := parentColumns{
			Status: b.Status, InputName: b.InputName, FileID: b.FileID, PipelineID: b.PipelineID, UserID: b.UserID,
			ApplicationID: b.ApplicationID, JobID: b.JobID, CreatedAt: utc(b.CreatedAt),
		}
		for i, e := range b.ExtractedData {
			extracted = append(extracted, extractedRow{
				BacktraceID: b.ID, Index: uint32(i), AutographTag: e.AutographTag,
				AccessCount: uint32(len(e.AccessStats)), parentColumns: parent,
			})
			for j, a := range e.AccessStats {
				accesses = append(accesses, accessRow{
					BacktraceID: b.ID, ExtractedIndex: uint32(i), Index: uint32(j), AutographTag: e.AutographTag,
					IPAddress: text(a.IPAddress), IPCountry: text(a.IPCountry), IPType: text(a.IPType),
					UserAgent: text(a.UserAgent), AcceptLanguage: text(a.AcceptLanguage),
					FirstAccessedAt:    optionalTime(a.FirstAccessedAt),
					PercentageObtained: percent(a.PercentageObtained), HighestResolution: lines(a.HighestResolution),
					StreamingOnly: yesNo(a.StreamingOnly), parentColumns: parent,
				})
			}
		}
	}
	return backtraces, extracted, accesses
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
