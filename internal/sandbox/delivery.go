package sandbox

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/qismo-go/qismo/internal/sandbox/clock"
	"github.com/qismo-go/qismo/internal/sandbox/timeline"
	"github.com/qismo-go/qismo/internal/sandbox/trouble"
)

// Bounds of delivering.
const (
	deliveryTimeout = 10 * time.Second
	maxInFlight     = 64 // deliveries at once
)

// Delivery tells how sending one webhook ended.
type Delivery struct {
	Event    string // such as botMessage
	URL      string
	RoomID   string // "" for an event that no room belongs to
	Status   int    // the receiver's answer; 0 when there was none
	Duration time.Duration
	Err      error // why there was no answer
}

// delivery is a webhook to be sent.
type delivery struct {
	event, url string
	body       []byte
}

// deliveries sends webhooks, in order in each room.
type deliveries struct {
	*queues[delivery]

	client     *http.Client
	ownsClient bool
	targets    targets
	sign       func(*http.Request, []byte)
	report     func(Delivery)
	timeline   *timeline.Timeline
	clock      *clock.Clock
	trouble    *trouble.Maker
	inFlight   chan struct{} // holds one item for each delivery that is on its way
	stopped    context.Context
	stop       context.CancelFunc
}

func newDeliveries(config Config, timeline *timeline.Timeline) *deliveries {
	d := &deliveries{
		timeline: timeline,
		clock:    config.Clock,
		trouble:  config.Trouble,
		client:   config.HTTPClient,
		targets:  newTargets(config.Webhooks),
		sign:     config.SignWebhook,
		report:   config.OnDelivery,
		inFlight: make(chan struct{}, maxInFlight),
	}
	d.queues = newQueues(d.deliver)
	if d.client == nil {
		d.client = newClient()
		d.ownsClient = true
	}
	d.stopped, d.stop = context.WithCancel(context.Background())
	return d
}

// newClient makes a client of the Sandbox's own, which can be closed without
// touching anybody else's connections. A webhook is not sent on to where a
// receiver redirects it.
func newClient() *http.Client {
	return &http.Client{
		Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: maxInFlight},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// deliver sends one webhook, unless trouble has it otherwise, and reports it.
func (d *deliveries) deliver(roomID string, next delivery) {
	strikes := d.trouble.Delivery(next.event, roomID)
	if strikes.Has(trouble.DropWebhook) {
		d.timeline.Add(timeline.Entry{
			Kind: timeline.Delivery, Name: next.event, RoomID: roomID, At: d.clock.Now(), Method: http.MethodPost,
			URL: next.url, Request: timeline.Body{Bytes: next.body}, Failure: "it was dropped on purpose",
			Trouble: strikes.Names(),
		})
		return
	}
	d.report(d.send(roomID, next, strikes))
	if strikes.Has(trouble.RepeatWebhook) {
		d.report(d.send(roomID, next, strikes))
	}
}

// send delivers one webhook, once, and enters it into the timeline.
func (d *deliveries) send(roomID string, next delivery, strikes trouble.Strikes) Delivery {
	result := Delivery{Event: next.event, URL: next.url, RoomID: roomID}
	select {
	case d.inFlight <- struct{}{}:
		defer func() { <-d.inFlight }()
	case <-d.stopped.Done():
	}
	entry := timeline.Entry{
		Kind: timeline.Delivery, Name: next.event, RoomID: roomID, At: d.clock.Now(), Method: http.MethodPost,
		URL: next.url, Request: timeline.Body{Bytes: next.body}, Attempt: 1, Trouble: strikes.Names(),
	}
	started := time.Now()
	result.Err = d.exchange(next, &entry)
	result.Duration = time.Since(started)
	result.Status, entry.Duration = entry.Status, result.Duration
	if result.Err != nil {
		entry.Failure = result.Err.Error()
	}
	d.timeline.Add(entry)
	return result
}

func (d *deliveries) exchange(next delivery, entry *timeline.Entry) error {
	if err := d.targets.check(next.url); err != nil {
		return fmt.Errorf("deliver: %w", err)
	}
	ctx, cancel := context.WithTimeout(d.stopped, deliveryTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, next.url, bytes.NewReader(next.body))
	if err != nil {
		return fmt.Errorf("make the delivery: %w", err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "qismo-sandbox")
	d.sign(request, next.body)
	entry.Request.Header = request.Header
	response, err := d.client.Do(request)
	if err != nil {
		return fmt.Errorf("deliver: %w", err)
	}
	defer response.Body.Close()
	// A connection is used again only when its answer was read. No event depends on
	// what it says.
	read, err := io.ReadAll(io.LimitReader(response.Body, timeline.MaxBody))
	entry.Status = response.StatusCode
	entry.Response = timeline.Body{Header: response.Header, Bytes: read, Cut: err != nil}
	return nil
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
