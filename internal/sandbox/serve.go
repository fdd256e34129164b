package sandbox

import (
	"errors"
	"net/http"
	"strings"

	"github.com/qismo-go/qismo/internal/document"
	"github.com/qismo-go/qismo/internal/sandbox/trouble"
)

// ServeHTTP answers one request of the REST API or of the chat server and enters it into
// the timeline, where it is before whoever called has the answer. It serves the chat
// server's files as well, and at [RealtimePath] it takes connections to the broker, if
// there is one.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.serveRealtime(w, r) || s.serveFile(w, r) {
		return
	}
	if whole := s.answer(w, r, s.newCall(r)); !whole {
		panic(http.ErrAbortHandler) // net/http breaks the connection, and says nothing
	}
}

// answer answers a call and enters it. It tells whether there is a whole answer: false
// when the connection is to break.
func (s *Sandbox) answer(w http.ResponseWriter, r *http.Request, call *call) bool {
	defer call.enterUnanswered(s)
	status := http.StatusOK
	body, err := s.serve(w, r, call)
	var refused *refusedError
	switch {
	case err == nil:
	case errors.As(err, &refused):
		if call.isChat {
			refused = refused.inChatShape()
		}
		status, body = refused.status, refused.content()
		call.entry.Problems = refused.problems
		for name, value := range refused.header {
			w.Header().Set(name, value)
		}
	case r.Context().Err() != nil:
		call.entry.Failure = "the caller did not wait for the answer"
		return false
	default:
		failed := refuse(http.StatusInternalServerError, err.Error())
		if call.isChat {
			failed = failed.inChatShape()
		}
		status, body = failed.status, failed.content()
	}
	if call.strikes.Has(trouble.BrokenAnswer) {
		call.entry.Failure = "the connection was broken on purpose"
		return false
	}
	if lost, has := call.strikes[trouble.LostAnswer]; has {
		status, body = lost.Status, gatewayPage
	}
	call.enter(s, w.Header(), status, body)
	body.write(w, status)
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
	request.caller, call.caller = caller, caller
	if err := caller.checkRole(request); err != nil {
		return content{}, err
	}
	call.entry.RoomID = request.roomID()
	call.strikes = s.strike(request)
	if err := s.fail(r.Context(), call); err != nil {
		return content{}, err
	}
	if code, isNamed := request.parameters["app_code"]; isNamed && text(code) != s.config.AppCode {
		return content{}, notFound("app")
	}
	return s.handle(request)
}

// find finds the operation of a request, and the values in its path.
func (s *Sandbox) find(method, escapedPath string) (*document.Operation, map[string]string, error) {
	router := s.router
	documented, isChat := chatPath(escapedPath)
	if isChat {
		router = s.chatRouter
	}
	operation, values, allowed := router.Find(method, documented)
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
	do := s.change
	if request.operation.Method == http.MethodGet && request.operation.ID != "restGetUserToken" { // which makes one
		do = s.read
	}
	err = do(func() error {
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
