package sandbox

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/qismo-go/qismo/internal/sandbox/clock"
	"github.com/qismo-go/qismo/internal/sandbox/timeline"
	"github.com/qismo-go/qismo/internal/sandbox/trouble"
)

// maxInFlight is how many deliveries are on their way at once.
const maxInFlight = 64

// Delivery tells how one attempt to send a webhook ended.
type Delivery struct {
	Event    string // such as botMessage
	URL      string
	RoomID   string // "" for an event that no room belongs to
	Attempt  int    // 1 for the first
	Status   int    // the receiver's answer; 0 when there was none
	Duration time.Duration
	Err      error // why there was no answer
}

// delivery is a webhook to be sent.
type delivery struct {
	event, roomID, url string
	customer           string // whose room it is; what trouble is decided by
	body               []byte
	trouble            []string // what is made to go wrong with it on purpose
	replayOf           int64    // the entry of the timeline that it repeats
}

// deliveries sends webhooks, in order in each room but for what failed and is tried
// again, and what trouble makes late: that waits beside the room, which goes on.
//
// Once they are closed, nothing waits any more: a late webhook is sent at once, one
// that waits to be tried again has its last attempt at once, and what fails from then
// on is not tried again.
type deliveries struct {
	*queues[delivery]

	settings   DeliverySettings
	client     *http.Client
	ownsClient bool
	targets    *targets
	sign       func(string, *http.Request, []byte)
	report     func(Delivery)
	timeline   *timeline.Timeline
	remembers  bool // whether the timeline keeps anything
	clock      *clock.Clock
	trouble    *trouble.Maker
	inFlight   chan struct{} // holds one item for each delivery that is on its way

	hurried context.Context // ends what waits
	hurry   context.CancelFunc
	stopped context.Context // ends what is on its way
	stop    context.CancelFunc
}

func newDeliveries(config Config, named map[string]bool, timeline *timeline.Timeline) *deliveries {
	d := &deliveries{
		settings:   config.Delivery,
		client:     newClient(config.HTTPClient),
		ownsClient: config.HTTPClient == nil,
		targets:    newTargets(config, named),
		sign:       config.SignWebhook,
		report:     config.OnDelivery,
		timeline:   timeline,
		remembers:  config.Remember > 0,
		clock:      config.Clock,
		trouble:    config.Trouble,
		inFlight:   make(chan struct{}, maxInFlight),
	}
	d.queues = newQueues(func(_ string, next delivery) { d.deliver(next) })
	d.hurried, d.hurry = context.WithCancel(context.Background())
	d.stopped, d.stop = context.WithCancel(context.Background())
	return d
}

// newClient makes the client that sends. A webhook is not sent on to where a receiver
// redirects it, whoever's the client is: that may be anywhere. Without one it makes
// one, which can be closed without touching anybody else's connections.
func newClient(given *http.Client) *http.Client {
	client := &http.Client{
		Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: maxInFlight},
	}
	if given != nil {
		*client = *given
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return client
}

// deliver sends one webhook, unless trouble has it otherwise.
func (d *deliveries) deliver(next delivery) {
	strikes := d.trouble.Delivery(next.event, next.customer)
	next.trouble = strikes.Names()
	send := func() {
		d.send(next)
		if strikes.Has(trouble.RepeatWebhook) {
			d.send(next)
		}
	}
	switch {
	case strikes.Has(trouble.DropWebhook):
		entry := d.entry(next, 0)
		entry.Failure = "it was dropped on purpose"
		d.timeline.Add(entry)
	case strikes.Has(trouble.LateWebhook):
		late := func() {
			d.pause(strikes[trouble.LateWebhook].Delay)
			send()
		}
		if !d.aside(late) {
			send()
		}
	default:
		send()
	}
}

// send makes the first attempt. When that fails, the others are made beside the room.
func (d *deliveries) send(next delivery) {
	if _, again := d.attempt(d.stopped, next, 1); again && d.settings.Attempts > 1 {
		d.aside(func() { d.tryAgain(next) })
	}
}

func (d *deliveries) tryAgain(next delivery) {
	for number := 2; number <= d.settings.Attempts && !d.closed(); number++ {
		inTime := d.pause(d.settings.Wait)
		if _, again := d.attempt(d.stopped, next, number); !again || !inTime {
			return
		}
	}
}

// pause waits by the clock of the world, and tells whether the time has come: false
// when nothing is to wait any more.
func (d *deliveries) pause(wait time.Duration) bool {
	over := d.pausing(d.clock.Now().Add(wait))
	defer over()
	return d.clock.Sleep(d.hurried, wait) == nil
}

// attempt sends a webhook once, enters that into the timeline and reports it. It tells
// whether it should be sent again.
func (d *deliveries) attempt(ctx context.Context, next delivery, number int) (entry timeline.Entry, again bool) {
	select {
	case d.inFlight <- struct{}{}:
		defer func() { <-d.inFlight }()
	case <-ctx.Done():
	}
	entry = d.entry(next, number)
	started := time.Now()
	err := d.exchange(ctx, next, &entry)
	entry.Duration = time.Since(started)
	if err != nil {
		entry.Failure = withoutAddress(err)
	}
	if d.remembers {
		entry.Problems = webhookProblems(next.event, next.body)
	}
	entry = d.timeline.Add(entry)
	d.report(Delivery{
		Event: next.event, URL: next.url, RoomID: next.roomID, Attempt: number,
		Status: entry.Status, Duration: entry.Duration, Err: err,
	})
	return entry, !errors.Is(err, errPublicTarget) && d.settings.again(entry.Status)
}

// close lets nothing in any more, and nothing wait.
func (d *deliveries) close() {
	d.queues.close()
	d.hurry()
}

// end returns when all that was accepted has been sent. When ctx ends first, the
// rest is given up.
func (d *deliveries) end(ctx context.Context) error {
	err := d.wait(ctx, d.stop)
	d.stop()
	if d.ownsClient {
		d.client.CloseIdleConnections()
	}
	return err
}
