package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"github.com/qismo-go/qismo/internal/document"
)

// What bounds a request's body, and one that is a file.
const (
	maxBody   = 1 << 20
	maxUpload = 32 << 20
)

// bodyLimit is the largest body that an operation takes.
func bodyLimit(operation *document.Operation) int64 {
	switch operation.ID {
	case "uploadBroadcastCSV", "restCreateImport", "sdkUpload":
		return maxUpload
	default:
		return maxBody
	}
}

// request is a request that fits the document.
type request struct {
	operation *document.Operation
	caller    caller
	address   string // scheme, host and path, as the caller wrote them
	// parameters holds those of the path and the query by name, body the members
	// of the body. Both hold JSON values; read them with text, flag and number,
	// which take a value in any of the forms that the document allows.
	parameters map[string]any
	body       object
	fileName   string // of the file in a form; "" when there is none
}

// roomID is the room that a request is about; "" when it names none. The chat server has
// several names for it.
func (r *request) roomID() string {
	names := []string{"room_id", "topic_id"}
	if r.operation.Group == "sdkRooms" {
		names = append(names, "id")
	}
	for _, name := range names {
		if id := orDefault(text(r.parameters[name]), text(r.body[name])); id != "" {
			return id
		}
	}
	return ""
}

// readRequest reads a request and validates it against its operation. All that
// is wrong with it is told at once.
func readRequest(
	w http.ResponseWriter, r *http.Request, operation *document.Operation, path map[string]string,
) (*request, error) {
	parameters, problems, err := readParameters(r, operation, path)
	if err != nil {
		return nil, err
	}
	body, err := readBody(w, r, operation)
	if err != nil {
		return nil, err
	}
	for _, problem := range body.problems {
		problems = append(problems, problem.String())
	}
	if len(problems) > 0 {
		return nil, refuseInput(problems)
	}
	return &request{
		operation: operation, address: calledURL(r).String(), parameters: parameters, body: body.members,
		fileName: body.fileName,
	}, nil
}

// calledURL is the scheme, the host and the path that a request was sent to.
func calledURL(r *http.Request) *url.URL {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return &url.URL{Scheme: scheme, Host: r.Host, Path: r.URL.Path}
}

func readParameters(
	r *http.Request, operation *document.Operation, path map[string]string,
) (map[string]any, []string, error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, nil, refuseInput([]string{"the query cannot be read"})
	}
	parameters := map[string]any{}
	var problems []string
	for _, parameter := range operation.Parameters {
		var texts []string
		switch parameter.In {
		case "path":
			texts = []string{path[parameter.Name]}
		case "query":
			texts = query[parameter.Name]
		case "header":
			texts = r.Header.Values(parameter.Name)
		}
		if len(texts) == 0 {
			if parameter.Required {
				problems = append(problems, parameter.Name+": the required parameter is missing")
			}
			continue
		}
		value, found := fit(parameter.Schema, asValue(texts, parameter.Array))
		for _, problem := range found {
			problems = append(problems, parameter.Name+problem.Pointer+": "+problem.Reason)
		}
		parameters[parameter.Name] = value
	}
	return parameters, problems, nil
}

// sentBody is the body of a request.
type sentBody struct {
	members  object
	fileName string // of a file in a form
	problems []document.Problem
}

// readBody reads the body by its content type, which must be one that the
// document has for the operation.
func readBody(w http.ResponseWriter, r *http.Request, operation *document.Operation) (body sentBody, err error) {
	if len(operation.Request) == 0 {
		return body, nil
	}
	limit := bodyLimit(operation)
	content, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return body, refuse(http.StatusRequestEntityTooLarge, fmt.Sprintf("the body is larger than %d MiB", limit>>20))
	}
	if err != nil {
		return body, refuseInput([]string{"/: the body cannot be read"})
	}
	if len(content) == 0 && !operation.RequestRequired {
		return body, nil
	}
	contentType, options, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	declared, accepted := operation.Request[contentType]
	if err != nil || !accepted {
		return body, refuse(http.StatusUnsupportedMediaType,
			"the content type must be one of "+strings.Join(sortedNames(operation.Request), ", "))
	}
	value, err := decode(content, contentType, options["boundary"])
	if err != nil {
		return body, refuseInput([]string{"/: " + err.Error()})
	}
	switch {
	case contentType != "application/json":
		value, body.problems = fit(declared.Schema, value)
	case !declared.Schema.Accepts(content):
		body.problems = declared.Schema.Validate(value)
	}
	if contentType == "multipart/form-data" {
		body.fileName = fileNameIn(content, options["boundary"])
	}
	body.members = asObject(value)
	return body, nil
}

// fileNameIn is the name of the first file in a form; "" when there is none.
func fileNameIn(content []byte, boundary string) string {
	reader := multipart.NewReader(bytes.NewReader(content), boundary)
	for {
		part, err := reader.NextPart()
		if err != nil {
			return ""
		}
		if name := part.FileName(); name != "" {
			return name
		}
	}
}

// decode reads a body into a JSON value; the errors never hold a part of it.
func decode(content []byte, contentType, boundary string) (any, error) {
	switch contentType {
	case "application/json":
		return decodeJSON(content)
	case "multipart/form-data":
		return decodeMultipart(content, boundary)
	default:
		form, err := url.ParseQuery(string(content))
		if err != nil {
			return nil, errors.New("the form cannot be read")
		}
		return formValue(form), nil
	}
}

func decodeJSON(content []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, errors.New("the body is not JSON")
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("the body goes on after its JSON value")
	}
	return plainNumbers(value)
}

// plainNumbers turns numbers into an int64 where they are one, so that ids keep
// their digits, and else into a float64. A number beyond both is refused: the
// validator cannot compare it.
func plainNumbers(value any) (any, error) {
	var err error
	switch value := value.(type) {
	case json.Number:
		if whole, err := value.Int64(); err == nil {
			return whole, nil
		}
		fraction, err := value.Float64()
		if err != nil {
			return nil, errors.New("a number is out of range")
		}
		return fraction, nil
	case object:
		for name, member := range value {
			if value[name], err = plainNumbers(member); err != nil {
				return nil, err
			}
		}
	case []any:
		for i, item := range value {
			if value[i], err = plainNumbers(item); err != nil {
				return nil, err
			}
		}
	}
	return value, nil
}

func decodeMultipart(content []byte, boundary string) (any, error) {
	reader := multipart.NewReader(bytes.NewReader(content), boundary)
	form := url.Values{}
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return formValue(form), nil
		}
		if err != nil {
			return nil, errors.New("the form cannot be read")
		}
		text, err := io.ReadAll(part)
		if err != nil {
			return nil, errors.New("the form cannot be read")
		}
		form.Add(part.FormName(), string(text))
	}
}

// formValue makes an object of a form. A name that ends with brackets, or that
// stands twice, is an array.
func formValue(form url.Values) object {
	members := object{}
	for name, texts := range form {
		plain, isArray := strings.CutSuffix(name, "[]")
		members[plain] = asValue(texts, isArray || len(texts) > 1)
	}
	return members
}

func asValue(texts []string, isArray bool) any {
	if !isArray {
		return texts[0]
	}
	items := make([]any, 0, len(texts))
	for _, text := range texts {
		items = append(items, text)
	}
	return items
}
