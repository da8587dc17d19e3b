package xvidtest

import (
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// origin is what every href of the document starts with, whatever host was asked.
const origin = "https://api.xvid.com/v1/"

// writer appends JSON. Records are rendered anew for each answer: a mirror reads
// most of them once, so that keeping a million rendered ones would cost gigabytes
// and save nothing.
type writer struct {
	form
	buf     []byte
	scratch []byte // a text being put together
}

func (w *writer) raw(s string) { w.buf = append(w.buf, s...) }

func (w *writer) int(n int64) { w.buf = strconv.AppendInt(w.buf, n, 10) }

// quote writes a string. Text that is not UTF-8 cannot be said in JSON and shows
// the replacement character.
func (w *writer) quote(s string) {
	w.buf, _ = jsontext.AppendQuote(w.buf, s)
}

// key starts a member, with a comma unless it is its object's first.
func (w *writer) key(name string) {
	if last := w.buf[len(w.buf)-1]; last != '{' {
		w.buf = append(w.buf, ',')
	}
	w.buf = append(w.buf, '"')
	w.buf = append(w.buf, name...)
	w.buf = append(w.buf, '"', ':')
}

func (w *writer) null(name string) {
	if w.showNull {
		w.key(name)
		w.raw("null")
	}
}

func (w *writer) text(name, value string) {
	w.key(name)
	w.quote(value)
}

func (w *writer) integer(name string, n int64) {
	w.key(name)
	w.int(n)
}

func (w *writer) optionalText(name string, value *string) {
	if value == nil {
		w.null(name)
		return
	}
	w.text(name, *value)
}

func (w *writer) optionalInteger(name string, n *int64) {
	if n == nil {
		w.null(name)
		return
	}
	w.integer(name, *n)
}

// record writes b with its keys in the order of the document.
func (w *writer) record(b *Backtrace) {
	if b.Raw != nil {
		w.buf = append(w.buf, b.Raw...)
		return
	}
	w.raw("{")
	w.key("input")
	w.raw("{")
	w.text("input_name", b.InputName)
	w.raw("}")
	w.reference("pipeline", "pipelines/", b.PipelineID)
	w.reference("file", "files/", b.FileID)
	w.reference("job", "", b.JobID)
	w.reference("application", "", b.ApplicationID)
	w.extractedData(b.ExtractedData)
	w.text("status", b.Status)
	w.optionalNumber("percentage_completed", b.PercentageCompleted)
	w.optionalText("error_msg", b.ErrorMsg)
	w.optionalText("error_code", b.ErrorCode)
	w.optionalInteger("finished_at", b.FinishedAt)
	w.integer("version", b.Version)
	w.reference("user", "users/", b.UserID)
	w.integer("created_at", b.CreatedAt)
	w.integer("updated_at", b.UpdatedAt)
	w.text("id", b.ID)
	w.href("backtraces/", b.ID)
	w.raw("}")
}

func (w *writer) optionalNumber(name string, n *float64) {
	if n == nil {
		w.null(name)
		return
	}
	w.key(name)
	w.buf = strconv.AppendFloat(w.buf, *n, 'f', -1, 64)
}

// href writes a link.
func (w *writer) href(folder, id string) {
	w.scratch = append(append(append(w.scratch[:0], origin...), folder...), id...)
	w.key("href")
	w.buf, _ = jsontext.AppendQuote(w.buf, w.scratch)
}

// reference writes the object behind an id; those without a folder have no href.
func (w *writer) reference(name, folder, id string) {
	if id == "" {
		w.null(name)
		return
	}
	w.key(name)
	w.raw("{")
	w.text("id", id)
	if folder != "" {
		w.href(folder, id)
	}
	if w.expand.has(name) {
		w.text("name", name+" "+id)
		w.integer("version", 1)
	}
	w.raw("}")
}
