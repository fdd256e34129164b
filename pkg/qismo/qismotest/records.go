package qismotest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/qismo-go/qismo/internal/sandbox/timeline"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// Call is one request of the API that was answered; what a client tries again is
// another one.
type Call struct {
	// Operation is the operation's id in the document, such as sendBotMessage; "" when
	// the API has no such route.
	Operation string
	// RoomID is the room that the call is about; "" when it is about none.
	RoomID string
	Method string
	Path   string // with the query, where a token may be
	Exchange
}

// Delivery is one attempt to deliver a webhook.
type Delivery struct {
	Event webhook.Name
	// RoomID is the room that the event is about; "" when it is about none.
	RoomID string
	URL    string // whose path and query may hold a secret
	// Attempt counts from 1 when a webhook is delivered several times.
	Attempt int
	Exchange
}

// Exchange is what went over the wire, and how it ended.
type Exchange struct {
	At       time.Time     // when it began, in the app's time
	Duration time.Duration // in real time
	Request  Body
	Response Body
	Status   int    // 0 when there was no answer
	Failure  string // why there was none, "" when there was one
	// Problems are the places where the request or the answer does not fit the document.
	Problems []string
	// Trouble is what made it fail on purpose; see [Server.Fail].
	Trouble []TroubleKind
}

// Body is a request or an answer. Its header may hold credentials.
type Body struct {
	Header http.Header
	Bytes  []byte // at most the first 64 kibibytes
	Cut    bool   // whether there were more
}

// String shows the call in one line, without what may hold a secret.
func (c Call) String() string {
	name := c.Operation
	if name == "" {
		name = c.Method + " of no known route"
	}
	return name + ", " + c.outcome()
}

// String shows the delivery in one line, without what may hold a secret.
func (d Delivery) String() string { return string(d.Event) + ", " + d.outcome() }

// outcome tells how it ended, and why.
func (e Exchange) outcome() string {
	told := strconv.Itoa(e.Status)
	if e.Failure != "" {
		told = e.Failure
	}
	if len(e.Trouble) > 0 {
		names := make([]string, 0, len(e.Trouble))
		for _, kind := range e.Trouble {
			names = append(names, string(kind))
		}
		slices.Sort(names)
		told += " (trouble: " + strings.Join(names, ", ") + ")"
	}
	if len(e.Problems) > 0 {
		told += ": " + strings.Join(e.Problems, "; ")
	}
	return told
}

// Calls returns the calls of the API until now, the oldest first: those of some
// operations, such as "sendBotMessage", or of all when none is named. They are the newest
// 10,000 calls and deliveries. It ends the test when there is no such operation.
func (s *Server) Calls(operations ...string) []Call {
	s.t.Helper()
	return s.calls("", operations)
}

// calls are those about a room; of all when the id is "".
func (s *Server) calls(roomID string, operations []string) []Call {
	s.t.Helper()
	s.checkOperations(operations)
	var calls []Call
	for _, entry := range s.records(timeline.Call, roomID, operations) {
		calls = append(calls, callOf(entry))
	}
	return calls
}

// Deliveries returns the webhooks that were delivered until now, or could not be, in the
// order in which that ended: those of some events, or of all when none is named. They are
// the newest 10,000 calls and deliveries. It ends the test when there is no such event.
func (s *Server) Deliveries(events ...webhook.Name) []Delivery {
	s.t.Helper()
	return s.deliveries("", events)
}

// deliveries are those about a room; of all when the id is "".
func (s *Server) deliveries(roomID string, events []webhook.Name) []Delivery {
	s.t.Helper()
	s.checkEvents(events)
	var deliveries []Delivery
	for _, entry := range s.records(timeline.Delivery, roomID, names(events)) {
		deliveries = append(deliveries, deliveryOf(entry))
	}
	return deliveries
}

func (s *Server) records(kind timeline.Kind, roomID string, names []string) []timeline.Entry {
	return s.sandbox.Timeline().Since(0, func(entry timeline.Entry) bool {
		return entry.Kind == kind && (roomID == "" || entry.RoomID == roomID) &&
			(len(names) == 0 || slices.Contains(names, entry.Name))
	})
}

func callOf(entry timeline.Entry) Call {
	return Call{
		Operation: entry.Name, RoomID: entry.RoomID, Method: entry.Method, Path: entry.URL, Exchange: exchangeOf(entry),
	}
}

func deliveryOf(entry timeline.Entry) Delivery {
	return Delivery{
		Event: webhook.Name(entry.Name), RoomID: entry.RoomID, URL: entry.URL, Attempt: entry.Attempt,
		Exchange: exchangeOf(entry),
	}
}

func exchangeOf(entry timeline.Entry) Exchange {
	exchange := Exchange{
		At: entry.At, Duration: entry.Duration, Request: Body(entry.Request), Response: Body(entry.Response),
		Status: entry.Status, Problems: entry.Problems, Failure: entry.Failure,
	}
	for _, name := range entry.Trouble {
		exchange.Trouble = append(exchange.Trouble, TroubleKind(name))
	}
	return exchange
}

func names(events []webhook.Name) []string {
	written := make([]string, 0, len(events))
	for _, event := range events {
		written = append(written, string(event))
	}
	return written
}

// checkOperations ends the test where one is named that is not there: nobody can call it,
// and a test that looks for it finds nothing wrong.
func (s *Server) checkOperations(operations []string) {
	s.t.Helper()
	for _, operation := range operations {
		if !isOperation(operation) {
			s.t.Fatalf("qismotest: no operation has the name %q; near it are %s "+
				"(docs/operations.md and docs/chat-operations.md name that of each method)",
				operation, nearest(operation, operationNames()))
		}
	}
}

// checkEvents does the same for events.
func (s *Server) checkEvents(events []webhook.Name) {
	s.t.Helper()
	for _, event := range events {
		if !isEvent(string(event)) {
			s.t.Fatalf("qismotest: no event has the name %q; there are %q", event, webhook.Names())
		}
	}
}
