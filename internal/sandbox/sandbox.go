package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/qismo-go/qismo/internal/document"
)

// ErrShutdown is returned for what a Sandbox can no longer do once Shutdown was
// called.
var ErrShutdown = errors.New("sandbox: it was shut down")

// Sandbox plays the platform for one app. It is an [http.Handler] that answers
// the REST API, and it posts webhooks. It is safe for concurrent use.
type Sandbox struct {
	config     Config
	router     document.Router
	handlers   map[string]handler
	deliveries *deliveries
	messages   *queues[Message] // what OnMessage is told

	// mu guards the state. It is never held while a webhook is delivered.
	mu    sync.Mutex
	state *state
}

// New makes a Sandbox. It sends nothing before the first request or customer's
// message. End it with [Sandbox.Shutdown].
func New(config Config) (*Sandbox, error) {
	config, err := config.withDefaults()
	if err != nil {
		return nil, err
	}
	rest, err := document.REST()
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	s := &Sandbox{
		config:     config,
		router:     document.NewRouter(rest.Operations()),
		deliveries: newDeliveries(config),
		state:      newState(config),
	}
	s.handlers = s.handlerTable()
	s.messages = newQueues(config.OnMessage)
	if config.OnMessage != nil { // from now on: nobody is told of what the rooms began with
		s.state.tell = s.messages.add
	}
	return s, nil
}

// Config returns the configuration that the Sandbox was made with, defaults and
// the agents' ids filled in.
func (s *Sandbox) Config() Config { return s.config }

// ServeHTTP answers one request of the REST API.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := s.serve(w, r)
	var refused *refusedError
	switch {
	case err == nil:
		body.write(w, http.StatusOK)
	case errors.As(err, &refused):
		refused.write(w)
	default:
		refuse(http.StatusInternalServerError, err.Error()).write(w)
	}
}

// serve takes a request from its route to its answer.
func (s *Sandbox) serve(w http.ResponseWriter, r *http.Request) (content, error) {
	operation, path, err := s.find(r.Method, r.URL.EscapedPath())
	if err != nil {
		return content{}, err
	}
	caller, err := s.authenticate(operation, r)
	if err != nil {
		return content{}, err
	}
	request, err := readRequest(w, r, operation, path)
	if err != nil {
		return content{}, err
	}
	request.caller = caller
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
		refused.allow = strings.Join(allowed, ", ")
		return nil, nil, refused
	}
	return nil, nil, notFound("route")
}

// handle runs the operation's handler. The answer is written out before the
// state is unlocked, since it is made of the state's own parts.
func (s *Sandbox) handle(request *request) (content, error) {
	handle, ok := s.handlers[request.operation.ID]
	if !ok {
		return content{}, refuse(http.StatusNotImplemented, "the sandbox does not play "+request.operation.ID+" yet")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	answer, err := handle(request)
	if err != nil || answer == nil {
		return content{}, err
	}
	if whole, isContent := answer.(content); isContent {
		return whole, nil
	}
	return jsonContent(answer), nil
}

// Shutdown stops sending webhooks: it delivers those that were accepted before
// and returns when all of them have been answered and OnDelivery and OnMessage
// have returned. When ctx ends first, it gives up the rest and returns the
// context's error. In both cases no goroutine of the Sandbox is left, but for
// those in a function of the configuration that does not return: after a
// context's end they get a second, and are left behind.
//
// The API goes on answering, so that receivers can finish what they do with the
// last webhooks, but what they change sets off no further ones. OnMessage is told
// what they write until the last webhook was answered.
func (s *Sandbox) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	s.deliveries.close()
	s.mu.Unlock()
	err := s.deliveries.end(ctx)
	s.messages.close()
	if told := s.messages.wait(ctx, s.messages.drop); err == nil {
		err = told
	}
	return err
}
