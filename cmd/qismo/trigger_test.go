package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/flex"
	"github.com/qismo-go/qismo/pkg/qismo/qismotest"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// post is what a receiver was sent.
type post struct {
	uri    string
	header http.Header
	body   string
}

// postbox is a receiver that keeps what it is sent, and answers as it is told.
type postbox struct {
	mu     sync.Mutex
	posts  []post
	answer http.HandlerFunc
}

func newPostbox(t *testing.T, answer http.HandlerFunc) (*postbox, string) {
	t.Helper()
	receiver := &postbox{answer: answer}
	server := httptest.NewServer(receiver)
	t.Cleanup(server.Close)
	return receiver, server.URL
}

func (i *postbox) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, _ := io.ReadAll(request.Body)
	i.mu.Lock()
	i.posts = append(i.posts, post{request.RequestURI, request.Header, string(body)})
	i.mu.Unlock()
	request.Body = io.NopCloser(bytes.NewReader(body))
	i.answer(w, request)
}

func accept(http.ResponseWriter, *http.Request) {}

// Every event arrives, authentic and valid.
func TestTriggerEveryEvent(t *testing.T) {
	t.Setenv(triggerVariable, "rahasia/panjang")
	for _, name := range webhook.Names() {
		for _, shape := range qismotest.Shapes(name) {
			receiver, address := newPostbox(t, accept)
			code, out, errOut := call(t, "", "trigger", string(name), "--shape", string(shape), "--to", address+"/hooks/{secret}")
			assert.Equal(t, exitGood, code, errOut)
			assert.Regexp(t, `^answered 200 in \S+\n$`, out)
			require.Len(t, receiver.posts, 1)
			assert.Equal(t, "/hooks/rahasia%2Fpanjang", receiver.posts[0].uri)
			problems, err := webhook.ValidateAs(name, []byte(receiver.posts[0].body))
			require.NoError(t, err)
			assert.Empty(t, problems)
		}
	}
}

// What is wrong with one delivery is told, and nothing of its body.
func TestTriggerTellsProblems(t *testing.T) {
	handler, err := webhook.NewHandler(webhook.PathSecret("rahasia"), webhook.Callbacks{
		BotMessage: func(context.Context, *webhook.BotMessageEvent) error { return nil },
	}, webhook.Validation(webhook.Strict))
	require.NoError(t, err)
	_, address := newPostbox(t, handler.ServeHTTP)
	flags := []string{"trigger", "botMessage", "--to", address + "/rahasia"}

	code, out, _ := call(t, "", append(flags, "--set", "/payload/message/text=[1,2]", "--remove", "/payload/from")...)
	assert.Equal(t, exitBad, code)
	assert.Regexp(t, `^answered 400 in \S+: the body does not fit the document
  /payload: the required member "from" is missing
  /payload/message/text: must be null or string, is array
$`, out)

	code, out, _ = call(t, "", append(flags, "--set", "/payload/message/text=kata = rahasia")...)
	assert.Equal(t, exitGood, code, out)

	_, address = newPostbox(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusTeapot)
		fmt.Fprint(w, `{"error":"no \u001b[2J coffee"}`)
	})
	code, out, _ = call(t, "", "trigger", "botMessage", "--to", address)
	assert.Equal(t, exitBad, code)
	assert.Regexp(t, `^answered 418 in \S+: no \[2J coffee\n$`, out, "a receiver does not move the cursor")
}

