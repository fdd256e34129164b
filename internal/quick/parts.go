package quick

import (
	"bytes"
	"iter"
	"slices"
	"strconv"
	"strings"
)

// Part is a member of an object or an item of an array, by its place.
type Part struct {
	// Key is a member's name; nil for an item.
	Key   []byte
	Index int
	// The part is the bytes from Start to End, and its value begins at Value.
	Start, Value, End int
	// Pointer is its JSON pointer, where it is told.
	Pointer string
}

// Under is the part's JSON pointer inside that of its object or array.
func (p Part) Under(pointer string) string {
	if p.Key == nil {
		return pointer + "/" + strconv.Itoa(p.Index)
	}
	return pointer + "/" + escaper.Replace(string(p.Key))
}

var escaper = strings.NewReplacer("~", "~0", "/", "~1")

// Parts goes through the members or the items of the value at the place, which
// are none if it is neither an object nor an array. The JSON must be well-formed.
func Parts(wellFormed []byte, at int) iter.Seq[Part] {
	return func(yield func(Part) bool) {
		object := byteAt(wellFormed, at) == '{'
		if !object && byteAt(wellFormed, at) != '[' {
			return
		}
		at := skipSpace(wellFormed, at+1)
		for i := 0; at < len(wellFormed) && wellFormed[at] != '}' && wellFormed[at] != ']'; i++ {
			part := Part{Index: i, Start: at, Value: at}
			if object {
				end := skipString(wellFormed, at)
				if part.Key = Text(wellFormed[at:end]); part.Key == nil {
					part.Key = []byte{}
				}
				part.Value = skipSpace(wellFormed, skipSpace(wellFormed, end)+1) // over the colon
			}
			part.End = skipValue(wellFormed, part.Value)
			if !yield(part) {
				return
			}
			if at = skipSpace(wellFormed, part.End); byteAt(wellFormed, at) == ',' {
				at = skipSpace(wellFormed, at+1)
			}
		}
	}
}

// Find finds the parts that JSON pointers name, all of those that stand twice, in one
// pass however many they are. The whole is no part. The JSON must be well-formed.
func Find(wellFormed []byte, pointers []string) []Part {
	f := &search{data: wellFormed, wanted: map[string]bool{}, on: map[string]bool{}}
	for _, pointer := range pointers {
		f.wanted[pointer] = true
		for end := strings.LastIndexByte(pointer, '/'); end > 0; end = strings.LastIndexByte(pointer[:end], '/') {
			f.on[pointer[:end]] = true
		}
	}
	f.value(skipSpace(wellFormed, 0), "")
	return f.found
}

type search struct {
	data       []byte
	wanted, on map[string]bool // on the way to what is wanted
	found      []Part
}

func (f *search) value(at int, pointer string) {
	for part := range Parts(f.data, at) {
		part.Pointer = part.Under(pointer)
		if f.wanted[part.Pointer] {
			f.found = append(f.found, part)
		} else if f.on[part.Pointer] {
			f.value(part.Value, part.Pointer)
		}
	}
}

// Cut returns the JSON without the parts, which may lie inside one another.
func Cut(wellFormed []byte, parts []Part) []byte {
	parts = slices.SortedFunc(slices.Values(parts), func(a, b Part) int { return a.Start - b.Start })
	kept := make([]byte, 0, len(wellFormed))
	at := 0
	for _, part := range parts {
		if part.Start < at {
			continue // inside one that is gone
		}
		kept = append(kept, wellFormed[at:part.Start]...)
		at = skipSpace(wellFormed, part.End)
		if byteAt(wellFormed, at) == ',' {
			at++
			continue
		}
		kept = bytes.TrimRight(kept, " \t\r\n") // the last one takes the comma before it along
		kept = bytes.TrimSuffix(kept, []byte(","))
	}
	return append(kept, wellFormed[at:]...)
}
