package webhook

import (
	"encoding/json"
	"net/http"
	"time"
)

// retryAfter is what an answer of 503 asks for, in seconds. Whether the platform heeds
// it is not known.
const retryAfter = "5"

// answer is what a request is answered. The zero answer is success.
type answer struct {
	status   int
	reason   string // for the client; says nothing that it did not send
	problems []Problem
	more     int // problems that are not told

	events  []Name // that the body was read as
	ignored []Name // those of them that nobody waits for
	bytes   int    // of the body
}

func refuse(status int, reason string) *answer { return &answer{status: status, reason: reason} }

func (a *answer) write(w http.ResponseWriter) {
	status, body := http.StatusOK, []byte(`{"status":"ok"}`)
	if a.status != 0 {
		status, body = a.status, a.explanation()
	}
	header := w.Header()
	header.Set("Content-Type", "application/json")
	header.Set("X-Content-Type-Options", "nosniff")
	switch status {
	case http.StatusMethodNotAllowed:
		header.Set("Allow", http.MethodPost)
	case http.StatusServiceUnavailable:
		header.Set("Retry-After", retryAfter)
	}
	w.WriteHeader(status)
	// A client that has gone cannot be told.
	_, _ = w.Write(body) //nolint:gosec // JSON, declared as such and not to be sniffed
}

// end is what hooks are told of the answer.
func (a *answer) end(began time.Time) DeliveryEnd {
	status := a.status
	if status == 0 {
		status = http.StatusOK
	}
	return DeliveryEnd{
		Status: status, Reason: a.reason, Events: a.events, Ignored: a.ignored, Bytes: a.bytes,
		Duration: time.Since(began),
	}
}

func (a *answer) explanation() []byte {
	body, err := json.Marshal(struct {
		Error    string    `json:"error"`
		Problems []Problem `json:"problems,omitempty"`
		More     int       `json:"more_problems,omitempty"`
	}{a.reason, a.problems, a.more})
	if err != nil { // text always marshals
		return []byte(`{}`)
	}
	return body
}
