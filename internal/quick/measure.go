package quick

import "bytes"

// Size says how large the parts of a body are.
type Size struct {
	Depth  int // objects and arrays inside one another
	Text   int // bytes of the longest text or key, as it is written, without its quotes
	Values int // values in all, the whole one included
}

// Measure measures JSON in one pass, without allocating. What it says of JSON that is
// broken means nothing, but it never fails.
func Measure(data []byte) Size {
	size := Size{Values: 1}
	for at, depth := 0, 0; at < len(data); {
		switch data[at] {
		case '"':
			end := skipString(data, at)
			size.Text = max(size.Text, end-at-2)
			at = end
			continue
		case '{', '[':
			depth++
			size.Depth = max(size.Depth, depth)
			if next := byteAt(data, skipSpace(data, at+1)); next != '}' && next != ']' {
				size.Values++
			}
		case '}', ']':
			depth--
		case ',':
			size.Values++
		}
		at++
	}
	return size
}

// AtMost is a size that the JSON certainly does not exceed. It takes a fraction of
// the time of [Measure].
func AtMost(data []byte) Size {
	opened := bytes.Count(data, []byte("{")) + bytes.Count(data, []byte("["))
	return Size{Depth: opened, Text: len(data), Values: 1 + opened + bytes.Count(data, []byte(","))}
}

// Exceeds reports whether one of the measures is larger than the limit's.
func (s Size) Exceeds(limit Size) bool {
	return s.Depth > limit.Depth || s.Text > limit.Text || s.Values > limit.Values
}
