package webhook_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/qismo-go/qismo/internal/canary"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// canaryWay is one way in which a delivery can go.
type canaryWay struct {
	name    string
	options []webhook.Option
	off     bool // nothing is validated, so that nobody can be told of problems
	// callback is that of all events; they succeed if it is nil.
	callback func(ctx context.Context, w *canaryWatch, event webhook.Event) error
	// callbacks are taken instead, if there are some.
	callbacks *webhook.Callbacks
	store     func(webhook.Store) webhook.Store
	// authenticator is taken instead of those that take turns, if there is one.
	authenticator webhook.Authenticator
	// request changes requests.
	request func(*http.Request)
	// around is put around the handler.
	around func(w *canaryWatch, next http.Handler) http.Handler
	// drive delivers; once, if it is nil.
	drive func(t *testing.T, d *canaryDelivery)
	// wants are what must come of one delivery at least: answers, outcomes, errors.
	wants []string
}

// canaryDelivery is what a way has to deliver, and to whom.
type canaryDelivery struct {
	handler *webhook.Handler
	outer   http.Handler
	request func() *http.Request
	watch   *canaryWatch
	sent    *int
}

// send delivers, and notes all of the answer.
func (d *canaryDelivery) send(request *http.Request) {
	*d.sent++
	recorder := httptest.NewRecorder()
	defer func() {
		if value := recover(); value != nil {
			d.watch.count("panic") // of a function of the program's, left to net/http
		}
		d.watch.note(inAnswers, fmt.Sprint(recorder.Code, " ", recorder.Header(), " ", recorder.Body))
	}()
	d.outer.ServeHTTP(recorder, request)
}

// together delivers several at once, and waits for the answers.
func (d *canaryDelivery) together(deliveries ...func()) {
	done := make(chan struct{}, len(deliveries))
	for _, deliver := range deliveries {
		go func() { defer func() { done <- struct{}{} }(); deliver() }()
		synctest.Wait() // in this order
	}
	for range deliveries {
		<-done
	}
}

// shutDown ends the handler as a program does that cannot wait for long.
func (d *canaryDelivery) shutDown(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if err := d.handler.Shutdown(ctx); err != nil {
		d.watch.note(inErrors, canary.AllTexts(err)...)
	}
}

// wholeOf is everything of an event, as a callback's error may have it.
func wholeOf(event webhook.Event) string { return fmt.Sprintf("%s %s", event.Name(), event.Raw()) }

func failingCallback(_ context.Context, _ *canaryWatch, event webhook.Event) error {
	return fmt.Errorf("store the message: %w", &callbacksError{wholeOf(event)})
}

func slowCallback(ctx context.Context, _ *canaryWatch, event webhook.Event) error {
	<-ctx.Done()
	return errors.Join(&callbacksError{wholeOf(event)}, context.Cause(ctx))
}

func endlessCallback(_ context.Context, _ *canaryWatch, event webhook.Event) error {
	<-time.After(2 * time.Minute)
	return &callbacksError{wholeOf(event)}
}

func deliverTwice(_ *testing.T, d *canaryDelivery) {
	d.send(d.request())
	d.send(d.request())
}

// namingStore fails in one of its methods, and its error names what it was given.
type namingStore struct {
	webhook.Store

	method string
	claim  webhook.Claim
	panics bool
}

func (s namingStore) fail(method, key, owner string) error {
	switch {
	case s.method != method:
		return nil
	case s.panics:
		panic("SET " + key + " " + owner)
	}
	return fmt.Errorf("dial tcp 127.0.0.1:6379: SET %s %s NX: connection refused", key, owner)
}

func (s namingStore) Claim(ctx context.Context, key, owner string, lease time.Duration) (webhook.Claim, error) {
	if err := s.fail("claim", key, owner); err != nil {
		return 0, err
	}
	if s.claim != 0 {
		return s.claim, nil
	}
	return s.Store.Claim(ctx, key, owner, lease)
}

func (s namingStore) Commit(ctx context.Context, key, owner string, keep time.Duration) error {
	return errors.Join(s.fail("commit", key, owner), s.Store.Commit(ctx, key, owner, keep))
}

func (s namingStore) Release(ctx context.Context, key, owner string) error {
	return errors.Join(s.fail("release", key, owner), s.Store.Release(ctx, key, owner))
}

func (s namingStore) Forget(ctx context.Context, key string) error {
	return errors.Join(s.fail("forget", key, ""), s.Store.Forget(ctx, key))
}

