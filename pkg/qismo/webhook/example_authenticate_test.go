package webhook_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// newReceiver is a handler of a bot with an authenticator.
func newReceiver(authenticator webhook.Authenticator) http.Handler {
	handler, err := webhook.NewHandler(authenticator, webhook.Callbacks{
		BotMessage: func(context.Context, *webhook.BotMessageEvent) error { return nil },
	})
	if err != nil {
		panic(err) // a program would end with the error
	}
	return handler
}

// deliver sends a small event, and returns the status of the answer.
func deliver(handler http.Handler, path string, change func(*http.Request)) int {
	request := httptest.NewRequestWithContext(context.Background(), http.MethodPost, path, strings.NewReader(`{"type":"other"}`))
	change(request)
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	return recorder.Code
}

// A secret is changed without a delivery being lost: for a while there are two.
func ExamplePathSecret_rotation() {
	unchanged := func(*http.Request) {}
	for _, step := range []struct {
		name    string
		secrets []string // of the program's configuration, the newest first
	}{
		{"before", []string{"old-secret"}},
		{"add the new one, then change the dashboard", []string{"new-secret", "old-secret"}},
		{"take the old one out", []string{"new-secret"}},
	} {
		handler := newReceiver(webhook.PathSecret(step.secrets...))
		fmt.Printf("%s: old %d, new %d\n", step.name,
			deliver(handler, "/hooks/bot/old-secret", unchanged), deliver(handler, "/hooks/bot/new-secret", unchanged))
	}
	// Output:
	// before: old 200, new 401
	// add the new one, then change the dashboard: old 200, new 200
	// take the old one out: old 401, new 200
}

// Behind a load balancer, which adds the address of its client to X-Forwarded-For.
// The networks are those of a gateway of one's own that passes webhooks on, since
// Qiscus publishes no addresses.
func ExampleFromNetworks_loadBalancer() {
	gateway := []netip.Prefix{netip.MustParsePrefix("192.0.2.0/28")}
	loadBalancer := netip.MustParsePrefix("10.0.0.0/8")
	handler := newReceiver(webhook.AllOf(
		webhook.PathSecret("a-long-random-secret"), // the first lock
		webhook.FromNetworks(gateway, loadBalancer),
	))
	from := func(peer, forwarded string) func(*http.Request) {
		return func(request *http.Request) {
			request.RemoteAddr = peer
			request.Header.Set("X-Forwarded-For", forwarded)
		}
	}
	const path = "/hooks/bot/a-long-random-secret"
	fmt.Println("the gateway:", deliver(handler, path, from("10.0.0.5:41000", "192.0.2.3")))
	fmt.Println("a guess:", deliver(handler, "/hooks/bot/a-guess", from("10.0.0.5:41000", "192.0.2.3")))
	fmt.Println("a stranger with the secret:", deliver(handler, path, from("10.0.0.5:41000", "203.0.113.9")))
	fmt.Println("who pretends:", deliver(handler, path, from("10.0.0.5:41000", "192.0.2.3, 203.0.113.9")))
	fmt.Println("past the load balancer:", deliver(handler, path, from("203.0.113.9:41000", "192.0.2.3")))
	// Output:
	// the gateway: 200
	// a guess: 401
	// a stranger with the secret: 401
	// who pretends: 401
	// past the load balancer: 401
}

// An access log that never sees the secret, in front of everything that it logs.
func ExampleHideSecret() {
	authenticator := webhook.PathSecret("a-long-random-secret")
	mux := http.NewServeMux()
	mux.Handle("/hooks/bot/", newReceiver(authenticator))
	accessLog := http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		fmt.Println(request.Method, request.RequestURI)
		mux.ServeHTTP(w, request)
	})
	handler := webhook.HideSecret(authenticator, accessLog)

	unchanged := func(*http.Request) {}
	fmt.Println(deliver(handler, "/hooks/bot/a-long-random-secret", unchanged))
	fmt.Println(deliver(handler, "/hooks/bot/a-guess", unchanged))
	// Output:
	// POST /hooks/bot/***
	// 200
	// POST /hooks/bot/***
	// 401
}
