package transport

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// TokenSource supplies user tokens. It must be safe for concurrent use.
type TokenSource interface {
	// Token returns a token that should be good now.
	Token(ctx context.Context) (string, error)
	// Expired says that the service refused this token as expired or unknown. The
	// call is made once more with what Token returns then.
	Expired(token string)
}

// TokenStore keeps the tokens of one log-in where restarts, and other processes,
// find them. It must be safe for concurrent use. An error of it fails the call that
// needed a token; a store that would rather have the client log in returns nil.
type TokenStore interface {
	// Load returns what Save was given last, nil when that was nothing.
	Load(ctx context.Context) ([]byte, error)
	// Save keeps tokens. They are secrets: whoever reads them can act as the user.
	Save(ctx context.Context, tokens []byte) error
}

// Session is a token and what renews it.
type Session struct {
	// Login names the log-in that the session is of; see Tokens.
	Login string `json:"login"`
	// Token is the user token.
	Token string `json:"token"`
	// LongLived renews it; "" when there is none.
	LongLived string `json:"long_lived_token"`
	// Since is when the token was had.
	Since time.Time `json:"since"`
	// UserID is whose token it is, where callers need to know.
	UserID string `json:"user_id,omitempty"`
	// Expires is when the service said that the token ends; zero when it did not.
	Expires time.Time `json:"expires,omitzero"`
}

// isUsable reports whether a session, which may come from anywhere, has tokens that
// can be sent.
func (s *Session) isUsable() bool {
	return s.Token != "" && IsHeaderValue(s.Token) && IsHeaderValue(s.LongLived) && IsHeaderValue(s.UserID)
}

// renewAt is when a token whose end the service told is to be renewed: a margin before
// that end, and not before half of its time is over. A token that had ended before it
// was had, as the clocks here and there differ, is used until it is refused: then ok is
// false.
func (s *Session) renewAt(margin time.Duration) (at time.Time, ok bool) {
	lasts := s.Expires.Sub(s.Since)
	if s.Expires.IsZero() || lasts <= 0 {
		return time.Time{}, false
	}
	return s.Expires.Add(-min(margin, lasts/2)), true
}

// clockSkew is how far the clocks of processes that share a store may be apart.
const clockSkew = time.Hour

// Tokens is a source of tokens that logs in once for many goroutines, and again
// before a token is too old or when one was refused.
type Tokens struct {
	// Open opens a session; the old one, nil when there was none, may help.
	Open func(ctx context.Context, old *Session) (*Session, error)
	// Login names who logs in, and where. Whatever else a store holds is left alone.
	Login string
	// Lifetime is how long a token is used; 0 for as long as the service takes it.
	Lifetime time.Duration
	// Margin is how long before its end a token is renewed, where the service tells that.
	Margin time.Duration
	// Store keeps tokens; nil for none.
	Store TokenStore
	// Now is the clock.
	Now func() time.Time

	mu      sync.Mutex
	attempt *tokenAttempt // that is under way, if any
	current atomic.Pointer[heldSession]
	refused atomic.Pointer[string] // the token refused last, which a store may still hold
	watches watches
}

// heldSession is a session in use.
type heldSession struct {
	*Session
	stale atomic.Bool // the service refused the token
}

// tokenAttempt gets one session, which all who waited for it share: a wrong password
// is tried once and not once for each goroutine.
type tokenAttempt struct {
	done    chan struct{}
	session *heldSession
	err     error
}

// Token returns the token in use, or a new one.
func (t *Tokens) Token(ctx context.Context) (string, error) {
	session, err := t.Session(ctx)
	if err != nil {
		return "", err
	}
	return session.Token, nil
}

// Session returns the session in use, or a new one. It must not be changed.
func (t *Tokens) Session(ctx context.Context) (*Session, error) {
	for {
		if held := t.current.Load(); t.isFresh(held) {
			return held.Session, nil
		}
		attempt, mine := t.join()
		if mine {
			t.carryOut(ctx, attempt)
		}
		select {
		case <-attempt.done:
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for the log-in: %w", context.Cause(ctx))
		}
		switch {
		case attempt.err == nil:
			return attempt.session.Session, nil
		case !mine && ctx.Err() == nil && isContextError(attempt.err):
			continue // whoever logged in gave up; that is no reason to
		}
		return nil, attempt.err
	}
}