func naming(store namingStore) func(webhook.Store) webhook.Store {
	return func(inner webhook.Store) webhook.Store {
		store.Store = inner
		return store
	}
}

// canaryWays are all ways in which a delivery can go, as far as we can think of them.
func canaryWays(n *nursery) []canaryWay {
	return append(append(append(handlingWays(), queueWays()...), storeWays()...), refusalWays(n)...)
}

func handlingWays() []canaryWay {
	atOnce := webhook.AnswerAtOnce()
	silent := recording(new([]webhook.Name))
	silent.Unknown = nil
	curious := recording(new([]webhook.Name))
	panicking := func(value func(webhook.Event) any) func(context.Context, *canaryWatch, webhook.Event) error {
		return func(_ context.Context, _ *canaryWatch, event webhook.Event) error { panic(value(event)) }
	}
	return []canaryWay{
		{name: "handled", wants: []string{"200 ", "succeeded", "400 the body is not a JSON object"}},
		{name: "handled without validation", off: true, options: []webhook.Option{webhook.Validation(webhook.Off)}, wants: []string{"succeeded"}},
		{name: "strict", options: []webhook.Option{webhook.Validation(webhook.Strict)}, wants: []string{"200 ", "400 the body does not fit the document"}},
		{name: "nobody there", callbacks: &silent, options: []webhook.Option{webhook.Workers(1)}, wants: []string{"failed", "200 "}},
		{name: "somebody for the unknown", callbacks: &curious, options: []webhook.Option{webhook.Workers(1)}, wants: []string{"succeeded"}},
		{name: "only messages", options: []webhook.Option{webhook.Only(webhook.BotMessage)}, wants: []string{"succeeded"}},
		{
			name: "only sessions, strict", options: []webhook.Option{webhook.Only(webhook.NewSession), webhook.Validation(webhook.Strict)},
			wants: []string{"400 the body does not fit the document"},
		},
		{name: "a callback's error", callback: failingCallback, wants: []string{"500 the event could not be handled", "failed"}},
		{name: "a callback's error behind the answer", callback: failingCallback, options: []webhook.Option{atOnce}, wants: []string{"200 ", "failed"}},
		{
			name: "a panic", callback: panicking(func(event webhook.Event) any { return wholeOf(event) }),
			wants: []string{"500 the event could not be handled", "panicked"},
		},
		{
			name: "a panic with an error", callback: panicking(func(event webhook.Event) any { return &callbacksError{wholeOf(event)} }),
			wants: []string{"panicked"},
		},
		{
			name: "a panic with an event", callback: panicking(func(event webhook.Event) any { return event }),
			options: []webhook.Option{atOnce}, wants: []string{"panicked"},
		},
		{
			name: "a panic of Go's", callback: func(_ context.Context, _ *canaryWatch, event webhook.Event) error {
				values := map[string][]byte{wholeOf(event): event.Raw()}
				_ = values[wholeOf(event)][len(event.Raw())+len(values)]
				return nil
			},
			wants: []string{"panicked"},
		},
		{
			name: "a goroutine that ends", callback: func(context.Context, *canaryWatch, webhook.Event) error { runtime.Goexit(); return nil },
			wants: []string{"failed", "500 the event could not be handled"},
		},
		{
			name: "a callback for which time runs out", callback: slowCallback, options: []webhook.Option{webhook.Deadline(time.Second)},
			wants: []string{"failed", "500 the event could not be handled"},
		},
		{
			name: "a callback that does not end", callback: endlessCallback, options: []webhook.Option{webhook.Deadline(time.Second)},
			drive: func(_ *testing.T, d *canaryDelivery) { d.send(d.request()); <-time.After(time.Hour) },
			wants: []string{"500 the event was not handled in time", webhook.ErrOverdue.Error(), "failed"},
		},
		{
			name: "OnProblems that panics", off: true, options: []webhook.Option{
				webhook.OnProblems(func(_ context.Context, _ webhook.Name, problems []webhook.Problem) { panic(problems) }),
			},
			wants: []string{"succeeded"},
		},
		{
			name: "the Chat SDK's header", request: func(request *http.Request) { request.Header.Set(webhook.ChatSDKSignatureHeader, "0") },
			authenticator: webhook.WithoutAuthentication(), wants: []string{"succeeded"},
		},
	}
}

