package qismotest

import (
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// receiver is a program under test that webhooks are sent to.
type receiver struct {
	delivery *delivery
	server   *loopback // nil for one that is elsewhere
}

func (r *receiver) close() {
	if r.server != nil {
		r.server.close()
	}
}

// SendTo lets the platform send its webhooks to a handler, the program under test, over
// HTTP on loopback. Options say to which path, with which secret or signature, and with
// [Only] which events; all of them otherwise. For each event the last call counts.
func (s *Server) SendTo(handler http.Handler, options ...DeliveryOption) {
	s.t.Helper()
	if handler == nil {
		s.t.Fatalf("qismotest: SendTo: the handler is nil")
		return
	}
	to, err := newDelivery(options)
	if err != nil {
		s.t.Fatalf("%v", err)
		return
	}
	server, err := serve(to.arriving(handler))
	if err != nil {
		s.t.Fatalf("qismotest: SendTo: %v", err)
		return
	}
	s.send(server.url, &receiver{delivery: to, server: server})
}

// SendToURL lets the platform send its webhooks to a program that listens already. Its
// host must be this machine or in a network of one's own.
func (s *Server) SendToURL(address string, options ...DeliveryOption) {
	s.t.Helper()
	to, err := newDelivery(options)
	if err != nil {
		s.t.Fatalf("%v", err)
		return
	}
	s.send(address, &receiver{delivery: to})
}

func (s *Server) send(address string, to *receiver) {
	s.t.Helper()
	target, err := url.Parse(address)
	if err != nil || target.Host == "" {
		s.t.Fatalf("qismotest: SendToURL: the address is not a URL")
		return
	}
	s.mu.Lock()
	s.receivers[target.Host] = to
	s.mu.Unlock()
	target2 := to.delivery.place(*target)
	at := target2.String()
	only := func(event webhook.Name) string {
		if len(to.delivery.only) > 0 && !slices.Contains(to.delivery.only, event) {
			return ""
		}
		return at
	}
	s.sandbox.SetWebhooks(sandbox.Webhooks{
		Bot: only(webhook.BotMessage), NewSession: only(webhook.NewSession),
		Allocation: only(webhook.CustomAgentAllocation), Resolve: only(webhook.MarkAsResolved),
		Auth: only(webhook.UserLogout),
	})
}

// prepare gives a webhook the headers and signatures of its receiver.
func (s *Server) prepare(request *http.Request, body []byte) {
	s.mu.Lock()
	to := s.receivers[request.URL.Host]
	s.mu.Unlock()
	if to == nil { // the program set an address itself
		return
	}
	maps.Copy(request.Header, to.delivery.header)
	for _, sign := range to.delivery.sign {
		sign(request.Header, body)
	}
}

// arriving lets a handler see its requests come from the address of [FromAddress].
func (d *delivery) arriving(handler http.Handler) http.Handler {
	if d.address == "" {
		return handler
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.RemoteAddr = net.JoinHostPort(d.address, "40000")
		handler.ServeHTTP(w, r)
	})
}
