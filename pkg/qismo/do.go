package qismo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/internal/transport"
)

// Body is a request body for [Client.Do] that is neither JSON nor a form of plain
// fields, such as a multipart form with a file. It is streamed, and so is never
// sent twice.
type Body struct {
	ContentType string
	Reader      io.Reader
}

// Do calls a route that has no method of its own, with the client's credentials,
// errors and bounds. The path begins with a slash and may hold a query. What is
// sent is in: nothing for nil, a form for url.Values, bytes of JSON as they are,
// a [Body] as it says, JSON for anything else. The answer is decoded into out, or
// its bytes are copied if that is a *[]byte; it is dropped for nil.
//
// Failures are an [*Error] without an operation. What is not a GET is taken for
// something that must not be carried out twice; see [Backoff].
func (c *Client) Do(ctx context.Context, method, path string, in, out any, opts ...Option) error {
	if err := checkOwnPath(path); err != nil {
		return fmt.Errorf("qismo: %s: %w", method, err)
	}
	if target := reflect.ValueOf(out); out != nil && (target.Kind() != reflect.Pointer || target.IsNil()) {
		return fmt.Errorf("qismo: %s: the answer needs a pointer that is not nil, not a %T", method, out)
	}
	contentType, body, err := encode(in)
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
	switch target := out.(type) {
	case nil:
		return nil
	case *[]byte:
		*target = transport.Bytes(response)
		return nil
	}
	return transport.Decode(response, out)
}

// checkOwnPath refuses a path that would lead away from the base URL: credentials
// go with it.
func checkOwnPath(path string) error {
	parsed, err := url.Parse(path)
	if err != nil || parsed.IsAbs() || parsed.Host != "" || !strings.HasPrefix(parsed.Path, "/") {
		return errors.New("the path must begin with one slash and name no host")
	}
	for segment := range strings.SplitSeq(parsed.Path, "/") {
		if segment == "." || segment == ".." {
			return errors.New("the path must not hold dot segments")
		}
	}
	return nil
}

func encode(in any) (contentType string, body io.Reader, err error) {
	switch value := in.(type) {
	case nil:
		return "", nil, nil
	case url.Values:
		return "application/x-www-form-urlencoded", strings.NewReader(value.Encode()), nil
	case []byte:
		return "application/json", bytes.NewReader(value), nil
	case Body:
		return value.ContentType, io.NopCloser(value.Reader), nil // hides what could be read again
	case io.Reader:
		return "", nil, errors.New("a reader needs a content type: pass a Body")
	}
	encoded, err := json.Marshal(in)
	if err != nil {
		return "", nil, fmt.Errorf("encode a Go %T as JSON", in)
	}
	return "application/json", bytes.NewReader(encoded), nil
}
