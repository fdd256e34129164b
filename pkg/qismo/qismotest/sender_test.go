package qismotest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/qismotest"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

const secret = "rahasia-panjang"

// receiver is a handler that takes bot messages with a secret in its path.
func receiver(t *testing.T, options ...webhook.Option) http.Handler {
	t.Helper()
	handler, err := webhook.NewHandler(webhook.PathSecret(secret), webhook.Callbacks{
		BotMessage: func(context.Context, *webhook.BotMessageEvent) error { return nil },
	}, options...)
	require.NoError(t, err)
	return handler
}

// senders are both ways to a handler.
func senders(t *testing.T, handler http.Handler, options ...qismotest.DeliveryOption) map[string]*qismotest.Sender {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	inside, err := qismotest.NewSender(handler, options...)
	require.NoError(t, err)
	outside, err := qismotest.NewHTTPSender(server.Client(), server.URL, options...)
	require.NoError(t, err)
	return map[string]*qismotest.Sender{"in this process": inside, "over HTTP": outside}
}

func TestDeliver(t *testing.T) {
	event := qismotest.NewEvents().BotMessage()
	for way, sender := range senders(t, receiver(t), qismotest.ToPath("/hooks/bot/"+secret)) {
		answer, err := sender.Deliver(t.Context(), event)
		require.NoError(t, err, way)
		assert.Equal(t, http.StatusOK, answer.Status, way)
		assert.True(t, answer.Accepted())
		assert.JSONEq(t, `{"status":"ok"}`, string(answer.Body), way)
		assert.Equal(t, "application/json", answer.Header.Get("Content-Type"), way)
		assert.Positive(t, answer.Duration, way)
		reason, problems := answer.Refusal()
		assert.Empty(t, reason)
		assert.Empty(t, problems)
	}
}

// A receiver's problems can be read, and what is no such answer has none.
func TestRefusal(t *testing.T) {
	event := qismotest.NewEvents().BotMessage().Set("/payload/message/text", 7)
	answer := qismotest.Deliver(t, receiver(t, webhook.Validation(webhook.Strict)), event, qismotest.ToPath("/"+secret))
	assert.Equal(t, http.StatusBadRequest, answer.Status)
	assert.False(t, answer.Accepted())
	reason, problems := answer.Refusal()
	assert.Equal(t, "the body does not fit the document", reason)
	assert.Equal(t, []webhook.Problem{{Pointer: "/payload/message/text", Reason: "must be null or string, is number"}}, problems)

	silent := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusFound) })
	answer = qismotest.Deliver(t, silent, qismotest.Raw("no JSON"))
	assert.False(t, answer.Accepted())
	reason, problems = answer.Refusal()
	assert.Empty(t, reason)
	assert.Empty(t, problems)
}

// What a receiver sees is what the options say, whichever way it comes.
func TestOptions(t *testing.T) {
	var mu sync.Mutex
	var seen *http.Request
	var body []byte
	handler := http.HandlerFunc(func(_ http.ResponseWriter, request *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		seen = request
		body, _ = io.ReadAll(request.Body)
	})
	for way, sender := range senders(t, handler,
		qismotest.ToPath("/hooks/a b?c/d"), qismotest.WithQuery("kunci", "a&b"), qismotest.WithQuery("kunci", "c"),
		qismotest.WithHeader("X-Forwarded-Proto", "https"), qismotest.WithHeader("content-type", "text/plain"),
		qismotest.WithHeader("X-Gone", "1"), qismotest.WithHeader("X-Gone", ""),
	) {
		_, err := sender.Deliver(t.Context(), qismotest.Raw(`{"a": 1}`))
		require.NoError(t, err, way)
		assert.Equal(t, http.MethodPost, seen.Method)
		assert.Regexp(t, `^(receiver\.example\.id|127\.0\.0\.1:\d+)$`, seen.Host)
		assert.Equal(t, "/hooks/a b?c/d", seen.URL.Path, way)
		assert.Equal(t, []string{"a&b", "c"}, seen.URL.Query()["kunci"], way)
		assert.Equal(t, "https", seen.Header.Get("X-Forwarded-Proto"), way)
		assert.Equal(t, []string{"text/plain"}, seen.Header.Values("Content-Type"), way)
		assert.Empty(t, seen.Header.Values("X-Gone"), way)
		assert.Equal(t, `{"a": 1}`, string(body), way)
		assert.Equal(t, int64(8), seen.ContentLength, way)
	}
}

