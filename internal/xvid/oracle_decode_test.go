package xvid

import (
	"errors"
	"fmt"
)

// decodePage decodes the document's answer of the list:
// {"backtraces":[…],"total":115,"start":0,…}.
func oraclePage(got response) (*Page, error) {
	page := &Page{Total: -1, SentAt: got.sentAt, Date: got.date}
	w := newWalker(got.body)
	found := false
	err := w.object("", func(key string) error {
		switch key {
		case "backtraces":
			found = w.json.PeekKind() == '['
			return w.array(key, func() error { return oracleElement(page, w) })
		case "total":
			var total *int64
			err := oracleValue(w, key, parseInt, &total)
			if total != nil && *total >= 0 {
				page.Total = int(*total)
			}
			return err
		default:
			return w.skip()
		}
	})
	if err = errors.Join(err, w.end()); err != nil {
		return nil, fmt.Errorf("%w: it is not the document's JSON: %w", ErrBody, err)
	}
	if !found {
		return nil, fmt.Errorf("%w: it holds no array \"backtraces\"", ErrBody)
	}
	return page, nil
}

// decodeElement decodes one element of the list into the page.
func oracleElement(p *Page, w *walker) error {
	from := w.json.InputOffset()
	backtrace, err := oracleBacktrace(w)
	if err != nil {
		return err
	}
	backtrace.Raw = w.raw(from)
	if reason := unreadable(&backtrace); reason != "" {
		backtrace = Backtrace{Raw: backtrace.Raw, Unreadable: reason}
	}
	p.Backtraces = append(p.Backtraces, backtrace)
	return nil
}

// decodeReading decodes the document's answer of one record: {"backtrace":{…}}.
func oracleReading(got response) (*Reading, error) {
	reading := &Reading{SentAt: got.sentAt, Date: got.date}
	w := newWalker(got.body)
	err := w.object("", func(key string) error {
		if key != "backtrace" {
			return w.skip()
		}
		from := w.json.InputOffset()
		var err error
		reading.Backtrace, err = oracleBacktrace(w)
		reading.Backtrace.Raw = w.raw(from)
		return err
	})
	if err = errors.Join(err, w.end()); err != nil {
		return nil, fmt.Errorf("%w: it is not the document's JSON: %w", ErrBody, err)
	}
	if reason := unreadable(&reading.Backtrace); reason != "" {
		return nil, fmt.Errorf("%w: %s", ErrBody, reason)
	}
	return reading, nil
}

// decodeBacktrace decodes the record that comes next.
func oracleBacktrace(w *walker) (Backtrace, error) {
	var b Backtrace
	w.drift = nil
	err := w.object("", func(key string) (err error) {
		switch key {
		case "id":
			b.ID, err = w.scalar(key)
		case "status":
			b.Status, err = w.scalar(key)
			w.noteStatus(b.Status)
		case "percentage_completed":
			err = oracleValue(w, key, parsePercent, &b.PercentageCompleted)
		case "error_code":
			b.ErrorCode, err = w.scalar(key)
		case "error_msg":
			b.ErrorMsg, err = w.scalar(key)
		case "version":
			err = oracleValue(w, key, parseInt, &b.Version)
		case "created_at":
			err = oracleValue(w, key, parseInt, &b.CreatedAt)
		case "updated_at":
			err = oracleValue(w, key, parseInt, &b.UpdatedAt)
		case "finished_at":
			err = oracleValue(w, key, parseInt, &b.FinishedAt)
		case "extracted_data":
			b.ExtractedData, err = oracleExtractedData(w, key)
		case "href":
			err = w.skip()
		default:
			err = oracleReference(&b, w, key)
		}
		return err
	})
	b.Drift = w.drift
	return b, err
}

// noteStatus notes a state that the document does not name. The state itself is
// a value, and values are not listed.
func (w *walker) noteStatus(status string) {
	switch status {
	case "SUCCESS", "QUEUED", "FAILURE":
	default:
		w.note("status", "unknown state")
	}
}

// decodeReference decodes the objects that name another one by its id.
func oracleReference(b *Backtrace, w *walker, key string) error {
	switch key {
	case "input":
		return w.reference(key, "input_name", &b.InputName)
	case "pipeline":
		return w.reference(key, "id", &b.PipelineID)
	case "file":
		return w.reference(key, "id", &b.FileID)
	case "job":
		return w.reference(key, "id", &b.JobID)
	case "application":
		return w.reference(key, "id", &b.ApplicationID)
	case "user":
		return w.reference(key, "id", &b.UserID)
	}
	return w.unknown("", key)
}

// reference reads one member of an object such as {"id":"…","href":"…"}.
func (w *walker) reference(path, member string, into *string) error {
	*into = ""
	return w.object(path, func(key string) (err error) {
		switch key {
		case member:
			*into, err = w.scalar(path + "." + key)
		case "href":
			err = w.skip()
		default:
			err = w.unknown(path+".", key)
		}
		return err
	})
}

func oracleExtractedData(w *walker, path string) ([]Extracted, error) {
	var list []Extracted
	path += "[]"
	err := w.array(path, func() error {
		var extracted Extracted
		err := w.object(path, func(key string) (err error) {
			switch key {
			case "autograph_tag":
				extracted.AutographTag, err = w.scalar(path + "." + key)
			case "access_stats":
				extracted.AccessStats, err = oracleAccessStats(w, path+"."+key)
			default:
				err = w.unknown(path+".", key)
			}
			return err
		})
		list = append(list, extracted)
		return err
	})
	return list, err
}

func oracleAccessStats(w *walker, path string) ([]Access, error) {
	var list []Access
	path += "[]"
	err := w.array(path, func() error {
		var access Access
		err := w.object(path, func(key string) error { return oracleMember(&access, w, path+".", key) })
		list = append(list, access)
		return err
	})
	return list, err
}

func oracleMember(a *Access, w *walker, parent, key string) (err error) {
	path := parent + key
	switch key {
	case "ip_address":
		a.IPAddress, err = w.scalar(path)
	case "ip_country":
		a.IPCountry, err = w.scalar(path)
	case "ip_type":
		a.IPType, err = w.scalar(path)
	case "user_agent":
		a.UserAgent, err = w.scalar(path)
	case "accept_language":
		a.AcceptLanguage, err = w.scalar(path)
	case "first_accessed_at":
		err = oracleValue(w, path, parseInt, &a.FirstAccessedAt)
	case "percentage_obtained":
		err = oracleValue(w, path, parsePercent, &a.PercentageObtained)
	case "highest_resolution":
		err = oracleValue(w, path, parseLines, &a.HighestResolution)
	case "streaming_only":
		err = oracleValue(w, path, parseBool, &a.StreamingOnly)
	default:
		err = w.unknown(parent, key)
	}
	return err
}

// decodeError reads {"error":{"error_code","error_message"}}; "" for what is
// not there, since a gateway answers anything.
func oracleError(body []byte) (code, message string) {
	w := newWalker(body)
	err := w.object("", func(key string) error {
		if key != "error" {
			return w.skip()
		}
		return w.object(key, func(key string) (err error) {
			switch key {
			case "error_code":
				code, err = w.scalar(key)
			case "error_message":
				message, err = w.scalar(key)
			default:
				err = w.skip()
			}
			return err
		})
	})
	if err != nil {
		return "", ""
	}
	return clip(code), clip(message)
}
