package faults

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"time"
)

// answer is one that is known in full before its first byte goes out, so that it can
// be spoilt anywhere.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// answerOf lets a handler answer.
func answerOf(handler http.Handler, request *http.Request) *answer {
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	return &answer{recorder.Code, recorder.Result().Header, recorder.Body.Bytes()}
}

// answering is a handler that always gives the same answer.
func answering(status int, contentType, body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body) // a recorder takes everything
	})
}

// head is the answer up to its body. The framing is the header that tells how long
// the body is, true or not; none is "".
func (a *answer) head(framing, value string) []byte {
	header := a.header.Clone()
	if header.Get("Date") == "" {
		header.Set("Date", date(time.Now()))
	}
	header.Del("Content-Length")
	header.Del("Transfer-Encoding")
	if framing != "" {
		header.Set(framing, value)
	}
	var head bytes.Buffer
	fmt.Fprintf(&head, "HTTP/1.1 %d %s\r\n", a.status, http.StatusText(a.status))
	_ = header.Write(&head) // a buffer takes everything
	head.WriteString("\r\n")
	return head.Bytes()
}

// whole is the answer as it should be.
func (a *answer) whole(request *http.Request) []byte {
	if request.Close {
		a.header.Set("Connection", "close")
	}
	if a.status == http.StatusNoContent || a.status == http.StatusNotModified {
		return a.head("", "")
	}
	head := a.head("Content-Length", strconv.Itoa(len(a.body)))
	if request.Method == http.MethodHead {
		return head
	}
	return append(head, a.body...)
}

// half is the first half of the body.
func (a *answer) half() []byte { return a.body[:len(a.body)/2] }
