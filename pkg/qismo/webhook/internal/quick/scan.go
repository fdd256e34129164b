package quick

import (
	"bytes"
	"encoding/json"
)

// Member is a member of a JSON object: its key as text, its value as JSON.
type Member struct{ Key, Value []byte }

// Members lists the members of a JSON object, in their order; keys may stand
// twice. It is nil if the JSON is something else. What it lists of JSON that is
// broken means nothing, but it never fails.
func Members(data []byte) []Member {
	at := skipSpace(data, 0)
	if byteAt(data, at) != '{' {
		return nil
	}
	members := make([]Member, 0, 16) // few objects of the platform have more
	for at = skipSpace(data, at+1); byteAt(data, at) == '"'; at = skipSpace(data, at) {
		keyEnd := skipString(data, at)
		start := skipSpace(data, keyEnd)
		if byteAt(data, start) != ':' {
			break
		}
		start = skipSpace(data, start+1)
		end := skipValue(data, start)
		members = append(members, Member{Text(data[at:keyEnd]), data[start:end]})
		at = skipSpace(data, end)
		if byteAt(data, at) != ',' {
			break
		}
		at++
	}
	return members
}

// Text returns what a JSON string holds; nil if the JSON is something else.
func Text(data []byte) []byte {
	if len(data) < 2 || data[0] != '"' {
		return nil
	}
	if inner := data[1 : len(data)-1]; bytes.IndexByte(inner, '\\') < 0 {
		return inner
	}
	var text string
	if json.Unmarshal(data, &text) != nil {
		return nil
	}
	return []byte(text)
}

// byteAt is 0 behind the end, which is no part of JSON's grammar.
func byteAt(data []byte, at int) byte {
	if at >= len(data) {
		return 0
	}
	return data[at]
}

func skipSpace(data []byte, at int) int {
	for at < len(data) && (data[at] == ' ' || data[at] == '\n' || data[at] == '\r' || data[at] == '\t') {
		at++
	}
	return at
}

// skipString finds the end of the string that begins with the quote at the place.
func skipString(data []byte, at int) int {
	for at++; at < len(data); at++ {
		switch data[at] {
		case '\\':
			at++
		case '"':
			return at + 1
		}
	}
	return len(data)
}

// skipValue finds the end of the value at the place.
func skipValue(data []byte, at int) int {
	for depth := 0; at < len(data); {
		switch data[at] {
		case '"':
			at = skipString(data, at)
		case '{', '[':
			depth++
			at++
			continue
		case '}', ']':
			depth--
			at++
		case ',', ':', ' ', '\n', '\r', '\t':
			if depth == 0 {
				return at
			}
			at++
			continue
		default:
			at = skipLiteral(data, at)
		}
		if depth <= 0 {
			return at
		}
	}
	return at
}

// skipLiteral finds the end of a number, true, false or null.
func skipLiteral(data []byte, at int) int {
	for at < len(data) {
		switch data[at] {
		case ',', ':', '}', ']', '{', '[', '"', ' ', '\n', '\r', '\t':
			return at
		}
		at++
	}
	return at
}
