package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/qismo-go/qismo/internal/sandbox"
)

// refusal is an answer other than 200.
type refusal struct {
	status  int
	member  string // of the body or the query that is at fault; "" for none
	message string
}

func refuse(status int, member, message string) *refusal { return &refusal{status, member, message} }

// wrong refuses what a member of the body or the query says.
func wrong(member, format string, arguments ...any) *refusal {
	return refuse(http.StatusBadRequest, member, fmt.Sprintf(format, arguments...))
}

// Error returns the message, for logs and failed tests.
func (r *refusal) Error() string { return r.member + ": " + r.message }

func (r *refusal) write(w http.ResponseWriter) {
	body := map[string]string{"message": r.message}
	if r.member != "" {
		body["member"] = r.member
	}
	write(w, r.status, map[string]any{"error": body})
}

// refused is why the sandbox did not do what a request that can be understood asks for.
func refused(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sandbox.ErrShutdown):
		return refuse(http.StatusServiceUnavailable, "", err.Error())
	case errors.Is(err, sandbox.ErrForgotten):
		return refuse(http.StatusNotFound, "", err.Error())
	case errors.Is(err, sandbox.ErrMessage):
		return refuse(http.StatusBadRequest, "", err.Error())
	default:
		return refuse(http.StatusConflict, "", err.Error())
	}
}

// write answers with JSON, for people's eyes too.
func write(w http.ResponseWriter, status int, value any) {
	body, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		status, body = http.StatusInternalServerError, []byte(`{"error": {"message": "the answer cannot be written"}}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // the caller may have gone
}
