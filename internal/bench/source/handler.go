package main

import (
	"bufio"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	stdsync "sync"
	"sync/atomic"
	"time"
)

// origin is what every href of the document starts with.
const origin = "https://api.xvid.com/v1/backtraces/"

// The page sizes of the document.
const (
	defaultLimit = 1000
	maxLimit     = 5000
)

// handler serves a store as the fake API of the tests would, byte by byte. It
// knows only what a mirror asks for; anything else is answered with 501.
type handler struct {
	store    *store
	latency  atomic.Int64 // of each answer, in ns
	requests atomic.Int64
	bytes    atomic.Int64
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id, ours := strings.CutPrefix(r.URL.Path, collection)
	if !ours || r.Method != http.MethodGet {
		http.NotFound(w, r)
		return
	}
	h.requests.Add(1)
	if latency := time.Duration(h.latency.Load()); latency > 0 {
		time.Sleep(latency)
	}
	query := r.URL.Query()
	if !supported(query) {
		http.Error(w, "the bench source does not know such a query", http.StatusNotImplemented)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	h.store.mu.RLock()
	defer h.store.mu.RUnlock()
	if id != "" {
		h.get(w, id)
		return
	}
	h.list(w, r.URL.RawQuery, query)
}

// supported says whether a query asks for what a store holds.
func supported(query url.Values) bool {
	for name := range query {
		switch value := query.Get(name); name {
		case "start", "limit":
		case "human", "show_null":
			if value != "true" {
				return false
			}
		case "sort":
			if value != "updated_at" && value != "id" {
				return false
			}
		case "direction":
			if value != "1" {
				return false
			}
		default:
			return false
		}
	}
	return query.Get("human") == "true" && query.Get("show_null") == "true"
}

func (h *handler) get(w http.ResponseWriter, id string) {
	at, found := h.store.find(id)
	if !found {
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write(h.store.notFound) // a client that left needs no answer
		return
	}
	one := h.store.records[h.store.byID[at]]
	h.send(w, `{"backtrace":`, h.store.byID[at:at+1], one.to-one.from, `}`)
}

func (h *handler) list(w http.ResponseWriter, rawQuery string, query url.Values) {
	order := h.store.byTime
	if query.Get("sort") != "updated_at" {
		order = h.store.byID
	}
	total := len(order)
	start := number(query.Get("start"), 0)
	limit := min(max(number(query.Get("limit"), defaultLimit), 1), maxLimit)
	page := order[min(start, total):min(start+limit, total)]
	size := max(len(page)-1, 0) // the commas
	for _, place := range page {
		size += h.store.records[place].to - h.store.records[place].from
	}
	h.send(w, `{"backtraces":[`, page, size, `]`+envelope(total, start, limit, otherParameters(rawQuery))+`}`)
}

// envelope is what follows the records of a page.
func envelope(total, start, limit int, rest string) string {
	if rest != "" {
		rest = "&" + rest
	}
	last := max(total-1, 0) / limit * limit
	var b strings.Builder
	b.WriteString(`,"total":` + strconv.Itoa(total) + `,"start":` + strconv.Itoa(start) + `,"limit":` + strconv.Itoa(limit))
	href := func(name string, start int) {
		b.WriteString(`,"` + name + `":{"href":"` + origin + `?start=` + strconv.Itoa(start) + `&limit=` + strconv.Itoa(limit) + rest + `"}`)
	}
	href("first", 0)
	href("last", last)
	href("next", min(start+limit, last))
	href("prev", max(start-limit, 0))
	return b.String()
}

var buffers = stdsync.Pool{New: func() any { return bufio.NewWriterSize(nil, 256<<10) }}

// send writes records between head and tail. Neighbours in the arena go out in one
// piece; size is that of the records with their commas.
func (h *handler) send(w http.ResponseWriter, head string, places []int32, size int, tail string) {
	size += len(head) + len(tail)
	h.bytes.Add(int64(size))
	w.Header().Set("Content-Length", strconv.Itoa(size))
	out := buffers.Get().(*bufio.Writer)
	defer buffers.Put(out)
	out.Reset(w)
	// A client that left needs no answer, so that errors of writing say nothing.
	_, _ = out.WriteString(head)
	for i := 0; i < len(places); {
		from := h.store.records[places[i]].from
		next := i + 1
		for next < len(places) && places[next] == places[next-1]+1 {
			next++
		}
		to := h.store.records[places[next-1]].to
		if next < len(places) {
			to++ // the comma
		}
		_, _ = out.Write(h.store.arena[from:to])
		i = next
	}
	_, _ = out.WriteString(tail)
	_ = out.Flush()
}

// number reads a parameter of a list.
func number(text string, missing int) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return missing
	}
	return n
}

// otherParameters is a query without start and limit, in the order it was asked in.
func otherParameters(rawQuery string) string {
	var rest []string
	for part := range strings.SplitSeq(rawQuery, "&") {
		name, _, _ := strings.Cut(part, "=")
		if name != "start" && name != "limit" && part != "" {
			rest = append(rest, part)
		}
	}
	return strings.Join(rest, "&")
}
