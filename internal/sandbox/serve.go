package sandbox

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/qismo-go/qismo/internal/document"
	"github.com/qismo-go/qismo/internal/sandbox/timeline"
	"github.com/qismo-go/qismo/internal/sandbox/trouble"
)

// ServeHTTP answers one request of the REST API and enters it into the timeline.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if whole := s.answer(w, r, s.newCall(r)); !whole {
		panic(http.ErrAbortHandler) // net/http breaks the connection, and says nothing
	}
}

// answer answers a call and enters it. It tells whether there is a whole answer: false
// when the connection is to break.
func (s *Sandbox) answer(w http.ResponseWriter, r *http.Request, call *call) bool {
	status := http.StatusOK
	body, err := s.serve(w, r, call)
	var refused *refusedError
	switch {
	case err == nil:
	case errors.As(err, &refused):
		status, body = refused.status, refused.content()
		call.entry.Problems = refused.problems
		for name, value := range refused.header {
			w.Header().Set(name, value)
		}
	default:
		status, body = http.StatusInternalServerError, refuse(0, err.Error()).content()
	}
	if call.strikes.Has(trouble.BrokenAnswer) {
		call.enter(s, w.Header(), 0, content{})
		return false
	}
	if call.strikes.Has(trouble.LostAnswer) && status < http.StatusBadRequest {
		status, body = http.StatusGatewayTimeout, gatewayPage
	}
	body.write(w, status)
	call.enter(s, w.Header(), status, body)
	return true
}

// serve takes a request from its route to its answer.
func (s *Sandbox) serve(w http.ResponseWriter, r *http.Request, call *call) (content, error) {
	operation, path, err := s.find(r.Method, r.URL.EscapedPath())
	if err != nil {
		return content{}, err
	}
	call.operation = operation
	caller, err := s.authenticate(operation, r)
	if err != nil {
		return content{}, err
	}
	request, err := readRequest(w, r, operation, path)
	if err != nil {
		return content{}, err
	}
	request.caller = caller
	if err := caller.checkRole(request); err != nil {
		return content{}, err
	}
	call.entry.RoomID = request.roomID()
	call.strikes = s.config.Trouble.Call(operation.ID, r.URL.Path+" "+call.entry.RoomID)
	if err := s.fail(r.Context(), call.strikes, caller); err != nil {
		return content{}, err
	}
	if code, isNamed := request.parameters["app_code"]; isNamed && text(code) != s.config.AppCode {
		return content{}, notFound("app")
	}
	return s.handle(request)
}

// find finds the operation of a request, and the values in its path.
func (s *Sandbox) find(method, escapedPath string) (*document.Operation, map[string]string, error) {
	operation, values, allowed := s.router.Find(method, escapedPath)
	switch {
	case operation != nil:
		return operation, values, nil
	case len(allowed) > 0:
		refused := refuse(http.StatusMethodNotAllowed, "method not allowed")
		refused.header = map[string]string{"Allow": strings.Join(allowed, ", ")}
		return nil, nil, refused
	}
	return nil, nil, notFound("route")
}

// handle runs the operation's handler. The answer is written out before the
// state is unlocked, since it is made of the state's own parts.
func (s *Sandbox) handle(request *request) (answer content, err error) {
	handle, ok := s.handlers[request.operation.ID]
	if !ok {
		return content{}, refuse(http.StatusNotImplemented, "the sandbox does not play "+request.operation.ID+" yet")
	}
	err = s.change(func() error {
		value, err := handle(request)
		if err != nil || value == nil {
			return err
		}
		whole, isContent := value.(content)
		if !isContent {
			whole = jsonContent(value)
		}
		answer = whole
		return nil
	})
	return answer, err
}

// call is a request on its way, with what is to be remembered of it.
type call struct {
	entry     timeline.Entry
	started   time.Time
	read      bytes.Buffer        // what was read of the body, up to what is kept
	cut       bool                // there was more
	unread    bool                // the body's end was not reached
	operation *document.Operation // nil until it is found
	strikes   trouble.Strikes
}

// newCall notes a request, and from then on what is read of its body.
func (s *Sandbox) newCall(r *http.Request) *call {
	c := &call{started: time.Now(), entry: timeline.Entry{
		Kind: timeline.Call, At: s.config.Now(), Method: r.Method, URL: r.URL.RequestURI(),
		Request: timeline.Body{Header: r.Header.Clone()},
	}}
	if r.Body != nil && r.Body != http.NoBody && s.config.Remember > 0 {
		c.unread = true
		r.Body = notedBody{r.Body, c}
	}
	return c
}

// notedBody is a body that notes what is read of it.
type notedBody struct {
	io.ReadCloser

	call *call
}

func (b notedBody) Read(into []byte) (int, error) {
	n, err := b.ReadCloser.Read(into)
	b.call.note(into[:n])
	b.call.unread = b.call.unread && !errors.Is(err, io.EOF)
	return n, err
}

// note keeps the beginning of what was read.
func (c *call) note(chunk []byte) {
	kept := min(len(chunk), timeline.MaxBody-c.read.Len())
	c.read.Write(chunk[:kept])
	c.cut = c.cut || kept < len(chunk)
}

// enter enters a call into the timeline, with how it ended.
func (c *call) enter(s *Sandbox, header http.Header, status int, answer content) {
	if s.config.Remember == 0 {
		return
	}
	c.entry.Duration = time.Since(c.started)
	c.entry.Status = status
	c.entry.Request.Bytes, c.entry.Request.Cut = c.read.Bytes(), c.cut || c.unread
	c.entry.Response = kept(header.Clone(), answer.bytes)
	c.entry.Trouble = c.strikes.Names()
	if status == 0 {
		c.entry.Failure = "the connection was broken on purpose"
	}
	if c.operation != nil {
		c.entry.Name = c.operation.ID
		c.entry.Problems = append(c.entry.Problems, verdict(c.operation, status, answer)...)
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
