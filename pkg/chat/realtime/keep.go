package realtime

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"github.com/qismo-go/qismo/pkg/chat"
)

var (
	// ErrNoBroker is an app whose configuration says that there is no broker. Sync alone
	// tells of messages then.
	ErrNoBroker = errors.New("realtime: the app has no broker")
	// ErrRefused ends a connection for good: the service refuses the user, whose log-in is
	// no good any more or who was deactivated.
	ErrRefused = errors.New("realtime: the service refuses the user")

	errTokenRefused = errors.New("the broker refuses the topics of the user's token")
)

// steadyFor is how long a connection must have lasted for the waits to begin anew.
const steadyFor = 10 * time.Second

// online and offline are what is published of a user's presence.
const (
	online  = "1"
	offline = "0"
)

// keepConnected connects, again and again, until the connection is closed.
func (c *Connection) keepConnected(ctx context.Context) {
	waits := c.settings.backoff()
	for {
		began := time.Now()
		err := c.round(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case errors.Is(err, ErrRefused):
			c.fail(err)
			return
		case errors.Is(err, ErrNoBroker):
			c.tell(&Disconnected{Err: err})
			c.settle()
			return
		case time.Since(began) >= steadyFor:
			waits = c.settings.backoff()
		}
		wait := waits.next()
		c.tell(&Disconnected{Err: err, Retry: wait})
		c.settle()
		pause(ctx, wait)
	}
}

// round tries the broker's addresses one after the other until one answers, and stays
// there. It returns why it did not, or why that has ended.
func (c *Connection) round(ctx context.Context) error {
	var failures []error
	for {
		opened, address, err := c.connect(ctx)
		if err == nil {
			err = c.serve(ctx, opened, address)
			if ctx.Err() == nil {
				err = errors.Join(err, c.brokers.locate(ctx))
			}
			return err
		}
		failures = append(failures, err)
		if ctx.Err() != nil || errors.Is(err, ErrRefused) || errors.Is(err, ErrNoBroker) || c.brokers.failed() {
			return errors.Join(failures...)
		}
	}
}

// connect makes one attempt, at the address whose turn it is.
func (c *Connection) connect(ctx context.Context) (opened *link, address string, err error) {
	broker, err := c.brokers.next(ctx)
	if err != nil {
		return nil, "", err
	}
	if err := c.renewToken(ctx); err != nil {
		return nil, "", err
	}
	who := login{clientID: c.clientID, presence: presenceTopicOf(c.user)}
	if who.userName, who.password, err = c.service.credentials(ctx); err != nil {
		return nil, "", fmt.Errorf("get the broker's credentials: %w", err)
	}
	opened, err = connect(ctx, broker, who, linkOptions{
		dialing:        c.settings.dialing,
		connectTimeout: c.settings.connectTimeout, writeTimeout: c.settings.writeTimeout,
		keepAlive: c.settings.keepAlive, receive: c.receive,
	})
	if err != nil {
		return nil, "", fmt.Errorf("connect to %s: %w", broker, err)
	}
	return opened, broker.String(), nil
}

