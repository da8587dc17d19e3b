package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"syncer/internal/xvidtest"
)

// The source answers as the fake API does, byte by byte, before and after changes.
func TestAnswersAsTheFakeAPI(t *testing.T) {
	const records = 2500 // every second one can be changed
	s, err := newStore(records)
	if err != nil {
		t.Fatal(err)
	}
	generated := xvidtest.Generate(1, records, xvidtest.GenerateOptions{})
	world := xvidtest.NewWorld(time.Now)
	world.Insert(generated...)
	fake, ours := xvidtest.NewServer(world, xvidtest.ServerOptions{}), newMux(&handler{store: s})

	compare(t, fake, ours, generated[7].ID)
	for range 2 {
		if err := s.change(100); err != nil {
			t.Fatal(err)
		}
	}
	world.Insert(s.changeable[:200]...)
	compare(t, fake, ours, s.changeable[150].ID)
}

func compare(t *testing.T, fake, ours http.Handler, id string) {
	t.Helper()
	for _, path := range []string{
		"?sort=updated_at&direction=1&start=0&limit=100",
		"?limit=700&start=2100&sort=updated_at",
		"?start=2300&limit=5000&sort=updated_at",
		"?start=2499&limit=1&sort=updated_at",
		"?start=2500&limit=1&sort=updated_at",
		"?start=9000&limit=10&sort=id",
		"?start=40&limit=900&sort=id&direction=1",
		"?sort=updated_at",
		"?",
		id + "?",
		"000000000000000000000000?",
	} {
		path = collection + path + "&human=true&show_null=true"
		want, got := ask(fake, path), ask(ours, path)
		if got.Code != want.Code || got.Body.String() != want.Body.String() {
			t.Errorf("%s: %d, %d bytes; the fake API answers with %d, %d bytes", path, got.Code, got.Body.Len(), want.Code, want.Body.Len())
		}
	}
}

func ask(handler http.Handler, path string) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, http.NoBody))
	return answer
}

// What the source cannot do as the API does, it refuses to do at all.
func TestRefusesOtherQueries(t *testing.T) {
	s, err := newStore(3)
	if err != nil {
		t.Fatal(err)
	}
	ours := newMux(&handler{store: s})
	for _, query := range []string{"", "human=true", "status=QUEUED&human=true&show_null=true", "sort=status&human=true&show_null=true"} {
		if answer := ask(ours, collection+"?"+query); answer.Code != http.StatusNotImplemented {
			t.Errorf("%q is answered with %d: %s", query, answer.Code, strings.TrimSpace(answer.Body.String()))
		}
	}
}
