package webhook

import (
	"encoding/json"
	"net/http"
)

// maxProblems bounds how many problems an answer tells: a hostile body of one
// mebibyte can have a hundred thousand.
const maxProblems = 50

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
	told := a.problems[:min(len(a.problems), maxProblems)]
	body, err := json.Marshal(struct {
		Error    string    `json:"error"`
		Problems []Problem `json:"problems,omitempty"`
		More     int       `json:"more_problems,omitempty"`
	}{a.reason, told, len(a.problems) - len(told)})
	if err != nil { // text always marshals
		return []byte(`{}`)
	}
	return body
}
