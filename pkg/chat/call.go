package chat

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/internal/transport"
)

const (
	headerAppID  = "Qiscus-Sdk-App-Id"
	headerSecret = "Qiscus-Sdk-Secret" //nolint:gosec // a header's name
	headerToken  = "Qiscus-Sdk-Token"  //nolint:gosec // a header's name
	headerUserID = "Qiscus-Sdk-User-Id"
)

// call is one call of an operation: what every service has of it, and what this one
// does in its own way.
type call struct {
	transport.Call

	operation   wire.Operation
	credentials credentials
	session     *transport.Session // whose call it is, in place of the client's user; nil for none
	// bodyWith makes the body of a request that holds the token once more; nil for others.
	bodyWith func(token string) ([]byte, error)
}

// begin opens a call of an operation. It returns the context that carries the
// call. An option that cannot work is reported when the request is made.
func (c *client) begin(ctx context.Context, id wire.OperationID, opts []Option) (context.Context, *call) {
	operation, _ := id.Operation()
	return c.beginOperation(ctx, operation, opts)
}

func (c *client) beginOperation(
	ctx context.Context, operation wire.Operation, opts []Option,
) (context.Context, *call) {
	current := &call{operation: operation, credentials: c.credentials}
	current.Context = ctx
	current.Operation = transport.Operation{
		ID: string(operation.ID), Method: operation.Method, Path: operation.Path, Idempotent: operation.Idempotent,
	}
	current.Protocol = current
	current.Settings = c.settings
	if len(opts) > 0 {
		changed, err := c.settings.ForCall(opts)
		if err == nil {
			err = checkCredentials(changed)
		}
		if err != nil {
			current.Problem = err
		} else {
			current.Settings = changed
		}
	}
	return current, current
}

// mayBeEmpty lets an answer pass that holds nothing.
func (c *call) mayBeEmpty() { c.operation.AnswersJSON, c.operation.WrapsResults = false, false }

// Authorize gives a request what its operation wants, and no more: who logs in sends
// the App ID alone.
func (c *call) Authorize(request *http.Request) error {
	if c.operation.Credential == wire.CredentialNone {
		return nil
	}
	request.Header.Set(headerAppID, c.Settings.AppID)
	switch {
	case c.operation.Credential == wire.CredentialAppID:
		return nil
	case c.session != nil:
		setUser(request, c.session)
		return nil
	}
	if err := c.credentials.authorize(request); err != nil || c.bodyWith == nil {
		return err
	}
	body, err := c.bodyWith(request.Header.Get(headerToken))
	if err != nil {
		return err
	}
	request.ContentLength = int64(len(body))
	request.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	request.Body, err = request.GetBody()
	return err
}

// Renew replaces what a request carried, when the service refused it in a way that
// another may help.
func (c *call) Renew(refused *http.Request, failure *Error) (bool, error) {
	if c.operation.Credential != c.credentials.kind() || c.session != nil {
		return false, nil
	}
	return c.credentials.renew(refused, failure)
}

// CarriesCredential tells the headers that are the client's own to set, and whose
// values stay out of messages.
func (c *call) CarriesCredential(header string) bool {
	switch http.CanonicalHeaderKey(strings.ReplaceAll(header, "_", "-")) {
	case headerAppID, headerSecret, headerToken, headerUserID, "Authorization", "Cookie", "Proxy-Authorization":
		return true
	}
	return false
}

// Explain reads what a failing answer says.
func (c *call) Explain(answer transport.Answer) transport.Explanation {
	message := messageIn(answer)
	return transport.Explanation{Message: message, Kinds: kindsOf(answer.Status, message)}
}
