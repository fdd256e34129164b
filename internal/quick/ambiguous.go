package quick

import (
	"slices"
	"strings"
)

// foldable reports whether a name may equal another one in all but case. A name
// of small letters of ASCII is only ever the other side of such a pair.
func foldable[T string | []byte](name T) bool {
	for i := range len(name) {
		if char := name[i]; 'A' <= char && char <= 'Z' || char >= 0x80 {
			return true
		}
	}
	return false
}

// alike reports whether a key that is no property would be read as one by
// encoding/json, which does not mind the case.
func (n *node) alike(key []byte) bool {
	if len(key) > n.longest || !n.mixed && !foldable(key) {
		return false
	}
	for name := range n.properties {
		if strings.EqualFold(name, string(key)) {
			return true
		}
	}
	return false
}

// Ambiguous finds the members that a reader may take or leave: of a property that
// stands more than once all but the last, and those whose names equal a property's
// in all but case. Objects without properties in the schema have none. It finds no
// more than limit, and then does not know whether there are more.
//
// The JSON must be well-formed.
func (s *Schema) Ambiguous(wellFormed []byte, limit int) []Part {
	if s == nil {
		return nil
	}
	a := &ambiguities{data: wellFormed, limit: limit}
	a.value(expand([]*node{s.root}), skipSpace(wellFormed, 0), "")
	return a.found
}

type ambiguities struct {
	data  []byte
	limit int
	found []Part
}

// value looks through the value at the place, on which all the schemas bear; they
// are expanded.
func (a *ambiguities) value(nodes []*node, at int, pointer string) {
	switch {
	case len(nodes) == 0:
	case a.data[at] == '{':
		a.object(nodes, at, pointer)
	case a.data[at] == '[':
		a.array(nodes, at, pointer)
	}
}

func (a *ambiguities) array(nodes []*node, at int, pointer string) {
	var items []*node
	for _, n := range nodes {
		if n.items != nil {
			items = append(items, n.items)
		}
	}
	if items = expand(items); items == nil {
		return
	}
	for part := range Parts(a.data, at) {
		if a.holdsParts(part) {
			a.value(items, part.Value, part.Under(pointer))
		}
	}
}

func (a *ambiguities) object(nodes []*node, at int, pointer string) {
	last := a.last(nodes, at)
	for part := range Parts(a.data, at) {
		if len(a.found) >= a.limit {
			return
		}
		named, alike := member(nodes, part.Key)
		repeated := named && last != nil && last[string(part.Key)] != part.Start
		if alike || repeated {
			part.Pointer = part.Under(pointer)
			a.found = append(a.found, part)
			continue
		}
		if a.holdsParts(part) {
			a.value(expand(children(nodes, part.Key)), part.Value, part.Under(pointer))
		}
	}
}

func (a *ambiguities) holdsParts(part Part) bool {
	return a.data[part.Value] == '{' || a.data[part.Value] == '['
}

// last tells where each property of an object stands last; nil if none stands
// twice, as in nearly all objects.
func (a *ambiguities) last(nodes []*node, at int) map[string]int {
	var few [8]uint64 // enough for all events, and without allocating
	seen := few[:]
	if len(nodes) > len(few) {
		seen = make([]uint64, len(nodes))
	}
	twice := false
	for part := range Parts(a.data, at) {
		for i, n := range nodes {
			bit := n.properties[string(part.Key)].bit
			twice = twice || seen[i]&bit != 0
			seen[i] |= bit
		}
	}
	if !twice {
		return nil
	}
	last := map[string]int{}
	for part := range Parts(a.data, at) {
		if named, _ := member(nodes, part.Key); named {
			last[string(part.Key)] = part.Start
		}
	}
	return last
}

// member reports whether a key is a property of one of the schemas, or else
// would be read as one.
func member(nodes []*node, key []byte) (named, alike bool) {
	for _, n := range nodes {
		if _, ok := n.properties[string(key)]; ok {
			return true, false
		}
	}
	for _, n := range nodes {
		if n.alike(key) {
			return false, true
		}
	}
	return false, false
}

// children are the schemas of a member.
func children(nodes []*node, key []byte) []*node {
	var found []*node
	for _, n := range nodes {
		child := n.additional
		if property, ok := n.properties[string(key)]; ok {
			child = property.node
		}
		if child != nil {
			found = append(found, child)
		}
	}
	return found
}

// expand adds the schemas that schemas are composed of, whichever of them holds:
// what one names is a name that some reader looks for.
func expand(nodes []*node) []*node {
	var all []*node
	var add func(n *node)
	add = func(n *node) {
		if n == nil || slices.Contains(all, n) {
			return
		}
		all = append(all, n)
		for _, part := range append([]*node{n.reference, n.not, n.condition, n.then}, n.anyOf...) {
			add(part)
		}
	}
	for _, n := range nodes {
		add(n)
	}
	return slices.DeleteFunc(all, func(n *node) bool {
		return n.properties == nil && n.additional == nil && n.items == nil
	})
}
