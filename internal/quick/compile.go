package quick

import (
	"errors"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Schema is a compiled schema, safe for concurrent use.
type Schema struct{ root *node }

// kinds is a set of JSON types.
type kinds uint8

const (
	isNull kinds = 1 << iota
	isBoolean
	isInteger
	isNumber
	isText
	isArray
	isObject
)

// node is a schema, or a part of one. What is not set demands nothing; a nil node
// demands nothing at all.
type node struct {
	types      kinds
	properties map[string]property
	mixed      bool   // a property's name is more than small ASCII letters
	longest    int    // bytes that a key can have and equal a property's name in all but case
	required   uint64 // the bits of properties
	additional *node  // for members without a property
	items      *node
	minItems   int
	pattern    *regexp.Regexp
	texts      []string // of an enum or a const
	minimum    *int64
	reference  *node
	anyOf      []*node
	not        *node
	condition  *node
	then       *node
}

type property struct {
	node *node
	bit  uint64
}

const (
	maxProperties = 64      // that is how many bits there are
	maxMinimum    = 1 << 53 // beyond, the validator's float64 rounds
)

var errUnsupported = errors.New("the schema uses a keyword in a way that is not supported")

// Compile compiles the schema at a JSON pointer of a document, of which find tells
// what stands at a pointer. It returns nil, which accepts nothing, if the schema uses
// keywords that this package does not know: there are then more validations to do the
// long way, and none done wrong.
func Compile(find func(pointer string) any, pointer string) *Schema {
	c := &compiler{find: find, known: map[string]*node{}}
	root, err := c.at(pointer)
	if err != nil {
		return nil
	}
	return &Schema{root: root}
}

type compiler struct {
	find  func(pointer string) any
	known map[string]*node // by pointer; also keeps a circle of references finite
}

func (c *compiler) at(pointer string) (*node, error) {
	if known, ok := c.known[pointer]; ok {
		return known, nil
	}
	result := &node{}
	c.known[pointer] = result
	return result, c.fill(result, c.find(pointer))
}

func (c *compiler) schema(value any) (*node, error) {
	result := &node{}
	if err := c.fill(result, value); err != nil {
		return nil, err
	}
	return result, nil
}

// fill reads one schema.
func (c *compiler) fill(n *node, value any) error {
	members, ok := value.(map[string]any)
	if !ok {
		return errUnsupported
	}
	for keyword, value := range members {
		if err := c.keyword(n, keyword, value); err != nil {
			return err
		}
	}
	if n.texts != nil && n.types != isText {
		return errUnsupported // other types would have to be compared too
	}
	return n.require(members["required"])
}

// keyword reads one keyword of a schema.
func (c *compiler) keyword(n *node, keyword string, value any) (err error) {
	switch keyword {
	case "type":
		n.types, err = readTypes(value)
	case "properties":
		err = c.properties(n, value)
	case "items":
		n.items, err = c.schema(value)
	case "additionalProperties":
		n.additional, err = c.schema(value)
	case "not":
		n.not, err = c.schema(value)
	case "if":
		n.condition, err = c.schema(value)
	case "then":
		n.then, err = c.schema(value)
	case "anyOf":
		err = c.anyOf(n, value)
	case "$ref":
		err = c.reference(n, value)
	case "required": // after properties
	default:
		err = n.value(keyword, value)
	}
	return err
}

// value reads a keyword that holds no schema.
func (n *node) value(keyword string, value any) (err error) {
	switch keyword {
	case "minItems":
		minItems, ok := value.(int)
		n.minItems, err = minItems, supported(ok)
	case "minimum":
		minimum, ok := value.(int)
		limit := int64(minimum)
		n.minimum, err = &limit, supported(ok && -maxMinimum <= limit && limit <= maxMinimum)
	case "pattern":
		source, ok := value.(string)
		if err = supported(ok); err == nil {
			n.pattern, err = regexp.Compile(source)
		}
	case "const":
		n.texts, err = readTexts([]any{value})
	case "enum":
		n.texts, err = readTexts(value)
	case "description", "title", "example", "examples", "contentMediaType", "contentSchema":
		// words, which demand nothing
	default:
		err = supported(strings.HasPrefix(keyword, "x-"))
	}
	return err
}

func supported(ok bool) error {
	if !ok {
		return errUnsupported
	}
	return nil
}

func (c *compiler) properties(n *node, value any) error {
	members, ok := value.(map[string]any)
	if !ok || len(members) > maxProperties {
		return errUnsupported
	}
	for name, value := range members {
		child, err := c.schema(value)
		if err != nil {
			return err
		}
		n.add(name, child)
	}
	return nil
}

// add adds a property and gives it a bit.
func (n *node) add(name string, child *node) {
	if n.properties == nil {
		n.properties = map[string]property{}
	}
	n.properties[name] = property{node: child, bit: 1 << len(n.properties)}
	n.mixed = n.mixed || foldable(name)
	n.longest = max(n.longest, utf8.UTFMax*len(name))
}

// require reads the names of required members. One without a property becomes a
// property, so that it has a bit.
func (n *node) require(value any) error {
	if value == nil {
		return nil
	}
	names, err := readTexts(value)
	if err != nil {
		return err
	}
	for _, name := range names {
		if _, ok := n.properties[name]; !ok {
			if len(n.properties) == maxProperties {
				return errUnsupported
			}
			n.add(name, n.additional)
		}
		n.required |= n.properties[name].bit
	}
	return nil
}

func (c *compiler) anyOf(n *node, value any) error {
	branches, ok := value.([]any)
	if !ok || len(branches) == 0 {
		return errUnsupported
	}
	for _, branch := range branches {
		child, err := c.schema(branch)
		if err != nil {
			return err
		}
		n.anyOf = append(n.anyOf, child)
	}
	return nil
}

func (c *compiler) reference(n *node, value any) (err error) {
	reference, _ := value.(string)
	target, ok := strings.CutPrefix(reference, "#")
	if !ok {
		return errUnsupported
	}
	n.reference, err = c.at(target)
	return err
}

func readTypes(value any) (types kinds, err error) {
	names, err := readTexts(value)
	if name, ok := value.(string); ok {
		names, err = []string{name}, nil
	}
	for _, name := range names {
		switch name {
		case "null":
			types |= isNull
		case "boolean":
			types |= isBoolean
		case "integer":
			types |= isInteger
		case "number":
			types |= isInteger | isNumber
		case "string":
			types |= isText
		case "array":
			types |= isArray
		case "object":
			types |= isObject
		default:
			return 0, errUnsupported
		}
	}
	return types, err
}

func readTexts(value any) ([]string, error) {
	items, ok := value.([]any)
	if !ok {
		return nil, errUnsupported
	}
	texts := make([]string, 0, len(items))
	for _, item := range items {
		text, ok := item.(string)
		if !ok {
			return nil, errUnsupported
		}
		texts = append(texts, text)
	}
	return texts, nil
}
