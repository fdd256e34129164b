package control

import "net/http"

const (
	get    = http.MethodGet
	post   = http.MethodPost
	put    = http.MethodPut
	patch  = http.MethodPatch
	remove = http.MethodDelete
)

// table lists the paths, in the order in which docs/sandbox.md does.
func (a *api) table() []route {
	return []route{
		{get, "", "list these paths", a.list},

		{get, "clock", "tell the time of the world", a.getClock},
		{post, "clock", "move the clock ahead: by {\"move\": \"24h\"}, or {\"to\": a time}", a.moveClock},

		{get, "trouble", "tell the seed and the rules", a.getTrouble},
		{put, "trouble", "replace the rules and begin anew: {\"seed\": 7, \"rules\": [\"server-error=5%\"]}", a.setTrouble},
		{remove, "trouble", "let everything pass", a.endTrouble},
		{get, "trouble/kinds", "list what can go wrong", a.listKinds},

		{get, "timeline", "list calls and deliveries, the newest first", a.listEntries},
		{remove, "timeline", "forget all of them", a.clearTimeline},
		{get, "timeline/chart", "count them by time", a.getChart},
		{get, "timeline/{id}", "tell one, with what went over the wire", a.getEntry},
		{post, "timeline/{id}/replay", "make a call or delivery again", a.replay},
		{post, "settle", "wait until no webhook is under way", a.settle},

		{post, "messages", "write as a customer, who may be new", a.writeAsCustomer},
		{get, "rooms", "list rooms, those with the newest messages first", a.listRooms},
		{get, "rooms/{room}", "tell a room", a.getRoom},
		{get, "rooms/{room}/messages", "list what was said in a room", a.listMessages},
		{post, "rooms/{room}/messages", "write as a member of the staff", a.writeAsAgent},
		{post, "rooms/{room}/take-over", "let an agent take a room over", a.takeOver},
		{post, "rooms/{room}/leave", "let an agent leave a room", a.leave},
		{post, "rooms/{room}/hand-over", "end the bot's turn in a room", a.handOver},
		{post, "rooms/{room}/resolve", "resolve a room", a.resolve},
		{post, "rooms/{room}/typing", "let the bot type in a room, or no longer: {\"typing\": true}", a.botTypes},
		{post, "rooms/{room}/button", "press a custom button in a room", a.pressButton},
		{put, "rooms/{room}/tags/{tag}", "tag a room", a.tag},
		{remove, "rooms/{room}/tags/{tag}", "take a tag off a room", a.untag},
		{get, "agents", "list the staff", a.listAgents},
		{patch, "agents/{id}", "take one of the staff online or offline: {\"available\": true}", a.setAvailable},
		{get, "channels", "list the channels", a.listChannels},

		{remove, "connections", "break all connections to the broker", a.breakConnections},

		{get, "webhooks", "list where events go", a.listWebhooks},
		{put, "webhooks/{name}", "send an event to an address: {\"url\": …, \"on\": true}", a.setWebhook},
		{get, "shapes", "tell the shape of each event", a.getShapes},
		{put, "shapes", "choose that of all events: {\"shape\": \"old\"}", a.setShapes},
		{put, "shapes/{event}", "choose that of an event", a.setShape},
		{get, "buttons", "list the custom buttons", a.listButtons},
		{put, "buttons", "replace them: {\"buttons\": [{\"name\": …, \"url\": …}]}", a.setButtons},
	}
}
