package quick

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// Member is a member of a JSON object: its key as text, its value as JSON.
type Member struct{ Key, Value []byte }

// maxName is how long a name is that [Members] looks for.
const maxName = 64

// Members lists the members of a JSON object whose names are wanted. Of those that
// stand twice it has the last. Names are looked at if they are ASCII and of at most 64
// bytes: a hostile body has many others, and what is listed must not grow with them.
//
// It is nil if the JSON is something else. What it lists of JSON that is broken means
// nothing, but it never fails.
func Members(data []byte, wanted func(name []byte) bool) []Member {
	at := skipSpace(data, 0)
	if byteAt(data, at) != '{' {
		return nil
	}
	members := make([]Member, 0, 8) // few objects of the platform have more that are wanted
	var buffer [maxName]byte
	for at = skipSpace(data, at+1); byteAt(data, at) == '"'; at = skipSpace(data, at) {
		keyEnd := skipString(data, at)
		start := skipSpace(data, keyEnd)
		if byteAt(data, start) != ':' {
			break
		}
		start = skipSpace(data, start+1)
		end := skipValue(data, start)
		key := data[at:keyEnd]
		if name, ok := plainName(key, buffer[:0]); ok && wanted(name) {
			if len(name) != len(key)-2 { // it had escapes, and is in the buffer
				name = bytes.Clone(name)
			}
			members = set(members, name, data[start:end])
		}
		at = skipSpace(data, end)
		if byteAt(data, at) != ',' {
			break
		}
		at++
	}
	return members
}

// set adds a member, or replaces the one of that name.
func set(members []Member, name, value []byte) []Member {
	for i := range members {
		if bytes.Equal(members[i].Key, name) {
			members[i].Value = value
			return members
		}
	}
	return append(members, Member{name, value})
}

// plainName returns what a key holds, if that is short and ASCII. If the key has
// escapes it is written to the buffer.
func plainName(key, buffer []byte) (name []byte, ok bool) {
	if len(key) < 2 {
		return nil, false
	}
	inner := key[1 : len(key)-1]
	if bytes.IndexByte(inner, '\\') < 0 {
		return inner, len(inner) <= maxName
	}
	for at := 0; at < len(inner); at++ {
		char := inner[at]
		if char == '\\' {
			if char, at = escaped(inner, at+1); at == 0 {
				return nil, false
			}
		}
		if char >= 0x80 || len(buffer) == maxName {
			return nil, false
		}
		buffer = append(buffer, char)
	}
	return buffer, true
}

// escaped reads what stands behind a backslash, and where it ends: at 0 if it is
// nothing in ASCII.
func escaped(data []byte, at int) (char byte, end int) {
	const letters, means = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	letter := byteAt(data, at)
	if i := strings.IndexByte(letters, letter); i >= 0 {
		return means[i], at
	}
	if letter != 'u' || at+4 >= len(data) {
		return 0, 0
	}
	code, err := strconv.ParseUint(string(data[at+1:at+5]), 16, 16)
	if err != nil || code >= 0x80 {
		return 0, 0
	}
	return byte(code), at + 4
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
