package sandbox

import (
	"context"
	"errors"
	"fmt"
)

// CustomerMessage is what a customer writes.
type CustomerMessage struct {
	// Source and ChannelID name the channel. Without an id it is the source's
	// first, without a source the app's first.
	Source    string
	ChannelID int64
	// UserID is the customer's own id: a phone number on WhatsApp, an e-mail
	// address or any text elsewhere.
	UserID string
	Name   string // the id when empty
	// Type, Text and Payload are those of a [Message].
	Type, Text string
	Payload    any
}

// CustomerWrites lets a customer write a message and returns the room's id. A
// new customer gets a room; the first message ever, and the first after a
// resolve, opens a session, which has a room of its own once setSessional has
// switched that on. What a blocked customer writes is lost. Webhooks are sent
// after it returns.
func (s *Sandbox) CustomerWrites(ctx context.Context, message CustomerMessage) (roomID string, err error) {
	if err := ctx.Err(); err != nil {
		return "", fmt.Errorf("sandbox: %w", err)
	}
	if message.UserID == "" {
		return "", errors.New("sandbox: the message has no user id")
	}
	err = s.change(func() error {
		if s.deliveries.closed() {
			return ErrShutdown
		}
		if message.Source == "" && len(s.state.channels) > 0 {
			message.Source = s.state.channels[0].Source
		}
		channel, err := s.state.channel(message.Source, message.ChannelID)
		if err != nil {
			return fmt.Errorf("sandbox: there is no channel %d of source %q", message.ChannelID, message.Source)
		}
		said, problems := s.checked(Message{
			Author: AuthorCustomer, Type: message.Type, Text: message.Text, Payload: message.Payload,
		})
		if len(problems) > 0 {
			return fmt.Errorf("sandbox: write as a customer: %w", badMessage(problems))
		}
		room := s.customersRoom(channel, message.UserID, message.Name)
		roomID = room.id
		s.customerSays(room, said)
		return nil
	})
	return roomID, err
}

// customersRoom finds a customer's room on a channel, or makes it: the customer's
// first or, when the app is sessional, that of a session after a resolve. Somebody
// who is blocked begins no session.
func (s *Sandbox) customersRoom(channel *Channel, userID, name string) *room {
	customer := customerKey{channel.Source, channel.ID, userID}
	room, ok := s.state.roomOf(customer)
	switch {
	case !ok:
		return s.state.addRoom(channel, userID, name, s.now())
	case room.resolved() && s.state.settings.switches.sessional && !s.state.book.blocked[customer]:
		return s.state.nextRoom(room, name, s.now())
	}
	room.name = orDefault(name, room.name)
	return room
}

// openChat starts or continues a live chat, by either version of the route. Every
// nonce is accepted; the chat server says whether it is one of its own when the identity
// token is shown there.
func (s *Sandbox) openChat(r *request) (*room, error) {
	if text(r.body["app_id"]) != s.config.AppCode {
		return nil, notFound("app")
	}
	channelID, _ := number(r.body["channel_id"])
	channel, err := s.state.channel("qiscus", channelID)
	if err != nil {
		return nil, err
	}
	room := s.customersRoom(channel, text(r.body["user_id"]), text(r.body["name"]))
	room.avatar = orDefault(text(r.body["avatar"]), room.avatar)
	room.origin = orDefault(text(r.body["origin"]), room.origin)
	room.widgetID = orDefault(text(r.body["session_id"]), room.widgetID)
	if pairs := propertyPairs(r.body["user_properties"]); pairs != nil {
		room.properties = pairs
	}
	return room, nil
}

func (s *Sandbox) initiateChat(r *request) (any, error) {
	room, err := s.openChat(r)
	if err != nil {
		return nil, err
	}
	row := customerRoom(room)
	row["extras"] = roomExtras(room)
	row["session_id"] = nullable(room.widgetID)
	return dataWithStatus(object{
		"identity_token": s.identityTokenOf(room, r), "is_secure": false, "sdk_user": nil, "customer_room": row,
		"is_sessional": s.state.settings.switches.sessional,
	}), nil
}