// renewToken takes the user's token from the service, for the topics that hold it.
func (c *Connection) renewToken(ctx context.Context) error {
	token, err := c.service.token(ctx)
	if err != nil {
		return refused(fmt.Errorf("get the user's token: %w", err))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if held := c.names.tokens; len(held) == 0 || held[0] != token {
		c.names.tokens = slices.Concat([]string{token}, held[:min(len(held), 1)])
	}
	return nil
}

// refused makes it known of an error of logging in when the service has said no.
func refused(err error) error {
	var failure *chat.Error
	if errors.As(err, &failure) && failure.Status >= http.StatusBadRequest &&
		failure.Status < http.StatusInternalServerError &&
		failure.Status != http.StatusTooManyRequests && failure.Status != http.StatusRequestTimeout {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return err
}

// serve stays with a link until it is lost, and returns why.
func (c *Connection) serve(ctx context.Context, opened *link, address string) error {
	defer opened.close(c.settings.writeTimeout)
	defer c.leave()
	if err := c.enter(ctx, opened, address); err != nil {
		return err
	}
	c.settle()

	presence := time.NewTicker(c.settings.presence)
	defer presence.Stop()
	for {
		select {
		case err := <-opened.lost:
			return fmt.Errorf("the connection was lost: %w", err)
		case <-c.changed:
			if err := c.changeToken(ctx, opened); err != nil {
				return err
			}
		case <-presence.C:
			c.repeatPresence(opened)
		case <-ctx.Done():
			c.sayGoodbye(opened) //nolint:contextcheck // this one has ended
			return nil
		}
	}
}

// enter asks the broker for everything that is to be heard, and only then for what was
// missed before. Once both are on their way, the consumer is told that it is connected.
func (c *Connection) enter(ctx context.Context, opened *link, address string) error {
	ctx, cancel := context.WithTimeout(ctx, c.settings.connectTimeout)
	defer cancel()
	if err := c.lockTopics(ctx); err != nil {
		return err
	}
	defer c.unlockTopics()
	c.mu.Lock()
	own := ownTopics(c.names.tokens[0])
	c.mu.Unlock()
	if refused, err := opened.subscribe(ctx, own); err != nil {
		return fmt.Errorf("subscribe: %w", err)
	} else if len(refused) > 0 {
		return errTokenRefused
	}
	if err := c.rejoin(ctx, opened); err != nil {
		return err
	}
	c.mu.Lock()
	c.link = opened
	c.counted.Broker = address
	c.counted.Connections++
	c.sequence.reconnected()
	c.sequence.passed(&Connected{Broker: address}) // before what was missed
	isOnline := c.isOnline
	c.mu.Unlock()
	signal(c.news)
	signal(c.syncNow)
	if isOnline {
		if err := opened.publish(ctx, presenceTopicOf(c.user), true, []byte(online)); err != nil {
			return fmt.Errorf("say that the user is online: %w", err)
		}
	}
	return nil
}

// leave notes that there is no link any more.
func (c *Connection) leave() {
	c.mu.Lock()
	c.link, c.counted.Broker = nil, ""
	c.sequence.disconnected()
	c.mu.Unlock()
	signal(c.syncNow) // which is to come more often now
}

// changeToken takes leave of the topics of a token that is no longer the user's, once it
// hears those of the new one.
func (c *Connection) changeToken(ctx context.Context, opened *link) error {
	ctx, cancel := context.WithTimeout(ctx, c.settings.connectTimeout)
	defer cancel()
	if err := c.lockTopics(ctx); err != nil {
		return err
	}
	defer c.unlockTopics()
	before := c.tokenInUse()
	if err := c.renewToken(ctx); err != nil {
		return err
	}
	after := c.tokenInUse()
	if after == before {
		return nil
	}
	if refused, err := opened.subscribe(ctx, ownTopics(after)); err != nil {
		return fmt.Errorf("subscribe with another token: %w", err)
	} else if len(refused) > 0 {
		return errTokenRefused
	}
	c.mu.Lock()
	c.sequence.reconnected() // the old topics may have been silent for a while
	c.mu.Unlock()
	signal(c.syncNow)
	if err := opened.unsubscribe(ctx, ownTopics(before)); err != nil {
		return fmt.Errorf("unsubscribe from another token: %w", err)
	}
	return nil
}

func (c *Connection) tokenInUse() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.names.tokens[0]
}

// settle lets Connect return.
func (c *Connection) settle() {
	select {
	case <-c.settled:
	default:
		close(c.settled)
	}
}

// receive takes what the broker brings. It must not wait for anything.
func (c *Connection) receive(topic string, payload []byte) {
	c.mu.Lock()
	names := c.names
	c.mu.Unlock()
	arrived := names.arrival(topic, payload)
	c.mu.Lock()
	switch {
	case arrived.message != nil:
		c.sequence.arrived(*arrived.message)
	case arrived.happening != nil:
		c.sequence.happened(*arrived.happening)
	default:
		c.sequence.passed(arrived.event)
	}
	c.counted.Received++
	wantsSync := c.sequence.wantsSync()
	c.mu.Unlock()
	signal(c.news)
	if wantsSync {
		signal(c.syncNow)
	}
}

// backoff makes random waits whose bound doubles.
type backoff struct{ bound, longest time.Duration }

func (s *settings) backoff() backoff { return backoff{s.firstRetry, s.longestRetry} }

func (b *backoff) next() time.Duration {
	bound := b.bound
	b.bound = min(2*bound, b.longest)
	return rand.N(bound) + 1 // full jitter: whoever was cut off together does not come back together
}

// pause waits, as long as the context lasts.
func pause(ctx context.Context, wait time.Duration) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
