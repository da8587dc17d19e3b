package mirrortest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"syncer/internal/xvidtest"
)

// listing is the JSON of every element of the list as the API serves it.
type listing struct {
	byID       map[string]string
	unreadable []string // without an id
}

// served reads the list with nothing of the product between.
func (s *Source) served(ctx context.Context) (*listing, error) {
	all := &listing{byID: map[string]string{}}
	for start := 0; ; {
		page, err := s.page(ctx, start)
		if err != nil || len(page) == 0 {
			return all, err
		}
		start += len(page)
		for _, raw := range page {
			var named struct {
				ID string `json:"id"`
			}
			if err := json.Unmarshal(raw, &named); err != nil {
				return nil, fmt.Errorf("read a served element: %w", err)
			}
			if named.ID == "" {
				all.unreadable = append(all.unreadable, string(raw))
				continue
			}
			all.byID[named.ID] = string(raw)
		}
	}
}

func (s *Source) page(ctx context.Context, start int) ([]json.RawMessage, error) {
	url := fmt.Sprintf("%s?human=true&show_null=true&sort=id&limit=%d&start=%d", s.API.URL(), xvidtest.MaxLimit, start)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("ask for the list: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+s.Token)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, fmt.Errorf("ask for the list: %w", err)
	}
	defer func() { _ = answer.Body.Close() }() // the body was only read
	var page struct {
		Backtraces []json.RawMessage `json:"backtraces"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&page); err != nil {
		return nil, fmt.Errorf("read the list: %w", err)
	}
	return page.Backtraces, nil
}
