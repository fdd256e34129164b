package quick

import "bytes"

// The bounds of what is worth a full validation, and the last one also of what is
// worth decoding. Known bodies are far below all of them.
const (
	MaxParts  = 1000  // items of an array, or members of an object
	MaxDepth  = 64    // objects and arrays inside one another
	MaxValues = 10000 // values in all
)

// Kind says which bound something is beyond.
type Kind int

const (
	// TooManyItems is an array of more than MaxParts items.
	TooManyItems Kind = iota
	// TooManyMembers is an object of more than MaxParts members.
	TooManyMembers
	// TooDeep is a value below MaxDepth others.
	TooDeep
)

// Beyond is something beyond a bound.
type Beyond struct {
	Pointer string
	Kind    Kind
}

// Excess finds what is beyond the bounds, at most limit of it. It reads the bytes
// once, and allocates for what it finds alone. Values in all it leaves to [Measure]. The JSON must be well-formed.
func Excess(wellFormed []byte, limit int) []Beyond {
	e := &excess{data: wellFormed, limit: limit}
	e.value(skipSpace(wellFormed, 0))
	return e.found
}

type excess struct {
	data  []byte
	limit int
	path  []Part // at most MaxDepth
	found []Beyond
}

// value looks through the value at the place and finds its end.
func (e *excess) value(at int) (end int) {
	kind := e.data[at]
	switch {
	case kind != '{' && kind != '[', len(e.found) >= e.limit:
		return skipValue(e.data, at)
	case len(e.path) == MaxDepth:
		e.add(TooDeep)
		return skipValue(e.data, at)
	}
	beyond := TooManyItems
	if kind == '{' {
		beyond = TooManyMembers
	}
	return e.parts(at, kind == '{', beyond)
}

func (e *excess) parts(at int, object bool, beyond Kind) (end int) {
	e.path = append(e.path, Part{})
	here := &e.path[len(e.path)-1]
	at = skipSpace(e.data, at+1)
	for count := 0; e.data[at] != '}' && e.data[at] != ']'; count++ {
		if count == MaxParts {
			e.path = e.path[:len(e.path)-1]
			e.add(beyond)
			return skipRest(e.data, at)
		}
		*here = Part{Index: count, Start: at, End: at}
		if object {
			here.End = skipString(e.data, at)
			at = skipSpace(e.data, skipSpace(e.data, here.End)+1) // over the colon
		}
		depth := len(e.path)
		at = skipSpace(e.data, e.value(at))
		here = &e.path[depth-1] // the path may have moved
		if e.data[at] == ',' {
			at = skipSpace(e.data, at+1)
		}
	}
	e.path = e.path[:len(e.path)-1]
	return at + 1
}

// skipRest finds the end of the object or array of which the next part is at the
// place.
func skipRest(data []byte, at int) int {
	for data[at] != '}' && data[at] != ']' {
		if data[at] == ',' || data[at] == ':' {
			at++
		} else {
			at = skipValue(data, at)
		}
		at = skipSpace(data, at)
	}
	return at + 1
}

// maxKey is how much of a key is told: one can be as long as the body.
const maxKey = 64

func (e *excess) add(kind Kind) {
	if len(e.found) >= e.limit {
		return
	}
	pointer := ""
	for _, part := range e.path {
		if part.End > part.Start {
			key := Text(e.data[part.Start:part.End])
			if len(key) > maxKey {
				key = append(bytes.ToValidUTF8(bytes.Clone(key[:maxKey]), nil), "…"...)
			}
			part.Key = append([]byte{}, key...)
		}
		pointer = part.Under(pointer)
	}
	e.found = append(e.found, Beyond{pointer, kind})
}