func TestTriggerPrints(t *testing.T) {
	code, out, errOut := call(t, "", "trigger", "markAsResolved", "--print", "--repeat", "2",
		"--set", "/service/notes=<dua>", "--set", "/service/id=12345678901234567890", "--remove", "/channel")
	assert.Equal(t, exitGood, code, errOut)
	decoder := json.NewDecoder(strings.NewReader(out))
	rooms := map[string]bool{}
	for range 2 {
		var body json.RawMessage
		require.NoError(t, decoder.Decode(&body))
		event, err := webhook.ParseAs(webhook.MarkAsResolved, body)
		require.NoError(t, err)
		resolved := event.(*webhook.MarkAsResolvedEvent)
		assert.Equal(t, "<dua>", resolved.Service.Notes)
		assert.Equal(t, "12345678901234567890", resolved.Service.ID.String())
		assert.Nil(t, resolved.MarkAsResolved.Channel)
		rooms[resolved.Service.RoomID.String()] = true
	}
	assert.Len(t, rooms, 2)
	require.ErrorIs(t, decoder.Decode(new(any)), io.EOF)
	assert.Contains(t, out, "\n  \"service\": {\n")
}

// Events can be about a room and a customer that exist, in the form that each shape
// has, and stay different events.
func TestTriggerInARoom(t *testing.T) {
	const room, customer = "98120701", "628115550001"
	type inRoom interface{ RoomID() flex.ID }
	type ofCustomer interface{ CustomerID() string }
	for _, name := range webhook.Names() {
		for _, shape := range qismotest.Shapes(name) {
			flags := []string{string(name), "--shape", string(shape), "--repeat", "2"}
			for _, body := range printed(t, append(flags, "--room", room)...) {
				event, err := webhook.ParseAs(name, body)
				require.NoError(t, err)
				assert.Equal(t, room, event.(inRoom).RoomID().String())
			}
			for _, body := range printed(t, append(flags, "--customer", customer)...) {
				event, err := webhook.ParseAs(name, body)
				require.NoError(t, err)
				assert.Contains(t, string(body), customer)
				if event, ok := event.(ofCustomer); ok {
					assert.Equal(t, customer, event.CustomerID())
				}
			}
		}
	}
	flags := []string{"botMessage", "--room", room, "--customer", customer, "--set", "/payload/from/email=joko@example.id"}
	asText, asNumber := printed(t, flags...)[0], printed(t, append(flags, "--shape", "2024")...)[0]
	assert.Contains(t, string(asText), `"id": "98120701"`)
	assert.Contains(t, string(asNumber), `"id": 98120701`)
	assert.Contains(t, string(asText), `"email": "joko@example.id"`, "--set comes later")
}

// printed are the valid and different bodies that a trigger prints; none if the event
// has no place for what the flags say.
func printed(t *testing.T, flags ...string) (bodies []json.RawMessage) {
	t.Helper()
	code, out, errOut := call(t, "", append([]string{"trigger", "--print"}, flags...)...)
	if code != exitGood {
		require.Equal(t, exitUsage, code)
		require.Regexp(t, `^qismo: (userLogout|whatsAppForward\w+) \S+: (Room|CustomerID): the event has no place for it in this shape
$`, errOut)
		return nil
	}
	decoder := json.NewDecoder(strings.NewReader(out))
	for decoder.More() {
		var body json.RawMessage
		require.NoError(t, decoder.Decode(&body))
		problems, err := webhook.ValidateAs(webhook.Name(flags[0]), body)
		require.NoError(t, err)
		assert.Empty(t, problems)
		assert.NotContains(t, bodies, body, "another event")
		bodies = append(bodies, body)
	}
	return bodies
}

func TestTriggerSigns(t *testing.T) {
	t.Setenv(triggerVariable, "Jefe")
	sign := qismotest.SignHex("X-Hex", "Jefe")
	signAgain := qismotest.SignBase64("X-Base64", "a=b=")
	receiver, address := newPostbox(t, accept)
	code, _, errOut := call(t, "", "trigger", "postComment", "--to", address,
		"--sign-hex", "X-Hex", "--sign-base64", "X-Base64=a=b=", "--header", "X-Secret=<{secret}>", "--header", "X-Other=a=b")
	assert.Equal(t, exitGood, code, errOut)
	got := receiver.posts[0]
	assert.Equal(t, "<Jefe>", got.header.Get("X-Secret"))
	assert.Equal(t, "a=b", got.header.Get("X-Other"))
	expect := http.HandlerFunc(func(_ http.ResponseWriter, request *http.Request) {
		for _, header := range []string{"X-Hex", "X-Base64"} {
			assert.NotEmpty(t, got.header.Get(header))
			assert.Equal(t, request.Header.Get(header), got.header.Get(header))
		}
	})
	qismotest.Deliver(t, expect, qismotest.Raw(got.body), sign, signAgain)
}

