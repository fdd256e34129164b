package qismo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/qismo-go/qismo/internal/transport"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// Check refuses a success that is none: a gateway's page under 200, or a failure
// inside it. Where the document knows no answer, anything else goes.
func (c *call) Check(answer transport.Answer) error {
	body := answer.Body
	if c.isPlainSuccess(body) {
		return nil // a cheap look before the thorough one, which few answers need
	}
	if err := c.checkForm(answer); err != nil {
		return err
	}
	var envelope struct {
		Data   json.RawMessage `json:"data"`
		Errors json.RawMessage `json:"errors"`
		Error  json.RawMessage `json:"error"`
		Status json.RawMessage `json:"status"`
	}
	if err := json.Unmarshal(body, &envelope); err != nil {
		return nil //nolint:nilerr // told, in the terms of the type wanted, where the body is decoded
	}
	fails := !isEmptyJSON(envelope.Errors) || !isEmptyJSON(envelope.Error) || isFailedStatus(envelope.Status)
	switch {
	case isEmptyJSON(envelope.Data) && fails:
		return transport.ErrFailureInside
	case c.operation.WrapsData && isNull(envelope.Data):
		return errors.New("the answer has no data")
	}
	return nil
}

// checkForm refuses an answer that is not JSON where JSON is wanted, a page, and, where
// nobody decodes the answer, JSON that was cut off.
func (c *call) checkForm(answer transport.Answer) error {
	body, saysJSON := answer.Body, transport.IsJSON(answer.Header)
	switch {
	case c.operation.AnswersJSON && !saysJSON && !json.Valid(body):
		return errors.New("the answer is not JSON")
	case isPage(body):
		return errors.New("the answer is a page of HTML")
	case !c.operation.AnswersJSON && saysJSON && len(body) > 0 && !json.Valid(body):
		return errors.New("the answer is not whole JSON")
	}
	return nil
}

// isPlainSuccess reports whether an answer holds data, or none is wanted, and speaks
// of no error. Where nobody decodes the answer, it is seen here that all of it came.
func (c *call) isPlainSuccess(body []byte) bool {
	isWhole := c.operation.AnswersJSON || json.Valid(body)
	switch {
	case bytes.HasPrefix(body, []byte(`{"data":{"`)), bytes.HasPrefix(body, []byte(`{"data":[{`)):
		return isWhole
	case c.operation.WrapsData || !bytes.HasPrefix(body, []byte("{")):
		return false
	}
	const ok = `"status":200`
	speaksOfFailure := bytes.Contains(body, []byte(`"error`)) || // or "errors"
		bytes.Contains(body, []byte(`"status"`)) && !bytes.Contains(body, []byte(ok))
	return isWhole && !speaksOfFailure
}

// isPage tells a page, such as a gateway's or of a sign-in wall, that is no answer of
// the service whatever its status. The content type tells nothing: servers call any
// text HTML.
func isPage(body []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) }

// isFailedStatus tells the number of an HTTP failure within an answer.
func isFailedStatus(raw json.RawMessage) bool {
	var status flex.Int
	return json.Unmarshal(raw, &status) == nil && status.Int64() >= http.StatusBadRequest && status.Int64() < 600
}

func isNull(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

func isEmptyJSON(raw json.RawMessage) bool {
	switch string(bytes.TrimSpace(raw)) {
	case "", "null", "{}", "[]", `""`:
		return true
	}
	return false
}

// receive decodes a success. It is the last step of every method of a service, and
// takes what the generated method returns.
func receive[T any](response *http.Response, err error) (*T, error) {
	return transport.Receive[T]("qismo", response, err)
}

// discard takes a success whose body nobody knows.
func discard(response *http.Response, err error) error {
	if err != nil {
		return asError(err)
	}
	return response.Body.Close()
}

// asError makes sure that an error of the generated client says whose it is.
func asError(err error) error { return transport.Named("qismo", err) }

// missing is a success without what it was asked for. An empty id or token that is
// taken for one would do its harm far from here.
func missing(ctx context.Context, member string) error {
	return unexpected(ctx, errors.New("the answer has no "+member))
}

// unexpected is a success that cannot be used, for a cause that tells no value of
// it.
func unexpected(ctx context.Context, cause error) error {
	return transport.Unusable(ctx, ErrUnexpectedAnswer, cause)
}

// unusable is a success that turned out to be a failure of a kind.
func unusable(ctx context.Context, kind, cause error) error {
	return transport.Unusable(ctx, kind, cause)
}
