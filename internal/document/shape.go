package document

import (
	"strconv"
	"strings"
)

// Shape is a schema as something to walk values with: where the validator says
// whether a value fits, a shape says what the document knows of each part of it.
// It is immutable and safe for concurrent use. See [Shape.Walk].
type Shape struct {
	accepts types // what the schema and all that it refers to let through
	// validator is the same schema; nil where all fits.
	validator *Schema

	own       types // by the schema's own keyword type
	all       []*Shape
	choices   [][]*Shape // anyOf and oneOf
	condition *condition
	dependent map[string]*Shape

	members  map[string][]*Shape // of properties; each of one shape
	others   []*Shape            // of additionalProperties, none or one
	items    []*Shape            // none or one
	required []string
}

// condition is an if with its then and else, which may be nil.
type condition struct{ test, then, otherwise *Shape }

// Shapes makes the shapes of one document; what several schemas refer to is made
// once. It is not safe for concurrent use, unlike what it makes.
type Shapes struct {
	document *Document
	made     map[string]*Shape // by the schema's place
	fresh    []*Shape          // those whose types are not worked out yet
}

// NewShapes prepares for making shapes of a document.
func NewShapes(d *Document) *Shapes {
	return &Shapes{document: d, made: map[string]*Shape{}}
}

// At makes the shape of the schema at a JSON pointer, such as [Body.Pointer].
func (s *Shapes) At(at string) (*Shape, error) {
	shape, err := s.refer("#" + at)
	if err != nil {
		return nil, err
	}
	for _, made := range s.fresh {
		made.accepts = made.accepted(map[*Shape]bool{})
	}
	s.fresh = nil
	return shape, nil
}

// refer makes the shape that a reference leads to.
func (s *Shapes) refer(reference string) (*Shape, error) {
	at, node, err := s.document.resolve("", map[string]any{"$ref": reference})
	if err != nil {
		return nil, err
	}
	return s.make(at, node)
}

func (s *Shapes) make(at string, node map[string]any) (*Shape, error) {
	if shape, ok := s.made[at]; ok {
		return shape, nil
	}
	shape := &Shape{own: typesOf(node["type"]), required: texts(node["required"])}
	shape.validator = s.document.schemas.at(at)
	s.made[at] = shape // before what is below, which may lead back here
	s.fresh = append(s.fresh, shape)
	filler := filler{shapes: s, at: at, node: node}
	filler.choices(shape)
	filler.parts(shape)
	return shape, filler.err
}

// filler makes what the keywords of one schema lead to.
type filler struct {
	shapes *Shapes
	at     string
	node   map[string]any
	err    error
}

// below makes the schema below a keyword; nil when none is there.
func (f *filler) below(node any, steps ...string) *Shape {
	members, isSchema := node.(map[string]any)
	if !isSchema || f.err != nil {
		return nil
	}
	var made *Shape
	made, f.err = f.shapes.make(f.at+pointer(steps...), members)
	return made
}

// choices takes the keywords that speak of the same value.
func (f *filler) choices(shape *Shape) {
	if reference, ok := f.node["$ref"].(string); ok {
		var referred *Shape
		referred, f.err = f.shapes.refer(reference)
		shape.all = append(shape.all, referred)
	}
	for _, keyword := range []string{"allOf", "anyOf", "oneOf"} {
		branches, _ := f.node[keyword].([]any)
		made := make([]*Shape, 0, len(branches))
		for i, branch := range branches {
			made = append(made, f.below(branch, keyword, strconv.Itoa(i)))
		}
		switch {
		case keyword == "allOf":
			shape.all = append(shape.all, made...)
		case len(made) > 0:
			shape.choices = append(shape.choices, made)
		}
	}
	if test := f.below(f.node["if"], "if"); test != nil {
		shape.condition = &condition{test, f.below(f.node["then"], "then"), f.below(f.node["else"], "else")}
	}
	shape.dependent = map[string]*Shape{}
	for name, node := range membersOf(f.node["dependentSchemas"]) {
		shape.dependent[name] = f.below(node, "dependentSchemas", name)
	}
}

// parts takes the keywords that speak of members and items.
func (f *filler) parts(shape *Shape) {
	shape.members = map[string][]*Shape{}
	for name, node := range membersOf(f.node["properties"]) {
		shape.members[name] = []*Shape{f.below(node, "properties", name)}
	}
	if others := f.below(f.node["additionalProperties"], "additionalProperties"); others != nil {
		shape.others = []*Shape{others}
	}
	if allowed, _ := f.node["additionalProperties"].(bool); allowed {
		shape.others = []*Shape{{accepts: anyType}}
	}
	if items := f.below(f.node["items"], "items"); items != nil {
		shape.items = []*Shape{items}
	}
}

// accepted works out which types get through all keywords together.
func (s *Shape) accepted(seen map[*Shape]bool) types {
	if seen[s] {
		return anyType // a schema that refers to itself says nothing by that
	}
	seen[s] = true
	defer delete(seen, s)
	through := s.own
	if through == 0 {
		through = anyType
	}
	for _, below := range s.all {
		through &= below.accepted(seen)
	}
	for _, choice := range s.choices {
		var either types
		for _, branch := range choice {
			either |= branch.accepted(seen)
		}
		through &= either
	}
	return through
}

// fits reports whether a value is valid.
func (s *Shape) fits(value any) bool { return s.problems(value) == nil }

// problems tells what is wrong with a value.
func (s *Shape) problems(value any) []Problem {
	if s.validator == nil {
		return nil
	}
	return s.validator.Validate(value)
}

// types is a set of JSON types.
type types uint

const (
	typeNull types = 1 << iota
	typeBoolean
	typeInteger
	typeFraction // a number that is not whole
	typeString
	typeArray
	typeObject
	anyType = 1<<iota - 1
)

// typesOf reads the keyword type; 0 is any.
func typesOf(keyword any) types {
	names := texts(keyword)
	if single, ok := keyword.(string); ok {
		names = []string{single}
	}
	var set types
	for _, name := range names {
		switch name {
		case "null":
			set |= typeNull
		case "boolean":
			set |= typeBoolean
		case "integer":
			set |= typeInteger
		case "number":
			set |= typeInteger | typeFraction
		case "string":
			set |= typeString
		case "array":
			set |= typeArray
		case "object":
			set |= typeObject
		}
	}
	return set
}

// String lists the types as JSON Schema calls them, in alphabetical order.
func (t types) String() string {
	if t == anyType {
		return "any"
	}
	var names []string
	for _, one := range []struct {
		is   types
		name string
	}{
		{typeArray, "array"}, {typeBoolean, "boolean"}, {typeInteger, "integer"}, {typeNull, "null"},
		{typeFraction, "number"}, {typeObject, "object"}, {typeString, "string"},
	} {
		if t&one.is != 0 && (one.is != typeInteger || t&typeFraction == 0) {
			names = append(names, one.name)
		}
	}
	return strings.Join(names, " or ")
}
