package xvid

import (
	"cmp"
	"fmt"
)

// decodePage decodes the document's answer of the list:
// {"backtraces":[…],"total":115,"start":0,…}.
func decodePage(got response) (*Page, error) {
	page := &Page{Total: -1, SentAt: got.sentAt, Date: got.date}
	s := newScanner(got)
	found := false
	s.each(func(key string) {
		switch key {
		case "backtraces":
			found = s.peek() == '['
			s.elements()
		case "total":
			var total *int64
			value(s, "total", parseInt, &s.integers, &total)
			if total != nil && *total >= 0 {
				page.Total = int(*total)
			}
		default:
			s.skip()
		}
	})
	if err := s.end(); err != nil {
		return nil, fmt.Errorf("%w: it is not the document's JSON: %w", ErrBody, err)
	}
	if !found {
		return nil, fmt.Errorf("%w: it holds no array \"backtraces\"", ErrBody)
	}
	page.Backtraces = s.backtraces
	return page, nil
}

// decodeReading decodes the document's answer of one record: {"backtrace":{…}}.
func decodeReading(got response) (*Reading, error) {
	reading := &Reading{SentAt: got.sentAt, Date: got.date}
	s := newScanner(got)
	s.each(func(key string) {
		if key != "backtrace" {
			s.skip()
			return
		}
		reading.Backtrace = Backtrace{}
		s.record(&reading.Backtrace)
	})
	if err := s.end(); err != nil {
		return nil, fmt.Errorf("%w: it is not the document's JSON: %w", ErrBody, err)
	}
	if reason := unreadable(&reading.Backtrace); reason != "" {
		return nil, fmt.Errorf("%w: %s", ErrBody, reason)
	}
	return reading, nil
}

// newScanner makes a scanner of an answer's body.
func newScanner(got response) *scanner {
	return &scanner{body: got.body, memory: cmp.Or(got.memory, &memory{})}
}

// each calls member for each member of the object that comes next; member must
// read the value. Anything but an object is passed over.
func (s *scanner) each(member func(key string)) {
	if entered, _ := s.open('{', ""); !entered {
		return
	}
	for first := true; s.another(first, '}'); first = false {
		member(s.name())
	}
}

// elements reads the elements of the list.
func (s *scanner) elements() {
	if entered, _ := s.open('[', ""); !entered {
		return
	}
	for first := true; s.another(first, ']'); first = false {
		s.backtraces = append(s.backtraces, Backtrace{})
		b := &s.backtraces[len(s.backtraces)-1]
		s.record(b)
		if reason := unreadable(b); reason != "" {
			*b = Backtrace{Raw: b.Raw, Unreadable: reason}
		}
	}
}

// unreadable says why a decoded element is no backtrace; "" if it is one. Only
// the id is indispensable: without it a record cannot be told from another.
func unreadable(backtrace *Backtrace) string {
	switch {
	case len(backtrace.Raw) == 0 || backtrace.Raw[0] != '{':
		return "it is not an object"
	case backtrace.ID == "":
		return "it has no id"
	case !validID(backtrace.ID):
		return "its id is not of a known form"
	}
	return ""
}

// The objects of a record, their members in the document's order.
var (
	recordShape = newShape("", "input", "pipeline", "file", "job", "application", "extracted_data", "status",
		"percentage_completed", "error_msg", "error_code", "finished_at", "version", "user", "created_at", "updated_at", "id", "href")
	inputShape       = newShape("input", "input_name", "href")
	pipelineShape    = newShape("pipeline", "id", "href")
	fileShape        = newShape("file", "id", "href")
	jobShape         = newShape("job", "id", "href")
	applicationShape = newShape("application", "id", "href")
	userShape        = newShape("user", "id", "href")
	extractedShape   = newShape("extracted_data[]", "autograph_tag", "access_stats")
	accessShape      = newShape("extracted_data[].access_stats[]", "ip_address", "ip_country", "ip_type", "user_agent",
		"accept_language", "first_accessed_at", "percentage_obtained", "highest_resolution", "streaming_only")
)

