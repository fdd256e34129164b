package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/qismo-go/qismo/internal/sandbox/clock"
)

// History is what happened before a Sandbox was made. It happens by the rules by
// which everything does: nothing can come of it that could not come of calls.
type History struct {
	// Begins is when the app was made.
	Begins time.Time
	// Play lets happen what happened. It is called with a Sandbox of the same
	// configuration, but that sends nothing, tells nobody, fails nowhere and remembers
	// no calls. Its clock stands still at Begins, and goes as it is moved: until the
	// present at most.
	Play func(before *Sandbox) error
}

// begin is the state of a world that is new.
func (c Config) begin() (*state, error) {
	if c.History.Play == nil {
		return newState(c), nil
	}
	return c.play()
}

// play is the state that a history leaves.
func (c Config) play() (*state, error) {
	begins, now := c.History.Begins, c.Now()
	quiet := c
	quiet.History, quiet.Store = History{}, nil
	quiet.Clock = clock.New(func() time.Time { return begins })
	quiet.Trouble, quiet.Remember = nil, -1
	quiet.OnDelivery, quiet.OnMessage, quiet.SignWebhook = nil, nil, nil
	quiet.HTTPClient = &http.Client{Transport: nowhere{}}
	before, err := New(quiet)
	if err != nil {
		return nil, err
	}
	err = c.History.Play(before)
	if err = errors.Join(err, before.Shutdown(context.Background())); err != nil {
		return nil, fmt.Errorf("sandbox: play what happened before: %w", err)
	}
	if ended := before.Clock().Now(); ended.After(now) {
		return nil, fmt.Errorf("sandbox: what happened before ends at %s, which is not over", ended.Format(time.RFC3339))
	}
	left := before.state
	left.clock, left.tell, left.toCustomer = c.Clock, nil, nil
	left.wasPosted, left.chatEvents = nil, nil
	return left, nil
}

// nowhere takes every webhook and sends it to nobody.
type nowhere struct{}

// RoundTrip answers that all is well.
func (nowhere) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Body != nil {
		_ = request.Body.Close() // as a transport must; nothing was read
	}
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Body: http.NoBody, Request: request,
	}, nil
}
