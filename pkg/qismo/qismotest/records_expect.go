package qismotest

import (
	"fmt"
	"strconv"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// ExpectCalls settles, and fails the test unless exactly these operations were called, in
// this order. What a client tried again counts each time. The failure shows both lists
// beside each other.
func (s *Server) ExpectCalls(operations ...string) {
	s.t.Helper()
	s.Settle()
	s.expectCalls(operations, s.Calls())
}

// ExpectCalls is [Server.ExpectCalls] of the calls about the customer's room alone.
func (c *Customer) ExpectCalls(operations ...string) {
	c.server.t.Helper()
	c.server.Settle()
	c.server.expectCalls(operations, c.Calls())
}

func (s *Server) expectCalls(expected []string, calls []Call) {
	s.t.Helper()
	s.checkOperations(expected)
	var came []named
	for _, call := range calls {
		came = append(came, named{call.Operation, call.String()})
	}
	if shown, same := compare(expected, came); !same {
		s.t.Errorf("qismotest: other calls came than the test expects\n\n%s", shown)
	}
}

// ExpectDeliveries settles, and fails the test unless exactly these events were
// delivered, in this order, also those that got no answer or were dropped on purpose. What was sent again counts
// each time. The webhooks of one room come one after the other; those of several rooms
// in any order, for which there is [Customer.ExpectDeliveries].
func (s *Server) ExpectDeliveries(events ...webhook.Name) {
	s.t.Helper()
	s.Settle()
	s.expectDeliveries(events, s.Deliveries())
}

// ExpectDeliveries is [Server.ExpectDeliveries] of the events about the customer's room
// alone.
func (c *Customer) ExpectDeliveries(events ...webhook.Name) {
	c.server.t.Helper()
	c.server.Settle()
	c.server.expectDeliveries(events, c.Deliveries())
}

func (s *Server) expectDeliveries(expected []webhook.Name, deliveries []Delivery) {
	s.t.Helper()
	s.checkEvents(expected)
	var came []named
	for _, delivery := range deliveries {
		came = append(came, named{string(delivery.Event), delivery.String()})
	}
	if shown, same := compare(names(expected), came); !same {
		s.t.Errorf("qismotest: other webhooks were delivered than the test expects\n\n%s", shown)
	}
}

// WaitForCalls waits until an operation was called so often or more, and returns these
// calls. It ends the test when that takes longer than [WithPatience] says.
func (s *Server) WaitForCalls(operation string, count int) []Call {
	s.t.Helper()
	s.checkOperations([]string{operation})
	var calls []Call
	if late := s.await(func() bool {
		calls = s.Calls(operation)
		return len(calls) >= count
	}); late != "" {
		s.t.Fatalf("qismotest: too few calls of %s %s\n\n%s", operation, late, counted(count, calls))
	}
	return calls
}

// WaitForDeliveries waits until an event was delivered so often or more, and returns
// these deliveries. It ends the test when that takes longer than [WithPatience] says.
func (s *Server) WaitForDeliveries(event webhook.Name, count int) []Delivery {
	s.t.Helper()
	var deliveries []Delivery
	if late := s.await(func() bool {
		deliveries = s.Deliveries(event)
		return len(deliveries) >= count
	}); late != "" {
		s.t.Fatalf("qismotest: too few deliveries of %s %s\n\n%s", event, late, counted(count, deliveries))
	}
	return deliveries
}

// counted shows how many were expected above those that came.
func counted[R fmt.Stringer](expected int, came []R) string {
	shown := newTable()
	shown.row("expected", strconv.Itoa(expected))
	shown.row("came", strconv.Itoa(len(came)))
	for _, record := range came {
		shown.row("", record.String())
	}
	return shown.String()
}
