// Package document reads the OpenAPI documents and validates JSON against
// them. What is known of an API by its document alone belongs here: its operations
// and how a request finds its own ([Router]), the schemas of bodies ([Schema]), and
// what the schemas say of each part of a body ([Shape]). It is the one place that
// links the validator; whoever needs one shares it.
//
// A body is validated with all of JSON Schema 2020-12, by schemas that are
// compiled once. What is wrong is told as a JSON pointer and a reason and never
// as a value, which may be a secret or a customer's words.
package document

import (
	"errors"
	"fmt"
	"net/url"
	"sort"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/qismo-go/qismo/api"
)

// location is the name under which the validator knows a document; nothing is
// ever fetched from it.
const location = "document.json"

// Document is one parsed OpenAPI document. It is immutable and safe for
// concurrent use.
type Document struct {
	tree       map[string]any
	operations []*Operation
	byID       map[string]*Operation

	compiling sync.Mutex // a compiler is not safe for concurrent use
	compiler  *jsonschema.Compiler
}

// The embedded documents never change, so each is parsed once, when it is first
// asked for.
var (
	loadREST     = sync.OnceValues(func() (*Document, error) { return Parse(api.OpenAPI()) })
	loadWebhooks = sync.OnceValues(func() (*Document, error) { return Parse(api.Webhooks()) })
)

// REST returns the document of the REST API.
func REST() (*Document, error) { return loadREST() }

// Webhooks returns the document of the webhooks. Its operations are the events:
// the id of one is the event's name, and its request is the event's body.
func Webhooks() (*Document, error) { return loadWebhooks() }

// Parse reads an OpenAPI 3.1 document in YAML and compiles every schema that an
// operation in it uses. References to other files are refused.
func Parse(source []byte) (*Document, error) {
	var tree map[string]any
	if err := yaml.Unmarshal(source, &tree); err != nil {
		return nil, fmt.Errorf("parse the document: %w", err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(noLoader{})
	if err := compiler.AddResource(location, tree); err != nil {
		return nil, fmt.Errorf("read the document: %w", err)
	}
	d := &Document{tree: tree, compiler: compiler, byID: map[string]*Operation{}}
	for _, section := range []string{"paths", "webhooks"} {
		if err := d.readSection(section); err != nil {
			return nil, err
		}
	}
	sort.Slice(d.operations, func(i, j int) bool { return d.operations[i].order() < d.operations[j].order() })
	return d, nil
}

// Operations lists the document's operations, by path and method; the slice is
// the caller's.
func (d *Document) Operations() []*Operation { return append([]*Operation(nil), d.operations...) }

// Operation finds an operation by its id; nil when there is none.
func (d *Document) Operation(id string) *Operation { return d.byID[id] }

// Tree returns the document as parsed YAML, for tools that look at all of it.
// It must not be changed.
func (d *Document) Tree() map[string]any { return d.tree }

func (d *Document) readSection(section string) error {
	items, _ := d.tree[section].(map[string]any)
	for path, item := range items {
		methods, _ := item.(map[string]any)
		for method, node := range methods {
			members, isOperation := node.(map[string]any)
			if _, named := members["operationId"]; !isOperation || !named {
				continue
			}
			operation, err := d.readOperation(pointer(section, path, method), path, method, members)
			if err != nil {
				return fmt.Errorf("%s %s: %w", strings.ToUpper(method), path, err)
			}
			if d.byID[operation.ID] != nil {
				return fmt.Errorf("operation id %s stands twice", operation.ID)
			}
			d.byID[operation.ID] = operation
			d.operations = append(d.operations, operation)
		}
	}
	return nil
}

// Schema compiles the schema at a JSON pointer such as
// "/components/schemas/CustomerRoom".
func (d *Document) Schema(at string) (*Schema, error) {
	fragment := url.URL{Fragment: at}
	d.compiling.Lock()
	defer d.compiling.Unlock()
	compiled, err := d.compiler.Compile(location + "#" + fragment.EscapedFragment())
	if err != nil {
		return nil, fmt.Errorf("compile the schema at %s: %w", at, err)
	}
	return &Schema{compiled: compiled}, nil
}

// resolve follows a reference inside the document, once, and tells where the
// node stands.
func (d *Document) resolve(at string, node map[string]any) (string, map[string]any, error) {
	reference, ok := node["$ref"].(string)
	if !ok {
		return at, node, nil
	}
	target, found := strings.CutPrefix(reference, "#")
	if !found {
		return "", nil, fmt.Errorf("reference %s leaves the document", reference)
	}
	var current any = d.tree
	for segment := range strings.SplitSeq(strings.TrimPrefix(target, "/"), "/") {
		members, _ := current.(map[string]any)
		current = members[unescape(segment)]
	}
	members, ok := current.(map[string]any)
	if !ok {
		return "", nil, fmt.Errorf("reference %s leads nowhere", reference)
	}
	return target, members, nil
}

// noLoader refuses to fetch anything: the documents stand alone.
type noLoader struct{}

func (noLoader) Load(string) (any, error) {
	return nil, errors.New("references to other documents are not followed")
}
