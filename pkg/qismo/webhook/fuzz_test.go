package webhook_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// addFixtures seeds a fuzz target with all fixtures, and what breaks parsers.
func addFixtures(f *testing.F, add func(body []byte)) {
	f.Helper()
	for _, folder := range []string{"", "/combined", "/invalid"} {
		for _, file := range fixtureNames(f, fixtures+folder) {
			add(fixture(f, strings.TrimPrefix(folder+"/", "/")+file))
		}
	}
	for _, body := range []string{
		"", "null", "[]", "{", "{}", " {} ", `{"type":"auth","payload":{"action":1e999}}`,
		`{"service":{"id":1.0},"resolved_by":{"id":1e2,"email":""},"customer":{"USER_ID":1,"user_id":""}}`,
		message(`,"topic_id":1.0,"participants":[1,{"email":5},{"email":"a","active":"x"}]`), message(`,"ID":1,"id":[],"id":2`),
		`{"messages":[{"ID":1,"id":"1","from":"2","timestamp":"3","type":"text"},7],"messages":[],"Messages":[{}]}`,
		`{"statuses":[null],"messages":[1]}`, `{"payload":{"type":"post_comment_","room":{"options":"\"{}\""}}}`,
	} {
		add([]byte(body))
	}
}

func FuzzParse(f *testing.F) {
	addFixtures(f, func(body []byte) { f.Add(body) })
	f.Fuzz(func(t *testing.T, body []byte) {
		if len(body) > maxFuzzed {
			return
		}
		before := bytes.Clone(body)
		var events []webhook.Event
		var err error
		boundMemory(t, func() { events, err = webhook.Parse(body) })
		names, problems, errValidate := webhook.Validate(body)
		if !bytes.Equal(before, body) {
			t.Fatal("the body was changed")
		}
		if (err == nil) != (errValidate == nil) {
			t.Fatalf("Parse says %v, Validate %v", err, errValidate)
		}
		if err != nil {
			if !errors.Is(err, webhook.ErrNotObject) || len(events) > 0 {
				t.Fatalf("%v with %d events", err, len(events))
			}
			return
		}
		if len(events) != max(1, len(names)) {
			t.Fatalf("%d events of %v", len(events), names)
		}
		for i, event := range events {
			checkEvent(t, event, body)
			checkReaders(t, event, body)
			if len(names) > 0 && len(problems) == 0 && event.Name() != names[i] {
				t.Fatalf("without a problem, %s became %s", names[i], event.Name())
			}
		}
		for _, name := range webhook.Names() {
			checkParseAs(t, name, body)
		}
	})
}

// checkReaders checks that an event is the same when all that is left of the body
// is what a reader sees who minds the case, and of what stands twice takes the
// last: what the schemas see.
func checkReaders(t *testing.T, event webhook.Event, body []byte) {
	t.Helper()
	if event.Name() == webhook.Unknown {
		return
	}
	seen, err := json.Marshal(generic(t, body))
	if err != nil {
		t.Fatal(err)
	}
	same, err := webhook.ParseAs(event.Name(), seen)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := read(t, event), read(t, same); !reflect.DeepEqual(got, want) {
		t.Fatalf("%v is read from the body, %v from what is seen of it", got, want)
	}
}

// read is what an event holds, as generic values.
func read(t *testing.T, event webhook.Event) any {
	t.Helper()
	written, err := json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	return generic(t, written)
}

func generic(t *testing.T, body []byte) (value any) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

func checkParseAs(t *testing.T, name webhook.Name, body []byte) {
	t.Helper()
	event, err := webhook.ParseAs(name, body)
	if err != nil {
		t.Fatal(err)
	}
	checkEvent(t, event, body)
	problems, err := webhook.ValidateAs(name, body)
	if err != nil {
		t.Fatal(err)
	}
	if len(problems) == 0 && event.Name() != name {
		t.Fatalf("without a problem, %s became %s", name, event.Name())
	}
	if unknown, ok := event.(*webhook.UnknownEvent); ok && (unknown.LooksLike != name || len(unknown.Problems) == 0) {
		t.Fatalf("%s became an event that looks like %q, with %d problems", name, unknown.LooksLike, len(unknown.Problems))
	}
}

func checkEvent(t *testing.T, event webhook.Event, body []byte) {
	t.Helper()
	if !bytes.Equal(event.Raw(), bytes.Trim(body, " \t\r\n")) {
		t.Fatalf("%q became %q", body, event.Raw())
	}
	tellAll(t, event) // whatever it holds, no method panics
	key := event.DeduplicationKey()
	if key != "" && !strings.HasPrefix(key, string(event.Name())+":") || len(key) > 64 {
		t.Fatalf("the key is %q", key)
	}
	if unknown, ok := event.(*webhook.UnknownEvent); ok && unknown.Reason == "" {
		t.Fatal("an unknown event does not say why")
	}
}

func FuzzHandler(f *testing.F) {
	addFixtures(f, func(body []byte) { f.Add(body, "application/json", secret, false) })
	f.Add([]byte("{}"), "text/plain; x=", "wrong", true)
	var called []webhook.Name
	failing := recording(&called)
	failing.Unknown = func(context.Context, *webhook.UnknownEvent) error { return errors.New("not handled") }
	handler, err := webhook.NewHandler(webhook.PathSecret(secret), failing,
		webhook.Validation(webhook.Strict), webhook.MaxBody(4<<10),
		webhook.WithoutDeduplication(), webhook.Workers(1))
	if err != nil {
		f.Fatal(err)
	}
	var told int
	tolerant, err := webhook.NewHandler(webhook.PathSecret(secret), withoutUnknown(recording(&called)), webhook.MaxBody(4<<10),
		webhook.WithoutDeduplication(), webhook.Workers(1),
		webhook.OnError(func(context.Context, webhook.Event, error) { told++ }))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte, contentType, segment string, chatSDK bool) {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/hooks/", bytes.NewReader(body))
		request.URL.Path += segment
		request.Header.Set("Content-Type", contentType)
		if chatSDK {
			request.Header.Set(webhook.ChatSDKSignatureHeader, "x")
		}
		var recorder *httptest.ResponseRecorder
		boundMemory(t, func() { recorder = send(handler, request) })
		if !json.Valid(recorder.Body.Bytes()) {
			t.Fatalf("answered %q", recorder.Body)
		}
		if !slices.Contains([]int{200, 400, 401, 413, 415, 500}, recorder.Code) {
			t.Fatalf("answered %d", recorder.Code)
		}
		authentic := segment[strings.LastIndexByte(segment, '/')+1:] == secret
		if !authentic && recorder.Code != 401 && recorder.Code != 415 {
			t.Fatalf("%q was let in with %d", segment, recorder.Code)
		}
		request.Body = io.NopCloser(bytes.NewReader(body))
		called, told = nil, 0
		var tolerated *httptest.ResponseRecorder
		boundMemory(t, func() { tolerated = send(tolerant, request) })
		if (tolerated.Code == 500) != (told > 0) {
			t.Fatalf("answered %d, and told %d", tolerated.Code, told)
		}
		if recorder.Code == 200 && len(called) == 0 {
			t.Fatal("what Strict accepts was dropped")
		}
	})
}
