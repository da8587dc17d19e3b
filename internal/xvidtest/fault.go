package xvidtest

import (
	"math/rand/v2"
	"time"
)

// FaultKind is a way for a request to go wrong.
type FaultKind string

// The kinds of fault. Those of a page leave the answer to a get as it is.
const (
	// Answers in place of the right one.

	FaultStatus    FaultKind = "status"     // Status: the document's body where it has one, a gateway's HTML page elsewhere; RetryAfter
	FaultHTML      FaultKind = "html"       // a page of HTML with status 200
	FaultEmptyBody FaultKind = "empty body" // status 200 and nothing
	FaultRedirect  FaultKind = "redirect"   // 302, or Status, to URL
	FaultOversized FaultKind = "oversized"  // a body of JSON that does not end
	FaultHang      FaultKind = "hang"       // nothing, until the client leaves or the server closes
	FaultReset     FaultKind = "reset"      // the connection is reset

	// A right answer that does not arrive well.

	FaultDelay       FaultKind = "delay"        // after Delay
	FaultCutBody     FaultKind = "cut body"     // the connection closes after Bytes, or half, of the promised length
	FaultStall       FaultKind = "stall"        // stops after Bytes, or half, until the client leaves or the server closes
	FaultCutJSON     FaultKind = "cut json"     // a whole body that holds only Bytes, or half, of the JSON
	FaultContentType FaultKind = "content type" // called text/html, though it is JSON

	// Pages that are wrong.

	FaultEmptyPage  FaultKind = "empty page"  // no record, though the total is right
	FaultShortPage  FaultKind = "short page"  // at most Records records
	FaultTotal      FaultKind = "total"       // Total as the total
	FaultTotalDelta FaultKind = "total delta" // the total is off by Total
	FaultNoTotal    FaultKind = "no total"    // without the key total
	FaultNullTotal  FaultKind = "null total"  // null as the total
)

// Fault says how one request goes wrong. Each kind reads the fields it names.
type Fault struct {
	Kind       FaultKind
	Status     int
	RetryAfter string // the header's text: seconds, an HTTP date or anything else; "" sends none
	URL        string
	Delay      time.Duration
	Bytes      int
	Records    int
	Total      int
}

// transient are the faults that a client overcomes by asking again at once. Those
// that hold a client for its whole timeout are left out: they cost a test time.
var transient = []Fault{
	{Kind: FaultStatus, Status: 500},
	{Kind: FaultStatus, Status: 502},
	{Kind: FaultStatus, Status: 504},
	{Kind: FaultStatus, Status: 429, RetryAfter: "0"},
	{Kind: FaultStatus, Status: 503, RetryAfter: "0"},
	{Kind: FaultStatus, Status: 503},
	{Kind: FaultHTML},
	{Kind: FaultEmptyBody},
	{Kind: FaultReset},
	{Kind: FaultCutBody},
	{Kind: FaultCutJSON},
	{Kind: FaultEmptyPage},
	{Kind: FaultShortPage, Records: 1},
}

// RandomFaults returns a function for OnRequest that spoils a share of the
// requests (0 to 1) in ways that a retry can help. The same seed spoils the same
// request numbers in the same ways.
func RandomFaults(seed uint64, share float64) func(Request) *Fault {
	return func(req Request) *Fault {
		r := rand.New(rand.NewPCG(seed, uint64(req.N)))
		if r.Float64() >= share {
			return nil
		}
		return new(transient[r.IntN(len(transient))])
	}
}
