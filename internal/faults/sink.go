package faults

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"sync"
)

// Sink stands before a handler and counts the messages that come in, each by the id
// that its sender gave it. A message counts as soon as its request was read whole,
// whatever becomes of the answer.
type Sink struct {
	next http.Handler
	path []string

	mu       sync.Mutex
	received map[string]int
	nameless int
}

// NewSink makes a sink. The id of a message is the string or number in its JSON body
// at the path of members, such as "payload", "unique_id".
func NewSink(next http.Handler, path ...string) *Sink {
	return &Sink{next: next, path: path, received: map[string]int{}}
}

// ServeHTTP counts the message and hands the request on. A request that breaks off
// is neither counted nor handed on.
func (s *Sink) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		http.Error(w, "the request breaks off", http.StatusBadRequest)
		return
	}
	s.count(memberAt(body, s.path))
	request.Body = io.NopCloser(bytes.NewReader(body))
	s.next.ServeHTTP(w, request)
}

func (s *Sink) count(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id == "" {
		s.nameless++
		return
	}
	s.received[id]++
}

// Received returns how often each message came in, by its id.
func (s *Sink) Received() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.received)
}

// Repeated returns how often each message came in that came in more than once.
func (s *Sink) Repeated() map[string]int {
	repeated := s.Received()
	maps.DeleteFunc(repeated, func(_ string, times int) bool { return times == 1 })
	return repeated
}

// Nameless returns the number of requests that held no id.
func (s *Sink) Nameless() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.nameless
}

// memberAt is the string or number at a path of members; "" when there is none.
func memberAt(body []byte, path []string) string {
	raw := json.RawMessage(body)
	for _, name := range path {
		var object map[string]json.RawMessage
		if json.Unmarshal(raw, &object) != nil {
			return ""
		}
		raw = object[name]
	}
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var number json.Number
	if json.Unmarshal(raw, &number) == nil {
		return number.String()
	}
	return ""
}
