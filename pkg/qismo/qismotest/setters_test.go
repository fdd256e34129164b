package qismotest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/gen/webhooks"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
	"github.com/qismo-go/qismo/pkg/qismo/qismotest"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// setter is a typed setter and what it says.
type setter struct {
	name  string
	apply func(*qismotest.Event) *qismotest.Event
	says  map[string]string // by fact
}

func setters() []setter {
	return []setter{
		{"Room", func(e *qismotest.Event) *qismotest.Event { return e.Room("7001") }, map[string]string{"room": "7001"}},
		{"Customer", func(e *qismotest.Event) *qismotest.Event { return e.Customer("nila-7", "Nila") }, map[string]string{"customer": "nila-7", "customer name": "Nila"}},
		{"CustomerID", func(e *qismotest.Event) *qismotest.Event { return e.CustomerID("nila-8") }, map[string]string{"customer": "nila-8"}},
		{"Agent", func(e *qismotest.Event) *qismotest.Event { return e.Agent("7002", "tono@example.id", "Tono") }, map[string]string{"agent": "7002", "agent email": "tono@example.id", "agent name": "Tono"}},
		{"Text", func(e *qismotest.Event) *qismotest.Event { return e.Text("halo <b>\n") }, map[string]string{"text": "halo <b>\n"}},
		{"At", func(e *qismotest.Event) *qismotest.Event { return e.At(moment) }, map[string]string{"time": "2026-03-04T05:06:07Z"}},
		{"AppCode", func(e *qismotest.Event) *qismotest.Event { return e.AppCode("toko-baru") }, map[string]string{"app": "toko-baru"}},
		{"Channel", func(e *qismotest.Event) *qismotest.Event { return e.Channel("7003", "Toko Baru", "telegram") }, map[string]string{"channel": "7003", "channel name": "Toko Baru", "source": "telegram"}},
		{"Service", func(e *qismotest.Event) *qismotest.Event { return e.Service("7004") }, map[string]string{"service": "7004"}},
		{"MessageID", func(e *qismotest.Event) *qismotest.Event { return e.MessageID("7005") }, map[string]string{"message": "7005"}},
		{"UniqueTempID", func(e *qismotest.Event) *qismotest.Event { return e.UniqueTempID("bq7006") }, map[string]string{"temp id": "bq7006"}},
		{"WhatsAppID", func(e *qismotest.Event) *qismotest.Event { return e.WhatsAppID("wamid.7007") }, map[string]string{"WhatsApp id": "wamid.7007"}},
		{"Status", func(e *qismotest.Event) *qismotest.Event { return e.Status("failed") }, map[string]string{"status": "failed"}},
	}
}

// noPlace tells which setters an event has no place for, by event and by shape.
func noPlace() map[string]string {
	return map[string]string{
		"botMessage 2025": "Agent Service Status",
		"botMessage 2024": "Agent At AppCode Service MessageID UniqueTempID WhatsAppID Status",
		"botMessage 2021": "Agent Service Status",

		"customAgentAllocation 2025":      "Text At Service MessageID UniqueTempID WhatsAppID Status",
		"customAgentAllocation returning": "Text At MessageID UniqueTempID WhatsAppID Status",
		"customAgentAllocation 2024":      "Text At Service MessageID UniqueTempID WhatsAppID Status",
		"customAgentAllocation 2021":      "Text At Service MessageID UniqueTempID WhatsAppID Status",
		"customAgentAllocation 2019":      "Text At MessageID UniqueTempID WhatsAppID Status",

		"customButton 2022":   "Text At AppCode Service MessageID UniqueTempID WhatsAppID Status",
		"customButton 2024":   "Text At AppCode Service MessageID UniqueTempID WhatsAppID Status",
		"markAsResolved 2025": "Text At MessageID UniqueTempID WhatsAppID Status",
		"markAsResolved 2021": "Text At AppCode MessageID UniqueTempID WhatsAppID Status",
		"newSession 2023":     "Agent Service UniqueTempID WhatsAppID Status",
		"newSession 2022":     "Agent Service UniqueTempID WhatsAppID Status",
		"userLogout 2022":     "Room Customer CustomerID Text AppCode Channel Service MessageID UniqueTempID WhatsAppID Status",

		"customChannelMessage 2022": "Service WhatsAppID Status",
		"customChannelMessage 2023": "AppCode Service WhatsAppID Status",

		"whatsAppForwardMessage 2023":     "Room Agent Service MessageID UniqueTempID Status",
		"whatsAppForwardMessage image":    "Room Agent Service MessageID UniqueTempID Status",
		"whatsAppForwardMessage several":  "Room Agent Service MessageID UniqueTempID Status",
		"whatsAppForwardMessage combined": "Room Agent Service MessageID UniqueTempID",
		"whatsAppForwardStatus 2023":      "Room Agent Text Service MessageID UniqueTempID",
		"whatsAppForwardStatus several":   "Room Agent Text Service MessageID UniqueTempID",
		"whatsAppForwardStatus combined":  "Room Agent Service MessageID UniqueTempID",

		"postComment v2.1": "Agent AppCode Channel Service WhatsAppID Status",
		"postComment 2018": "Agent At AppCode Channel Service MessageID UniqueTempID WhatsAppID Status",
	}
}

