package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"time"
)

// source is the running process that serves the records.
type source struct {
	process *exec.Cmd
	stdin   io.Closer // the process ends when this is closed
	url     string    // the collection's
}

// sourceCounts is what the source counts.
type sourceCounts struct {
	Requests int64     `json:"requests"`
	Bytes    int64     `json:"bytes"`
	Rows     rowCounts `json:"rows"`
}

// rowCounts is what a right copy holds. Backtraces without a tag leave no row in the
// flat tables.
type rowCounts struct {
	Backtraces    int `json:"backtraces"`
	ExtractedData int `json:"extracted_data"`
	AccessStats   int `json:"access_stats"`
}

// startSource renders so many records and serves them.
func startSource(ctx context.Context, binary string, records int) (*source, error) {
	s := &source{process: exec.CommandContext(ctx, binary, "-records", fmt.Sprint(records))}
	s.process.Stderr = os.Stderr
	stdin, err := s.process.StdinPipe()
	if err != nil {
		return nil, err
	}
	s.stdin = stdin
	stdout, err := s.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.process.Start(); err != nil {
		return nil, fmt.Errorf("start the source: %w", err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the source did not start: %w", err), s.stop())
	}
	s.url = strings.TrimSpace(line)
	return s, nil
}

func (s *source) stop() error {
	return errors.Join(s.stdin.Close(), s.process.Wait())
}

// control sends one of the bench's own requests.
func (s *source) control(ctx context.Context, method, path string) ([]byte, error) {
	target, err := url.Parse(s.url)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, method, target.ResolveReference(&url.URL{Path: "/bench/" + path}).String(), http.NoBody)
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, fmt.Errorf("ask the source: %w", err)
	}
	defer func() { _ = answer.Body.Close() }() // the body was only read
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("the source answers %s with %s: %s", path, answer.Status, body)
	}
	return body, err
}

func (s *source) counts(ctx context.Context) (counts sourceCounts, err error) {
	body, err := s.control(ctx, http.MethodGet, "counts")
	if err != nil {
		return counts, err
	}
	return counts, json.Unmarshal(body, &counts)
}

// setLatency sets how long the source waits before each answer.
func (s *source) setLatency(ctx context.Context, latency time.Duration) error {
	_, err := s.control(ctx, http.MethodPost, "latency/"+latency.String())
	return err
}

// change changes so many records, which go to the list's end.
func (s *source) change(ctx context.Context, count int) error {
	_, err := s.control(ctx, http.MethodPost, fmt.Sprintf("change/%d", count))
	return err
}