// identityTokenOf lets the customer log in at the chat server.
func (s *Sandbox) identityTokenOf(room *room, r *request) string {
	customer, _ := s.state.findChatUser(room.userID)
	return s.signIdentity(customer, text(r.body["nonce"]))
}

// initiateChatV1 tells no more of the room than its number.
func (s *Sandbox) initiateChatV1(r *request) (any, error) {
	room, err := s.openChat(r)
	if err != nil {
		return nil, err
	}
	return data(object{
		"identity_token": s.identityTokenOf(room, r), "room_id": room.id, "sdk_user": nil,
		"is_sessional": s.state.settings.switches.sessional,
	}), nil
}

// getAppSession tells whether a returning customer's room is a new one.
func (s *Sandbox) getAppSession(*request) (any, error) {
	return data(object{"is_sessional": s.state.settings.switches.sessional}), nil
}

// propertyPairs reads a customer's properties, which come as pairs, as an object
// of names and values, or as either in JSON inside text. What is none of these
// is nil.
func propertyPairs(value any) []any {
	switch value := fromJSONText(value).(type) {
	case object:
		pairs := []any{}
		for _, name := range sortedNames(value) {
			pairs = append(pairs, object{"key": name, "value": propertyText(value[name])})
		}
		return pairs
	case []any:
		pairs := []any{}
		for _, item := range value {
			pair, _ := item.(object)
			if key, isText := pair["key"].(string); isText {
				pairs = append(pairs, object{"key": key, "value": propertyText(pair["value"])})
			}
		}
		return pairs
	default:
		return nil
	}
}

// propertyText keeps the values that a property can have and writes all others
// as JSON inside text.
func propertyText(value any) any {
	switch value.(type) {
	case string, int64, bool, nil:
		return value
	default:
		return jsonText(value)
	}
}

// takeCustomChannelMessage takes a customer's message on a custom channel, sent by
// that channel's server by either version of the route. The channel's key is the
// proof.
func (s *Sandbox) takeCustomChannelMessage(r *request) (*room, error) {
	channel, err := s.state.channel(text(r.body["identifier_key"]), 0)
	if err != nil || !channel.Custom {
		return nil, unauthorized()
	}
	said, problems := s.checked(Message{
		Author: AuthorCustomer, Type: text(r.body["type"]), Text: text(r.body["message"]), Payload: r.body["payload"],
	})
	if len(problems) > 0 {
		return nil, refuseMessage(problems)
	}
	room := s.customersRoom(channel, text(r.body["user_id"]), text(r.body["name"]))
	room.avatar = orDefault(text(r.body["avatar"]), room.avatar)
	s.customerSays(room, said)
	return room, nil
}

func (s *Sandbox) sendCustomChannelMessage(r *request) (any, error) {
	room, err := s.takeCustomChannelMessage(r)
	if err != nil {
		return nil, err
	}
	answer := object{"agent": nil, "agent_service": nil, "room_log": shortRoomLog(room)}
	if count := len(room.agents); count > 0 {
		answer["agent"] = s.agentV1(room.agents[count-1])
		answer["agent_service"] = serviceRow(room.service, unzoned)
	}
	return dataWithStatus(answer), nil
}

// chosenAgent is the name of a member, which the platform spells so.
const chosenAgent = "choosen_agent" //nolint:misspell // see above

// sendCustomChannelMessageLegacy answers with more secrets and fewer rows. Who
// serves is whoever served before: nobody is put into the room.
func (s *Sandbox) sendCustomChannelMessageLegacy(r *request) (any, error) {
	room, err := s.takeCustomChannelMessage(r)
	if err != nil {
		return nil, err
	}
	user := object{
		"id": room.contact, "token": "st-" + room.id, "email": room.userID, "password": "sp-" + room.id,
		"display_name": room.name, "avatar_url": room.avatar, "last_comment_received_id": 0,
	}
	if count := len(room.messages); count > 0 {
		user["last_comment_received_id"] = room.messages[count-1].ID
	}
	answer := object{"sdk_user": user, chosenAgent: nil}
	if count := len(room.agents); count > 0 {
		answer[chosenAgent] = s.agentV1(room.agents[count-1])
	}
	return data(answer), nil
}