// Every setter arrives in every shape that has a place for it, wherever the typed
// event has the fact; and in the others it is an error.
func TestSettersArrive(t *testing.T) {
	events := qismotest.NewEvents()
	places := noPlace()
	for name, shape := range allShapes() {
		t.Run(string(name)+" "+string(shape), func(t *testing.T) {
			missing, ok := places[string(name)+" "+string(shape)]
			require.True(t, ok, "the table has no such shape")
			for _, setter := range setters() {
				event := setter.apply(events.New(name).Shape(shape))
				if strings.Contains(" "+missing+" ", " "+setter.name+" ") {
					_, err := event.Body()
					assert.EqualError(t, err, "qismotest: "+string(name)+" "+string(shape)+": "+setter.name+
						": the event has no place for it in this shape")
					continue
				}
				before := factsOf(t, parsed[webhook.Event](t, events.New(name).Shape(shape)))
				after := factsOf(t, parsed[webhook.Event](t, event))
				arrived := 0
				for fact, value := range setter.says {
					arrived += len(after[fact])
					assert.Len(t, after[fact], len(before[fact]), "%s: %s", setter.name, fact)
					for _, told := range after[fact] {
						assert.Equal(t, value, told, "%s: %s", setter.name, fact)
					}
				}
				assert.Positive(t, arrived, setter.name)
				problems, err := webhook.ValidateAs(name, bodyOf(t, event))
				require.NoError(t, err)
				assert.Empty(t, problems, setter.name)
			}
		})
	}
}

// facts are what a typed event tells, in all places that it has.
type facts map[string][]string

func (f facts) add(fact string, values ...string) {
	for _, value := range values {
		if value != "" {
			f[fact] = append(f[fact], value)
		}
	}
}

func (f facts) at(times ...flex.Time) {
	for _, told := range times {
		if !told.IsZero() {
			f.add("time", told.Time().UTC().Truncate(1e9).Format("2006-01-02T15:04:05Z"))
		}
	}
}

func factsOf(t *testing.T, event webhook.Event) facts {
	t.Helper()
	f := facts{}
	switch e := event.(type) {
	case *webhook.BotMessageEvent:
		f.message(t, &e.PostComment)
		f.sender(&e.PostComment)
		if id, ok := strings.CutPrefix(e.UniqueTempID(), "wa_"); ok {
			f.add("WhatsApp id", id)
		}
	case *webhook.PostCommentEvent:
		f.message(t, &e.PostComment)
		f.sender(&e.PostComment)
		delete(f, "source")
	case *webhook.CustomChannelMessageEvent:
		f.message(t, &e.PostComment)
		from, participants := e.Payload.From, e.Payload.Room.Participants
		f.add("agent", from.ID.String(), from.IDStr.String(), participants[0].ID.String(), participants[0].IDStr.String())
		f.add("agent email", from.Email, participants[0].Email)
		f.add("agent name", from.Name, participants[0].Username)
		f.add("customer", participants[1].Email)
		f.add("customer name", participants[1].Username, e.Payload.Room.Name)
	case *webhook.CustomAgentAllocationEvent:
		f.allocation(e)
	case *webhook.CustomButtonEvent:
		f.add("room", e.RoomID().String())
		f.add("customer", e.Customer.UserID)
		f.add("customer name", e.Customer.Name)
		f.add("agent email", e.Agent.Email)
		f.add("agent name", e.Agent.Name)
		f.add("channel", e.ChannelID.String())
		f.add("channel name", e.ChannelName)
	case *webhook.MarkAsResolvedEvent:
		f.app(e.AppCode, e.MarkAsResolved.Channel)
		f.add("room", e.Service.RoomID.String())
		f.add("service", e.Service.ID.String())
		f.add("source", e.Service.Source)
		f.add("customer", e.Customer.UserID)
		f.add("customer name", e.Customer.Name)
		f.add("agent", e.ResolvedBy.ID.String())
		f.add("agent email", e.ResolvedBy.Email)
		f.add("agent name", e.ResolvedBy.Name)
	case *webhook.NewSessionEvent:
		f.session(t, e)
	case *webhook.UserLogoutEvent:
		f.at(e.Payload.Timestamp)
		f.add("agent", e.Payload.User.ID.String())
		f.add("agent email", e.Payload.User.Email)
		f.add("agent name", e.Payload.User.Name)
	case *webhook.WhatsAppForwardMessageEvent:
		f.whatsApp(e)
	case *webhook.WhatsAppForwardStatusEvent:
		f.app(e.AppCode, nil)
		f.add("channel", e.ChannelID.String())
		for _, status := range e.Statuses {
			f.add("WhatsApp id", status.ID)
			f.add("customer", status.RecipientID)
			f.at(status.Timestamp)
		}
		f.add("status", e.Statuses[0].Status)
		if messages := combined(t, event); messages != nil {
			f.add("text", messages.Messages[0].Text.Body)
		}
	default:
		t.Fatalf("%v", event)
	}
	return f
}

