package sandbox

import (
	"maps"

	"github.com/qismo-go/qismo/internal/document"
)

// channelValues are the channel that an operation on channels speaks of, and how.
func (w *shownWorld) channelValues(operation *document.Operation) map[string]string {
	if operation.Group != "channels" {
		return nil
	}
	values := map[string]string{"channel_type": "qiscus", "source": "qiscus", "channel_id": "5121"}
	maps.Copy(values, map[string]map[string]string{
		"getWaChannel":          {"channel_id": "5120"},
		"deleteTelegramChannel": {"channel_id": "5201"},
	}[operation.ID])
	return values
}

// connectTelegram adds a channel of the one kind that can be deleted.
func (w *shownWorld) connectTelegram() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.state.addChannel("telegram", "Kopi Wangi Bot", w.config.Now())
}
