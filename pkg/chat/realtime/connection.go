package realtime

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/qismo-go/qismo/pkg/chat"
)

// Connection is a chat user in real time. Make one with [Connect], take its events with
// [Connection.Events] or [Connection.Handle], and end it with [Connection.Close]. It is
// safe for concurrent use.
type Connection struct {
	service  service
	settings *settings
	user     string // the user's id
	clientID string
	brokers  brokers
	began    time.Time

	stop    context.CancelFunc
	running sync.WaitGroup
	over    chan struct{}   // closed at the end, whoever brings it about
	settled chan struct{}   // closed when the broker was connected, or all addresses tried
	changed <-chan struct{} // the user's token has
	pace    pace

	// Each holds something when there is something to look at.
	news, syncNow, acknowledgeNow chan struct{}
	// Whoever changes what the broker tells has put something into it.
	subscribing chan struct{}

	mu sync.Mutex
	// What follows is guarded by mu, and so is what hangs on it.
	sequence      *sequence
	names         names
	link          *link // nil while there is none
	joined        map[subject][]string
	toAcknowledge map[string]int64 // the last message of a room
	isOnline      bool
	isConsumed    bool // by somebody, now
	isClosed      bool
	farewell      context.Context //nolint:containedctx // of Close, for what is said at the end
	unsaid        error           // of what was to be said
	end           error           // why it is over, unless it was closed
	counted       Stats
}

// pace is how often to sync.
type pace struct {
	messages, events        bool // at intervals
	connected, disconnected time.Duration
}

// ErrClosed is what a connection returns that was closed.
var ErrClosed = errors.New("realtime: the connection was closed")

// Format keeps the user's token out of whatever prints a connection.
func (*Connection) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, "connection ***") }

// Connect connects a chat user with the broker, over MQTT 3.1.1, and begins to sync. It
// returns when the broker is connected, or when all of its addresses were tried once: it
// goes on trying then, while sync tells of messages, only later. Errors are those of the
// user's log-in, of the service, and of options that cannot work.
//
// The context is that of connecting. The connection lasts until [Connection.Close], or
// until the service refuses the user for good.
//
// Without [From] or [After], what happened before is not told.
func Connect(ctx context.Context, user *chat.User, options ...Option) (*Connection, error) {
	if user == nil {
		return nil, errors.New("realtime: connect: the user is nil")
	}
	return connectAs(ctx, newUserService(user), options)
}

func connectAs(ctx context.Context, service service, options []Option) (*Connection, error) {
	settings, err := newSettings(options)
	if err != nil {
		return nil, fmt.Errorf("realtime: connect: %w", err)
	}
	c, err := prepare(ctx, service, settings)
	if err != nil {
		return nil, fmt.Errorf("realtime: connect: %w", err)
	}
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	c.stop = stop
	changed, endWatch := service.watchToken()
	c.changed = changed
	context.AfterFunc(run, endWatch)
	for _, work := range []func(context.Context){c.keepConnected, c.keepSynced, c.keepAcknowledging} {
		c.running.Go(func() { work(run) })
	}
	select {
	case <-c.settled:
		return c, nil
	case <-c.over:
		err = c.reason()
	case <-ctx.Done():
		err = context.Cause(ctx)
	}
	_ = c.Close(ctx) // there is nobody to tell
	return nil, fmt.Errorf("realtime: connect: %w", err)
}

// prepare learns what a connection has to know before anything else.
func prepare(ctx context.Context, service service, settings *settings) (*Connection, error) {
	user, err := service.id(ctx)
	if err != nil {
		return nil, err
	}
	if err := checkLevel("user's id", user); err != nil {
		return nil, err
	}
	from := settings.from
	if from == nil {
		newest, err := service.newest(ctx)
		if err != nil {
			return nil, fmt.Errorf("learn where to begin: %w", err)
		}
		from = &newest
	}
	config, err := service.config(ctx)
	if err != nil {
		return nil, err
	}
	return &Connection{
		service: service, settings: settings, user: user,
		clientID: fmt.Sprintf("%s_%s_%s", service.appID(), user, rand.Text()[:12]),
		brokers:  brokers{service: service, given: settings.brokers, config: config},
		began:    time.Now(),

		over: make(chan struct{}), settled: make(chan struct{}),
		news: make(chan struct{}, 1), syncNow: make(chan struct{}, 1), acknowledgeNow: make(chan struct{}, 1),
		subscribing: make(chan struct{}, 1),

		sequence: newSequence(*from, settings.buffer, settings.pageSize),
		names:    names{appID: service.appID()},
		joined:   map[subject][]string{}, toAcknowledge: map[string]int64{},
		pace: settings.pace(config),
	}, nil
}

// since tells how long the connection has been there, the clock of its sequence.
func (c *Connection) since() time.Duration { return time.Since(c.began) }

// tell tells the consumer something that sync does not know.
func (c *Connection) tell(event Event) {
	c.mu.Lock()
	c.sequence.passed(event)
	c.mu.Unlock()
	signal(c.news)
}

// signal lets somebody know that there is something to look at.
func signal(to chan struct{}) {
	select {
	case to <- struct{}{}:
	default: // they know
	}
}

// fail ends the connection for good.
func (c *Connection) fail(err error) {
	c.mu.Lock()
	if c.end == nil {
		c.end = err
	}
	c.mu.Unlock()
	c.finish()
}

// finish lets everything end.
func (c *Connection) finish() {
	c.mu.Lock()
	select {
	case <-c.over:
	default:
		close(c.over)
	}
	c.mu.Unlock()
	c.stop()
}

// reason is why the connection is over; nil when it is not.
func (c *Connection) reason() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.end == nil && c.isClosed {
		return ErrClosed
	}
	return c.end
}

// Position tells how far the consumer has got: it covers what [Connection.Events] handed
// out, and what handlers have handled. Stored and given to [From], it lets another
// connection go on from there, so that each message is told once, and none is missed.
// Receipts that came as the last thing before may be told again.
func (c *Connection) Position() Position {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.sequence.position()
}

// Close says that the user is offline, if they were said to be online, leaves the broker
// and waits until nothing runs any more for the connection. The consumer's loop ends
// without an error; what it has not taken stays for another connection that goes on from
// [Connection.Position]. If the context ends before, its error is returned, and the rest
// ends within seconds.
func (c *Connection) Close(ctx context.Context) error {
	c.mu.Lock()
	if !c.isClosed {
		c.isClosed, c.farewell = true, ctx
	}
	c.mu.Unlock()
	c.finish()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		c.running.Wait()
	}()
	select {
	case <-ended:
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.unsaid
	case <-ctx.Done():
		return fmt.Errorf("realtime: close: %w", context.Cause(ctx))
	}
}
