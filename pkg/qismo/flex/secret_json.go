package flex

import (
	"fmt"
	"io"
	"log/slog"
)

// SecretJSON is nested JSON that holds credentials, or may hold some: the row of
// a channel, of which it is not known beforehand what is in it. Only
// [SecretJSON.Reveal] gives the whole and [SecretJSON.Decode] what a type has
// fields for. When it is printed, logged or marshaled it shows as "***", or as
// nothing when there is nothing inside.
//
// It is read as a [JSON] is, and has the limits of a [Secret]: what is masked does
// not survive a trip through JSON.
type SecretJSON struct {
	// Where package fmt cannot call methods, which is in unexported fields, it prints
	// an address for a pointer; but for some verbs what that points to. Behind two of
	// them it never gets to the JSON.
	inner **JSON
}

// NewSecretJSON hides what j holds.
func NewSecretJSON(j JSON) SecretJSON {
	inner := &j
	return SecretJSON{inner: &inner}
}

// Reveal returns the JSON itself, with all the credentials in it.
func (s SecretJSON) Reveal() JSON {
	if s.inner == nil {
		return JSON{}
	}
	return **s.inner
}

// Decode decodes the JSON into v, as [JSON.Decode] does. Give v's credentials the
// type [Secret], and they stay hidden.
func (s SecretJSON) Decode(v any) error { return s.Reveal().Decode(v) }

// IsZero reports whether there is nothing inside. The JSON option omitzero asks
// this.
func (s SecretJSON) IsZero() bool { return s.Reveal().IsZero() }

// String returns the mask, "" when there is nothing inside.
func (s SecretJSON) String() string {
	if s.IsZero() {
		return ""
	}
	return mask
}

// GoString returns the mask, like String.
func (s SecretJSON) GoString() string { return s.String() }

// Format writes the mask for every verb.
func (s SecretJSON) Format(state fmt.State, _ rune) {
	_, _ = io.WriteString(state, s.String()) // fmt.State has no way to report an error
}

// LogValue gives package slog the mask.
func (s SecretJSON) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText writes the mask, for encoders other than JSON.
func (s SecretJSON) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalJSON writes the mask as a JSON string, null when there is nothing inside.
func (s SecretJSON) MarshalJSON() ([]byte, error) {
	if s.IsZero() {
		return []byte("null"), nil
	}
	return quote(mask), nil
}

// UnmarshalJSON reads any JSON value. It keeps a copy of data.
func (s *SecretJSON) UnmarshalJSON(data []byte) error {
	var read JSON
	if err := read.UnmarshalJSON(data); err != nil {
		return err
	}
	*s = NewSecretJSON(read) // a new one each time: copies of an older *s still share the old one
	return nil
}
