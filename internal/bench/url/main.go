// Command url has ClickHouse itself read the API: INSERT … SELECT … FROM url(…),
// either with a query a page (`url pages`) or with one query over all pages into a
// Null table whose views fill both flat tables (`url single`). It is a contender of
// `make bench`; its own work is next to nothing, and the engine's counts.
package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// views are the Null table, as the API's pages are shaped, and the views behind it.
//
//go:embed views.sql
var views string

// longest bounds one statement.
const longest = 10 * time.Minute

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) != 1 {
		return errors.New("want pages or single")
	}
	options, err := clickhouse.ParseDSN(os.Getenv("CLICKHOUSE_URL"))
	if err != nil {
		return err
	}
	options.ReadTimeout = longest
	conn, err := clickhouse.Open(options)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	for statement := range strings.SplitSeq(views, ";\n") {
		if err := conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("%.80s: %w", statement, err)
		}
	}
	limit, err := strconv.Atoi(os.Getenv("PAGE_SIZE"))
	if err != nil {
		return err
	}
	total, err := total(ctx)
	if err != nil {
		return err
	}
	if args[0] == "single" {
		return load(ctx, conn, glob(total, limit), limit)
	}
	for start := 0; start < total; start += limit {
		if err := load(ctx, conn, strconv.Itoa(start), limit); err != nil {
			return err
		}
	}
	return nil
}

// glob names all starts in ClickHouse's notation: {0,5000,10000}.
func glob(total, limit int) string {
	var starts []string
	for start := 0; start < total; start += limit {
		starts = append(starts, strconv.Itoa(start))
	}
	return "{" + strings.Join(starts, ",") + "}"
}

// load reads the pages of these starts.
func load(ctx context.Context, conn clickhouse.Conn, start string, limit int) error {
	page := address() + "&start=" + start + "&limit=" + strconv.Itoa(limit)
	return conn.Exec(ctx, `INSERT INTO pages SELECT backtraces
		FROM url('`+page+`', JSONEachRow, headers('Authorization' = 'Bearer `+os.Getenv("XVID_API_TOKEN")+`'))`+settings)
}

// settings are the best found: pages side by side, and both views at once.
const settings = ` SETTINGS parallel_view_processing = 1, max_insert_threads = 2, max_threads = 2, glob_expansion_max_elements = 100000,
	schema_inference_use_cache_for_url = 0, input_format_max_block_wait_ms = 0, max_query_size = 10000000`

func address() string {
	return os.Getenv("XVID_API_URL") + "?human=true&show_null=true&sort=updated_at&direction=1"
}

// total asks how long the list is.
func total(ctx context.Context) (int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address()+"&start=0&limit=1", http.NoBody)
	if err != nil {
		return 0, err
	}
	request.Header.Set("Authorization", "Bearer "+os.Getenv("XVID_API_TOKEN"))
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer func() { _ = answer.Body.Close() }()
	var page struct {
		Total int `json:"total"`
	}
	return page.Total, json.NewDecoder(answer.Body).Decode(&page)
}
