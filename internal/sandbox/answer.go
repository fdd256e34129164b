package sandbox

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// object is a JSON object of an answer or a webhook. Answers are written from
// maps and not from the generated types, because those drop null and false,
// which the platform does send.
type object = map[string]any

// refusedError is an answer other than 200, in one of the shapes that the
// platform uses for errors.
type refusedError struct {
	status int
	body   object
	page   content // in place of the body, where it is no JSON
	header map[string]string
	// problems are the places of a request that does not fit the document.
	problems []string
}

// Error returns the status and the body, for logs and failed tests.
func (e *refusedError) Error() string { return fmt.Sprintf("%d %s", e.status, encode(e.body)) }

func (e *refusedError) content() content {
	if e.body == nil {
		return e.page
	}
	return jsonContent(e.body)
}

// message is what was refused in words, where the body has the most common shape.
func (e *refusedError) message() string {
	errors, _ := e.body["errors"].(object)
	if message, isText := errors["message"].(string); isText {
		return message
	}
	return e.Error()
}

// refuse is the most common shape: {"errors": {"message": "..."}}.
func refuse(status int, message string) *refusedError {
	return &refusedError{status: status, body: object{"errors": object{"message": message}}}
}

// maxDetails bounds what is told of one request, which may be wrong in as many
// places as it has bytes.
const maxDetails = 20

// refuseInput is the answer to a request that does not fit the document. The
// details name the offending places; a client that shows only the message shows
// them too.
func refuseInput(details []string) *refusedError {
	details = details[:min(len(details), maxDetails)]
	return &refusedError{status: http.StatusBadRequest, problems: details, body: object{"errors": object{
		"message": "invalid request: " + strings.Join(details, "; "),
		"details": details,
	}}}
}

// isNotFound tells whether something was refused because it does not exist.
func isNotFound(err error) bool {
	var refused *refusedError
	return errors.As(err, &refused) && refused.status == http.StatusNotFound
}

func notFound(what string) *refusedError { return refuse(http.StatusNotFound, what+" not found") }

// badRequest is the answer to a request that breaks a rule of the platform.
func badRequest(message string) *refusedError { return refuse(http.StatusBadRequest, message) }

func unauthorized() *refusedError {
	return &refusedError{status: http.StatusUnauthorized, body: object{"errors": "Unauthorized"}}
}

// tokenExpired is also the answer to a token that nobody was given: the
// platform is not known to tell the two apart.
func tokenExpired() *refusedError {
	return &refusedError{status: http.StatusUnauthorized, body: object{"detail": "token_expired"}}
}

// invalidToken tells a client that renewing is no use: it has to log in again.
func invalidToken() *refusedError {
	return &refusedError{status: http.StatusUnauthorized, body: object{"errors": "invalid token"}}
}

// data wraps an answer as the older routes do.
func data(value any) object { return object{"data": value} }

// dataWithStatus wraps an answer as the newer routes do.
func dataWithStatus(value any) object { return object{"data": value, "status": http.StatusOK} }

// content is the body of an answer; the zero value is an empty one, which has no
// content type.
type content struct {
	contentType string
	bytes       []byte
}

func jsonContent(value any) content { return content{"application/json", encode(value)} }

func (c content) write(w http.ResponseWriter, status int) {
	if c.contentType != "" {
		w.Header().Set("Content-Type", c.contentType)
	}
	w.WriteHeader(status)
	_, _ = bytes.NewReader(c.bytes).WriteTo(w) // the caller may have gone
}
