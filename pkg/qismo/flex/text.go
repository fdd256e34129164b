package flex

// Text is text that may arrive as a number or a boolean, such as the value of a
// room's information: one client writes "2", another 2. Its kind is string, so
// untyped constants can be passed for it.
//
// The empty Text stands for null and for an absent member.
type Text string

// String returns the text.
func (t Text) String() string { return string(t) }

// IsZero reports whether the text is empty: null, absent or "". It is what the
// JSON option omitzero asks.
func (t Text) IsZero() bool { return t == "" }

// MarshalJSON writes the text as a JSON string, whatever form it had.
func (t Text) MarshalJSON() ([]byte, error) { return quote(string(t)), nil }

// UnmarshalJSON reads a JSON string, number, boolean or null. A number is kept
// as it was written, with all its digits. Arrays and objects are errors.
func (t *Text) UnmarshalJSON(data []byte) error {
	if text, ok := textOf(data); ok {
		*t = Text(text)
		return nil
	}
	switch form := formOf(data); form {
	case formNull:
		*t = ""
	case formNumber, formFraction, formBool:
		*t = Text(data)
	default:
		return cannotRead(form, "text")
	}
	return nil
}
