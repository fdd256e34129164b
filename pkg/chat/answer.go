package chat

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
	if c.isPlainSuccess(answer.Body) {
		return nil // a cheap look before the thorough one, which few answers need
	}
	if err := transport.CheckForm(answer, c.operation.AnswersJSON); err != nil {
		return err
	}
	var envelope struct {
		Results json.RawMessage `json:"results"`
		Error   json.RawMessage `json:"error"`
		Status  json.RawMessage `json:"status"`
	}
	if err := json.Unmarshal(answer.Body, &envelope); err != nil {
		return nil //nolint:nilerr // told, in the terms of the type wanted, where the body is decoded
	}
	fails := !transport.IsEmptyJSON(envelope.Error) || transport.IsFailedStatus(envelope.Status)
	switch {
	case fails && transport.IsEmptyJSON(envelope.Results):
		return transport.ErrFailureInside
	case c.operation.WrapsResults && transport.IsNull(envelope.Results):
		return errors.New("the answer has no results")
	}
	return nil
}

// isPlainSuccess reports whether an answer begins with results that are not empty.
// Where nobody decodes the answer, it is seen here that all of it came.
func (c *call) isPlainSuccess(body []byte) bool {
	if !bytes.HasPrefix(body, []byte(`{"results":{"`)) && !bytes.HasPrefix(body, []byte(`{"results":[{`)) {
		return false
	}
	return c.operation.AnswersJSON || json.Valid(body)
}

// receive decodes a success. It is the last step of every method of a service, and
// takes what the generated method returns.
func receive[T any](response *http.Response, err error) (*T, error) {
	return transport.Receive[T](owner, response, err)
}

// discard takes a success whose body nobody knows.
func discard(response *http.Response, err error) error {
	if err != nil {
		return asError(err)
	}
	return response.Body.Close()
}

// asError makes sure that an error of the generated client says whose it is.
func asError(err error) error { return transport.Named(owner, err) }

// missing is a success without what it was asked for. An empty id or token that is
// taken for one would do its harm far from here.
func missing(ctx context.Context, member string) error {
	return transport.Unusable(ctx, ErrUnexpectedAnswer, errors.New("the answer has no "+member))
}