// A URL's own path and query are kept as they are written.
func TestURLsOwnQuery(t *testing.T) {
	var seen string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, request *http.Request) { seen = request.RequestURI }))
	defer server.Close()
	for options, uri := range map[string]string{"": "/a%2Fb?z=1&a=2", "b": "/a%2Fb?a=2&b=3&z=1"} {
		var given []qismotest.DeliveryOption
		if options != "" {
			given = append(given, qismotest.WithQuery(options, "3"))
		}
		sender, err := qismotest.NewHTTPSender(server.Client(), server.URL+"/a%2Fb?z=1&a=2", given...)
		require.NoError(t, err)
		_, err = sender.Deliver(t.Context(), qismotest.Raw("{}"))
		require.NoError(t, err)
		assert.Equal(t, uri, seen)
	}
}

func TestSignatures(t *testing.T) {
	handler, err := webhook.NewHandler(
		webhook.HeaderSecret("X-Unused", secret),
		webhook.Callbacks{PostComment: func(context.Context, *webhook.PostCommentEvent) error { return nil }},
	)
	require.NoError(t, err)
	event := qismotest.NewEvents().PostComment()
	assert.Equal(t, 401, qismotest.Deliver(t, handler, event).Status)
	assert.Equal(t, 200, qismotest.Deliver(t, handler, event, qismotest.WithHeader("X-Unused", secret)).Status)

	// RFC 4231, test case 2.
	var header http.Header
	echo := http.HandlerFunc(func(_ http.ResponseWriter, request *http.Request) { header = request.Header })
	qismotest.Deliver(t, echo, qismotest.Raw("what do ya want for nothing?"),
		qismotest.SignHex(webhook.ChatSDKSignatureHeader, "Jefe"), qismotest.SignBase64(webhook.OmnichannelSignatureHeader, "Jefe"))
	assert.Equal(t, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", header.Get(webhook.ChatSDKSignatureHeader))
	assert.Equal(t, "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=", header.Get(webhook.OmnichannelSignatureHeader))
}

func TestFromAddress(t *testing.T) {
	var seen *http.Request
	handler := http.HandlerFunc(func(_ http.ResponseWriter, request *http.Request) { seen = request })
	qismotest.Deliver(t, handler, qismotest.Raw("{}"), qismotest.FromAddress("203.0.113.7"))
	assert.Equal(t, "203.0.113.7", netip.MustParseAddrPort(seen.RemoteAddr).Addr().String())
	assert.Empty(t, seen.Header.Get("X-Forwarded-For"))
	qismotest.Deliver(t, handler, qismotest.Raw("{}"), qismotest.FromAddress("203.0.113.7", "198.51.100.2", "2001:db8::1"))
	assert.Equal(t, "2001:db8::1", netip.MustParseAddrPort(seen.RemoteAddr).Addr().String())
	assert.Equal(t, "203.0.113.7, 198.51.100.2", seen.Header.Get("X-Forwarded-For"))
}

func TestSendersThatCannotBe(t *testing.T) {
	handler := http.NotFoundHandler()
	for text, option := range map[string]qismotest.DeliveryOption{
		"ToPath: the path does not begin with a slash": qismotest.ToPath("rahasia"),
		"WithHeader: the header has no name":           qismotest.WithHeader("", "rahasia"),
		"SignHex: the header has no name":              qismotest.SignHex("", "rahasia"),
		"SignBase64: the secret is empty":              qismotest.SignBase64("X-Signature", ""),
		"FromAddress: it is not an IP address":         qismotest.FromAddress("203.0.113.7", "rahasia"),
	} {
		_, err := qismotest.NewSender(handler, option)
		require.EqualError(t, err, "qismotest: "+text)
		_, err = qismotest.NewHTTPSender(http.DefaultClient, "http://127.0.0.1", option)
		require.EqualError(t, err, "qismotest: "+text)
	}
	_, err := qismotest.NewSender(handler, nil)
	require.EqualError(t, err, "qismotest: an option is nil")
	_, err = qismotest.NewSender(nil)
	require.EqualError(t, err, "qismotest: the handler is nil")
	for address, text := range map[string]string{
		"http://[::1/rahasia": "the address is not a URL",
		"ftp://host/rahasia":  "the address does not begin with http:// or https://",
		"http:///rahasia":     "the address names no host",
	} {
		_, err := qismotest.NewHTTPSender(http.DefaultClient, address)
		require.EqualError(t, err, "qismotest: "+text)
	}
	_, err = qismotest.NewHTTPSender(nil, "http://127.0.0.1")
	require.EqualError(t, err, "qismotest: the client is nil")
	_, err = qismotest.NewHTTPSender(http.DefaultClient, "http://127.0.0.1", qismotest.FromAddress("203.0.113.7"))
	require.EqualError(t, err, "qismotest: FromAddress: it is for handlers in this process")
}

// An error tells the host and never the path or the query, where secrets are.
func TestDeliveriesThatFail(t *testing.T) {
	events := qismotest.NewEvents()
	var listen net.ListenConfig
	listener, err := listen.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	host := listener.Addr().String()
	require.NoError(t, listener.Close())
	sender, err := qismotest.NewHTTPSender(http.DefaultClient, "http://"+host+"/rahasia?k=rahasia")
	require.NoError(t, err)
	_, err = sender.Deliver(t.Context(), events.BotMessage())
	require.ErrorContains(t, err, "qismotest: deliver to "+host+": ")
	assert.NotContains(t, err.Error(), "rahasia")
	_, err = sender.Deliver(t.Context(), events.BotMessage().Room("1").Set("x", 1))
	require.ErrorContains(t, err, `Set("x")`)

	cut := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "10")
		_, _ = w.Write([]byte("half"))
	}))
	defer cut.Close()
	sender, err = qismotest.NewHTTPSender(cut.Client(), cut.URL+"/rahasia")
	require.NoError(t, err)
	_, err = sender.Deliver(t.Context(), events.BotMessage())
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.NotContains(t, err.Error(), "rahasia")

	ended, end := context.WithCancel(t.Context())
	end()
	for way, sender := range senders(t, http.NotFoundHandler()) {
		_, err = sender.Deliver(ended, events.BotMessage())
		require.ErrorIs(t, err, context.Canceled, way)
	}
}

