package chat

import (
	"encoding/json"
	"strings"

	"github.com/qismo-go/qismo/internal/transport"
)

// messageIn finds the service's message: what it says in short and, where they say
// more, its reasons. For a route that it does not know it answers with plain text.
func messageIn(answer transport.Answer) string {
	var shape struct {
		Error   json.RawMessage `json:"error"`
		Message json.RawMessage `json:"message"`
	}
	if err := json.Unmarshal(answer.Body, &shape); err != nil {
		return transport.TextOf(answer)
	}
	var details struct {
		Message          json.RawMessage `json:"message"`
		DetailedMessages json.RawMessage `json:"detailed_messages"`
		Errors           json.RawMessage `json:"errors"`
	}
	if json.Unmarshal(shape.Error, &details) != nil { // a gateway's: it may be text
		return joinReasons(append(textsIn(shape.Error), textsIn(shape.Message)...))
	}
	reasons := textsIn(details.Message)
	reasons = append(reasons, textsIn(details.DetailedMessages)...)
	reasons = append(reasons, textsIn(details.Errors)...)
	if len(reasons) == 0 {
		reasons = textsIn(shape.Message)
	}
	return joinReasons(reasons)
}

// textsIn reads a text, or a list of them.
func textsIn(raw json.RawMessage) []string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return []string{text}
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return nil
	}
	var texts []string
	for _, item := range list {
		if json.Unmarshal(item, &text) == nil {
			texts = append(texts, text)
		}
	}
	return texts
}

// joinReasons puts reasons into one line. The first is often repeated among the
// others, in other case.
func joinReasons(reasons []string) string {
	var kept []string
	for _, reason := range reasons {
		said := strings.ToLower(strings.Join(kept, "; "))
		if reason = strings.TrimSpace(reason); reason != "" && !strings.Contains(said, strings.ToLower(reason)) {
			kept = append(kept, reason)
		}
	}
	return strings.Join(kept, "; ")
}
