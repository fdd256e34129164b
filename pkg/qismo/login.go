package qismo

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// tokenLifetime is how long a user token is used: it lasts 30 days from its creation,
// and is renewed a day early.
const tokenLifetime = 29 * 24 * time.Hour

// loginCredentials log in on first use and keep the token fresh.
type loginCredentials struct {
	appID, email string
	password     secret
	// session opens a new session; the client sets it, as it makes the calls.
	session func(ctx context.Context, login *loginCredentials, old *userSession) (*userSession, error)
	now     func() time.Time
	mu      sync.Mutex
	attempt *loginAttempt // the log-in that is under way, if any
	current atomic.Pointer[userSession]
}

// userSession is a token and what renews it.
type userSession struct {
	token, longLivedToken secret
	since                 time.Time
	stale                 atomic.Bool // the service refused the token
}

func (c *loginCredentials) authorize(request *http.Request) error {
	session, err := c.freshSession(request.Context())
	if err != nil {
		return err
	}
	request.Header.Set(headerAppID, c.appID)
	request.Header.Set(headerAuthorization, session.token.Reveal())
	return nil
}

// loginAttempt is one log-in, whose result all who waited for it share: a wrong
// password is tried once and not once for each goroutine.
type loginAttempt struct {
	done    chan struct{}
	session *userSession
	err     error
}

func (c *loginCredentials) freshSession(ctx context.Context) (*userSession, error) {
	for {
		if session := c.current.Load(); c.isFresh(session) {
			return session, nil
		}
		attempt, mine := c.join()
		if mine {
			c.logIn(ctx, attempt)
		}
		select {
		case <-attempt.done:
		case <-ctx.Done():
			return nil, &credentialError{"wait for the log-in", context.Cause(ctx)}
		}
		switch {
		case attempt.err == nil:
			return attempt.session, nil
		case !mine && ctx.Err() == nil && isContextError(attempt.err):
			continue // whoever logged in gave up; that is no reason to
		}
		return nil, &credentialError{"log in", attempt.err}
	}
}

// join takes part in the log-in that is under way, or begins one.
func (c *loginCredentials) join() (attempt *loginAttempt, mine bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.attempt == nil {
		c.attempt, mine = &loginAttempt{done: make(chan struct{})}, true
	}
	return c.attempt, mine
}

// logIn carries out an attempt and tells its result, even if a transport of the
// caller's panics: others are waiting.
func (c *loginCredentials) logIn(ctx context.Context, attempt *loginAttempt) {
	attempt.err = errors.New("the log-in was cut short")
	defer func() {
		c.mu.Lock()
		c.attempt = nil
		c.mu.Unlock()
		close(attempt.done)
	}()
	old := c.current.Load()
	if c.isFresh(old) { // somebody was faster
		attempt.session, attempt.err = old, nil
		return
	}
	if attempt.session, attempt.err = c.session(ctx, c, old); attempt.err == nil {
		attempt.session.since = c.now()
		c.current.Store(attempt.session)
	}
}

func isContextError(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

func (c *loginCredentials) isFresh(session *userSession) bool {
	return session != nil && !session.stale.Load() && c.now().Sub(session.since) < tokenLifetime
}

func (c *loginCredentials) renew(refused *http.Request) bool {
	// Another goroutine may have renewed it meanwhile; then the new one stays.
	if session := c.current.Load(); session != nil && session.token.Reveal() == refused.Header.Get(headerAuthorization) {
		session.stale.Store(true)
	}
	return true
}
func (*loginCredentials) proof() string    { return proofToken }
func (*loginCredentials) String() string   { return "login ***" }
func (*loginCredentials) GoString() string { return "login ***" }

// openSession renews a session with its long-lived token, or logs in when there
// is none or it is refused.
func (c *Client) openSession(ctx context.Context, login *loginCredentials, old *userSession) (*userSession, error) {
	if old != nil && old.longLivedToken != "" {
		token, err := c.Session.RefreshToken(ctx, old.longLivedToken)
		if err == nil {
			return &userSession{token: token, longLivedToken: old.longLivedToken}, nil
		}
		// "Any refusal means: log in again"; anything else, such as a broken
		// connection, says nothing about the token.
		var refusal *Error
		if !errors.As(err, &refusal) || refusal.Status == 0 || refusal.Status >= http.StatusInternalServerError {
			return nil, err
		}
	}
	result, err := c.Session.Login(ctx, LoginParams{
		Email: login.email, Password: flex.Credential(login.password.Reveal()),
	})
	if err != nil {
		return nil, err
	}
	return &userSession{token: result.User.AuthenticationToken, longLivedToken: result.LongLivedToken}, nil
}
