package flex

import (
	"fmt"
	"io"
	"log/slog"
)

// mask is shown in place of a secret. It has a fixed length, so that it does not
// even tell how long the secret is.
const mask = "***"

// Secret is a credential in an answer, such as a token or a secret key. Only
// [Secret.Reveal] gives the value. When it is printed, logged or marshaled a
// Secret shows as "***", or as "" when it is empty.
//
// JSON is masked too, because that is how whole answers get into logs:
// [slog.JSONHandler] and most log libraries marshal the structs they are given.
// So a Secret does not survive a trip through JSON. To send or to store one,
// take the value out with Reveal on purpose.
//
// The mask is a guard against accidents and has its limits. Package fmt cannot
// call methods on unexported fields, and does not call them for the verbs %p
// and %w, which make no sense for a Secret, nor for what a pointer within a
// struct or a list points to when the verb makes no sense for a pointer, as %s
// does not. encoding/json writes the keys of a map as they are. So keep secrets in
// exported fields and out of keys, and print structs with %v.
type Secret string

// Reveal returns the value itself.
func (s Secret) Reveal() string { return string(s) }

// String returns the mask, "" for an empty secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return mask
}

// GoString returns the mask, like String.
func (s Secret) GoString() string { return s.String() }

// Format writes the mask for every verb. Without it %x and %d would go past
// String to the bytes of the value.
func (s Secret) Format(state fmt.State, _ rune) {
	_, _ = io.WriteString(state, s.String()) // fmt.State has no way to report an error
}

// LogValue gives package slog the mask.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText writes the mask, for encoders other than JSON.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalJSON writes the mask as a JSON string.
func (s Secret) MarshalJSON() ([]byte, error) { return quote(s.String()), nil }

// UnmarshalJSON reads a JSON string or null, which is the empty secret. Any
// other form is an error.
func (s *Secret) UnmarshalJSON(data []byte) error {
	if text, ok := textOf(data); ok {
		*s = Secret(text)
		return nil
	}
	if string(data) != "null" {
		return cannotRead(formOf(data), "a secret")
	}
	*s = ""
	return nil
}
