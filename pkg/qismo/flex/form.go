package flex

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// A form describes in words what a piece of JSON looks like. Every form is one
// of the constants below, so that no text from the wire gets into an error.
type form string

const (
	formMalformed      form = "malformed JSON"
	formValue          form = "a JSON value"
	formNull           form = "a JSON null"
	formBool           form = "a JSON boolean"
	formNumber         form = "a JSON number"
	formString         form = "a JSON string"
	formArray          form = "a JSON array"
	formObject         form = "a JSON object"
	formFraction       form = "a number with a fraction or an exponent"
	formTooLarge       form = "a number beyond 64 bits"
	formEmpty          form = "empty text"
	formOtherText      form = "text of another kind"
	formDateIncomplete form = "a date object without a readable date"
	formDateZone       form = "a date object with an unknown zone"
)

// formError reports a form that cannot be read as something. It deliberately
// wraps nothing: the errors of strconv, time and encoding/json quote the value.
type formError struct {
	form form
	as   string
}

func (e *formError) Error() string {
	return "flex: cannot read " + string(e.form) + " as " + e.as
}

func cannotRead(f form, as string) error {
	return &formError{form: f, as: as}
}

// formOf finds the form of a JSON value. It is meant for the path of errors: it
// scans the whole of data to tell a value from a broken one.
func formOf(data []byte) form {
	if !json.Valid(data) {
		return formMalformed
	}
	switch data[0] {
	case '{':
		return formObject
	case '[':
		return formArray
	case '"':
		return formString
	case 't', 'f':
		return formBool
	case 'n':
		return formNull
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		if bytes.ContainsAny(data, ".eE") {
			return formFraction
		}
		return formNumber
	default: // white space, which encoding/json cuts off before it calls us
		return formMalformed
	}
}

// textOf returns the text that a JSON string holds, and false when data is not
// a JSON string. The text may share the memory of data.
func textOf(data []byte) ([]byte, bool) {
	n := len(data)
	if n < 2 || data[0] != '"' || data[n-1] != '"' {
		return nil, false
	}
	if inner := data[1 : n-1]; isPlain(inner) {
		return inner, true
	}
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return nil, false
	}
	return []byte(text), true
}

// quote returns text as a JSON string. It leaves <, > and & as they are: whether
// to escape them is for the encoder of the whole document to say.
func quote(text string) []byte {
	if isPlain(text) {
		quoted := make([]byte, 0, len(text)+2)
		quoted = append(quoted, '"')
		quoted = append(quoted, text...)
		return append(quoted, '"')
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(text) // a string always encodes, and a Buffer takes every write
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
}

// isPlain reports whether text is written in a JSON string just as it is:
// ASCII without control characters, quotes and backslashes. Nearly all ids and
// times are, and need no help from encoding/json.
func isPlain[T string | []byte](text T) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// isDigits reports whether text is a whole number: digits, a minus before them
// if need be. Zeros may lead.
func isDigits[T string | []byte](text T) bool {
	start := 0
	if len(text) > 0 && text[0] == '-' {
		start = 1
	}
	for i := start; i < len(text); i++ {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return len(text) > start
}

// isInteger reports whether data is a JSON number without a fraction and an
// exponent. JSON, unlike text, has no leading zeros.
func isInteger(data []byte) bool {
	if !isDigits(data) {
		return false
	}
	digits := bytes.TrimPrefix(data, []byte("-"))
	return digits[0] != '0' || len(digits) == 1
}

// readInt reads an integer from a JSON number or a JSON string of digits, and
// names the form of anything else. Null and empty text are for the caller.
func readInt(data []byte) (n int64, bad form) {
	digits := data
	if text, ok := textOf(data); ok {
		if !isDigits(text) {
			return 0, formOtherText
		}
		digits = text
	} else if !isInteger(data) {
		return 0, formOf(data)
	}
	n, err := strconv.ParseInt(string(digits), 10, 64)
	if err != nil {
		return 0, formTooLarge
	}
	return n, ""
}

// isNothing reports whether data is null or an empty string.
func isNothing(data []byte) bool {
	return string(data) == "null" || string(data) == `""`
}
