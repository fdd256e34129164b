package transport

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"
)

// Body is the body of a request to a route of the caller's own that is neither JSON nor
// a form of plain fields. It is streamed, and so is never sent twice.
type Body struct {
	ContentType string
	Reader      io.Reader
}

// CheckOwnRoute refuses a path that would lead away from the base URL, as credentials
// go with it, and what no answer can be decoded into.
func CheckOwnRoute(path string, out any) error {
	parsed, err := url.Parse(path)
	if err != nil || parsed.IsAbs() || parsed.Host != "" || !strings.HasPrefix(parsed.Path, "/") {
		return errors.New("the path must begin with one slash and name no host")
	}
	for segment := range strings.SplitSeq(parsed.Path, "/") {
		if segment == "." || segment == ".." {
			return errors.New("the path must not hold dot segments")
		}
	}
	if target := reflect.ValueOf(out); out != nil && (target.Kind() != reflect.Pointer || target.IsNil()) {
		return fmt.Errorf("the answer needs a pointer that is not nil, not a %T", out)
	}
	return nil
}

// EncodeBody is what is sent to a route of the caller's own: nothing for nil, a form
// for url.Values, bytes of JSON as they are, a [Body] as it says, JSON for anything
// else.
func EncodeBody(in any) (contentType string, body io.Reader, err error) {
	switch value := in.(type) {
	case nil:
		return "", nil, nil
	case url.Values:
		return "application/x-www-form-urlencoded", strings.NewReader(value.Encode()), nil
	case []byte:
		return "application/json", bytes.NewReader(value), nil
	case Body:
		if value.Reader == nil { // net/http would end the whole program
			return "", nil, errors.New("the body has no reader")
		}
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

// DecodeInto gives out the answer of a route of the caller's own: its bytes for a
// *[]byte, nothing for nil, else what it says as JSON.
func DecodeInto(response *http.Response, out any) error {
	switch target := out.(type) {
	case nil:
		return nil
	case *[]byte:
		*target = Bytes(response)
		return nil
	}
	return Decode(response, out)
}
