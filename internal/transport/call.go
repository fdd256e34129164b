package transport

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// Operation is what the transport has to know of what is called.
type Operation struct {
	ID     string // "" for a route that no document has
	Method string
	Path   string // the template, such as /rooms/{room_id}; "" where there is none
	// Idempotent says that carrying it out twice does what once does.
	Idempotent bool
}

// Protocol is what the service behind a façade does in its own way, for one call.
type Protocol interface {
	// Authorize puts into the request of an attempt what proves the caller.
	Authorize(request *http.Request) error
	// Renew is told of a failure. If the service refused the credential that the
	// request carried, it gets another, and reports whether there is one to try. Its
	// error fails the call.
	Renew(refused *http.Request, failure *Error) (bool, error)
	// Check returns why a success is none; [ErrFailureInside] when the answer itself
	// says so.
	Check(answer Answer) error
	// Explain reads what a failure says.
	Explain(answer Answer) Explanation
	// CarriesCredential tells the headers whose values are secrets.
	CarriesCredential(header string) bool
}

// Call is one call of an operation: what the links of the chain know about it. It
// is the context of its request, on top of the caller's.
type Call struct {
	context.Context //nolint:containedctx // it is one

	Operation Operation
	Protocol  Protocol
	Settings  *Settings
	Problem   error // an option of the call that cannot work
	Streams   bool  // a success is not read here, but by the caller

	attempts int  // how often a request was begun
	begun    bool // the request of the attempt that is under way
	failures []FailedAttempt
	began    time.Time     // the attempt that is under way, or was the last
	waited   time.Duration // before it
	renewed  bool          // a refused credential was replaced

	trace            httptrace.ClientTrace
	asked, connected atomic.Int32 // connections asked for, and had
	requestID        string       // of the last attempt's answer
	status           int          // of the last attempt's answer
	protocol         string       // of the last attempt's answer
}

// callKey finds the call in a context that was made from it.
type callKey struct{}

// Value returns the call itself for the transport's own key.
func (c *Call) Value(key any) any {
	if key == (callKey{}) {
		return c
	}
	return c.Context.Value(key)
}

// String tells which call it is. A call is a context, and contexts get printed: what
// is in it, such as a token that it is made with, must not show then.
func (c *Call) String() string { return "call of " + c.Name() }

// Format writes the same as String for every verb.
func (c *Call) Format(state fmt.State, verb rune) { FormatText(state, verb, c.String()) }

// MarshalText writes the same as String.
func (c *Call) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// CallOf finds the call that a context belongs to; nil when there is none.
func CallOf(ctx context.Context) *Call {
	current, _ := ctx.Value(callKey{}).(*Call)
	return current
}

// Name is what errors call the call.
func (c *Call) Name() string {
	if c.Operation.ID != "" {
		return c.Operation.ID
	}
	return strings.TrimSuffix(c.Operation.Method+" "+c.Operation.Path, " ")
}

// Attempts is how often a request to the service was begun.
func (c *Call) Attempts() int { return c.attempts }

// A Doer is one link of a request's way. Each does one thing and can be tested
// alone.
type Doer interface {
	Do(request *http.Request) (*http.Response, error)
}

// NewChain builds a request's way below a generated client, which makes requests
// without a host.
func NewChain(client *http.Client) Doer {
	var way Doer = client
	way = &timeoutLink{next: way} // an attempt and its parts end in time
	way = &answerLink{next: way}  // failures become *Error
	way = &attemptLink{next: way} // each has its turn and its credential
	way = &retryLink{next: way}   // further attempts where they do no harm
	return &callLink{next: way}   // the call as a whole
}

// errCutShort is what hooks are told of a call, or an attempt, that a panic ended.
var errCutShort = errors.New("it was cut short")

// callLink opens and closes a call: it checks that the request goes where the
// operation is, places it on the service's host, bounds the time of all attempts
// together, and tells the hooks.
type callLink struct{ next Doer }

func (l *callLink) Do(request *http.Request) (response *http.Response, err error) {
	call := CallOf(request.Context())
	if call == nil {
		return nil, errors.New("the request belongs to no call of a façade")
	}
	settings := call.Settings
	if call.Problem != nil {
		return nil, fmt.Errorf("%s: %s: %w", settings.Name, call.Name(), call.Problem)
	}
	if err := checkPath(request.URL, call.Operation.Path); err != nil {
		return nil, fmt.Errorf("%s: %s: %w", settings.Name, call.Name(), err)
	}
	placeOn(settings.BaseURL, request)
	maps.Copy(request.Header, settings.Header)
	if len(settings.hooks) > 0 {
		began := settings.Now()
		end := call.startOperation(request)
		err = errCutShort // stays when something of the caller's panics
		defer func() { end(call.operationEnd(began, err)) }()
	}
	if call.Streams {
		call.watchConnections()
		return stream(l.next, request, call)
	}
	if settings.Timeout > 0 {
		// Answers are read whole below, so nothing needs the context afterwards.
		ctx, cancel := context.WithTimeoutCause(call.Context, settings.Timeout, settings.timeoutCause)
		defer cancel()
		call.Context = ctx
	}
	call.watchConnections()
	return l.next.Do(request)
}

// watchConnections has net/http tell whether a connection was had at all: a
// request without one was not sent. It adds to the call's own context, and so has
// to come before the request is on its way.
func (c *Call) watchConnections() {
	c.trace.GetConn = c.askedForConnection
	c.trace.GotConn = c.gotConnection
	c.Context = httptrace.WithClientTrace(c.Context, &c.trace)
}

func (c *Call) askedForConnection(string)           { c.asked.Add(1) }
func (c *Call) gotConnection(httptrace.GotConnInfo) { c.connected.Add(1) }

// checkPath refuses a request whose path is not the operation's: an id that is
// empty, or made of dots, would turn it into another operation. An escaped slash
// is refused as well, as gateways unescape them.
func checkPath(actual *url.URL, template string) error {
	if template == "" {
		return nil
	}
	whole := template
	path := actual.EscapedPath()
	for wantMore, gotMore := true, true; wantMore || gotMore; {
		if wantMore != gotMore {
			return misplaced(firstParameter(whole))
		}
		var want, got string
		want, template, wantMore = strings.Cut(template, "/")
		got, path, gotMore = strings.Cut(path, "/")
		name, isParameter := strings.CutPrefix(want, "{")
		switch {
		case !isParameter && got != want:
			return misplaced(firstParameter(whole))
		case isParameter && (got == "" || strings.Contains(got, "%2F")):
			return misplaced(strings.TrimSuffix(name, "}"))
		}
	}
	return nil
}

func misplaced(parameter string) error {
	return fmt.Errorf("the %s is empty or cannot stand in a path", strings.ReplaceAll(parameter, "_", " "))
}

func firstParameter(template string) string {
	_, after, _ := strings.Cut(template, "{")
	name, _, _ := strings.Cut(after, "}")
	return name
}

// placeOn moves a request, which has a path and no host, under the base URL.
func placeOn(base *url.URL, request *http.Request) {
	address := request.URL
	if prefix := strings.TrimSuffix(base.EscapedPath(), "/"); prefix != "" {
		// JoinPath cleans dot segments, of which checkPath leaves none.
		joined := base.JoinPath(address.EscapedPath())
		address.Path, address.RawPath = joined.Path, joined.RawPath
	}
	address.Scheme, address.Host = base.Scheme, base.Host
	request.Host = base.Host
}
