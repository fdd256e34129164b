package sandbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/qismo-go/qismo/internal/sandbox/timeline"
)

// The reasons why an entry of the timeline cannot be replayed.
var (
	// ErrForgotten is returned for an entry that there is none of, or no longer.
	ErrForgotten = errors.New("the timeline does not hold it")
	// ErrIncomplete is returned for an entry whose body is not there as a whole: it was
	// too long to be kept, or a call was refused before it was read.
	ErrIncomplete = errors.New("its body was not kept as a whole")
	// ErrNoAddress is returned for a webhook that had no address, while its event still
	// has none.
	ErrNoAddress = errors.New("its event has no address yet")
)

// Replay repeats an entry of the timeline and returns the one that this makes. A
// webhook is posted again, once, with the same body to the same address, whatever the
// settings say now; no trouble strikes it. One that had no address goes where its event
// goes now. A call is answered again as if the same
// program had sent it now, and changes what it changes.
//
// It fails with [ErrForgotten], [ErrIncomplete] or, for a webhook, [ErrShutdown] or
// [ErrNoAddress]. That
// the receiver does not answer is no error: the entry tells it.
func (s *Sandbox) Replay(ctx context.Context, entryID int64) (timeline.Entry, error) {
	entry, ok := s.timeline.Get(entryID)
	switch {
	case ctx.Err() != nil:
		return timeline.Entry{}, fmt.Errorf("sandbox: replay entry %d: %w", entryID, ctx.Err())
	case !ok:
		return timeline.Entry{}, fmt.Errorf("sandbox: replay entry %d: %w", entryID, ErrForgotten)
	case entry.Request.Cut:
		return timeline.Entry{}, fmt.Errorf("sandbox: replay entry %d: %w", entryID, ErrIncomplete)
	case entry.Kind == timeline.Delivery:
		if entry.Unsent() {
			entry.URL = s.addressOf(entry.Name)
		}
		return s.deliveries.replay(ctx, entry)
	default:
		return s.replayCall(ctx, entry)
	}
}

// addressOf is where an event of the app goes now; "" for nowhere.
func (s *Sandbox) addressOf(event string) (address string) {
	s.look(func() {
		for _, target := range s.state.appTargets() {
			if target.event == event && target.setting.set() {
				address = target.setting.url
			}
		}
	})
	return address
}

// replay posts a webhook again. It ends with its context or when everything on its way
// is given up.
func (d *deliveries) replay(ctx context.Context, entry timeline.Entry) (timeline.Entry, error) {
	if d.closed() {
		return timeline.Entry{}, ErrShutdown
	}
	if entry.URL == "" {
		return timeline.Entry{}, fmt.Errorf("sandbox: replay entry %d: %w", entry.ID, ErrNoAddress)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(d.stopped, cancel)() //nolint:contextcheck // either of the two ends it
	again, _ := d.attempt(ctx, delivery{
		event: entry.Name, roomID: entry.RoomID, url: entry.URL, body: entry.Request.Bytes, replayOf: entry.ID,
	}, 1)
	return again, nil
}

func (s *Sandbox) replayCall(ctx context.Context, entry timeline.Entry) (timeline.Entry, error) {
	request, err := http.NewRequestWithContext(ctx, entry.Method, entry.URL, bytes.NewReader(entry.Request.Bytes))
	if err != nil {
		return timeline.Entry{}, fmt.Errorf("sandbox: replay entry %d: %w", entry.ID, err)
	}
	request.Header = entry.Request.Header.Clone()
	request.Host = "localhost" // which one the program called is not kept
	call := s.newCall(request)
	call.entry.ReplayOf = entry.ID
	s.answer(discarded{http.Header{}}, request, call)
	return call.entry, nil
}

// discarded takes an answer that is of interest in the timeline only.
type discarded struct{ header http.Header }

func (d discarded) Header() http.Header { return d.header }

func (discarded) WriteHeader(int) {}

func (discarded) Write(chunk []byte) (int, error) { return len(chunk), nil }
