package sandbox

import (
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/qismo-go/qismo/internal/document"
	"github.com/qismo-go/qismo/internal/sandbox/timeline"
	"github.com/qismo-go/qismo/internal/sandbox/trouble"
)

// call is a request on its way, with what is to be remembered of it.
type call struct {
	entry     timeline.Entry
	isEntered bool
	started   time.Time
	operation *document.Operation // nil until it is found
	caller    caller
	isChat    bool // of the chat server
	strikes   trouble.Strikes
}

// newCall notes a request, and from then on what is read of its body.
func (s *Sandbox) newCall(r *http.Request) *call {
	c := &call{started: time.Now(), entry: timeline.Entry{
		Kind: timeline.Call, At: s.config.Now(), Method: r.Method, URL: r.URL.RequestURI(),
	}}
	_, c.isChat = chatPath(r.URL.EscapedPath())
	if s.config.Remember == 0 {
		c.isEntered = true
		return c
	}
	c.entry.Request.Header = r.Header.Clone()
	if r.Body != nil && r.ContentLength != 0 {
		c.entry.Request.Cut = true // until its end was read
		r.Body = &recordedBody{ReadCloser: r.Body, into: &c.entry.Request}
	}
	return c
}

// recordedBody keeps the beginning of what is read of a body.
type recordedBody struct {
	io.ReadCloser

	into     *timeline.Body
	isLonger bool // than what is kept
}

// Read reads from the body.
func (b *recordedBody) Read(into []byte) (int, error) {
	n, err := b.ReadCloser.Read(into)
	kept := min(n, timeline.MaxBody-len(b.into.Bytes))
	b.into.Bytes = append(b.into.Bytes, into[:kept]...)
	b.isLonger = b.isLonger || kept < n
	if errors.Is(err, io.EOF) {
		b.into.Cut = b.isLonger
	}
	return n, err
}

// enter enters a call into the timeline, with its answer.
func (c *call) enter(s *Sandbox, header http.Header, status int, answer content) {
	if c.isEntered {
		return
	}
	c.entry.Status = status
	c.entry.Response = kept(header.Clone(), answer.bytes)
	if c.operation != nil {
		c.entry.Problems = append(c.entry.Problems, verdict(c.operation, status, answer)...)
	}
	if answer.contentType != "" { // as it will be
		c.entry.Response.Header.Set("Content-Type", answer.contentType)
	}
	c.add(s)
}

// enterUnanswered enters a call that was broken off, or that a panic ended, which goes
// on from here to the server's log.
func (c *call) enterUnanswered(s *Sandbox) {
	if c.isEntered {
		return
	}
	if c.entry.Failure == "" {
		c.entry.Failure = "the sandbox panicked; its log says where"
	}
	c.add(s)
}

func (c *call) add(s *Sandbox) {
	c.isEntered = true
	c.entry.Duration = time.Since(c.started)
	c.entry.Trouble = c.strikes.Names()
	if c.operation != nil {
		c.entry.Name = c.operation.ID
	}
	c.entry = s.timeline.Add(c.entry)
}

// verdict tells where an answer does not fit the document. What a gateway would say
// is in no document.
func verdict(operation *document.Operation, status int, answer content) []string {
	response, isDeclared := operation.Response(status)
	body, hasSchema := response.Content[answer.contentType]
	if !isDeclared || !hasSchema || body.Schema == nil || answer.contentType != "application/json" {
		return nil
	}
	return problemsIn(answer.bytes, body.Schema)
}
