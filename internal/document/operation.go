package document

import (
	"fmt"
	"net/http"
	"sort"
	"strconv"
	"strings"
)

// Operation is one operation of a document, or one webhook event.
type Operation struct {
	ID          string
	Method      string // in capitals
	Path        string // the template, such as /bot/{room_id}/activate; for an event its name
	Group       string // the first tag
	Summary     string
	Description string
	Evidence    Evidence
	// Idempotent says that a repeat can do no harm: by method, or by x-idempotent.
	Idempotent bool
	// Security lists the accepted combinations of security schemes; empty when
	// the operation takes none. A combination of none says that it needs none.
	Security   [][]string
	Parameters []Parameter
	// Request holds the body's schema by content type.
	Request         map[string]Body
	RequestRequired bool
	// Responses holds the answers by status: "200", "4XX", "default".
	Responses map[string]Response

	pointer string // where it stands in the document
}

// Evidence says how sure the document is of an operation.
type Evidence struct {
	Level   string // documented, seen, single or assumed
	Sources []string
	Note    string
}

// Parameter is a parameter in the path, the query or a header.
type Parameter struct {
	Name     string
	In       string
	Required bool
	Array    bool // repeated, once for each item
	Enum     []string
	Schema   *Schema
}

// Body is a body in one content type.
type Body struct {
	Schema   *Schema
	Pointer  string // where the schema stands in the document
	Examples map[string]any
}

// Response is one answer of an operation.
type Response struct {
	Description string
	Content     map[string]Body
}

// IsWebhook tells whether it is an event that is sent, and none that can be called.
func (o *Operation) IsWebhook() bool { return strings.HasPrefix(o.pointer, "/webhooks/") }

// JSON returns the operation's JSON request body, or its only other encoding.
func (o *Operation) JSON() (Body, bool) {
	if body, ok := o.Request["application/json"]; ok {
		return body, true
	}
	for _, contentType := range sortedKeys(o.Request) {
		return o.Request[contentType], true
	}
	return Body{}, false
}

// Response finds the answer that the document declares for a status: the number
// itself, its class (4XX), or the default.
func (o *Operation) Response(status int) (Response, bool) {
	for _, key := range []string{strconv.Itoa(status), strconv.Itoa(status/100) + "XX", "default"} {
		if response, ok := o.Responses[key]; ok {
			return response, true
		}
	}
	return Response{}, false
}

// readOperation reads the operation that stands at a pointer. Its schemas are left to be
// compiled.
func (d *Document) readOperation(at string, node map[string]any) (*Operation, error) {
	path, method := pathAndMethod(at)
	o := &Operation{
		pointer:     at,
		ID:          text(node["operationId"]),
		Method:      method,
		Path:        path,
		Group:       firstText(node["tags"]),
		Summary:     text(node["summary"]),
		Description: strings.TrimSpace(text(node["description"])),
		Evidence:    readEvidence(node["x-evidence"]),
		Security:    d.readSecurity(node),
		Request:     map[string]Body{},
		Responses:   map[string]Response{},
	}
	marked, _ := node["x-idempotent"].(bool)
	o.Idempotent = marked || o.Method == http.MethodGet
	var err error
	if o.Parameters, err = d.readParameters(at, node); err != nil {
		return nil, err
	}
	if request, ok := node["requestBody"].(map[string]any); ok {
		requestAt, request, err := d.resolve(at+"/requestBody", request)
		if err != nil {
			return nil, err
		}
		o.RequestRequired, _ = request["required"].(bool)
		if o.Request, err = d.readContent(requestAt, request); err != nil {
			return nil, err
		}
	}
	responses, _ := node["responses"].(map[string]any)
	for status, entry := range responses {
		members, _ := entry.(map[string]any)
		responseAt, members, err := d.resolve(at+"/responses/"+escape(status), members)
		if err != nil {
			return nil, err
		}
		content, err := d.readContent(responseAt, members)
		if err != nil {
			return nil, err
		}
		o.Responses[status] = Response{Description: strings.TrimSpace(text(members["description"])), Content: content}
	}
	return o, nil
}

func (d *Document) readParameters(at string, node map[string]any) ([]Parameter, error) {
	entries, _ := node["parameters"].([]any)
	parameters := make([]Parameter, 0, len(entries))
	for i, entry := range entries {
		members, _ := entry.(map[string]any)
		parameterAt, members, err := d.resolve(at+"/parameters/"+strconv.Itoa(i), members)
		if err != nil {
			return nil, err
		}
		schemaAt := parameterAt + "/schema"
		beside, _ := members["schema"].(map[string]any)
		_, declared, err := d.resolve(schemaAt, beside)
		if err != nil {
			return nil, err
		}
		values := texts(beside["enum"]) // a list beside a reference narrows the referenced one
		if len(values) == 0 {
			values = texts(declared["enum"])
		}
		required, _ := members["required"].(bool)
		parameters = append(parameters, Parameter{
			Name:     text(members["name"]),
			In:       text(members["in"]),
			Required: required,
			Array:    text(declared["type"]) == "array",
			Enum:     values,
			Schema:   d.schemas.at(schemaAt),
		})
	}
	return parameters, nil
}

func (d *Document) readContent(at string, node map[string]any) (map[string]Body, error) {
	content, _ := node["content"].(map[string]any)
	bodies := make(map[string]Body, len(content))
	for contentType, entry := range content {
		media, _ := entry.(map[string]any)
		schemaAt := at + "/content/" + escape(contentType) + "/schema"
		examples, err := d.readExamples(schemaAt, media)
		if err != nil {
			return nil, err
		}
		bodies[contentType] = Body{Schema: d.schemas.at(schemaAt), Pointer: schemaAt, Examples: examples}
	}
	return bodies, nil
}

func (d *Document) readExamples(at string, media map[string]any) (map[string]any, error) {
	examples := map[string]any{}
	if single, ok := media["example"]; ok {
		examples["example"] = single
	}
	named, _ := media["examples"].(map[string]any)
	for name, entry := range named {
		members, _ := entry.(map[string]any)
		_, members, err := d.resolve(at, members)
		if err != nil {
			return nil, fmt.Errorf("example %s: %w", name, err)
		}
		examples[name] = members["value"]
	}
	return examples, nil
}

func (d *Document) readSecurity(node map[string]any) [][]string {
	entries, ok := node["security"].([]any)
	if !ok {
		entries, _ = d.nodes.at("/security").([]any)
	}
	var combinations [][]string
	for _, entry := range entries {
		if schemes, ok := entry.(map[string]any); ok { // without members: no credential is needed
			combinations = append(combinations, sortedKeys(schemes))
		}
	}
	return combinations
}

func readEvidence(node any) Evidence {
	members, _ := node.(map[string]any)
	return Evidence{
		Level:   text(members["level"]),
		Sources: texts(members["sources"]),
		Note:    text(members["note"]),
	}
}

func text(node any) string {
	value, _ := node.(string)
	return value
}

func texts(node any) []string {
	items, _ := node.([]any)
	values := make([]string, 0, len(items))
	for _, item := range items {
		values = append(values, text(item))
	}
	return values
}

func firstText(node any) string {
	if values := texts(node); len(values) > 0 {
		return values[0]
	}
	return ""
}

func sortedKeys[V any](members map[string]V) []string {
	keys := make([]string, 0, len(members))
	for key := range members {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
