package sandbox

import (
	"encoding/json"
	"strconv"
	"strings"
)

// jsonValue is a JSON value that is read back as it was written: whole numbers as an
// int64, all others as a float64, also those that happen to be whole.
type jsonValue struct{ value any }

// IsZero tells whether there is nothing to write.
func (v jsonValue) IsZero() bool { return v.value == nil }

// MarshalJSON writes the value.
func (v jsonValue) MarshalJSON() ([]byte, error) { return json.Marshal(tellNumbersApart(v.value)) }

// UnmarshalJSON reads a value.
func (v *jsonValue) UnmarshalJSON(written []byte) error {
	value, err := decodeJSON(written)
	v.value = value
	return err
}

// tellNumbersApart writes a float64 with a point or an exponent, which an int64 has
// not. It changes nothing, and copies what it must.
func tellNumbersApart(value any) any {
	switch value := value.(type) {
	case float64:
		written := strconv.FormatFloat(value, 'g', -1, 64)
		if !strings.ContainsAny(written, ".e") {
			written += ".0"
		}
		return json.Number(written)
	case object:
		if value == nil {
			return nil
		}
		copied := make(object, len(value))
		for name, member := range value {
			copied[name] = tellNumbersApart(member)
		}
		return copied
	case []any:
		if value == nil {
			return nil
		}
		copied := make([]any, len(value))
		for i, item := range value {
			copied[i] = tellNumbersApart(item)
		}
		return copied
	default:
		return value
	}
}

// array is the value as an array; nil when it is none.
func (v jsonValue) array() []any {
	items, _ := v.value.([]any)
	return items
}
