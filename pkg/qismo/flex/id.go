package flex

import "strconv"

// ID is an identifier that arrives as a JSON string or as a JSON number: the
// same room may be 12345678 in one answer and "12345678" in the next.
//
// It is kept as exact text, so that no digit gets lost beyond 2^53, where a
// float64 ends. As its kind is string, an ID works like one: untyped constants
// can be passed for it, == compares an ID read from a number with one read from
// text, and it can be the key of a map. Text is not normalized: "7" and "007"
// are two ids.
//
// The empty ID stands for null and for an absent member. See [ID.IsNone] for
// the other way in which the API says that there is no id.
type ID string

// String returns the id as text, "" when there is none.
func (id ID) String() string { return string(id) }

// IsZero reports whether the id is empty: null, absent or empty text. It is what
// the JSON option omitzero asks.
func (id ID) IsZero() bool { return id == "" }

// IsNone reports whether the id names nothing: it is empty, or it is 0, which
// Qiscus sends for "none yet" on WhatsApp messages that have not reached the
// chat server. Such an id must not be used as a key: many messages share it.
func (id ID) IsNone() bool { return id == "" || id == "0" }

// Int64 returns the id as a number, for operations that want one. An id that is
// empty, is not an integer or does not fit 64 bits is an error.
func (id ID) Int64() (int64, error) {
	switch {
	case id == "":
		return 0, cannotRead(formEmpty, "an integer id")
	case !isDigits(string(id)):
		return 0, cannotRead(formOtherText, "an integer id")
	}
	n, err := strconv.ParseInt(string(id), 10, 64)
	if err != nil {
		return 0, cannotRead(formTooLarge, "an integer id")
	}
	return n, nil
}

// MarshalJSON writes the id as a JSON string, whatever form it had: requests with
// ids as text are seen to work, and text keeps all digits in every language.
func (id ID) MarshalJSON() ([]byte, error) {
	return quote(string(id)), nil
}

// UnmarshalJSON reads a JSON string, an integer or null. A number with a
// fraction or an exponent is an error: it has no one spelling to keep.
func (id *ID) UnmarshalJSON(data []byte) error {
	if text, ok := textOf(data); ok {
		*id = ID(text)
		return nil
	}
	switch {
	case isInteger(data):
		*id = ID(data)
	case string(data) == "null":
		*id = ""
	default:
		return cannotRead(formOf(data), "an id")
	}
	return nil
}
