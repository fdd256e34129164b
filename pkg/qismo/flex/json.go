package flex

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// JSON is nested JSON that arrives as it is, or packed into a string: the
// options of a room may be {"source":"wa"} in one body and
// "{\"source\":\"wa\"}" in the next.
//
// A string is unpacked once. If it does not hold JSON, that is not an error, as
// one bad member must not sink a whole webhook: [JSON.Valid] is false then, and
// [JSON.Text] gives the text. A JSON is written back in the form it had, a
// string as a string.
//
// Null, an absent member, an empty string and a string that holds null are
// nothing: IsZero reports true and Raw returns nil.
type JSON struct {
	data    []byte // the inner JSON, or text which is none
	text    bool   // came as a string
	content content
}

// whiteSpace is what JSON allows around a value.
const whiteSpace = " \t\r\n"

// content tells what the data of a JSON is.
type content uint8

const (
	nothing content = iota // null or empty
	sound                  // any other JSON
	broken                 // text that is not JSON
)

// NewJSON returns the JSON of v, made by [json.Marshal] and read back: a v that
// marshals to a string gives the string form. Pass a struct or a map for plain
// JSON, and the text of JSON to send it inside a string.
//
// A v that json.Marshal refuses is an error, which names the type of v only.
func NewJSON(v any) (JSON, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return JSON{}, fmt.Errorf("flex: cannot write a Go %T as JSON", v)
	}
	var j JSON
	err = j.UnmarshalJSON(data)
	return j, err
}

// String returns the inner JSON, or the text that is none; "" when there is
// nothing. It may hold a customer's words.
func (j JSON) String() string {
	if j.content == nothing {
		return ""
	}
	return string(j.data)
}

// Raw returns the inner JSON, nil when there is none. What it returns is always
// valid JSON. The caller must not change its bytes.
func (j JSON) Raw() json.RawMessage {
	if j.content != sound {
		return nil
	}
	return j.data
}

// IsZero reports whether there is nothing inside. Text that is not JSON counts as
// something. The JSON option omitzero asks this.
func (j JSON) IsZero() bool { return j.content == nothing }

// Valid reports whether Raw and Decode can be relied on. It is false only for
// a string that holds something else than JSON, and true when there is nothing
// inside.
func (j JSON) Valid() bool { return j.content != broken }

// FromText reports whether the JSON arrived as a string.
func (j JSON) FromText() bool { return j.text }

// Text returns the text of the string in which the JSON arrived, be it JSON or
// not, and "" if it did not arrive as a string.
func (j JSON) Text() string {
	if !j.text {
		return ""
	}
	return string(j.data)
}

// Decode decodes the inner JSON into v, as [json.Unmarshal] does. If there is
// nothing inside, v stays as it is and the error is nil.
//
// It is an error if the text is not JSON or does not fit v. The error tells the
// form, the Go type and roughly the place within Raw, but not the value.
func (j JSON) Decode(v any) error {
	switch j.content {
	case nothing:
		return nil
	case broken:
		return errors.New("flex: text is not JSON")
	}
	if err := json.Unmarshal(j.data, v); err != nil {
		return decodeError(err, v)
	}
	return nil
}

// decodeError makes an error without the value of an error of json.Unmarshal.
func decodeError(err error, v any) error {
	var (
		own      *formError
		misuse   *json.InvalidUnmarshalError
		mismatch *json.UnmarshalTypeError
	)
	switch {
	case errors.As(err, &own): // of a type of this package inside v
		return own
	case errors.As(err, &misuse): // v is nil or no pointer; the error holds only its type
		return fmt.Errorf("flex: %w", misuse)
	case errors.As(err, &mismatch):
		return cannotRead(formNamed(mismatch.Value), fmt.Sprintf("a Go %v (near byte %d)", mismatch.Type, mismatch.Offset))
	default: // of a method of v, which may say anything
		return cannotRead(formValue, fmt.Sprintf("a Go %T", v))
	}
}

// formNamed returns the form that a json.UnmarshalTypeError describes, for
// numbers together with their digits.
func formNamed(description string) form {
	word, _, _ := strings.Cut(description, " ")
	switch word {
	case "bool":
		return formBool
	case "number":
		return formNumber
	case "string":
		return formString
	case "array":
		return formArray
	case "object":
		return formObject
	default:
		return formValue
	}
}

// MarshalJSON writes the JSON in the form in which it arrived: as it is, as a
// string, or null.
func (j JSON) MarshalJSON() ([]byte, error) {
	switch {
	case j.text:
		return quote(string(j.data)), nil
	case j.content == nothing:
		return []byte("null"), nil
	default:
		return j.data, nil
	}
}

// UnmarshalJSON reads any JSON value. It keeps a copy of data.
func (j *JSON) UnmarshalJSON(data []byte) error {
	data = bytes.Trim(data, whiteSpace) // a string must be seen as one in a direct call too
	if text, ok := textOf(data); ok {
		*j = JSON{data: bytes.Clone(text), text: true, content: contentOf(text)}
		return nil
	}
	switch c := contentOf(data); {
	case c == broken || len(data) == 0:
		return cannotRead(formMalformed, "JSON")
	case c == nothing:
		*j = JSON{}
	default:
		// A new array each time: copies of an older *j still share the old one.
		*j = JSON{data: bytes.Clone(data), content: c}
	}
	return nil
}

// contentOf tells what text is, be it from the wire or out of a string.
func contentOf(text []byte) content {
	switch {
	case len(text) == 0 || string(bytes.Trim(text, whiteSpace)) == "null":
		return nothing
	case json.Valid(text):
		return sound
	default:
		return broken
	}
}
