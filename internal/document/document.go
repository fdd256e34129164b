// Package document reads the OpenAPI documents and validates JSON against
// them. What is known of an API by its document alone belongs here: its operations
// and how a request finds its own ([Router]), the schemas of bodies ([Schema]), and
// what the schemas say of each part of a body ([Shape]). It is the one place that
// links the validator; whoever needs one shares it.
//
// A document is written in YAML, and [Parse] reads one as it is written: whole, with
// all its mistakes. [REST], [Webhooks] and [Chat] read those of this module in pieces,
// which were made of the YAML when its code was generated (see pieces.go): an operation
// is decoded when somebody asks for it, a schema compiled when it first validates. So a
// program pays for what it uses, and its start for next to nothing.
//
// A body is validated with all of JSON Schema 2020-12. What is wrong is told as a JSON
// pointer and a reason and never as a value, which may be a secret or a customer's
// words.
package document

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

// Document is one OpenAPI document. It is immutable and safe for concurrent use.
type Document struct {
	nodes    nodes
	whole    func() map[string]any
	schemas  *schemas
	contents []*entry // by path and method
	byID     map[string]*entry
}

// Parse reads an OpenAPI 3.1 document in YAML and compiles every schema that an
// operation in it uses. References to other files are refused.
func Parse(source []byte) (*Document, error) {
	var whole map[string]any
	if err := yaml.Unmarshal(source, &whole); err != nil {
		return nil, fmt.Errorf("parse the document: %w", err)
	}
	d := newDocument(tree(whole))
	var contents []*entry
	for _, section := range []string{"paths", "webhooks"} {
		for path, item := range membersOf(whole[section]) {
			for method, node := range membersOf(item) {
				members := membersOf(node)
				if _, isOperation := members["operationId"]; !isOperation {
					continue
				}
				operation, err := d.readOperation(pointer(section, path, method), members)
				if err != nil {
					return nil, fmt.Errorf("%s %s: %w", strings.ToUpper(method), path, err)
				}
				contents = append(contents, entryOf(operation))
			}
		}
	}
	if err := d.fill(contents); err != nil {
		return nil, err
	}
	return d, d.schemas.compileAll()
}

func newDocument(nodes nodes) *Document {
	return &Document{
		nodes: nodes, whole: sync.OnceValue(nodes.whole), schemas: newSchemas(nodes), byID: map[string]*entry{},
	}
}

// fill gives the document its table of contents.
func (d *Document) fill(contents []*entry) error {
	slices.SortFunc(contents, func(a, b *entry) int { return strings.Compare(a.order(), b.order()) })
	for _, entry := range contents {
		if d.byID[entry.ID] != nil {
			return fmt.Errorf("operation id %s stands twice", entry.ID)
		}
		d.byID[entry.ID] = entry
	}
	d.contents = contents
	return nil
}

// Operations lists the document's operations, by path and method; the slice is
// the caller's.
func (d *Document) Operations() []*Operation {
	operations := make([]*Operation, 0, len(d.contents))
	for _, entry := range d.contents {
		operations = append(operations, entry.operation())
	}
	return operations
}

// Operation finds an operation by its id; nil when there is none.
func (d *Document) Operation(id string) *Operation {
	if entry, ok := d.byID[id]; ok {
		return entry.operation()
	}
	return nil
}

// Tree returns the document as parsed YAML, for tools that look at all of it.
// It must not be changed.
func (d *Document) Tree() map[string]any { return d.whole() }

// At returns what stands at a JSON pointer of the tree; nil when nothing does. It must
// not be changed.
func (d *Document) At(pointer string) any { return d.nodes.at(pointer) }

// Schema compiles the schema at a JSON pointer such as
// "/components/schemas/CustomerRoom".
func (d *Document) Schema(at string) (*Schema, error) {
	schema := d.schemas.at(at)
	if _, err := schema.compiled(); err != nil {
		return nil, err
	}
	return schema, nil
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
	members, ok := d.nodes.at(target).(map[string]any)
	if !ok {
		return "", nil, fmt.Errorf("reference %s leads nowhere", reference)
	}
	return target, members, nil
}
