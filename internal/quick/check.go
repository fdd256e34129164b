package quick

import (
	"bytes"
	"slices"
	"strconv"
)

// maxDigits is how long an integer may be to be judged here: the decoder has none
// beyond float64, where a longer one would be.
const maxDigits = 300

// Accepts reports whether the JSON is certainly valid against the schema. It must
// be well-formed. A nil schema accepts nothing.
func (s *Schema) Accepts(wellFormed []byte) bool {
	if s == nil {
		return false
	}
	c := checker{data: wellFormed}
	_, ok := c.value(s.root, skipSpace(wellFormed, 0))
	return ok && !c.doubt
}

// checker is one check. Whoever cannot judge a value sets doubt, and what it then
// answers does not matter: under a "not", a cautious no would become a yes.
type checker struct {
	data     []byte
	doubt    bool
	inverted int // how many times a no would become a yes
}

// value checks the value at the place. If it is valid, its end is known too.
func (c *checker) value(n *node, at int) (end int, ok bool) {
	if n == nil {
		return skipValue(c.data, at), true
	}
	kind := c.kind(n, at)
	if n.types != 0 && n.types&kind == 0 {
		return 0, false
	}
	if end, ok = c.content(n, kind, at); !ok {
		return 0, false
	}
	if end, ok = c.parts(n, at, end); !ok {
		return 0, false
	}
	if end == unknown {
		end = skipValue(c.data, at)
	}
	return end, true
}

// unknown is an end that nobody has come to yet. Whoever reads a value finds its
// end on the way; to look for it would be to read the value twice.
const unknown = -1

// content checks the value against the keywords for its type.
func (c *checker) content(n *node, kind kinds, at int) (end int, ok bool) {
	switch {
	case kind == isObject && (n.properties != nil || n.additional != nil):
		return c.object(n, at)
	case kind == isArray && (n.items != nil || n.minItems > 0):
		return c.array(n, at)
	case kind == isText && (n.pattern != nil || n.texts != nil):
		return c.text(n, at)
	case kind&(isInteger|isNumber) != 0 && n.minimum != nil:
		return c.number(n, at)
	}
	return unknown, true
}

// kind tells the JSON type by the first byte. A number is an integer if it is
// digits alone; of others it takes arithmetic to say, and whether they count as
// numbers at all: the decoder has none beyond float64.
func (c *checker) kind(n *node, at int) kinds {
	switch c.data[at] {
	case '{':
		return isObject
	case '[':
		return isArray
	case '"':
		return isText
	case 't', 'f':
		return isBoolean
	case 'n':
		return isNull
	}
	literal := c.data[at:skipLiteral(c.data, at)]
	if len(literal) <= maxDigits && !bytes.ContainsAny(literal, ".eE") {
		return isInteger
	}
	c.doubt = c.doubt || n.types != 0
	return isNumber
}

// parts checks the value against the schemas that a schema is composed of.
func (c *checker) parts(n *node, at, end int) (int, bool) {
	var ok bool
	if n.reference != nil {
		if end, ok = c.value(n.reference, at); !ok {
			return 0, false
		}
	}
	if n.anyOf != nil {
		if end, ok = c.anyOf(n.anyOf, at); !ok {
			return 0, false
		}
	}
	if n.not != nil && c.holds(n.not, at) {
		return 0, false
	}
	if n.condition != nil && n.then != nil && c.holds(n.condition, at) {
		return c.value(n.then, at)
	}
	return end, true
}

// holds checks what may as well not be so.
func (c *checker) holds(n *node, at int) bool {
	c.inverted++
	_, ok := c.value(n, at)
	c.inverted--
	return ok
}

func (c *checker) anyOf(branches []*node, at int) (int, bool) {
	if first := c.data[at]; first == '{' || first == '[' {
		c.doubt = c.doubt || manyBear(branches, first)
	}
	for _, branch := range branches {
		if end, ok := c.value(branch, at); ok {
			return end, true
		}
	}
	return 0, false
}

// manyBear reports whether an object or an array may be meant for more than one
// branch. Names that differ in case from those of a branch that was not looked at
// would then go unnoticed.
func manyBear(branches []*node, first byte) bool {
	kind := isObject
	if first == '[' {
		kind = isArray
	}
	count := 0
	for _, n := range branches {
		for n.types == 0 && n.reference != nil {
			n = n.reference
		}
		if n.types == 0 || n.types&kind != 0 {
			count++
		}
	}
	return count > 1
}

func (c *checker) object(n *node, at int) (int, bool) {
	var seen uint64
	var ok bool
	for at = skipSpace(c.data, at+1); c.data[at] != '}'; {
		end := skipString(c.data, at)
		key := c.data[at+1 : end-1]
		at = skipSpace(c.data, skipSpace(c.data, end)+1) // over the colon
		member, named := n.properties[string(key)]
		if bytes.IndexByte(key, '\\') >= 0 || named && seen&member.bit != 0 || !named && n.alike(key) {
			c.doubt = true // another key, or another value, may be meant
			return 0, false
		}
		child := n.additional
		if named {
			seen |= member.bit
			child = member.node
		}
		if at, ok = c.value(child, at); !ok {
			c.doubt = c.doubt || c.inverted > 0 // the key may come again, with a better value
			return 0, false
		}
		if at = skipSpace(c.data, at); c.data[at] == ',' {
			at = skipSpace(c.data, at+1)
		}
	}
	return at + 1, seen&n.required == n.required
}

func (c *checker) array(n *node, at int) (int, bool) {
	var count int
	var ok bool
	for at = skipSpace(c.data, at+1); c.data[at] != ']'; count++ {
		if at, ok = c.value(n.items, at); !ok {
			return 0, false
		}
		if at = skipSpace(c.data, at); c.data[at] == ',' {
			at = skipSpace(c.data, at+1)
		}
	}
	return at + 1, count >= n.minItems
}

func (c *checker) text(n *node, at int) (int, bool) {
	end := skipString(c.data, at)
	text := c.data[at+1 : end-1]
	for _, char := range text {
		if char == '\\' || char >= 0x80 { // other text, or perhaps not text at all
			c.doubt = true
			return 0, false
		}
	}
	ok := (n.pattern == nil || n.pattern.Match(text)) &&
		(n.texts == nil || slices.Contains(n.texts, string(text)))
	return end, ok
}

func (c *checker) number(n *node, at int) (int, bool) {
	end := skipLiteral(c.data, at)
	number, err := strconv.ParseInt(string(c.data[at:end]), 10, 64)
	if err != nil {
		c.doubt = true // a fraction, an exponent, or beyond 64 bits
		return 0, false
	}
	return end, number >= *n.minimum
}
