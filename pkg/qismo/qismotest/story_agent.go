package qismotest

import (
	"encoding/json"
	"mime"
	"net/url"
	"strconv"

	"github.com/qismo-go/qismo/internal/sandbox/timeline"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// agentIn is the name of the agent whom a request's body names, as that of assignAgent
// does; "" when it names none.
func (s *Server) agentIn(request timeline.Body) string {
	id := agentIDIn(request)
	if id == "" {
		return ""
	}
	for _, member := range s.sandbox.Staff() {
		if id == strconv.FormatInt(member.ID, 10) {
			return member.Name
		}
	}
	return ""
}

func agentIDIn(request timeline.Body) string {
	kind, _, err := mime.ParseMediaType(request.Header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	switch kind {
	case "application/json":
		var body struct {
			AgentID flex.ID `json:"agent_id"`
		}
		if json.Unmarshal(request.Bytes, &body) != nil {
			return ""
		}
		return body.AgentID.String()
	case "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(request.Bytes))
		if err != nil {
			return ""
		}
		return form.Get("agent_id")
	default:
		return ""
	}
}
