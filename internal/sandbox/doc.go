// Package sandbox plays Qiscus Omnichannel on one machine: agents, divisions,
// customers' rooms, assignments, tags and webhooks, in memory and, with Config.Store,
// beyond it. No account, phone or tunnel is needed.
//
// What it answers is driven by the documents in api/. A request finds its
// operation by the document's paths, is authenticated by the document's
// security and validated against the document's schemas; what it answers and
// the webhooks it sends fit them too, as the tests prove for every operation.
//
// A WhatsApp number that ends in 00000 cannot be reached: messages to it are refused,
// and broadcasts fail for it. Broadcasts want one of the templates that listTemplates
// tells, approved, with as many variables as it has places; of a file's rows those are
// the cells after the number. Each template costs 500 of a channel's credit, which
// begins at 1,500,000. WhatsApp approves all templates but those whose names end in
// _ditolak. How long all this takes, Config.Pace says, by the Sandbox's own clock.
//
// Webhooks of one room come one after the other, and those of different rooms side by
// side. What is tried again, and what trouble makes late, does not hold up its room:
// it comes when its time has come, after what came in between. Config.Delivery says
// what is tried again; [Sandbox.SetShape] chooses among the forms that an event has
// had, and [Sandbox.SetWebhook] where it goes.
//
// The chat server under the inbox is played as well, by its own document: for servers, for
// users, and in real time through a broker. It is one platform: a customer's room is a room
// of both, with the same messages under the same ids, and whoever writes by the one is seen
// by the other. Customers, agents and the app's own account are users of the chat server
// without being made ones; an agent's key is what the inbox tells as sdk_key. Rooms that
// only the chat server has are in none of the inbox's lists.
//
// Where the platform's behaviour is not publicly known, the sandbox does the
// plainest thing that fits what is known, and a comment says so.
//
// # Reading the code
//
// [Sandbox.ServeHTTP] leads through it: package document finds the operation,
// credentials.go authenticates, request.go reads and validates, handlers.go
// names the method that answers. Those methods are grouped by subject: agents,
// allocation, rooms and so on; the files with "rows" in their names write
// objects as the platform does. events.go decides which webhooks a change sets
// off, webhooks.go and the files that begin with "webhook" write them, delivery.go
// sends them; queues.go keeps them, and the messages that Config.OnMessage is told, in
// order. rooms_index.go keeps the rooms in order, so that a page costs the same with a
// million of them. What happens by itself stands in agenda.go; alarm.go sees to it
// that it does. What is to outlive the process keep.go hands to a Store, as records
// that stand in the files that begin with "keep"; history.go begins with what happened
// before. fail.go lets calls fail on purpose, as package trouble decides, and
// record.go enters them into the timeline.
//
// What concerns the chat server stands in the files that begin with "chat":
// chat_state.go has its users, rooms and members, chat_serve.go its routes and
// credentials. The files that begin with "chat_rest" answer servers, and "chat_sdk" users,
// by the rules of chat_members.go, chat_messages.go and chat_receipts.go; chat_events.go
// tells what happens in one place, for the broker: chat_realtime_tell.go says on which
// topics, and chat_realtime_rules.go who may listen and tell. The broker itself is package
// broker, which a Sandbox is given, and which nobody links who has none.
//
// One mutex guards all state. Handlers run while it is held and only queue
// webhooks, so that a receiver can call back while it answers one.
package sandbox
