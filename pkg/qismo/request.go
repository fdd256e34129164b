package qismo

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// checkPath refuses a request whose path is not the operation's: an id that is
// empty, or made of dots, would turn it into another operation. An escaped slash
// is refused as well, as gateways unescape them.
func checkPath(actual *url.URL, template string) error {
	if template == "" {
		return nil
	}
	whole := template
	path := actual.EscapedPath()
	for wantMore, gotMore := true, true; wantMore || gotMore; {
		if wantMore != gotMore {
			return misplaced(firstParameter(whole))
		}
		var want, got string
		want, template, wantMore = strings.Cut(template, "/")
		got, path, gotMore = strings.Cut(path, "/")
		name, isParameter := strings.CutPrefix(want, "{")
		switch {
		case !isParameter && got != want:
			return misplaced(firstParameter(whole))
		case isParameter && (got == "" || strings.Contains(got, "%2F")):
			return misplaced(strings.TrimSuffix(name, "}"))
		}
	}
	return nil
}

func misplaced(parameter string) error {
	return fmt.Errorf("the %s is empty or cannot stand in a path", strings.ReplaceAll(parameter, "_", " "))
}

func firstParameter(template string) string {
	_, after, _ := strings.Cut(template, "{")
	name, _, _ := strings.Cut(after, "}")
	return name
}

// placeOn moves a request, which has a path and no host, under the base URL.
func placeOn(base *url.URL, request *http.Request) {
	address := request.URL
	if prefix := strings.TrimSuffix(base.EscapedPath(), "/"); prefix != "" {
		// JoinPath cleans dot segments, of which checkPath leaves none.
		joined := base.JoinPath(address.EscapedPath())
		address.Path, address.RawPath = joined.Path, joined.RawPath
	}
	address.Scheme, address.Host = base.Scheme, base.Host
	request.Host = base.Host
}

// dropUnsetParameters leaves query parameters out that are empty or zero, which
// is how a plain value says that it is not set: the generated client would send
// "search=&page=0". No parameter of the API means anything by these.
func dropUnsetParameters(_ context.Context, request *http.Request) error {
	query := request.URL.RawQuery
	if query == "" {
		return nil
	}
	kept := make([]string, 0, strings.Count(query, "&")+1)
	for pair := range strings.SplitSeq(query, "&") {
		if _, value, _ := strings.Cut(pair, "="); value != "" && value != "0" {
			kept = append(kept, pair)
		}
	}
	request.URL.RawQuery = strings.Join(kept, "&")
	return nil
}

// checkSearch refuses a search for 0: it would be left out of the query, and
// everything found.
func checkSearch(id omnichannel.OperationID, text string) error {
	if text == "0" {
		return fmt.Errorf("qismo: %s: 0 cannot be searched for", id)
	}
	return nil
}

// checkIDs refuses a list of ids that names nothing: the operation would be asked
// without it.
func checkIDs(id omnichannel.OperationID, of string, ids []flex.ID) error {
	if len(ids) == 0 || slices.ContainsFunc(ids, flex.ID.IsNone) {
		return fmt.Errorf("qismo: %s: there is no %s id, or one is empty", id, of)
	}
	return nil
}

// credentialForm writes a form that holds credentials. The generated client writes
// forms with package fmt, to which a credential shows as ***.
func credentialForm(members url.Values) (contentType string, body io.Reader) {
	return "application/x-www-form-urlencoded", strings.NewReader(members.Encode())
}

// multipartForm writes a multipart form of text fields, given as names and values
// in turn.
func multipartForm(fields ...string) (contentType string, body io.Reader, err error) {
	var buffer bytes.Buffer
	form := multipart.NewWriter(&buffer)
	for field := range slices.Chunk(fields, 2) {
		if err := form.WriteField(field[0], field[1]); err != nil {
			return "", nil, fmt.Errorf("write the form: %w", err)
		}
	}
	if err := form.Close(); err != nil {
		return "", nil, fmt.Errorf("write the form: %w", err)
	}
	return form.FormDataContentType(), bytes.NewReader(buffer.Bytes()), nil
}
