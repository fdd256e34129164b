package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Webhooks of a room arrive in the order of what set them off, however many
// rooms are busy.
func TestOrderInEachRoom(t *testing.T) {
	w := newWorld(t, Config{})
	const customers, messages = 8, 12
	var writers sync.WaitGroup
	for customer := range customers {
		writers.Go(func() {
			for i := range messages {
				_, err := w.CustomerWrites(t.Context(), CustomerMessage{UserID: fmt.Sprint(customer), Text: fmt.Sprint(i)})
				assert.NoError(t, err)
			}
		})
	}
	writers.Wait()
	said := map[any][]any{}
	for _, got := range w.delivered() {
		if got.event == "botMessage" {
			room := got.at("payload/room/id")
			said[room] = append(said[room], got.at("payload/message/text"))
		}
	}
	assert.Len(t, said, customers)
	for room, texts := range said {
		require.Len(t, texts, messages)
		for i, text := range texts {
			assert.Equal(t, fmt.Sprint(i), text, "room %v", room)
		}
	}
}

// A receiver may call the API while it answers, and so may OnDelivery.
func TestReceiverCallsBack(t *testing.T) {
	receiver := newReceiver(t)
	defer receiver.server.Close()
	var w *world
	var mu sync.Mutex
	reported := []Delivery{}
	w = newWorld(t, Config{
		Webhooks: receiver.addresses(),
		SignWebhook: func(_ string, request *http.Request, body []byte) {
			request.Header.Set("X-Length", fmt.Sprint(len(body)))
		},
		OnDelivery: func(delivery Delivery) {
			w.Room(delivery.RoomID)
			mu.Lock()
			defer mu.Unlock()
			reported = append(reported, delivery)
		},
	})
	receiver.answer = func(got received) {
		if got.event != "customAgentAllocation" {
			return
		}
		assigned := w.call("POST", assignPath,
			object{"room_id": got.at("room_id"), "agent_id": got.at("candidate_agent/id"), "max_agent": 1})
		assert.Equal(t, http.StatusOK, assigned.status)
	}
	room := w.anyRoom()
	require.NoError(t, w.Shutdown(t.Context()))
	snapshot, _ := w.Room(room)
	assert.Len(t, snapshot.AgentIDs, 1)
	require.Len(t, reported, 3)
	assert.Equal(t, "newSession", reported[0].Event)
	assert.Equal(t, http.StatusOK, reported[0].Status)
	assert.Equal(t, room, reported[0].RoomID)
	require.NoError(t, reported[0].Err)
	sent := receiver.all()
	assert.Equal(t, fmt.Sprint(len(sent[0].raw)), sent[0].header.Get("X-Length"))
}

func TestDeliveryFails(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close() // nobody listens there any more
	var mu sync.Mutex
	reported := map[string]Delivery{}
	w := newWorld(t, Config{
		Webhooks: Webhooks{NewSession: gone.URL, Bot: "::"},
		OnDelivery: func(delivery Delivery) {
			mu.Lock()
			defer mu.Unlock()
			reported[delivery.Event] = delivery
		},
	})
	w.anyRoom()
	require.NoError(t, w.Shutdown(t.Context()))
	assert.Len(t, reported, 2)
	for event, delivery := range reported {
		require.Error(t, delivery.Err, event)
		assert.Zero(t, delivery.Status, event)
	}
}

// transport is a receiver without a network, so that time can be played.
type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// after answers a webhook when some time has passed, or not at all when its
// request ends first.
func after(wait time.Duration) transport {
	return func(r *http.Request) (*http.Response, error) {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
			return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader("")), Request: r}, nil
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
}

// slowSandbox posts new sessions to a receiver that takes its time. A synctest
// bubble only ends when all goroutines that were started in it have.
func slowSandbox(t *testing.T, wait time.Duration) (*Sandbox, func() []Delivery) {
	t.Helper()
	var mu sync.Mutex
	var list []Delivery
	sandbox, err := New(Config{
		Webhooks:   Webhooks{Bot: "https://hooks.example.id/bot"},
		HTTPClient: &http.Client{Transport: after(wait)},
		OnDelivery: func(delivery Delivery) {
			mu.Lock()
			defer mu.Unlock()
			list = append(list, delivery)
		},
	})
	require.NoError(t, err)
	for i := range 6 { // three rooms of two messages
		_, err := sandbox.CustomerWrites(t.Context(), CustomerMessage{UserID: fmt.Sprint(i % 3), Text: "Halo"})
		require.NoError(t, err)
	}
	return sandbox, func() []Delivery {
		mu.Lock()
		defer mu.Unlock()
		return append([]Delivery(nil), list...)
	}
}