// Places in the shape of a record.
const (
	placeInput = iota
	placePipeline
	placeFile
	placeJob
	placeApplication
	placeExtractedData
	placeStatus
	placePercentageCompleted
	placeErrorMsg
	placeErrorCode
	placeFinishedAt
	placeVersion
	placeUser
	placeCreatedAt
	placeUpdatedAt
	placeID
	placeHref
)

// record reads the record that comes next.
func (s *scanner) record(b *Backtrace) {
	s.peek()
	from := s.at
	s.drift = nil
	b.Hash = s.recordMembers(b)
	b.Drift = s.drift
	b.Raw = s.body[from:s.at:s.at]
}

func (s *scanner) recordMembers(b *Backtrace) uint64 {
	if entered, other := s.open('{', recordShape.path); !entered {
		return other
	}
	o := object{shape: recordShape}
	for {
		place, ok := s.member(&o)
		if !ok {
			return o.hash.sum()
		}
		o.add(place, s.recordMember(b, place))
	}
}

// recordMember reads the value of a record's member and gives its hash.
func (s *scanner) recordMember(b *Backtrace, place int) (hash uint64) {
	path := recordShape.members[place].path
	switch place {
	case placeInput:
		return s.reference(inputShape, &b.InputName)
	case placePipeline:
		return s.reference(pipelineShape, &b.PipelineID)
	case placeFile:
		return s.reference(fileShape, &b.FileID)
	case placeJob:
		return s.reference(jobShape, &b.JobID)
	case placeApplication:
		return s.reference(applicationShape, &b.ApplicationID)
	case placeUser:
		return s.reference(userShape, &b.UserID)
	case placeExtractedData:
		b.ExtractedData, hash = s.extractedData()
	case placeStatus:
		b.Status, hash = s.word(path)
		s.noteStatus(path, b.Status)
	case placePercentageCompleted:
		return value(s, path, parsePercent, &s.shares, &b.PercentageCompleted)
	case placeErrorMsg:
		b.ErrorMsg, hash = s.scalar(path)
	case placeErrorCode:
		b.ErrorCode, hash = s.word(path)
	case placeFinishedAt:
		return value(s, path, parseInt, &s.integers, &b.FinishedAt)
	case placeVersion:
		return value(s, path, parseInt, &s.integers, &b.Version)
	case placeCreatedAt:
		return value(s, path, parseInt, &s.integers, &b.CreatedAt)
	case placeUpdatedAt:
		return value(s, path, parseInt, &s.integers, &b.UpdatedAt)
	case placeID:
		b.ID, hash = s.scalar(path)
	case placeHref:
		return s.skip()
	}
	return hash
}

// noteStatus notes a state that the document does not name. The state itself is
// a value, and values are not listed.
func (s *scanner) noteStatus(path, status string) {
	switch status {
	case "SUCCESS", "QUEUED", "FAILURE":
	default:
		s.note(path, "unknown state")
	}
}

// reference reads an object such as {"id":"…","href":"…"}, whose first member is
// what counts.
func (s *scanner) reference(shape *shape, into *string) uint64 {
	*into = ""
	entered, other := s.open('{', shape.path)
	if !entered {
		return other
	}
	o := object{shape: shape}
	for {
		place, ok := s.member(&o)
		switch {
		case !ok:
			return o.hash.sum()
		case place == 0:
			var hash uint64
			*into, hash = s.scalar(shape.members[place].path)
			o.add(place, hash)
		default:
			o.add(place, s.skip())
		}
	}
}