func queueWays() []canaryWay {
	narrow := []webhook.Option{webhook.Workers(1), webhook.Waiting(0), webhook.Deadline(time.Second)}
	return []canaryWay{
		{
			name: "a full queue", callback: slowCallback, options: narrow,
			drive: func(_ *testing.T, d *canaryDelivery) {
				d.together(func() { d.send(d.request()) }, func() { d.send(d.request()) })
			},
			wants: []string{"503 too many events are waiting", webhook.ErrQueueFull.Error()},
		},
		{
			name: "shut down before", wants: []string{"503 the receiver is being shut down", webhook.ErrShutdown.Error()},
			drive: func(t *testing.T, d *canaryDelivery) { t.Helper(); d.shutDown(t); d.send(d.request()) },
		},
		{
			name: "shut down meanwhile", callback: slowCallback, options: []webhook.Option{webhook.AnswerAtOnce(), webhook.Workers(1)},
			drive: func(t *testing.T, d *canaryDelivery) { t.Helper(); deliverTwice(t, d); d.shutDown(t) },
			wants: []string{"200 ", webhook.ErrShutdown.Error(), "failed"},
		},
		{
			name: "shut down while somebody waits", callback: slowCallback, options: []webhook.Option{webhook.Workers(1)},
			drive: func(t *testing.T, d *canaryDelivery) {
				t.Helper()
				d.together(func() { d.send(d.request()) }, func() { d.send(d.request()) }, func() { d.shutDown(t) })
			},
			wants: []string{"503 the receiver is being shut down", webhook.ErrShutdown.Error()},
		},
		{
			name: "the platform hangs up", callback: slowCallback, options: []webhook.Option{webhook.Deadline(time.Minute)},
			drive: func(_ *testing.T, d *canaryDelivery) {
				request := d.request()
				ctx, cancel := context.WithCancelCause(request.Context())
				text := request.URL.String()
				time.AfterFunc(time.Second, func() { cancel(errors.New(text)) })
				d.send(request.WithContext(ctx))
			},
			wants: []string{"503 the request ended first"},
		},
	}
}

func storeWays() []canaryWay {
	return []canaryWay{
		{name: "a repetition", drive: deliverTwice, wants: []string{"duplicate", "succeeded"}},
		{name: "a repetition of a failure", callback: failingCallback, drive: deliverTwice, wants: []string{"failed"}},
		{
			name: "two at once", callback: func(context.Context, *canaryWatch, webhook.Event) error { <-time.After(time.Second); return nil },
			drive: func(_ *testing.T, d *canaryDelivery) {
				d.together(func() { d.send(d.request()) }, func() { d.send(d.request()) })
			},
			wants: []string{"duplicate", "succeeded"},
		},
		{
			name: "a store that fails to claim", store: naming(namingStore{method: "claim"}),
			wants: []string{"503 it cannot be told whether the event was handled before", webhook.ErrStore.Error(), "store failed"},
		},
		{
			name: "a store that is done without", store: naming(namingStore{method: "claim"}),
			options: []webhook.Option{webhook.HandleWithoutStore()}, wants: []string{webhook.ErrStore.Error(), "succeeded"},
		},
		{name: "a store that fails to commit", store: naming(namingStore{method: "commit"}), wants: []string{webhook.ErrStore.Error()}},
		{
			name: "a store that fails to release", callback: failingCallback, store: naming(namingStore{method: "release"}),
			wants: []string{webhook.ErrStore.Error(), "failed"},
		},
		{
			name: "a store that fails to forget", options: []webhook.Option{webhook.Only(webhook.MarkAsResolved)},
			store: naming(namingStore{method: "forget"}), wants: []string{webhook.ErrStore.Error()},
		},
		{name: "a store that panics", store: naming(namingStore{method: "claim", panics: true}), wants: []string{"panicked"}},
		{
			name: "a store that panics in the end", store: naming(namingStore{method: "commit", panics: true}),
			wants: []string{"500 the event could not be handled"},
		},
		{name: "a store that makes no sense", store: naming(namingStore{claim: 7}), wants: []string{"store failed"}},
		{
			name: "claimed elsewhere", store: naming(namingStore{claim: webhook.Busy}), options: []webhook.Option{webhook.Deadline(time.Second)},
			wants: []string{"503 the event is still being handled", "claimed elsewhere", webhook.ErrClaimedElsewhere.Error()},
		},
	}
}