// Expired implements [TokenSource].
func (t *Tokens) Expired(token string) {
	// Another goroutine may have renewed it meanwhile; then the new one stays.
	if held := t.current.Load(); held != nil && held.Token == token {
		t.refused.Store(&token)
		held.stale.Store(true)
	}
}

// join takes part in the attempt that is under way, or begins one.
func (t *Tokens) join() (attempt *tokenAttempt, mine bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.attempt == nil {
		t.attempt, mine = &tokenAttempt{done: make(chan struct{})}, true
	}
	return t.attempt, mine
}

// carryOut gets a session and tells the result, even if something of the caller's
// panics: others are waiting.
func (t *Tokens) carryOut(ctx context.Context, attempt *tokenAttempt) {
	attempt.err = errors.New("the log-in was cut short")
	defer func() {
		t.mu.Lock()
		t.attempt = nil
		t.mu.Unlock()
		close(attempt.done)
	}()
	attempt.session, attempt.err = t.renew(ctx)
}

// renew finds a session that serves: the one in use, if somebody was faster, that
// of the store, or a new one; where none can be had, one that has not ended yet.
func (t *Tokens) renew(ctx context.Context) (*heldSession, error) {
	held := t.current.Load()
	if t.isFresh(held) {
		return held, nil
	}
	stored, err := t.load(ctx)
	if err != nil {
		return nil, err
	}
	if t.isFresh(stored) {
		t.use(stored)
		return stored, nil
	}
	var old *Session
	switch {
	case stored != nil:
		old = stored.Session // of another process, it may be the newer one
	case held != nil:
		old = held.Session
	}
	opened, err := t.Open(ctx, old)
	if err != nil {
		for _, good := range []*heldSession{held, stored} {
			if t.lasts(good) { // there is time to try again
				t.use(good)
				return good, nil
			}
		}
		return nil, fmt.Errorf("log in: %w", err)
	}
	if !opened.isUsable() {
		return nil, errors.New("log in: the service gave a token that cannot be sent")
	}
	opened.Login = t.Login
	opened.Since = t.Now().Round(0) // by the calendar: a clock of ticks stands still while a machine sleeps
	renewed := &heldSession{Session: opened}
	t.use(renewed)
	return renewed, t.save(ctx, opened)
}

func (t *Tokens) load(ctx context.Context) (*heldSession, error) {
	if t.Store == nil {
		return nil, nil //nolint:nilnil // there is no store, and so no session in it
	}
	kept, err := t.Store.Load(ctx)
	if err != nil {
		return nil, fmt.Errorf("load the token from its store: %w", err)
	}
	var session Session
	if json.Unmarshal(kept, &session) != nil || session.Login != t.Login || !session.isUsable() {
		return nil, nil //nolint:nilnil,nilerr // what is not a session of this log-in is as good as none
	}
	held := &heldSession{Session: &session}
	if refused := t.refused.Load(); refused != nil && *refused == session.Token {
		held.stale.Store(true)
	}
	return held, nil
}

func (t *Tokens) save(ctx context.Context, session *Session) error {
	if t.Store == nil {
		return nil
	}
	kept, err := json.Marshal(session)
	if err != nil {
		return errors.New("write the token for its store")
	}
	if err := t.Store.Save(ctx, kept); err != nil {
		return fmt.Errorf("save the token in its store: %w", err)
	}
	return nil
}

// isFresh reports whether a session's token should be good. One from the future, as a
// clock was wrong, would otherwise be good for too long.
func (t *Tokens) isFresh(held *heldSession) bool {
	if held == nil || held.stale.Load() {
		return false
	}
	now := t.Now()
	if at, ok := held.renewAt(t.Margin); ok && !now.Before(at) {
		return false
	}
	age := now.Sub(held.Since)
	return -clockSkew <= age && (t.Lifetime == 0 || age < t.Lifetime)
}

// lasts reports whether a token that is to be renewed has not ended yet, by what the
// service told.
func (t *Tokens) lasts(held *heldSession) bool {
	if held == nil || held.stale.Load() {
		return false
	}
	now := t.Now()
	age := now.Sub(held.Since)
	return now.Before(held.Expires) && -clockSkew <= age && (t.Lifetime == 0 || age < t.Lifetime)
}

func isContextError(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// String keeps tokens out of whatever prints a client: fmt does not ask an
// unexported field how it wants to be printed.
func (t *Tokens) String() string { return "token ***" }

// GoString is like String.
func (t *Tokens) GoString() string { return t.String() }
