package sandbox

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
)

// encode writes a value made of maps, slices, texts, numbers and booleans, as
// encoding/json does. All answers are such values, and they are written while the state
// is locked: json.Marshal alone would be the largest part of a call.
func encode(value any) []byte { return appendJSON(make([]byte, 0, 512), value) }

func appendJSON(to []byte, value any) []byte {
	switch value := value.(type) {
	case nil:
		return append(to, "null"...)
	case bool:
		return strconv.AppendBool(to, value)
	case int:
		return strconv.AppendInt(to, int64(value), 10)
	case int64:
		return strconv.AppendInt(to, value, 10)
	case string:
		return appendText(to, value)
	case object:
		return appendObject(to, value)
	case []object:
		return appendItems(to, value)
	case []any:
		return appendItems(to, value)
	case []string:
		return appendItems(to, value)
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Sprintf("sandbox: an answer is not JSON: %v", err)) // a value of ours; a mistake in this package
	}
	return append(to, encoded...)
}

// appendObject writes the members by name, so that the same answer has the same bytes.
func appendObject(to []byte, members object) []byte {
	if members == nil {
		return append(to, "null"...)
	}
	var space [40]string // most objects have fewer members, and their names need no memory then
	names := space[:0]
	for name := range members {
		names = append(names, name)
	}
	slices.Sort(names)
	to = append(to, '{')
	for i, name := range names {
		if i > 0 {
			to = append(to, ',')
		}
		to = append(appendText(to, name), ':')
		to = appendJSON(to, members[name])
	}
	return append(to, '}')
}

func appendItems[T any](to []byte, items []T) []byte {
	if items == nil {
		return append(to, "null"...)
	}
	to = append(to, '[')
	for i, item := range items {
		if i > 0 {
			to = append(to, ',')
		}
		to = appendJSON(to, item)
	}
	return append(to, ']')
}

// appendText leaves what has to be escaped to encoding/json.
func appendText(to []byte, text string) []byte {
	for i := range len(text) {
		switch char := text[i]; {
		case char < ' ', char > '~', char == '"', char == '\\', char == '<', char == '>', char == '&':
			encoded, _ := json.Marshal(text) // a text can always be written
			return append(to, encoded...)
		}
	}
	return append(append(append(to, '"'), text...), '"')
}
