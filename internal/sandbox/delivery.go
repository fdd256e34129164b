package sandbox

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
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
	event, url, roomID string
	body               []byte
}

// deliveries sends webhooks: those of one room one after the other, those of
// different rooms side by side. A room has a goroutine while it has something to
// send, so that an idle Sandbox has none.
type deliveries struct {
	client     *http.Client
	ownsClient bool
	sign       func(*http.Request, []byte)
	report     func(Delivery)
	inFlight   chan struct{} // holds one item for each delivery that is on its way
	stopped    context.Context
	stop       context.CancelFunc
	rooms      sync.WaitGroup // the rooms' goroutines
	mu         sync.Mutex
	isClosed   bool
	waiting    map[string][]delivery // by room
}

func newDeliveries(config Config) *deliveries {
	d := &deliveries{
		client:   config.HTTPClient,
		sign:     config.SignWebhook,
		report:   config.OnDelivery,
		inFlight: make(chan struct{}, maxInFlight),
		waiting:  map[string][]delivery{},
	}
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

// accept queues a webhook. Once closed, it drops it.
func (d *deliveries) accept(next delivery) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.isClosed {
		return
	}
	_, isRunning := d.waiting[next.roomID]
	d.waiting[next.roomID] = append(d.waiting[next.roomID], next)
	if !isRunning {
		d.rooms.Go(func() { d.drain(next.roomID) })
	}
}

// drain sends what waits for a room until nothing does.
func (d *deliveries) drain(roomID string) {
	for {
		next, ok := d.next(roomID)
		if !ok {
			return
		}
		d.report(d.send(next))
	}
}

// next takes the oldest delivery of a room. When there is none, the room's entry
// goes, and with it the right of its goroutine to run on.
func (d *deliveries) next(roomID string) (delivery, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	waiting := d.waiting[roomID]
	if len(waiting) == 0 {
		delete(d.waiting, roomID)
		return delivery{}, false
	}
	d.waiting[roomID] = waiting[1:]
	return waiting[0], true
}

// send delivers one webhook, once.
func (d *deliveries) send(next delivery) Delivery {
	result := Delivery{Event: next.event, URL: next.url, RoomID: next.roomID}
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

func (d *deliveries) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.isClosed = true
}

func (d *deliveries) closed() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.isClosed
}

// wait returns when all goroutines have ended. When ctx ends first, it stops
// them.
func (d *deliveries) wait(ctx context.Context) error {
	ended := make(chan struct{})
	go func() {
		d.rooms.Wait()
		close(ended)
	}()
	var err error
	select {
	case <-ended:
	case <-ctx.Done():
		err = fmt.Errorf("sandbox: shut down: %w", ctx.Err())
		d.stop()
		<-ended
	}
	d.stop()
	if d.ownsClient {
		d.client.CloseIdleConnections()
	}
	return err
}