// combined is the other event of a combined body.
func combined(t *testing.T, event webhook.Event) *webhook.WhatsAppForwardMessageEvent {
	t.Helper()
	read, err := webhook.Parse(event.Raw())
	require.NoError(t, err)
	for _, other := range read {
		if messages, ok := other.(*webhook.WhatsAppForwardMessageEvent); ok && len(read) == 2 {
			return messages
		}
	}
	return nil
}

func (f facts) app(code string, channel *webhooks.Channel) {
	f.add("app", code)
	if channel != nil {
		f.add("channel", channel.ID.String())
		f.add("channel name", channel.Name)
		f.add("source", channel.Source)
	}
}

func (f facts) room(t *testing.T, room *webhooks.MessageRoom) {
	t.Helper()
	f.add("room", room.ID.String(), room.IDStr.String(), room.TopicID.String(), room.TopicIDStr.String())
	for _, participant := range room.Participants {
		if app, ok := strings.CutSuffix(participant.Email, "_admin@qismo.com"); ok {
			f.add("app", app)
		}
	}
	var options webhooks.RoomOptions
	require.NoError(t, room.Options.Decode(&options))
	f.add("channel", options.ChannelDetails.ChannelID.String())
	f.add("channel name", options.ChannelDetails.Name)
	f.add("source", options.Source, options.Channel)
}

func (f facts) message(t *testing.T, e *webhooks.PostComment) {
	t.Helper()
	message := e.Payload.Message
	f.app(e.AppCode, e.Channel)
	f.room(t, &e.Payload.Room)
	f.add("text", message.Text)
	f.add("message", message.ID.String(), message.IDStr.String())
	f.add("temp id", message.UniqueTempID)
	f.at(message.CreatedAt, message.Timestamp, message.UnixTimestamp, message.UnixNanoTimestamp)
}

// sender is the customer as a sender, and as the first participant.
func (f facts) sender(e *webhooks.PostComment) {
	f.add("customer", e.Payload.From.Email, e.Payload.Room.Participants[0].Email)
	f.add("customer name", e.Payload.From.Name, e.Payload.Room.Participants[0].Username)
	if e.Payload.Room.Name != "Gudang" { // a room of colleagues has a name of its own
		f.add("customer name", e.Payload.Room.Name)
	}
}

func (f facts) allocation(e *webhook.CustomAgentAllocationEvent) {
	f.app(e.AppCode, e.CustomAgentAllocation.Channel)
	f.add("app", e.AppID)
	f.add("room", e.RoomID().String())
	f.add("source", e.Source)
	f.add("customer", e.Email)
	f.add("customer name", e.CustomerName())
	f.add("agent", e.CandidateAgent.ID.String())
	f.add("agent email", e.CandidateAgent.Email)
	f.add("agent name", e.CandidateAgent.Name)
	if e.LatestService != nil {
		f.add("room", e.LatestService.RoomID.String())
		f.add("service", e.LatestService.ID.String())
	}
}

func (f facts) session(t *testing.T, e *webhook.NewSessionEvent) {
	t.Helper()
	f.room(t, &e.Payload.Room)
	f.add("room", e.RoomLog.RoomID.String())
	f.add("customer", e.Payload.From.Email, e.Payload.Room.Participants[0].Email, e.RoomLog.UserID)
	f.add("customer name", e.Payload.From.Name, e.Payload.Room.Name, e.RoomLog.Name)
	f.add("channel", e.RoomLog.ChannelID.String())
	f.add("source", e.RoomLog.Source)
	f.add("text", e.Payload.Message.Text)
	var file webhooks.MessageFile
	require.NoError(t, e.Payload.Message.Payload.Decode(&file))
	f.add("text", file.Caption)
	f.add("message", e.Payload.Message.ID.String(), e.Payload.Message.IDStr.String())
	f.at(e.Payload.Message.Timestamp, e.RoomLog.CreatedAt)
}

func (f facts) whatsApp(e *webhook.WhatsAppForwardMessageEvent) {
	f.app(e.AppCode, nil)
	f.add("channel", e.ChannelID.String())
	first := e.Messages[0]
	f.add("WhatsApp id", first.ID)
	f.add("customer", first.From, e.Contacts[0].WhatsAppID)
	f.add("customer name", e.Contacts[0].Profile.Name)
	if first.Text != nil {
		f.add("text", first.Text.Body)
	}
	if first.Image != nil {
		f.add("text", first.Image.Caption)
	}
	for _, message := range e.Messages {
		f.at(message.Timestamp)
	}
	// Of a combined body the state is read from what the event leaves over.
	if strings.Contains(string(e.Raw()), `"status":"failed"`) || strings.Contains(string(e.Raw()), `"status":"delivered"`) {
		_, after, _ := strings.Cut(string(e.Raw()), `"status":"`)
		status, _, _ := strings.Cut(after, `"`)
		f.add("status", status)
	}
}
