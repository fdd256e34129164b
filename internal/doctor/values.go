package doctor

import (
	"encoding/json"
	"fmt"
	"strings"
)

// origin says where the value of a parameter is found: in the first row of a list
// that another operation answers with.
type origin struct {
	operation string
	rows      string // where the list is in the answer, names joined by slashes
	member    string // the row's member that is the value
	// having are members that the row must have; with a value, if one is given.
	having map[string]string
	// value is the value itself, which is right if there is such a row.
	value string
}

// origins tells where a parameter of an operation is found; the first that leads
// to a value is taken. What a name means can depend on the operation: then the
// operation's id stands before it.
func origins(operation, parameter string) []origin {
	table := allOrigins()
	if special, ok := table[operation+" "+parameter]; ok {
		return special
	}
	return table[parameter]
}

// isSpecial reports whether a parameter that is not required is sent all the same.
func isSpecial(operation, parameter string) bool {
	_, fixed := fixed(operation, parameter)
	_, special := allOrigins()[operation+" "+parameter]
	return fixed || special
}

// fixed are values that need not be found.
func fixed(operation, parameter string) (string, bool) {
	switch operation + " " + parameter {
	case "getAppConfigs show_all", "getHsm24Template approved":
		return "true", true // in every call seen
	case "getLatestMobileVersion type":
		return "2", true // the only one seen
	}
	return "", false
}

// allOrigins covers the operations of the document that need ids.
func allOrigins() map[string][]origin {
	rooms := func(member string, having map[string]string) []origin {
		var found []origin
		for _, operation := range []string{"listRooms", "listRoomsByQuery"} {
			found = append(found, origin{operation: operation, rows: "data/customer_rooms", member: member, having: having})
		}
		return found
	}
	channel := func(kind string) origin {
		return origin{operation: "listChannels", rows: "data/" + kind + "_channels", member: "id"}
	}
	kindOf := func(kind string) origin { // the kind of a channel that there is
		found := channel(kind)
		found.having, found.value = map[string]string{"id": ""}, kind
		return found
	}
	onWhatsApp := map[string]string{"source": "wa", "channel_id": "", "user_id": ""}
	template := func(operation string) origin {
		return origin{operation: operation, rows: "data/hsm_templates", member: "id"}
	}
	job := func(rows, member string) origin {
		return origin{operation: "listBroadcastJobs", rows: rows, member: member}
	}
	return map[string][]origin{
		"room_id":        rooms("room_id", nil),
		"contact_id":     rooms("contact_id", nil),
		"agent_id":       {{operation: "listAgents", rows: "data/agents", member: "id"}},
		"ids[]":          {{operation: "listAgents", rows: "data/agents", member: "id"}},
		"division_ids[]": {{operation: "listDivisions", rows: "data", member: "id"}},
		"template_id":    {template("listTemplates"), template("listTemplatesV3")},
		"broadcast_job_id": {
			job("data/broadcast_jobs", "broadcast_job_id"), job("data/broadcast_jobs", "id"),
			job("data", "broadcast_job_id"), job("data", "id"),
		},
		"channel_type": {
			kindOf("wa"), kindOf("qiscus"), kindOf("ig"), kindOf("fb"), kindOf("line"), kindOf("telegram"), kindOf("custom"),
		},
		// The ids of channels are unique among those of one type only.
		"getQiscusChannel channel_id":      {channel("qiscus")},
		"getPublicWidgetConfig channel_id": {channel("qiscus")},
		"getWaChannel channel_id":          {channel("wa")},
		"getWaSettings channel_id":         {channel("wa")},
		"getHsm24Template channel_id":      {channel("wa")},
		"getWaBulkResolve channel_id": {
			{operation: "listWaBulkResolves", rows: "data", member: "channel_id"}, channel("wa"),
		},
		"getChannelConfig channel_id": {channel("qiscus"), channel("telegram")},
		"getChannelConfig source":     {kindOf("qiscus"), kindOf("telegram")},
		"getLatestRoom channel_id":    rooms("channel_id", onWhatsApp),
		"getLatestRoom user_id":       rooms("user_id", onWhatsApp),
		"getLatestRoom source":        rooms("source", onWhatsApp),
	}
}

// find looks for a value in an answer as encoding/json decodes it with numbers
// kept as they are written; "" when it is not there.
func (o origin) find(answer any) string {
	for step := range strings.SplitSeq(o.rows, "/") {
		members, _ := answer.(map[string]any)
		answer = members[step]
	}
	rows, _ := answer.([]any)
	for _, row := range rows {
		members, _ := row.(map[string]any)
		if !o.suits(members) {
			continue
		}
		if o.value != "" {
			return o.value
		}
		if value := plain(members[o.member]); value != "" {
			return value
		}
	}
	return ""
}

func (o origin) suits(row map[string]any) bool {
	for name, want := range o.having {
		if value := plain(row[name]); value == "" || want != "" && value != want {
			return false
		}
	}
	return true
}

// plain is an id as text; "" for what cannot be one.
func plain(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case json.Number:
		return fmt.Sprint(value)
	}
	return ""
}
