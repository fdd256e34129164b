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