// Rooms are served side by side, and each in its order.
func TestDeliverAll(t *testing.T) {
	const rooms, each = 5, 8
	var mu sync.Mutex
	said := map[string][]string{}
	together := make(chan struct{}, rooms)
	all := make(chan struct{})
	var once sync.Once
	handler := http.HandlerFunc(func(_ http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		assert.NoError(t, err)
		read, err := webhook.ParseAs(webhook.BotMessage, body)
		assert.NoError(t, err)
		event := read.(*webhook.BotMessageEvent)
		if event.Text() == "0" { // the first of each room wait for each other
			together <- struct{}{}
			if len(together) == rooms {
				once.Do(func() { close(all) })
			}
			<-all
		}
		mu.Lock()
		defer mu.Unlock()
		said[event.RoomID().String()] = append(said[event.RoomID().String()], event.Text())
	})
	events := qismotest.NewEvents()
	var payloads []*qismotest.Event
	numbers := []string{"0", "1", "2", "3", "4", "5", "6", "7"}
	for room := range rooms {
		for _, number := range numbers {
			payloads = append(payloads, events.BotMessage().Room("9"+string(rune('0'+room))).Text(number))
		}
	}
	answers := qismotest.DeliverAll(t, handler, payloads, rooms*each)
	require.Len(t, answers, rooms*each)
	for _, answer := range answers {
		assert.Equal(t, http.StatusOK, answer.Status)
	}
	require.Len(t, said, rooms)
	for room, texts := range said {
		assert.Equal(t, numbers, texts, room)
	}
}

