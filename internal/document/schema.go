package document

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/qismo-go/qismo/internal/quick"
)

// Schema is a schema of a document, compiled when it is first used. It is safe for
// concurrent use.
type Schema struct {
	compiled func() (*jsonschema.Schema, error)
	quick    func() *quick.Schema
}

// Accepts reports whether well-formed JSON is certainly valid, which takes a hundredth
// of the time that [Schema.Validate] and the decoding before it take. It accepts nearly
// all that is valid; of the rest only Validate can tell.
func (s *Schema) Accepts(wellFormed []byte) bool { return s.quick().Accepts(wellFormed) }

// Validate checks a value as encoding/json decodes it into an any, and returns
// all that is wrong with it, by pointer; nil when nothing is.
func (s *Schema) Validate(value any) []Problem {
	compiled, err := s.compiled()
	if err != nil {
		return []Problem{{Reason: err.Error()}} // the document is wrong, and so nothing fits
	}
	err = compiled.Validate(value)
	if err == nil {
		return nil
	}
	var failure *jsonschema.ValidationError
	if !errors.As(err, &failure) {
		return []Problem{{Reason: "is not a JSON value"}}
	}
	problems := collect(nil, failure)
	sort.SliceStable(problems, func(i, j int) bool { return problems[i].Pointer < problems[j].Pointer })
	return deduplicate(problems)
}

// schemas compiles the schemas of one document. To the validator each that is referred
// to is a document of its own, which it loads from here: so it looks at no more than a
// schema needs. With all of them in one it takes notes of the whole for each.
type schemas struct {
	nodes nodes

	mu       sync.Mutex // a compiler is not safe for concurrent use
	compiler *jsonschema.Compiler
	made     map[string]*Schema // by where they stand
}

func newSchemas(nodes nodes) *schemas {
	s := &schemas{nodes: nodes, compiler: jsonschema.NewCompiler(), made: map[string]*Schema{}}
	s.compiler.UseLoader(loader{nodes})
	return s
}

// at returns the schema at a pointer, always the same one.
func (s *schemas) at(pointer string) *Schema {
	s.mu.Lock()
	defer s.mu.Unlock()
	schema, known := s.made[pointer]
	if !known {
		schema = &Schema{
			compiled: sync.OnceValues(func() (*jsonschema.Schema, error) { return s.compile(pointer) }),
			quick:    sync.OnceValue(func() *quick.Schema { return quick.Compile(s.nodes.at, pointer) }),
		}
		s.made[pointer] = schema
	}
	return schema
}

func (s *schemas) compile(pointer string) (*jsonschema.Schema, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	compiled, err := s.compiler.Compile(location(pointer))
	if err != nil {
		return nil, fmt.Errorf("compile the schema at %s: %w", pointer, err)
	}
	return compiled, nil
}

// compileAll compiles the schemas that somebody asked for.
func (s *schemas) compileAll() error {
	for _, pointer := range slices.Sorted(maps.Keys(s.made)) {
		if _, err := s.made[pointer].compiled(); err != nil {
			return err
		}
	}
	return nil
}

// location is the address under which the validator knows what stands at a pointer.
// Nothing that a document refers to by a name of its own can have one.
func location(pointer string) string { return "document:///?at=" + url.QueryEscape(pointer) }

// loader gives the validator the schemas of a document, and nothing else.
type loader struct{ nodes nodes }

// Load returns the schema that [location] gave the address.
func (l loader) Load(address string) (any, error) {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Scheme != "document" || !parsed.Query().Has("at") {
		return nil, errors.New("references to other documents are not followed")
	}
	node := l.nodes.at(parsed.Query().Get("at"))
	if node == nil {
		return nil, errors.New("there is no such schema")
	}
	return withLocations(node), nil
}

// withLocations copies a schema, with each reference inside the document turned into
// the address of what it leads to.
func withLocations(node any) any {
	switch node := node.(type) {
	case map[string]any:
		members := make(map[string]any, len(node))
		for name, member := range node {
			members[name] = withLocations(member)
		}
		if reference, ok := node["$ref"].(string); ok {
			if target, inside := strings.CutPrefix(reference, "#/"); inside {
				members["$ref"] = location("/" + target)
			}
		}
		return members
	case []any:
		items := make([]any, 0, len(node))
		for _, item := range node {
			items = append(items, withLocations(item))
		}
		return items
	}
	return node
}
