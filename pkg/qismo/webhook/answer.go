package webhook

import (
	"encoding/json"
	"net/http"
)

// answer is what a request is answered. The zero answer is success.
type answer struct {
	status   int
	reason   string // for the client; says nothing that it did not send
	problems []Problem
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
	if status == http.StatusMethodNotAllowed {
		header.Set("Allow", http.MethodPost)
	}
	w.WriteHeader(status)
	// A client that has gone cannot be told.
	_, _ = w.Write(body) //nolint:gosec // JSON, declared as such and not to be sniffed
}

func (a *answer) explanation() []byte {
	body, err := json.Marshal(struct {
		Error    string    `json:"error"`
		Problems []Problem `json:"problems,omitempty"`
	}{a.reason, a.problems})
	if err != nil { // text always marshals
		return []byte(`{}`)
	}
	return body
}
