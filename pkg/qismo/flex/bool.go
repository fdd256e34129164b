package flex

import "bytes"

// Bool is a flag that may arrive as a boolean, as 1 or 0, or as either of them
// in text. Null, an absent member and empty text are false.
//
// As its kind is bool, a Bool can stand in a condition as it is, and is written
// as a JSON boolean.
type Bool bool

// UnmarshalJSON reads true, false, 1 and 0, each also as text and then in any
// case, empty text and null. Anything else is an error: a flag of 2 or "yes"
// would have to be guessed.
func (b *Bool) UnmarshalJSON(data []byte) error {
	switch string(data) {
	case "true", "1":
		*b = true
		return nil
	case "false", "0", "null":
		*b = false
		return nil
	}
	text, ok := textOf(data)
	if !ok {
		return cannotRead(formOf(data), "a boolean")
	}
	switch {
	case string(text) == "1" || bytes.EqualFold(text, []byte("true")):
		*b = true
	case len(text) == 0 || string(text) == "0" || bytes.EqualFold(text, []byte("false")):
		*b = false
	default:
		return cannotRead(formOtherText, "a boolean")
	}
	return nil
}
