package qismo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/qismo-go/qismo/internal/transport"
)

// Check refuses a success that is none: a gateway's page under 200, or a failure
// inside it. Where the document knows no answer, anything else goes.
func (c *call) Check(answer transport.Answer) error {
	body := answer.Body
	if c.isPlainSuccess(body) {
		return nil // a cheap look before the thorough one, which few answers need
	}
	if err := transport.CheckForm(answer, c.operation.AnswersJSON); err != nil {
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
	fails := !transport.IsEmptyJSON(envelope.Errors) || !transport.IsEmptyJSON(envelope.Error) ||
		transport.IsFailedStatus(envelope.Status)
	switch {
	case transport.IsEmptyJSON(envelope.Data) && fails:
		return transport.ErrFailureInside
	case c.operation.WrapsData && transport.IsNull(envelope.Data):
		return errors.New("the answer has no data")
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
