package qismotest

import (
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// SendTo lets the platform send its webhooks to a handler, the program under test, over
// HTTP on loopback. Options such as [ToPath] and [SignBase64] say how, and [Only] and [Of]
// say which events. Without these two a [webhook.Handler] gets those that it has callbacks
// for, and any other handler those that the app has one address for: botMessage,
// customAgentAllocation, markAsResolved, newSession and userLogout. Name the events of a
// handler that is wrapped, since an app that has an address for botMessage has a bot: its
// rooms are the bot's, and no customer in them waits for an agent.
//
// Of two calls about an event the later one counts. A handler that panics fails the test;
// for one that refuses a webhook see [Server.ExpectDelivered].
func (s *Server) SendTo(handler http.Handler, options ...DeliveryOption) {
	s.t.Helper()
	program, isKnown := handler.(*webhook.Handler)
	if handler == nil || isKnown && program == nil {
		s.t.Fatalf("qismotest: SendTo: the handler is nil")
		return
	}
	delivery, err := newDelivery(options)
	if err != nil {
		s.t.Fatalf("%v", err)
		return
	}
	if isKnown {
		delivery.choose(program)
	}
	server, err := serve(s.guarded(delivery.arriving(handler)))
	if err != nil {
		s.t.Fatalf("qismotest: SendTo: %v", err)
		return
	}
	s.mu.Lock()
	s.loopbacks = append(s.loopbacks, server)
	if isKnown {
		s.handlers = append(s.handlers, program)
	}
	s.mu.Unlock()
	to, err := url.Parse(server.url)
	if err != nil {
		s.t.Fatalf("qismotest: SendTo: %v", err)
		return
	}
	to.Path = "/"
	s.sendTo(delivery, *to)
}

// choose has a handler get what it has callbacks for, unless the options say what.
func (d *delivery) choose(program *webhook.Handler) {
	if events := program.Events(); d.only == nil && d.of == "" && len(events) > 0 {
		d.only = events
	}
}

// SendToURL does what [Server.SendTo] does with a program that listens by itself, on
// this machine or in a network of one's own: nothing is sent to public hosts.
func (s *Server) SendToURL(address string, options ...DeliveryOption) {
	s.t.Helper()
	delivery, to, err := newDeliveryTo(address, options)
	if err != nil {
		s.t.Fatalf("%v", err)
		return
	}
	s.sendTo(delivery, to)
}

func (s *Server) sendTo(receiver *delivery, to url.URL) {
	s.t.Helper()
	place := receiver.place(to)
	address := place.String()
	found := false
	for _, target := range s.sandbox.WebhookTargets() {
		if !receiver.wants(target) {
			continue
		}
		found = true
		s.mu.Lock()
		s.receivers[receiverKey{target.Event, address}] = receiver
		s.mu.Unlock()
		if err := s.sandbox.SetWebhook(target.Name, address, true); err != nil {
			s.t.Fatalf("qismotest: %v", err)
		}
	}
	if !found {
		s.t.Fatalf("%s", receiver.nowhere())
	}
}

// wants tells whether the options mean a target.
func (d *delivery) wants(target sandbox.WebhookTarget) bool {
	if d.of != "" && d.of != target.Of {
		return false
	}
	if d.only == nil {
		return target.Of == "" || d.of != ""
	}
	return slices.ContainsFunc(d.only, func(event webhook.Name) bool { return targetOf(event) == target.Event })
}

// nowhere says that the app has nothing that the options mean.
func (d *delivery) nowhere() string {
	if d.of == "" {
		return fmt.Sprintf("qismotest: the app has no channel and no button that sends any of %q", d.only)
	}
	return fmt.Sprintf("qismotest: there is no channel and no button %q with an event to send", d.of)
}

// targetOf is the event of the target that an event goes to: the raw events of WhatsApp
// have one in common.
func targetOf(event webhook.Name) string {
	switch event {
	case webhook.WhatsAppForwardMessage, webhook.WhatsAppForwardStatus:
		return "whatsAppForward"
	default:
		return string(event)
	}
}

// prepare gives a webhook the headers and signatures of its receiver. An address that
// the program has set through the API has none.
func (s *Server) prepare(event string, request *http.Request, body []byte) {
	s.mu.Lock()
	receiver, ok := s.receivers[receiverKey{targetOf(webhook.Name(event)), request.URL.String()}]
	s.mu.Unlock()
	if !ok {
		return
	}
	request.Header.Del("Content-Type") // the receiver's headers have one, or it was taken away
	maps.Copy(request.Header, receiver.header)
	for _, sign := range receiver.sign {
		sign(request.Header, body)
	}
}

// arriving lets a handler see its requests come from the address of [FromAddress].
func (d *delivery) arriving(handler http.Handler) http.Handler {
	if d.address == "" {
		return handler
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.RemoteAddr = net.JoinHostPort(d.address, inventedPort)
		handler.ServeHTTP(w, r)
	})
}

// guarded fails the test when a handler panics, and breaks the connection as a server
// does then.
func (s *Server) guarded(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch reason := recover(); reason {
			case nil:
			case http.ErrAbortHandler:
				panic(reason)
			default:
				s.tell("qismotest: the program under test panicked: %v\n\n%s", reason, debug.Stack())
				panic(http.ErrAbortHandler)
			}
		}()
		handler.ServeHTTP(w, r)
	})
}

// tell fails the test from a goroutine that the test may not wait for.
func (s *Server) tell(format string, arguments ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.isOver {
		s.t.Errorf(format, arguments...)
	}
}
