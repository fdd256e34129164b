package qismotest

import (
	"net/http"
	"slices"
	"time"

	"github.com/qismo-go/qismo/internal/sandbox/timeline"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// Call is a call of the API that the program under test made.
type Call struct {
	Operation string // its id in the document, such as sendBotMessage; "" for no known route
	RoomID    string // "" when no room belongs to it
	Method    string
	Path      string // with the query
	At        time.Time
	Duration  time.Duration
	Request   Body
	Response  Body
	Status    int    // 0 when the connection was broken
	Failure   string // why there was no answer
	Problems  []string
	Trouble   []TroubleKind // what made it fail on purpose
}

// Delivery is one attempt to deliver a webhook to the program under test.
type Delivery struct {
	Event    webhook.Name
	RoomID   string // "" when no room belongs to it
	URL      string
	At       time.Time
	Duration time.Duration
	Attempt  int // 1 for the first
	Request  Body
	Response Body
	Status   int    // 0 when there was no answer
	Failure  string // why there was none
	Problems []string
	Trouble  []TroubleKind // what made it fail on purpose
}

// Body is one direction of an exchange.
type Body struct {
	Header http.Header
	Bytes  []byte
	Cut    bool // it was longer than what is kept
}

// Calls returns the calls of the API until now, the oldest first: of all operations or
// of some, such as "sendBotMessage".
func (s *Server) Calls(operations ...string) []Call {
	var calls []Call
	for _, entry := range s.sandbox.Timeline().Since(0, func(entry timeline.Entry) bool {
		return entry.Kind == timeline.Call && (len(operations) == 0 || slices.Contains(operations, entry.Name))
	}) {
		calls = append(calls, Call{
			Operation: entry.Name, RoomID: entry.RoomID, Method: entry.Method, Path: entry.URL, At: entry.At,
			Duration: entry.Duration, Request: Body(entry.Request), Response: Body(entry.Response),
			Status: entry.Status, Failure: entry.Failure, Problems: entry.Problems, Trouble: kinds(entry.Trouble),
		})
	}
	return calls
}

// Deliveries returns the webhooks that were answered, or got no answer, until now, the
// oldest first: of all events or of some.
func (s *Server) Deliveries(events ...webhook.Name) []Delivery {
	var deliveries []Delivery
	for _, entry := range s.sandbox.Timeline().Since(0, func(entry timeline.Entry) bool {
		return entry.Kind == timeline.Delivery &&
			(len(events) == 0 || slices.Contains(events, webhook.Name(entry.Name)))
	}) {
		deliveries = append(deliveries, Delivery{
			Event: webhook.Name(entry.Name), RoomID: entry.RoomID, URL: entry.URL, At: entry.At,
			Duration: entry.Duration, Attempt: entry.Attempt, Request: Body(entry.Request),
			Response: Body(entry.Response), Status: entry.Status, Failure: entry.Failure, Problems: entry.Problems,
			Trouble: kinds(entry.Trouble),
		})
	}
	return deliveries
}

func kinds(names []string) []TroubleKind {
	var kinds []TroubleKind
	for _, name := range names {
		kinds = append(kinds, TroubleKind(name))
	}
	return kinds
}
