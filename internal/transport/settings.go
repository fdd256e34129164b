package transport

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// Settings are what options set. Those of a client never change; a call with
// options has a changed copy.
type Settings struct {
	// Name begins the text of errors and log lines, such as "qismo".
	Name string
	// BaseURL is where requests go.
	BaseURL *url.URL
	// Header goes into every request. It is replaced and never changed.
	Header http.Header
	// AppID is the app that is called for.
	AppID string
	// Role is the role that some paths name.
	Role string
	// Credentials prove the caller.
	Credentials Credentials
	// TokenStore keeps the tokens of a log-in; nil for none.
	TokenStore TokenStore
	// Connection says how the service is reached.
	Connection Connection
	// Timeout bounds a call with all its attempts; set it with SetTimeout.
	Timeout time.Duration
	// Timeouts bound each attempt and its parts.
	Timeouts Timeouts
	// Retries decides about further attempts.
	Retries RetryPolicy
	// Limiter gives attempts their turn; nil for none.
	Limiter Limiter
	// MaxAnswer is how many bytes an answer may have.
	MaxAnswer int64
	// Inspector sees the answers; nil for none.
	Inspector Inspector
	// Now is the clock.
	Now func() time.Time

	hooks        []Hooks
	timeoutCause error // why the context of a call ended after its Timeout

	forOneCall bool
	given      map[string]bool // options that must not be given twice
}

// Credentials put into a request what proves the caller.
type Credentials interface {
	// Authorize sets the headers of an operation that wants the app's credential.
	Authorize(request *http.Request) error
	// Renew drops what a refused request carried, gets another, and reports whether
	// there is one to try.
	Renew(refused *http.Request) (bool, error)
	// Proof names what proves the caller.
	Proof() string
}

// Option sets something of a client, or of one call.
type Option func(*Settings) error

// Apply applies options, and tells of all that cannot work.
func (s *Settings) Apply(opts []Option) error {
	if s.given == nil {
		s.given = map[string]bool{}
	}
	var problems []error
	for _, option := range opts {
		if option == nil {
			problems = append(problems, errors.New("an option is nil"))
			continue
		}
		problems = append(problems, option(s))
	}
	return errors.Join(problems...)
}

// ForCall returns a copy with the options of one call applied.
func (s *Settings) ForCall(opts []Option) (*Settings, error) {
	changed := *s
	changed.forOneCall = true
	changed.given = map[string]bool{}
	if err := changed.Apply(opts); err != nil {
		return nil, err
	}
	return &changed, nil
}

// Once refuses an option that was given before: which of the two is meant would be
// a guess.
func (s *Settings) Once(what string) error {
	if s.given[what] {
		return fmt.Errorf("%s given twice", what)
	}
	s.given[what] = true
	return nil
}

// OnlyForClients refuses an option of a call that only a client can have.
func (s *Settings) OnlyForClients(option string) error {
	if s.forOneCall {
		return errors.New(option + " is an option of a client, not of a call")
	}
	return nil
}

// SetTimeout bounds calls with all their attempts; 0 means no bound but the
// context's.
func (s *Settings) SetTimeout(timeout time.Duration) {
	s.Timeout = timeout
	s.timeoutCause = &timeoutError{limit: "the call", after: timeout}
}

// AddHooks adds to what watches calls and attempts.
func (s *Settings) AddHooks(hooks Hooks) {
	s.hooks = append(slices.Clip(s.hooks), hooks)
}

// Timeouts bound one attempt of a call and its parts; 0 is no bound. They hold
// within the call's own time. See the option that sets them.
type Timeouts struct {
	// Connect bounds how long it takes to have a connection: name, address, proxy and
	// TLS. It does not matter for a connection that is there already.
	Connect time.Duration
	// Write bounds each wait for the network to take a piece of the request.
	Write time.Duration
	// Read bounds each wait for the service: for the beginning of its answer, and for
	// every piece after that.
	Read time.Duration
	// Attempt bounds an attempt as a whole.
	Attempt time.Duration
}

// Check refuses a bound below zero.
func (t Timeouts) Check() error {
	if min(t.Connect, t.Write, t.Read, t.Attempt) < 0 {
		return errors.New("a timeout is negative")
	}
	return nil
}

// timeoutError ends a context and says which bound it was.
type timeoutError struct {
	limit string
	after time.Duration
}

func (e *timeoutError) Error() string {
	return fmt.Sprintf("timeout: %s took longer than %s", e.limit, e.after)
}

// Is makes it the error that callers look for.
func (e *timeoutError) Is(target error) bool {
	return target == context.DeadlineExceeded || target == ErrTimeout
}

// Timeout is the method that net.Error has.
func (e *timeoutError) Timeout() bool { return true }

// Limiter holds attempts back, so that the service is not asked more often than it
// bears. It must be safe for concurrent use.
type Limiter interface {
	// Wait returns when an attempt may be made, in the order in which attempts asked.
	// It ends with ctx, and at once when the turn comes too late for it.
	Wait(ctx context.Context) error
	// Answered tells of each answer: its HTTP status, and how long the service asked
	// to wait, 0 when it did not.
	Answered(status int, retryAfter time.Duration)
}
