package webhook

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/qismo-go/qismo/internal/quick"
)

// The values that events name themselves by.
const (
	newSessionMark  = "NEW_SESSION_WEBHOOK"
	authMark        = "auth"
	logoutMark      = "logout"
	postCommentMark = "post_comment_"
)

// tellApart says which event a body is: two if it holds both WhatsApp lists,
// none if it is unknown. It looks for marks and ignores everything else, because
// the vendor adds keys without notice: receivers that compared sets of keys broke
// when app_code and channel came. The first rule that matches decides.
//
// chatSDK says that the request carried the Chat SDK's signature.
func tellApart(o object, chatSDK bool) []Name {
	payload := o.object("payload")
	switch {
	case isNewSession(o, payload):
		return []Name{NewSession}
	case isAuth(o):
		if payload.text("action") != logoutMark {
			return nil
		}
		return []Name{UserLogout}
	case isPostComment(o, payload):
		return []Name{tellPostCommentApart(o, payload, chatSDK)}
	case o.isObject("service") && o.isObject("resolved_by"):
		return []Name{MarkAsResolved}
	}
	if names := tellWhatsAppApart(o); len(names) > 0 {
		return names
	}
	switch {
	case isAllocation(o):
		return []Name{CustomAgentAllocation}
	case o.isObject("agent") && o.isObject("customer") && o.has("room_id"):
		return []Name{CustomButton}
	}
	return nil
}

func isNewSession(o, payload object) bool {
	if o.text("webhook_type") == newSessionMark {
		return true
	}
	return !namesAnother(o) && payload.isObject("room") && payload.isObject("message") &&
		(o.has("room_log") || o.has("is_new_session"))
}

// isAuth recognises the family of userLogout, of which no other member is known.
func isAuth(o object) bool { return o.text("type") == authMark && o.isObject("payload") }

// isPostComment recognises the envelope of botMessage, customChannelMessage and
// postComment.
func isPostComment(o, payload object) bool {
	if isPostCommentType(o) || isPostCommentType(payload) {
		return true
	}
	return !namesAnother(o) && !o.has("type") && !payload.has("type") &&
		payload.isObject("from") && payload.isObject("room") && payload.isObject("message")
}

func isPostCommentType(o object) bool { return strings.HasPrefix(o.text("type"), postCommentMark) }

// namesAnother recognises a body that calls itself something that no rule knows.
// It is not taken for a known event because of what else it holds: the vendor's
// next event may well have a room and a message too.
func namesAnother(o object) bool {
	if o.has("webhook_type") && o.text("webhook_type") != newSessionMark {
		return true
	}
	return o.has("type") && o.text("type") != authMark && !isPostCommentType(o)
}

func tellWhatsAppApart(o object) []Name {
	var names []Name
	if o.hasItems("statuses") {
		names = append(names, WhatsAppForwardStatus)
	}
	if o.hasItems("messages") {
		names = append(names, WhatsAppForwardMessage)
	}
	return names
}

func isAllocation(o object) bool {
	marked := o.has("candidate_agent") || o.has("latest_service") || o.isText("app_id") && o.isFlag("is_resolved")
	return marked && o.has("room_id") && !o.has("payload") && !o.has("service") && !o.has("agent")
}

// tellPostCommentApart chooses among the three events of one envelope. Its rules
// are hints, in falling order of strength; a URL of its own for each event is
// better.
func tellPostCommentApart(o, payload object, chatSDK bool) Name {
	switch {
	case chatSDK:
		return PostComment
	case o.isObject("channel"):
		return BotMessage
	case isOmnichannelRoom(payload.object("room")):
		return BotMessage
	case o.has("app_code"):
		return CustomChannelMessage
	default:
		return PostComment
	}
}

// isOmnichannelRoom looks into a room's options, which are an object or JSON
// inside text. Options that cannot be read say nothing.
func isOmnichannelRoom(room object) bool {
	options := room.object("options")
	if text := quick.Text(room.value("options")); json.Valid(text) {
		options = membersOf(text)
	}
	return options.has("channel_details") || options.has("channel") || options.has("source")
}

// membersOf lists the members that tell events apart.
func membersOf(data []byte) object { return quick.Members(data, isMark) }

// isMark reports whether the rules ask for a member of that name, wherever it is.
func isMark(name []byte) bool {
	switch string(name) {
	case "type", "webhook_type", "payload", "action", "from", "room", "message", "room_log", "is_new_session",
		"service", "resolved_by", "statuses", "messages", "candidate_agent", "latest_service", "app_id",
		"is_resolved", "room_id", "agent", "customer", "channel", "app_code", "options", "channel_details", "source":
		return true
	}
	return false
}

// object is those members of a JSON object that are marks, not decoded any further:
// that would cost more than decoding the event. Asking one that is not there is fine: a nil
// object has no members.
//
// The JSON need not be well-formed, and what is read from it then means nothing.
type object []quick.Member

// value is a member's JSON; nil when there is no such member. Of a key that
// stands twice the last counts, as in encoding/json. The key must be a mark.
func (o object) value(key string) []byte {
	for _, member := range o {
		if string(member.Key) == key {
			return member.Value
		}
	}
	return nil
}

// has reports whether there is a member with the key, be it null.
func (o object) has(key string) bool { return o.value(key) != nil }

func (o object) isObject(key string) bool { return bytes.HasPrefix(o.value(key), []byte("{")) }
func (o object) isText(key string) bool   { return bytes.HasPrefix(o.value(key), []byte(`"`)) }

func (o object) isFlag(key string) bool {
	value := string(o.value(key))
	return value == "true" || value == "false"
}

// hasItems reports whether a member is an array that is not empty.
func (o object) hasItems(key string) bool {
	items, isArray := bytes.CutPrefix(o.value(key), []byte("["))
	return isArray && !bytes.HasPrefix(bytes.TrimLeft(items, jsonSpace), []byte("]"))
}

// object is a member that is an object; nil when it is none.
func (o object) object(key string) object { return membersOf(o.value(key)) }

// text is a member's text; "" when it is none.
func (o object) text(key string) string { return string(quick.Text(o.value(key))) }
