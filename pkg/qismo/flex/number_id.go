package flex

// NumberID is an [ID] in a request that is written as a JSON number, where every
// known client sends a number. Its kind is string, so untyped constants can be
// passed for it, and an ID from an answer is converted:
//
//	params.TemplateDetailID = flex.NumberID(detail.ID)
type NumberID string

// String returns the id as text, "" when there is none.
func (id NumberID) String() string { return string(id) }

// IsZero reports whether the id is empty. It is what the JSON option omitzero asks.
func (id NumberID) IsZero() bool { return id == "" }

// IsNone reports whether the id names nothing: it is empty, or it is 0.
func (id NumberID) IsNone() bool { return ID(id).IsNone() }

// MarshalJSON writes the id as a JSON number, with all its digits. One that JSON
// has no number for, such as "" or "007", is written as text, for the service to
// judge.
func (id NumberID) MarshalJSON() ([]byte, error) {
	if isInteger([]byte(id)) {
		return []byte(id), nil
	}
	return quote(string(id)), nil
}

// UnmarshalJSON reads what [ID.UnmarshalJSON] reads.
func (id *NumberID) UnmarshalJSON(data []byte) error {
	return (*ID)(id).UnmarshalJSON(data)
}
