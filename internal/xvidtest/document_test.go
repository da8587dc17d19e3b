package xvidtest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"syncer/internal/xvidtest"
)

// compact takes the indentation away: what is left must be equal byte for byte,
// the order of the keys included.
func compact(t *testing.T, text []byte) string {
	t.Helper()
	var out bytes.Buffer
	if err := json.Compact(&out, text); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestServesTheDocumentsList(t *testing.T) {
	w := newWorld(xvidtest.Samples()...)
	for i := w.Len(); i < 115; i++ {
		w.Insert(xvidtest.Backtrace{ID: fmt.Sprintf("%024x", i), CreatedAt: int64(i)})
	}
	s := listen(t, w, xvidtest.ServerOptions{})
	got := ask(t, s.URL()+"?human=true&show_null=true&limit=2&sort=created_at&direction=-1")
	if diff := cmp.Diff(compact(t, xvidtest.ListResponse()), compact(t, []byte(got.body))); diff != "" {
		t.Error(diff)
	}
}

func TestServesTheDocumentsRecord(t *testing.T) {
	s := listen(t, newWorld(xvidtest.Samples()...), xvidtest.ServerOptions{})
	got := ask(t, s.URL()+"5fa27d0de4b074c775b7d107?human=true&show_null=true")
	if diff := cmp.Diff(compact(t, xvidtest.GetResponse()), compact(t, []byte(got.body))); diff != "" {
		t.Error(diff)
	}
}

func TestErrors(t *testing.T) {
	s := listen(t, newWorld(few()...), xvidtest.ServerOptions{})
	tests := map[string]struct {
		url    string
		header []string
		status int
		code   string
	}{
		"wrong token":        {s.URL(), []string{"Authorization", "Bearer wrong"}, 403, "0x0000003"},
		"no token":           {s.URL(), []string{"Authorization", ""}, 403, "0x0000003"},
		"other scheme":       {s.URL(), []string{"Authorization", "Basic " + token}, 403, "0x0000003"},
		"refused before 404": {s.URL() + "nobody", []string{"Authorization", "Bearer wrong"}, 403, "0x0000003"},
		"unknown id":         {s.URL() + "nobody", nil, 404, "0x0300007"},
		"limit of 0":         {s.URL() + "?limit=0", nil, 400, "0050001"},
		"limit no number":    {s.URL() + "?limit=many", nil, 400, "0050001"},
		"negative start":     {s.URL() + "?start=-1", nil, 400, "0050001"},
		"unknown sort key":   {s.URL() + "?sort=colour", nil, 400, "0050001"},
		"empty sort key":     {s.URL() + "?sort=", nil, 400, "0050001"},
		"direction of 2":     {s.URL() + "?direction=2", nil, 400, "0050001"},
		"unknown status":     {s.URL() + "?status=DONE", nil, 400, "0050001"},
		"human of 1":         {s.URL() + "?human=1", nil, 400, "0050001"},
		"show_null of yes":   {s.URL() + "a?show_null=yes", nil, 400, "0050001"},
		"expand_all of yes":  {s.URL() + "a?expand_all=yes", nil, 400, "0050001"},
		"unknown format":     {s.URL() + "?format=yaml", nil, 400, "0050001"},
		"broken query":       {s.URL() + "?limit=%zz", nil, 400, "0050001"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := ask(t, tt.url, tt.header...)
			var body struct {
				Error struct {
					Code string `json:"error_code"`
				}
			}
			if err := json.Unmarshal([]byte(got.body), &body); err != nil {
				t.Fatal(err)
			}
			if got.status != tt.status || body.Error.Code != tt.code {
				t.Errorf("got %d %s, want %d %s", got.status, body.Error.Code, tt.status, tt.code)
			}
			if got.body != string(xvidtest.ErrorResponse(tt.status)) {
				t.Errorf("body is not the document's: %s", got.body)
			}
		})
	}
}

func TestOnlyGet(t *testing.T) {
	s := listen(t, newWorld(), xvidtest.ServerOptions{})
	req := newRequest(t.Context(), t, s.URL())
	req.Method = http.MethodDelete
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusBadRequest {
		t.Errorf("DELETE was answered with %d", resp.StatusCode)
	}
}

func TestPaths(t *testing.T) {
	s := listen(t, newWorld(few()...), xvidtest.ServerOptions{})
	host := s.URL()[:len(s.URL())-len("/v1/titles/backtraces/")]
	for path, want := range map[string]int{
		"/v1/titles/backtraces": 200, "/v1/titles/backtraces/": 200, "/v1/titles/backtraces/a": 200,
		"/v1/backtraces": 200, "/v1/backtraces/": 200, "/v1/backtraces/a": 200,
		"/v1/backtracesa": 404, "/v1/files/": 404,
	} {
		if got := ask(t, host+path); got.status != want {
			t.Errorf("%s: status %d, want %d", path, got.status, want)
		}
	}
	if got := s.Counts().Total; got != 6 {
		t.Errorf("%d requests counted: only those to the collection should be", got)
	}
}

func TestTokenRotates(t *testing.T) {
	s := listen(t, newWorld(), xvidtest.ServerOptions{})
	s.SetToken("rotated")
	if got := ask(t, s.URL()).status; got != http.StatusForbidden {
		t.Errorf("old token: status %d", got)
	}
	if got := ask(t, s.URL(), "Authorization", "Bearer rotated").status; got != http.StatusOK {
		t.Errorf("new token: status %d", got)
	}
}
