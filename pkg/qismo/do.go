package qismo

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/internal/transport"
)

// Body is a request body for [Client.Do] that is neither JSON nor a form of plain
// fields, such as a multipart form with a file: its ContentType, and the Reader that
// gives it. It is streamed, and so is never sent twice.
type Body = transport.Body

// Do calls a route that has no method of its own, with the client's credentials,
// errors and bounds. The path begins with a slash and may hold a query. What is
// sent is in: nothing for nil, a form for url.Values, bytes of JSON as they are,
// a [Body] as it says, JSON for anything else. The answer is decoded into out, or
// its bytes are copied if that is a *[]byte; it is dropped for nil.
//
// Failures are an [*Error] without an operation. What is not a GET is taken for
// something that must not be carried out twice; see [Backoff].
func (c *Client) Do(ctx context.Context, method, path string, in, out any, opts ...Option) error {
	if err := transport.CheckOwnRoute(path, out); err != nil {
		return fmt.Errorf("qismo: %s: %w", method, err)
	}
	contentType, body, err := transport.EncodeBody(in)
	if err != nil {
		return fmt.Errorf("qismo: %s: %w", method, err)
	}
	_, wantsBytes := out.(*[]byte)
	ctx, _ = c.beginOperation(ctx, omnichannel.Operation{
		Method:      method,
		Idempotent:  method == http.MethodGet || method == http.MethodHead,
		Credential:  omnichannel.CredentialApp,
		AnswersJSON: out != nil && !wantsBytes,
	}, opts)
	request, err := http.NewRequestWithContext(ctx, method, path, body)
	if err != nil {
		return errors.New("qismo: make the request: the method or the path is malformed")
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	response, err := c.api.Client.Do(request)
	if err != nil {
		return asError(err)
	}
	return transport.DecodeInto(response, out)
}