// Whoever comes late to a room waits for the last in it, not for the first.
func TestDeliverAllKeepsTheOrderOfLateComers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const events = 4
		arrived := make(chan string, 2*events)
		handler := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			arrived <- "begun"
			<-time.After(time.Second) // the next would come meanwhile, if it did not wait
			arrived <- "ended"
		})
		source := qismotest.NewEvents()
		var payloads []*qismotest.Event
		for range events {
			payloads = append(payloads, source.BotMessage().Room("7001"))
		}
		qismotest.DeliverAll(t, handler, payloads, 2)
		for range events {
			assert.Equal(t, "begun", <-arrived)
			assert.Equal(t, "ended", <-arrived)
		}
	})
}

// Never more at once than was asked for; the answers are in the order of the payloads.
func TestDeliverAllKeepsToItsConcurrency(t *testing.T) {
	var mu sync.Mutex
	now, most := 0, 0
	handler := http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		mu.Lock()
		now++
		most = max(most, now)
		mu.Unlock()
		defer func() {
			mu.Lock()
			now--
			mu.Unlock()
		}()
		_, _ = io.Copy(w, request.Body)
	})
	var payloads []qismotest.Raw
	for i := range 200 {
		payloads = append(payloads, qismotest.Raw(strings.Repeat("x", i)))
	}
	for i, answer := range qismotest.DeliverAll(t, handler, payloads, 3) {
		assert.Len(t, answer.Body, i)
	}
	assert.LessOrEqual(t, most, 3)
}

// The same delivery twice at one moment is two raw bodies, which have no room.
func TestRawBodiesOverlap(t *testing.T) {
	arrived := make(chan struct{}, 2)
	both := make(chan struct{})
	var once sync.Once
	handler := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		arrived <- struct{}{}
		if len(arrived) == 2 {
			once.Do(func() { close(both) })
		}
		<-both
	})
	body, err := qismotest.NewEvents().BotMessage().Body()
	require.NoError(t, err)
	answers := qismotest.DeliverAll(t, handler, slices.Repeat([]qismotest.Raw{body}, 2), 2)
	assert.Len(t, answers, 2)
}

// When the context ends no more are begun, those under way end, and it is told.
func TestDeliverAllIsInterrupted(t *testing.T) {
	ctx, interrupt := context.WithCancelCause(t.Context())
	defer interrupt(nil)
	enough := errors.New("enough")
	begun := 0
	handler := http.HandlerFunc(func(_ http.ResponseWriter, request *http.Request) {
		if begun++; begun == 3 {
			interrupt(enough)
			<-request.Context().Done()
		}
	})
	sender, err := qismotest.NewSender(handler)
	require.NoError(t, err)
	events := qismotest.NewEvents()
	endless := func(yield func(qismotest.Payload) bool) {
		for yield(events.UserLogout()) {
		}
	}
	reported := 0
	err = sender.DeliverAll(ctx, endless, 1, func(qismotest.Result) { reported++ })
	require.ErrorIs(t, err, enough)
	assert.Equal(t, 3, begun)
	assert.Equal(t, 3, reported)
	err = sender.DeliverAll(t.Context(), endless, 0, func(qismotest.Result) {})
	assert.EqualError(t, err, "qismotest: DeliverAll: the concurrency is less than 1")
}

// failing is a test that is told to end.
type failing struct {
	*testing.T
	said []string
}

func (f *failing) Fatalf(format string, arguments ...any) {
	f.said = append(f.said, fmt.Sprintf(format, arguments...))
}

func TestTheTestEndsWhenAnEventIsWrong(t *testing.T) {
	handler := http.NotFoundHandler()
	events := qismotest.NewEvents()
	wrong := events.BotMessage().Status("read")
	const told = "qismotest: botMessage 2025: Status: the event has no place for it in this shape"

	test := &failing{T: t}
	qismotest.Deliver(test, handler, wrong)
	qismotest.Deliver(test, handler, events.BotMessage(), qismotest.ToPath("x"))
	assert.Equal(t, []string{told, "qismotest: ToPath: the path does not begin with a slash"}, test.said)

	test = &failing{T: t}
	answers := qismotest.DeliverAll(test, handler, []*qismotest.Event{events.BotMessage(), wrong}, 1)
	require.Len(t, answers, 2)
	assert.Equal(t, http.StatusNotFound, answers[0].Status)
	qismotest.DeliverAll(test, nil, []*qismotest.Event{wrong}, 1)
	assert.Equal(t, []string{"payload 1: " + told, "qismotest: the handler is nil"}, test.said)
}