// Many are other events in other rooms; the same is the same bytes.
func TestTriggerMany(t *testing.T) {
	receiver, address := newPostbox(t, func(w http.ResponseWriter, request *http.Request) {
		body, _ := io.ReadAll(request.Body)
		event, _ := webhook.ParseAs(webhook.BotMessage, body)
		if id := event.(*webhook.BotMessageEvent).RoomID().String(); id[len(id)-1] == '7' {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	code, out, errOut := call(t, "", "trigger", "botMessage", "--to", address+"/rahasia", "--repeat", "100", "--concurrency", "8")
	assert.Equal(t, exitBad, code)
	assert.Empty(t, errOut, "a progress bar is for terminals")
	assert.Regexp(t, `^100 deliveries of botMessage in \S+, \d+ per second
      90  answered 200
      10  answered 503
answered in p50 \S+, p90 \S+, p99 \S+, at most \S+
$`, out)
	bodies := map[string]bool{}
	for _, post := range receiver.posts {
		bodies[post.body] = true
	}
	assert.Len(t, bodies, 100)

	receiver, address = newPostbox(t, accept)
	code, out, _ = call(t, "", "trigger", "botMessage", "--to", address, "--repeat", "5", "--concurrency", "3", "--same")
	assert.Equal(t, exitGood, code)
	assert.Contains(t, out, "       5  answered 200\n")
	require.Len(t, receiver.posts, 5)
	for _, post := range receiver.posts {
		assert.Equal(t, receiver.posts[0].body, post.body)
	}
}

// The bar is drawn for somebody who watches, and gone at the end.
func TestTriggerShowsProgress(t *testing.T) {
	_, address := newPostbox(t, accept)
	var out, err bytes.Buffer
	code := run(t.Context(), []string{"trigger", "botMessage", "--to", address, "--repeat", "20"},
		&streams{out: &out, err: &err, isWatched: true})
	assert.Equal(t, exitGood, code)
	assert.Contains(t, err.String(), "botMessage")
	assert.NotContains(t, out.String(), "%")
	err.Reset()
	code = run(t.Context(), []string{"trigger", "botMessage", "--to", address}, &streams{out: &out, err: &err, isWatched: true})
	assert.Equal(t, exitGood, code)
	assert.Empty(t, err.String(), "one delivery needs no bar")
}

// What failed is told in words, without the secret.
func TestTriggerThatFails(t *testing.T) {
	hang := make(chan struct{})
	t.Cleanup(func() { close(hang) })
	_, slow := newPostbox(t, func(_ http.ResponseWriter, request *http.Request) {
		select {
		case <-hang:
		case <-request.Context().Done():
		}
	})
	_, broken := newPostbox(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	_, plain := newPostbox(t, accept)
	for name, test := range map[string]struct {
		flags []string
		told  string
	}{
		"nobody listens": {[]string{"--to", "http://" + freeAddress(t) + "/rahasia"}, `the connection was refused: nobody listens there`},
		"too slow":       {[]string{"--to", slow + "/rahasia", "--timeout", "50ms"}, `no answer within 50ms`},
		"broken off":     {[]string{"--to", broken + "/rahasia"}, `the connection broke before the answer was there`},
		"no TLS":         {[]string{"--to", strings.Replace(plain, "http:", "https:", 1) + "/rahasia"}, `gave HTTP response to HTTPS client`},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, errOut := call(t, "", append([]string{"trigger", "botMessage"}, test.flags...)...)
			assert.Equal(t, exitBad, code)
			assert.Contains(t, out, test.told)
			assert.NotContains(t, out+errOut, "rahasia")
			code, out, _ = call(t, "", append([]string{"trigger", "botMessage", "--repeat", "2"}, test.flags...)...)
			assert.Equal(t, exitBad, code)
			assert.Regexp(t, `(?m)^2 deliveries of botMessage in .*\n       2  .*`+test.told+`$`, out)
		})
	}
}

func TestTriggerUsage(t *testing.T) {
	t.Setenv(triggerVariable, "")
	to := []string{"--to", "http://127.0.0.1:1/rahasia"}
	for _, test := range []struct {
		flags []string
		told  string
	}{
		{nil, "either --to or --print is needed"},
		{append(to, "--print"), "either --to or --print is needed"},
		{append(to, "--repeat", "0"), "--repeat must be at least 1"},
		{append(to, "--concurrency", "0"), "--concurrency must be at least 1"},
		{append(to, "--timeout", "0s"), "--timeout must be positive"},
		{append(to, "--set", "/rahasia"), "--set needs a pointer, =, and a value"},
		{append(to, "--set", "/nowhere/x=rahasia"), `botMessage 2025: Set("/nowhere/x"): /nowhere is not there`},
		{append(to, "--remove", "/statuses"), `botMessage 2025: Remove("/statuses"): /statuses is not there`},
		{append(to, "--shape", "2018"), `it has no shape "2018"; there are ["2025" "2024" "2021"]`},
		{append(to, "--header", "rahasia"), "--header needs a name, =, and a value"},
		{append(to, "--header", "=rahasia"), "WithHeader: the header has no name"},
		{append(to, "--header", "X={secret}"), "--header has {secret} in it, and QISMO_TRIGGER_SECRET is not set"},
		{append(to, "--sign-hex", "X"), "--sign-hex needs a secret, in it or in QISMO_TRIGGER_SECRET"},
		{append(to, "--sign-base64", "X="), "SignBase64: the secret is empty"},
		{[]string{"--to", "http://127.0.0.1/{secret}"}, "--to has {secret} in it, and QISMO_TRIGGER_SECRET is not set"},
		{[]string{"--to", "127.0.0.1:8080/rahasia"}, "the address is not a URL"},
		{[]string{"--to", "localhost:8080/rahasia"}, "the address does not begin with http:// or https://"},
	} {
		code, out, errOut := call(t, "", append([]string{"trigger", "botMessage"}, test.flags...)...)
		assert.Equal(t, exitUsage, code, test.told)
		assert.Empty(t, out)
		assert.Equal(t, "qismo: "+test.told, strings.TrimSpace(strings.Replace(errOut, "botMessage: it has", "it has", 1)))
		assert.NotContains(t, errOut, "rahasia")
	}
	code, _, errOut := call(t, "", "trigger", "botMesage")
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, errOut, `no event has the name "botMesage"; there are ["botMessage" "customAgentAllocation" `)
}

// An interruption ends what is on its way, and tells what came of the rest.
func TestTriggerIsInterrupted(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	var mu sync.Mutex
	arrived := 0
	_, address := newPostbox(t, func(_ http.ResponseWriter, request *http.Request) {
		mu.Lock()
		arrived++
		third := arrived == 3
		mu.Unlock()
		if third {
			interrupt()
			<-request.Context().Done()
		}
	})
	var out, err bytes.Buffer
	code := run(ctx, []string{"trigger", "userLogout", "--to", address, "--repeat", "1000"}, &streams{out: &out, err: &err})
	assert.Equal(t, exitBad, code)
	assert.Contains(t, out.String(), "2 deliveries of userLogout")
	assert.Contains(t, out.String(), "       2  answered 200\n")
	assert.Contains(t, out.String(), "interrupted: 998 of 1000 were not answered, 1 of them on their way\n")
	assert.Empty(t, err.String())
}
