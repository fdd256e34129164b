package qismo

import (
	"encoding/json"

	"github.com/qismo-go/qismo/internal/transport"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// messageOf finds the service's message in whichever of its shapes came.
func messageOf(answer transport.Answer) (message, trace string) {
	var shape struct {
		Errors  json.RawMessage `json:"errors"`
		Error   json.RawMessage `json:"error"`
		Detail  json.RawMessage `json:"detail"`
		Message json.RawMessage `json:"message"`
		TraceID json.RawMessage `json:"traceid"`
	}
	if err := json.Unmarshal(answer.Body, &shape); err != nil {
		return transport.TextOf(answer), ""
	}
	trace = messageIn(shape.TraceID)
	for _, raw := range []json.RawMessage{shape.Errors, shape.Error, shape.Detail, shape.Message} {
		if message := messageIn(raw); message != "" {
			return message, trace
		}
	}
	return "", trace
}

// metaCode finds Meta's number of a failure, 0 in any other shape.
func metaCode(body []byte) int64 {
	var shape struct {
		Error struct {
			Code flex.Int `json:"code"`
		} `json:"error"`
	}
	if err := json.Unmarshal(body, &shape); err != nil {
		return 0
	}
	return shape.Error.Code.Int64()
}

// messageIn reads a message that is text, an object that holds it, or a list of
// either.
func messageIn(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) == nil {
		var data map[string]json.RawMessage
		if json.Unmarshal(members["error_data"], &data) == nil && messageIn(data["details"]) != "" {
			return messageIn(data["details"])
		}
		return messageIn(members["message"])
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) == nil && len(list) > 0 {
		return messageIn(list[0])
	}
	return ""
}