func TestShutdownDeliversWhatWasAccepted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sandbox, reported := slowSandbox(t, time.Second)
		started := time.Now()
		require.NoError(t, sandbox.Shutdown(t.Context()))
		assert.Equal(t, 2*time.Second, time.Since(started), "rooms side by side, messages one after the other")
		require.Len(t, reported(), 6)
		for _, delivery := range reported() {
			require.NoError(t, delivery.Err)
			assert.Equal(t, time.Second, delivery.Duration)
		}
		require.NoError(t, sandbox.Shutdown(t.Context()), "a second time")
	})
}

func TestShutdownGivesUpWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sandbox, reported := slowSandbox(t, 4*time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		started := time.Now()
		require.ErrorIs(t, sandbox.Shutdown(ctx), context.DeadlineExceeded)
		assert.Equal(t, 5*time.Second, time.Since(started))
		failed := 0
		for _, delivery := range reported() {
			if errors.Is(delivery.Err, context.Canceled) {
				failed++
			}
		}
		assert.Len(t, reported(), 6, "each is reported")
		assert.Equal(t, 3, failed)
	})
}

func TestSlowReceiversTimeOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sandbox, reported := slowSandbox(t, time.Hour)
		require.NoError(t, sandbox.Shutdown(t.Context()))
		for _, delivery := range reported() {
			require.ErrorIs(t, delivery.Err, context.DeadlineExceeded)
			assert.Equal(t, deliveryTimeout, delivery.Duration)
		}
	})
}

// A function of the caller's that never returns does not keep Shutdown.
func TestShutdownLeavesBlockedCallbacksBehind(t *testing.T) {
	for name, block := range map[string]func(config *Config, released <-chan struct{}){
		"OnDelivery": func(c *Config, released <-chan struct{}) { c.OnDelivery = func(Delivery) { <-released } },
		"OnMessage":  func(c *Config, released <-chan struct{}) { c.OnMessage = func(string, Message) { <-released } },
		"SignWebhook": func(c *Config, released <-chan struct{}) {
			c.SignWebhook = func(string, *http.Request, []byte) { <-released }
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				released := make(chan struct{})
				defer close(released)
				config := Config{
					Webhooks:   Webhooks{Bot: "https://hooks.example.id/bot"},
					HTTPClient: &http.Client{Transport: after(time.Second)},
				}
				block(&config, released)
				sandbox, err := New(config)
				require.NoError(t, err)
				_, err = sandbox.CustomerWrites(t.Context(), CustomerMessage{UserID: "a", Text: "Halo"})
				require.NoError(t, err)
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
				defer cancel()
				started := time.Now()
				require.ErrorIs(t, sandbox.Shutdown(ctx), context.DeadlineExceeded)
				assert.Equal(t, 5*time.Second+callbackGrace, time.Since(started))
			})
		})
	}
}

// The Sandbox's own connections are closed with it.
func TestShutdownClosesConnections(t *testing.T) {
	closed := make(chan struct{}, 1)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateClosed {
			closed <- struct{}{}
		}
	}
	server.Start()
	defer server.Close()
	w := newWorld(t, Config{Webhooks: Webhooks{NewSession: server.URL}})
	w.anyRoom()
	require.NoError(t, w.Shutdown(t.Context()))
	<-closed
}

// What nobody answered is told without its address, whose query may hold a credential.
func TestFailuresHoldNoAddress(t *testing.T) {
	for name, address := range map[string]string{
		"nobody listens": "http://127.0.0.1:1/hook?token=rahasia",
		"a password":     "http://rahasia:rahasia@127.0.0.1:1/hook",
		"no address":     "http://127.0.0.1:rahasia/",
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, Config{Webhooks: Webhooks{Bot: address}})
			w.anyRoom()
			require.NoError(t, w.Settle(t.Context()))
			entries := w.Timeline().Since(0, nil)
			require.Len(t, entries, 1)
			assert.NotEmpty(t, entries[0].Failure)
			assert.NotContains(t, entries[0].Failure, "rahasia")
		})
	}
}
