package control_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/internal/sandbox/realtime"
)

// notedBroker notes what it is told to publish, and has two clients.
type notedBroker struct {
	http.Handler

	published map[string]string
}

func (b notedBroker) Publish(topic string, payload []byte, _ bool, _ byte) error {
	b.published[topic] = string(payload)
	return nil
}

func (notedBroker) Subscribed(string) bool { return false }

func (notedBroker) Drop(which func(realtime.Client) bool) (dropped int) {
	for _, id := range []string{"one", "two"} {
		if which(realtime.Client{ID: id}) {
			dropped++
		}
	}
	return dropped
}

func TestRealtime(t *testing.T) {
	s := newStage(t, sandbox.Config{})
	assert.EqualValues(t, 0, s.good("DELETE", "connections", "")["broken"])
	broker := notedBroker{published: map[string]string{}}
	s.SetRealtime(broker, "")
	assert.EqualValues(t, 2, s.good("DELETE", "connections", "")["broken"])
	room, _ := s.good("POST", "messages", `{"user_id":"628115550123","text":"halo"}`)["room_id"].(string)
	assert.Equal(t, room, s.good("POST", "rooms/"+room+"/typing", `{"typing":true,"text":"sebentar"}`)["id"])
	assert.Contains(t, broker.published["r/"+room+"/typing"], `"status":1`)
	assert.Contains(t, broker.published["r/"+room+"/typing"], `"text":"sebentar"`)
}
