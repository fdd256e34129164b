package contract

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/qismo-go/qismo/internal/document"
	"github.com/qismo-go/qismo/pkg/qismo"
)

// maxOfOne bounds what is told of one answer.
const maxOfOne = 1000

const jsonType = "application/json"

// Checker holds answers against the document, one at a time and at once. It is
// immutable and safe for concurrent use. To watch a program at work, use a
// [Reporter].
type Checker struct {
	rest   *document.Document
	shapes map[string]*document.Shape // by the place of the body's schema
}

// NewChecker makes a Checker of the REST API's document.
func NewChecker() (*Checker, error) {
	rest, err := document.REST()
	if err != nil {
		return nil, fmt.Errorf("contract: %w", err)
	}
	c := &Checker{rest: rest, shapes: map[string]*document.Shape{}}
	shapes := document.NewShapes(rest)
	for _, operation := range rest.Operations() {
		for _, response := range operation.Responses {
			body, ok := response.Content[jsonType]
			if !ok {
				continue
			}
			if c.shapes[body.Pointer], err = shapes.At(body.Pointer); err != nil {
				return nil, fmt.Errorf("contract: %s: %w", operation.ID, err)
			}
		}
	}
	return c, nil
}

// Check tells in what an answer differs from the document, in the order of a
// [Report]. Of an answer that is not whole it looks at the status and the content
// type only, and of an operation that the document does not have at nothing.
func (c *Checker) Check(exchange qismo.Exchange) []Finding {
	found := newFindings(maxOfOne)
	c.check(exchange, found)
	return found.list()
}

func (c *Checker) check(exchange qismo.Exchange, found *findings) {
	operation := c.rest.Operation(exchange.Operation)
	if operation == nil {
		return
	}
	add := func(f Finding) {
		f.Operation, f.Status = exchange.Operation, exchange.Status
		found.add(f, 1)
	}
	response, declared := operation.Response(exchange.Status)
	switch {
	case !declared:
		add(Finding{Kind: UndeclaredStatus})
		return
	case len(response.Content) == 0:
		return // nobody knows the body
	}
	isRefusal := exchange.Status >= http.StatusBadRequest
	mediaType := mediaTypeOf(exchange.ContentType)
	if !isRefusal && !declares(response, mediaType) {
		add(Finding{
			Kind:     UndeclaredContentType,
			Expected: strings.Join(contentTypes(response), " or "),
			Found:    knownMediaType(mediaType),
		})
	}
	body, wantsJSON := response.Content[jsonType]
	isJSON := mediaType == jsonType || strings.HasSuffix(mediaType, "+json")
	switch {
	case !wantsJSON, !exchange.Whole, !isJSON && declares(response, mediaType):
		return // nothing is known of it, or not all of it is here
	case isRefusal && (len(exchange.Body) == 0 || !isJSON && !json.Valid(exchange.Body)):
		return // gateways answer in plain text and HTML, which the document says
	}
	var value any
	if err := json.Unmarshal(exchange.Body, &value); err != nil {
		kind := NotJSON
		if json.Valid(exchange.Body) {
			kind = BrokenRule // a number that no float64 can hold
		}
		add(Finding{Kind: kind})
		return
	}
	c.shapes[body.Pointer].Walk(value, func(visit document.Visit) { tell(visit, add) })
}

// tell turns what a walk says into findings.
func tell(visit document.Visit, add func(Finding)) {
	if visit.Expected == "" && !visit.Broken && len(visit.Unknown) == 0 && len(visit.Missing) == 0 {
		return // as nearly always
	}
	at := visit.Pointer()
	if visit.Expected != "" {
		add(Finding{Kind: WrongType, Pointer: at, Expected: visit.Expected, Found: visit.Type})
	}
	for _, member := range visit.Unknown {
		add(Finding{Kind: UnknownField, Pointer: at + "/" + nameOf(at, member.Name), Found: member.Type})
	}
	for _, name := range visit.Missing {
		add(Finding{Kind: MissingField, Pointer: at + "/" + document.EscapePointer(name)})
	}
	if visit.Broken {
		add(Finding{Kind: BrokenRule, Pointer: at})
	}
}

// mediaTypeOf is a header's media type without its parameters; "" when it has none.
func mediaTypeOf(contentType string) string {
	if contentType == jsonType {
		return jsonType
	}
	mediaType, _, err := mime.ParseMediaType(contentType)
	if err != nil && mediaType == "" {
		mediaType, _, _ = strings.Cut(contentType, ";")
		mediaType = strings.ToLower(strings.TrimSpace(mediaType))
	}
	return mediaType
}

// declares reports whether a response can be of a media type.
func declares(response document.Response, mediaType string) bool {
	main, _, _ := strings.Cut(mediaType, "/")
	for declared := range response.Content {
		switch declared {
		case mediaType, "*/*", main + "/*":
			return true
		case jsonType:
			if strings.HasSuffix(mediaType, "+json") {
				return true
			}
		}
	}
	return false
}

func contentTypes(response document.Response) []string {
	names := make([]string, 0, len(response.Content))
	for name := range response.Content {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// knownMediaType is a media type that may be told: the header is the service's to
// fill, and could hold anything.
func knownMediaType(mediaType string) string {
	switch mediaType {
	case "":
		return "none"
	case jsonType, "application/xml", "application/octet-stream", "application/pdf", "application/zip",
		"application/javascript", "text/html", "text/plain", "text/csv", "text/xml", "text/javascript":
		return mediaType
	}
	switch main, _, _ := strings.Cut(mediaType, "/"); main {
	case "image", "audio", "video":
		return main + "/*"
	}
	return "?"
}
