package inbox

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"net/http"
	"time"
)

// Bounds of telling browsers what is new.
const (
	// maxStreams is how many browsers may listen at once.
	maxStreams = 64
	// pause is how long a browser is told nothing after it was told something: what
	// happens meanwhile is told in one.
	pause = 300 * time.Millisecond
	// share bounds the time that goes into one browser's page, in a world so large
	// that a search takes long: it is one part in so many.
	share = 10
	// look is how often the page is looked at though nothing was announced: the clock
	// goes on, and what fails on purpose is set without a word.
	look = 2 * time.Second
	// writePatience is how long a browser may take to receive one part.
	writePatience = 10 * time.Second
)

// events tells a browser what has changed on the page with its view, as server-sent
// events: the event's name is the part's, its data the part itself. It ends with the
// request, and when the Inbox is closed.
func (i *Inbox) events(w http.ResponseWriter, r *http.Request) {
	select {
	case i.streams <- struct{}{}:
		defer func() { <-i.streams }()
	default:
		http.Error(w, "too many pages are open", http.StatusServiceUnavailable)
		return
	}
	changed, endChanges := i.platform.Watch()
	defer endChanges()
	added, endEntries := i.platform.Timeline().Watch()
	defer endEntries()
	clock := time.NewTicker(look)
	defer clock.Stop()

	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	stream := &stream{inbox: i, view: i.settle(readView(r.URL.Query())), to: w, told: map[string][sha256.Size]byte{}}
	rest := time.NewTimer(0)
	defer rest.Stop()
	for {
		began := time.Now()
		if stream.tell() != nil {
			return // the browser has gone
		}
		rest.Reset(max(pause, share*time.Since(began)))
		select {
		case <-rest.C:
		case <-r.Context().Done():
			return
		case <-i.closed:
			return
		}
		select {
		case <-changed:
		case <-added:
		case <-clock.C:
		case <-r.Context().Done():
			return
		case <-i.closed:
			return
		}
	}
}

// stream is one browser that listens.
type stream struct {
	inbox *Inbox
	view  view
	to    http.ResponseWriter
	told  map[string][sha256.Size]byte // of each part, what the browser has
}

// tell sends the parts that are not as the browser has them.
func (s *stream) tell() error {
	var news bytes.Buffer
	for _, part := range partNames() {
		content, err := s.inbox.render(part, s.view)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		if s.told[part] == sum {
			continue
		}
		s.told[part] = sum
		writeEvent(&news, part, content)
	}
	if news.Len() == 0 {
		return nil
	}
	control := http.NewResponseController(s.to)
	// A server that knows no deadlines does without.
	_ = control.SetWriteDeadline(time.Now().Add(writePatience))
	if _, err := s.to.Write(news.Bytes()); err != nil {
		return fmt.Errorf("inbox: tell what is new: %w", err)
	}
	return control.Flush()
}

// writeEvent writes one event. Its data cannot hold the ends of lines: each line
// is a field of its own. A carriage return, which somebody wrote, would end one too.
func writeEvent(to *bytes.Buffer, name string, data []byte) {
	data = bytes.ReplaceAll(data, []byte("\r"), []byte("&#13;"))
	fmt.Fprintf(to, "event: %s\n", name)
	for line := range bytes.Lines(data) {
		fmt.Fprintf(to, "data: %s\n", bytes.TrimSuffix(line, []byte("\n")))
	}
	to.WriteString("\n")
}
