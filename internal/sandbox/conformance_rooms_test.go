package sandbox

import (
	"slices"

	"github.com/qismo-go/qismo/internal/document"
)

// roomValues are what the operations on allocation, rooms and tags speak of: the
// WhatsApp channel, and the customer who wrote there.
func (w *shownWorld) roomValues(operation *document.Operation) map[string]string {
	if !slices.Contains([]string{"allocation", "rooms", "tags"}, operation.Group) {
		return nil
	}
	return map[string]string{"channel_id": "5120", "source": "wa", "user_id": "628115550000"}
}
