package realtime

// Position is how far a consumer has got with an account's messages and events. A
// program that stores it, as JSON, and hands it to [From] the next time, goes on where it
// stopped. It holds ids only, a thousand or two of them after much has come at once.
type Position struct {
	// MessageID is the id up to which all messages were taken.
	MessageID int64 `json:"message_id"`
	// Messages are the ids of those above it that were taken as well.
	Messages []int64 `json:"messages,omitempty"`
	// EventID and Events say the same of deletions, receipts and other events.
	EventID int64   `json:"event_id"`
	Events  []int64 `json:"events,omitempty"`
}
