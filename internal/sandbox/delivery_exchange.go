package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/qismo-go/qismo/internal/document"
	"github.com/qismo-go/qismo/internal/sandbox/timeline"
)

// entry begins the timeline's entry of a delivery.
func (d *deliveries) entry(next delivery, attempt int) timeline.Entry {
	return timeline.Entry{
		Kind: timeline.Delivery, Name: next.event, RoomID: next.roomID, At: d.clock.Now(),
		Method: http.MethodPost, URL: next.url, Request: kept(nil, next.body),
		Attempt: attempt, Trouble: next.trouble, ReplayOf: next.replayOf,
	}
}

// exchange posts a webhook and notes what went over the wire.
func (d *deliveries) exchange(ctx context.Context, next delivery, entry *timeline.Entry) error {
	if err := d.targets.check(next.url); err != nil {
		return fmt.Errorf("deliver: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, d.settings.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, next.url, bytes.NewReader(next.body))
	if err != nil {
		return errors.New("make the delivery: its address cannot be read") // the error repeats it
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "qismo-sandbox")
	d.sign(next.event, request, next.body)
	entry.Request.Header = request.Header
	response, err := d.client.Do(request)
	if err != nil {
		return fmt.Errorf("deliver: %w", err)
	}
	defer response.Body.Close()
	// A connection is used again only when its answer was read. No event depends on
	// what it says, nor on whether it came whole.
	read, err := io.ReadAll(io.LimitReader(response.Body, timeline.MaxBody+1))
	entry.Status = response.StatusCode
	entry.Response = kept(response.Header, read)
	entry.Response.Cut = entry.Response.Cut || err != nil
	return nil
}

// withoutAddress is why there was no answer. An error of net/http begins with the whole
// address, whose query may hold a credential; it stands in the entry, and is masked
// there.
func withoutAddress(err error) string {
	var failed *url.Error
	if errors.As(err, &failed) {
		return "deliver: " + failed.Err.Error()
	}
	return err.Error()
}

// kept is as much of a body as the timeline keeps: a copy of a part, so that the rest
// of a long body does not stay in the memory.
func kept(header http.Header, whole []byte) timeline.Body {
	if len(whole) <= timeline.MaxBody {
		return timeline.Body{Header: header, Bytes: whole}
	}
	return timeline.Body{Header: header, Bytes: bytes.Clone(whole[:timeline.MaxBody]), Cut: true}
}

// webhookProblems tells where a webhook does not fit the document. That is read when
// the first webhook was sent, and not while a Sandbox is made.
func webhookProblems(event string, body []byte) []string {
	read := document.Webhooks
	if event == postComment {
		read = document.Chat
	}
	webhooks, err := read()
	if err != nil {
		return []string{err.Error()}
	}
	operation := webhooks.Operation(event)
	if operation == nil {
		return []string{"the document has no event " + event}
	}
	expected, _ := operation.JSON()
	return problemsIn(body, expected.Schema)
}

// problemsIn tells where JSON does not fit a schema, never with a value.
func problemsIn(body []byte, schema *document.Schema) []string {
	if json.Valid(body) && schema.Accepts(body) {
		return nil // as nearly always
	}
	value, err := decodeJSON(body)
	if err != nil {
		return []string{err.Error()}
	}
	var told []string
	for _, problem := range schema.Validate(value) {
		told = append(told, problem.String())
	}
	return told
}
