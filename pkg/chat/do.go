package chat

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/internal/transport"
)

// Body is a request body for [Server.Do] and [User.Do] that is neither JSON nor a form
// of plain fields, such as a multipart form with a file: its ContentType, and the
// Reader that gives it. It is streamed, and so is never sent twice.
type Body = transport.Body

// do calls a route that has no method of its own.
func (c *client) do(ctx context.Context, method, path string, in, out any, opts []Option) error {
	if err := transport.CheckOwnRoute(path, out); err != nil {
		return fmt.Errorf("%s: %s: %w", owner, method, err)
	}
	contentType, body, err := transport.EncodeBody(in)
	if err != nil {
		return fmt.Errorf("%s: %s: %w", owner, method, err)
	}
	_, wantsBytes := out.(*[]byte)
	ctx, _ = c.beginOperation(ctx, wire.Operation{
		Method:      method,
		Idempotent:  method == http.MethodGet || method == http.MethodHead,
		Credential:  c.credentials.kind(),
		AnswersJSON: out != nil && !wantsBytes,
	}, opts)
	request, err := http.NewRequestWithContext(ctx, method, path, body)
	if err != nil {
		return errors.New(owner + ": make the request: the method or the path is malformed")
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
