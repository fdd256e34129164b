package sandbox

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Bounds of delivering.
const (
	deliveryTimeout = 10 * time.Second
	maxInFlight     = 64      // deliveries at once
	maxReceipt      = 1 << 16 // bytes of a receiver's answer that are read
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
	inFlight   chan struct{} // holds one item for each delivery that is on its way
	stopped    context.Context
	stop       context.CancelFunc
}

func newDeliveries(config Config) *deliveries {
	d := &deliveries{
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

func (d *deliveries) deliver(roomID string, next delivery) { d.report(d.send(roomID, next)) }

// send delivers one webhook, once.
func (d *deliveries) send(roomID string, next delivery) Delivery {
	result := Delivery{Event: next.event, URL: next.url, RoomID: roomID}
	select {
	case d.inFlight <- struct{}{}:
		defer func() { <-d.inFlight }()
	case <-d.stopped.Done():
	}
	started := time.Now()
	result.Status, result.Err = d.exchange(next)
	result.Duration = time.Since(started)
	return result
}

func (d *deliveries) exchange(next delivery) (status int, err error) {
	if err := d.targets.check(next.url); err != nil {
		return 0, fmt.Errorf("deliver: %w", err)
	}
	ctx, cancel := context.WithTimeout(d.stopped, deliveryTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, next.url, bytes.NewReader(next.body))
	if err != nil {
		return 0, fmt.Errorf("make the delivery: %w", err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "qismo-sandbox")
	d.sign(request, next.body)
	response, err := d.client.Do(request)
	if err != nil {
		return 0, fmt.Errorf("deliver: %w", err)
	}
	defer response.Body.Close()
	// A connection is used again only when its answer was read. No event reads
	// what it says.
	_, _ = io.CopyN(io.Discard, response.Body, maxReceipt)
	return response.StatusCode, nil
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