func refusalWays(n *nursery) []canaryWay {
	inContent, inBody := n.of(canary.Token, "a content type"), n.of(canary.Sentence, "an error of reading")
	stranger := func(*http.Request, []byte) error { return &callbacksError{inBody} }
	return []canaryWay{
		{
			name: "a method", request: func(request *http.Request) { request.Method = n.of(canary.Token, "a method") },
			wants: []string{"405 only POST is accepted"},
		},
		{
			name: "a content type", request: func(request *http.Request) { request.Header.Set("Content-Type", "text/"+inContent) },
			wants: []string{"415 the content type is not JSON"},
		},
		{
			name: "a body that is declared too large", options: []webhook.Option{webhook.MaxBody(20)},
			wants: []string{"413 the body is too large"},
		},
		{
			name: "a body that is too large", options: []webhook.Option{webhook.MaxBody(20)},
			request: func(request *http.Request) { request.ContentLength = -1 },
			wants:   []string{"413 the body is too large"},
		},
		{
			name: "a body that breaks", request: func(request *http.Request) {
				request.Body = io.NopCloser(io.MultiReader(io.LimitReader(request.Body, 100), iotest.ErrReader(errors.New(inBody))))
			},
			wants: []string{"400 the body could not be read"},
		},
		{
			name: "no body", request: func(request *http.Request) { request.Body, request.ContentLength = nil, 0 },
			authenticator: webhook.WithoutAuthentication(), wants: []string{"400 the body is not a JSON object"},
		},
		{
			name: "a stranger", authenticator: webhook.AllOf(
				webhook.PathSecret(n.of(canary.Token, "another path secret")),
				webhook.QuerySecret("secret", n.of(canary.Token, "another query secret")),
				webhook.HeaderSecret("X-Key", n.of(canary.Token, "another header secret")),
				webhook.HMAC("X-Sum", n.of(canary.Token, "another key"))),
			wants: []string{"401 unauthorized"},
		},
		{
			name: "a signature of something else", authenticator: webhook.HMAC("X-Sum", n.of(canary.Token, "a key")),
			request: func(request *http.Request) {
				request.Body = io.NopCloser(io.MultiReader(strings.NewReader(" "), request.Body))
			},
			wants: []string{"401 unauthorized"},
		},
		{
			name:          "an address from elsewhere",
			authenticator: webhook.FromNetworks([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, netip.MustParsePrefix("127.0.0.0/8")),
			request:       func(request *http.Request) { request.RemoteAddr = "127.0.0.1:1" }, wants: []string{"401 unauthorized"},
		},
		hiddenSecretWay(n, "a secret hidden from what stands around", "the path secret", "the query secret"),
		hiddenSecretWay(n, "a secret hidden from a stranger's request", "another path secret", "another query secret"),
		{name: "an authenticator of one's own", authenticator: authenticatorFunc(stranger), wants: []string{"401 unauthorized"}},
	}
}

// hiddenSecretWay has an access log that writes all of a request that a secret in the
// URL could be in, inside of what hides it. Whoever gets the secret wrong has it hidden
// as well.
func hiddenSecretWay(n *nursery, name, path, query string) canaryWay {
	hidden := webhook.AnyOf(
		webhook.PathSecret(n.of(canary.Token, path)), webhook.QuerySecret("secret", n.of(canary.Token, query)))
	want := map[string]string{"the path secret": "200 ", "another path secret": "401 unauthorized"}[path]
	return canaryWay{
		name: name, authenticator: hidden, wants: []string{want},
		request: func(request *http.Request) { // other canaries are no secrets of the URL's
			request.Host, request.URL.Host, request.URL.Fragment = "example.id", "example.id", ""
			secrets := strings.Split(request.URL.Path, "/")
			request.URL.Path = "/hooks/" + secrets[len(secrets)-1]
			request.URL.RawQuery, _, _ = strings.Cut(request.URL.RawQuery, "&")
			request.RequestURI = request.URL.RequestURI()
		},
		around: func(w *canaryWatch, next http.Handler) http.Handler {
			return webhook.HideSecret(hidden, http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
				ctx := request.Context()
				type key struct{}
				child := context.WithValue(ctx, key{}, name)
				w.note(inLog, request.URL.String(), request.RequestURI, fmt.Sprintf("%v %+v %#v", request.URL, *request.URL, request.URL))
				w.note(inLog, fmt.Sprintf("%v %+v %s", ctx, ctx, ctx), fmt.Sprintf("%v %+v %s", child, child, child))
				next.ServeHTTP(writer, request)
			}))
		},
	}
}
