package xvidtest

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"
)

// spoil makes a right page wrong.
func (f Fault) spoil(p *page) {
	switch f.Kind {
	case FaultEmptyPage:
		p.cut(0)
		p.bare = true
	case FaultShortPage:
		p.cut(f.Records)
	case FaultTotal:
		p.total = f.Total
	case FaultTotalDelta:
		p.total += f.Total
	case FaultNoTotal:
		p.totalForm = totalMissing
	case FaultNullTotal:
		p.totalForm = totalNull
	default:
	}
}

// replaced plays the faults that need no right answer, and reports whether
// nothing is left to say.
func (x *exchange) replaced() bool {
	switch f := x.fault; f.Kind {
	case FaultStatus:
		x.sendStatus(f)
	case FaultHTML:
		x.send(answer{http.StatusOK, htmlType, gatewayPage("Down for maintenance")})
	case FaultEmptyBody:
		x.send(answer{http.StatusOK, jsonType, nil})
	case FaultRedirect:
		x.redirect(f)
	case FaultOversized:
		x.endless()
	case FaultHang:
		x.server.ledger.answered(0)
		x.wait(nil)
		x.drop()
	case FaultReset:
		x.server.ledger.answered(0)
		x.drop()
	case FaultDelay:
		timer := time.NewTimer(f.Delay)
		defer timer.Stop()
		x.wait(timer.C)
		return false
	default:
		return false
	}
	return true
}

func (x *exchange) sendStatus(f Fault) {
	if f.RetryAfter != "" {
		x.w.Header().Set("Retry-After", f.RetryAfter)
	}
	if body := errorBody(f.Status); body != nil {
		x.send(x.error(f.Status))
		return
	}
	title := fmt.Sprintf("%d %s", f.Status, http.StatusText(f.Status))
	x.send(answer{f.Status, htmlType, gatewayPage(title)})
}

// gatewayPage is what a proxy says when it has no answer to pass on.
func gatewayPage(title string) []byte {
	return []byte("<html>\r\n<head><title>" + title + "</title></head>\r\n<body>\r\n<center><h1>" +
		title + "</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n")
}

func (x *exchange) redirect(f Fault) {
	status := f.Status
	if status == 0 {
		status = http.StatusFound
	}
	x.w.Header().Set("Location", f.URL)
	x.send(answer{status, htmlType, gatewayPage("Moved")})
}

// endless sends the start of a list whose first record never ends.
func (x *exchange) endless() {
	x.w.Header().Set("Content-Type", jsonType)
	x.server.ledger.answered(http.StatusOK)
	chunk := []byte(`{"backtraces":[{"id":"`)
	for x.r.Context().Err() == nil {
		if _, err := x.w.Write(chunk); err != nil {
			return
		}
		select {
		case <-x.server.closing:
			x.drop()
			return
		default:
			chunk = bytes.Repeat([]byte("a"), 64<<10)
		}
	}
}

// wait holds the request until the time, the client's leave or the server's close.
func (x *exchange) wait(until <-chan time.Time) {
	select {
	case <-until:
	case <-x.r.Context().Done():
	case <-x.server.closing:
	}
}

// drop resets the connection. Where it cannot be had, a length that is promised
// and not sent makes net/http close it.
func (x *exchange) drop() {
	x.leave()
	conn, _, err := http.NewResponseController(x.w).Hijack()
	if err != nil {
		x.w.Header().Set("Content-Length", strconv.Itoa(1))
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // unsent data is thrown away and the peer sees a reset
	}
	_ = conn.Close()
}

// cutAt is where the fault cuts something of that length: always short of its end.
func (x *exchange) cutAt(length int) int {
	if x.fault.Bytes > 0 {
		return min(x.fault.Bytes, max(length-1, 0))
	}
	return length / 2
}
