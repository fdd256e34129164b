package sandbox

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// postbox is a receiver without a network, so that time can be played. It keeps what
// is posted, and answers as it is told: with 200 unless told otherwise.
type postbox struct {
	answer func(posted) int

	mu  sync.Mutex
	got []posted
}

// posted is a webhook that arrived.
type posted struct {
	answer

	url     string
	event   string // the last part of the address
	arrived time.Time
	nth     int // of those to this address, from 1
}

func (p *postbox) RoundTrip(r *http.Request) (*http.Response, error) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	came := posted{url: r.URL.String(), arrived: time.Now(), nth: 1, answer: answer{header: r.Header, raw: string(raw)}}
	came.event = came.url[strings.LastIndex(came.url, "/")+1:]
	if err := json.Unmarshal(raw, &came.body); err != nil {
		return nil, err
	}
	p.mu.Lock()
	for _, before := range p.got {
		if before.url == came.url {
			came.nth++
		}
	}
	p.got = append(p.got, came)
	p.mu.Unlock()
	status := http.StatusOK
	if p.answer != nil {
		status = p.answer(came)
	}
	return &http.Response{
		StatusCode: status, Header: http.Header{"X-Receiver": {"postbox"}}, Request: r,
		Body: io.NopCloser(strings.NewReader("diterima")),
	}, nil
}

func (p *postbox) all() []posted {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]posted(nil), p.got...)
}

// events lists what arrived, in order.
func (p *postbox) events() []string {
	names := []string{}
	for _, came := range p.all() {
		names = append(names, came.event)
	}
	return names
}

// texts lists what the messages say that arrived, in order.
func (p *postbox) texts() []any {
	var said []any
	for _, came := range p.all() {
		said = append(said, came.at("payload/message/text"))
	}
	return said
}

// newPosting makes a sandbox whose webhooks all land in a postbox.
func newPosting(t *testing.T, config Config) (*Sandbox, *postbox) {
	t.Helper()
	box := &postbox{}
	config.HTTPClient = &http.Client{Transport: box}
	sandbox, err := New(config)
	require.NoError(t, err)
	return sandbox, box
}

// says lets the customer of most tests write, on WhatsApp.
func says(t *testing.T, sandbox *Sandbox, text string) (roomID string) {
	t.Helper()
	roomID, err := sandbox.CustomerWrites(t.Context(), CustomerMessage{UserID: "628115550101", Name: "Ratna Kusuma", Text: text})
	require.NoError(t, err)
	return roomID
}
