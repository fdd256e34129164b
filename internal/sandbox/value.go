package sandbox

import (
	"errors"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/qismo-go/qismo/internal/document"
)

// fit validates a value that is made of texts, as forms, queries and paths are:
// they know no numbers and no booleans. Where the schema refuses a text, the
// text is read as JSON (12, true, null, an object) and validated again.
func fit(schema *document.Schema, value any) (any, []document.Problem) {
	problems := schema.Validate(value)
	if len(problems) == 0 {
		return value, nil
	}
	for _, problem := range problems {
		value = reread(value, splitPointer(problem.Pointer))
	}
	return value, schema.Validate(value)
}

// reread replaces the text at a place by the JSON value in it, if there is one.
func reread(value any, place []string) any {
	switch value := value.(type) {
	case string:
		if parsed, err := decodeJSON([]byte(value)); err == nil {
			return parsed
		}
	case object:
		if len(place) > 0 {
			if member, ok := value[place[0]]; ok {
				value[place[0]] = reread(member, place[1:])
			}
		}
	case []any:
		if len(place) > 0 {
			if i, err := strconv.Atoi(place[0]); err == nil && i >= 0 && i < len(value) {
				value[i] = reread(value[i], place[1:])
			}
		}
	}
	return value
}

func splitPointer(pointer string) []string {
	if pointer == "" {
		return nil
	}
	unescape := strings.NewReplacer("~1", "/", "~0", "~")
	segments := strings.Split(pointer[1:], "/")
	for i, segment := range segments {
		segments[i] = unescape.Replace(segment)
	}
	return segments
}

// text reads a text or a whole number as text; anything else is "".
func text(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case int64:
		return strconv.FormatInt(value, 10)
	default:
		return ""
	}
}

// flag reads true and "true" as true, and all else as false.
func flag(value any) bool { return value == true || value == "true" }

// number reads a whole number, or one written as text. One that is too large is
// read as a very large one.
func number(value any) (int64, bool) {
	switch value := value.(type) {
	case int64:
		return value, true
	case float64: // JSON Schema takes 3.0 for a whole number
		return int64(min(max(value, math.MinInt32), math.MaxInt32)), true
	case string:
		parsed, err := strconv.ParseInt(value, 10, 64)
		return parsed, err == nil || errors.Is(err, strconv.ErrRange)
	default:
		return 0, false
	}
}

// positive reads a number above zero, or returns the fallback. A very large one
// is cut down so far that two of them can be multiplied.
func positive(value any, fallback int) int {
	read, ok := number(value)
	if !ok || read < 1 {
		return fallback
	}
	return int(min(read, math.MaxInt32-1))
}

// texts reads an array of texts and numbers.
func texts(value any) []string {
	items, _ := value.([]any)
	read := make([]string, 0, len(items))
	for _, item := range items {
		read = append(read, text(item))
	}
	return read
}

// fromJSONText returns a value that may come as itself or as JSON inside text.
// Text that is no JSON is nil.
func fromJSONText(value any) any {
	written, isText := value.(string)
	if !isText {
		return value
	}
	parsed, err := decodeJSON([]byte(written))
	if err != nil {
		return nil
	}
	return parsed
}

// nullable returns null for an empty text.
func nullable(value string) any {
	if value == "" {
		return nil
	}
	return value
}

// jsonText writes JSON inside text, as some members have it.
func jsonText(value any) string { return string(encode(value)) }

func sortedNames[V any](members map[string]V) []string { return slices.Sorted(maps.Keys(members)) }
