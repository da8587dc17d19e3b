// Command plain loads the flat tables as most would write it in an afternoon: a page
// at a time, encoding/json into structs, rows appended one by one. It is a contender
// of `make bench`.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

type page struct {
	Backtraces []backtrace `json:"backtraces"`
	Total      int         `json:"total"`
}

type reference struct {
	ID string `json:"id"`
}

type backtrace struct {
	ID    string `json:"id"`
	Input struct {
		InputName string `json:"input_name"`
	} `json:"input"`
	Pipeline      reference `json:"pipeline"`
	File          reference `json:"file"`
	Job           reference `json:"job"`
	Application   reference `json:"application"`
	User          reference `json:"user"`
	Status        string    `json:"status"`
	CreatedAt     int64     `json:"created_at"`
	ExtractedData []struct {
		AutographTag string   `json:"autograph_tag"`
		AccessStats  []access `json:"access_stats"`
	} `json:"extracted_data"`
}

type access struct {
	IPAddress          string `json:"ip_address"`
	IPCountry          string `json:"ip_country"`
	IPType             string `json:"ip_type"`
	UserAgent          string `json:"user_agent"`
	AcceptLanguage     string `json:"accept_language"`
	FirstAccessedAt    *int64 `json:"first_accessed_at"`
	PercentageObtained string `json:"percentage_obtained"`
	HighestResolution  string `json:"highest_resolution"`
	StreamingOnly      string `json:"streaming_only"`
}

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	options, err := clickhouse.ParseDSN(os.Getenv("CLICKHOUSE_URL"))
	if err != nil {
		return err
	}
	options.Compression = &clickhouse.Compression{Method: clickhouse.CompressionLZ4}
	conn, err := clickhouse.Open(options)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	limit, err := strconv.Atoi(os.Getenv("PAGE_SIZE"))
	if err != nil {
		return err
	}
	for start := 0; ; start += limit {
		p, err := fetch(ctx, start, limit)
		if err != nil {
			return err
		}
		if err := load(ctx, conn, p.Backtraces); err != nil {
			return err
		}
		if start+limit >= p.Total {
			return nil
		}
	}
}

func fetch(ctx context.Context, start, limit int) (*page, error) {
	url := fmt.Sprintf("%s?human=true&show_null=true&sort=updated_at&direction=1&start=%d&limit=%d", os.Getenv("XVID_API_URL"), start, limit)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+os.Getenv("XVID_API_TOKEN"))
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the API answers with %s", answer.Status)
	}
	var p page
	if err := json.NewDecoder(answer.Body).Decode(&p); err != nil {
		return nil, err
	}
	return &p, nil
}

func load(ctx context.Context, conn clickhouse.Conn, backtraces []backtrace) error {
	extracted, err := conn.PrepareBatch(ctx, "INSERT INTO extracted_data")
	if err != nil {
		return err
	}
	defer func() { _ = extracted.Close() }()
	accesses, err := conn.PrepareBatch(ctx, "INSERT INTO access_stats")
	if err != nil {
		return err
	}
	defer func() { _ = accesses.Close() }()
	for _, b := range backtraces {
		created := time.UnixMilli(b.CreatedAt)
		for i, e := range b.ExtractedData {
			err := extracted.Append(b.ID, uint32(i), e.AutographTag, uint32(len(e.AccessStats)), b.Status,
				b.Input.InputName, b.File.ID, b.Pipeline.ID, b.User.ID, b.Application.ID, b.Job.ID, created)
			if err != nil {
				return err
			}
			for j, a := range e.AccessStats {
				err := accesses.Append(b.ID, uint32(i), uint32(j), e.AutographTag,
					text(a.IPAddress), text(a.IPCountry), text(a.IPType), text(a.UserAgent), text(a.AcceptLanguage),
					moment(a.FirstAccessedAt), percent(a.PercentageObtained), lines(a.HighestResolution), yesNo(a.StreamingOnly),
					b.Status, b.Input.InputName, b.File.ID, b.Pipeline.ID, b.User.ID, b.Application.ID, b.Job.ID, created)
				if err != nil {
					return err
				}
			}
		}
	}
	if err := extracted.Send(); err != nil {
		return err
	}
	return accesses.Send()
}

func text(value string) string {
	if value == "N/A" {
		return ""
	}
	return value
}

func moment(millis *int64) *time.Time {
	if millis == nil {
		return nil
	}
	return new(time.UnixMilli(*millis))
}

func percent(value string) *float64 {
	share, err := strconv.ParseFloat(strings.TrimSuffix(value, "%"), 64)
	if err != nil {
		return nil
	}
	return &share
}

func lines(value string) *uint16 {
	count, err := strconv.ParseUint(strings.TrimSuffix(value, "p"), 10, 16)
	if err != nil {
		return nil
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