func (s *scanner) extractedData() ([]Extracted, uint64) {
	entered, other := s.open('[', extractedShape.path)
	if !entered {
		return nil, other
	}
	from := len(s.extracted)
	var hash elementsHash
	for first := true; s.another(first, ']'); first = false {
		s.extracted = append(s.extracted, Extracted{})
		hash.add(s.extractedElement(&s.extracted[len(s.extracted)-1]))
	}
	return part(s.extracted, from), hash.sum()
}

func (s *scanner) extractedElement(e *Extracted) uint64 {
	entered, other := s.open('{', extractedShape.path)
	if !entered {
		return other
	}
	o := object{shape: extractedShape}
	for {
		place, ok := s.member(&o)
		if !ok {
			return o.hash.sum()
		}
		var hash uint64
		if place == 0 {
			e.AutographTag, hash = s.scalar(extractedShape.members[place].path)
		} else {
			e.AccessStats, hash = s.accessStats()
		}
		o.add(place, hash)
	}
}

func (s *scanner) accessStats() ([]Access, uint64) {
	entered, other := s.open('[', accessShape.path)
	if !entered {
		return nil, other
	}
	from := len(s.accesses)
	var hash elementsHash
	for first := true; s.another(first, ']'); first = false {
		s.accesses = append(s.accesses, Access{})
		hash.add(s.access(&s.accesses[len(s.accesses)-1]))
	}
	return part(s.accesses, from), hash.sum()
}

// part is the end of a list, apart from what will be appended to it; nil if it is
// empty.
func part[T any](list []T, from int) []T {
	if from == len(list) {
		return nil
	}
	return list[from:len(list):len(list)]
}

// Places in the shape of an access.
const (
	placeIPAddress = iota
	placeIPCountry
	placeIPType
	placeUserAgent
	placeAcceptLanguage
	placeFirstAccessedAt
	placePercentageObtained
	placeHighestResolution
	placeStreamingOnly
)

func (s *scanner) access(a *Access) uint64 {
	entered, other := s.open('{', accessShape.path)
	if !entered {
		return other
	}
	o := object{shape: accessShape}
	for {
		place, ok := s.member(&o)
		if !ok {
			return o.hash.sum()
		}
		o.add(place, s.accessMember(a, place))
	}
}

// accessMember reads the value of an access's member and gives its hash.
func (s *scanner) accessMember(a *Access, place int) (hash uint64) {
	path := accessShape.members[place].path
	switch place {
	case placeIPAddress:
		a.IPAddress, hash = s.scalar(path)
	case placeIPCountry:
		a.IPCountry, hash = s.word(path)
	case placeIPType:
		a.IPType, hash = s.word(path)
	case placeUserAgent:
		a.UserAgent, hash = s.word(path)
	case placeAcceptLanguage:
		a.AcceptLanguage, hash = s.word(path)
	case placeFirstAccessedAt:
		return value(s, path, parseInt, &s.integers, &a.FirstAccessedAt)
	case placePercentageObtained:
		return value(s, path, parsePercent, &s.shares, &a.PercentageObtained)
	case placeHighestResolution:
		return value(s, path, parseLines, &s.lines, &a.HighestResolution)
	case placeStreamingOnly:
		return value(s, path, parseBool, &s.booleans, &a.StreamingOnly)
	}
	return hash
}

// decodeError reads {"error":{"error_code","error_message"}}; "" for what is
// not there, since a gateway answers anything.
func decodeError(body []byte) (code, message string) {
	s := newScanner(response{body: body})
	s.each(func(key string) {
		if key != "error" {
			s.skip()
			return
		}
		s.each(func(key string) {
			switch key {
			case "error_code":
				code, _ = s.scalar(key)
			case "error_message":
				message, _ = s.scalar(key)
			default:
				s.skip()
			}
		})
	})
	if s.err != nil {
		return "", ""
	}
	return clip(code), clip(message)
}

// maxErrorText bounds what of the API's own words enters an error.
const maxErrorText = 300

func clip(text string) string {
	if len(text) > maxErrorText {
		return text[:maxErrorText] + "…"
	}
	return text
}
