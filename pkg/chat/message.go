package chat

import (
	"errors"
	"fmt"
	"slices"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/internal/payload"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// Message is something to say: a text, an answer to another message, a file, a text
// with buttons, a card, cards side by side, a place, a contact, an invitation to log
// in, or something of one's own. Make it with [NewText], [NewReply], [NewFile],
// [NewButtons], [NewCard], [NewCarousel], [NewLocation], [NewContact],
// [NewAccountLinking], [NewPostback], [NewCustom] or [NewCustomContent], which write
// its payload as the service wants it. Servers and users send the same messages:
//
//	sent, err := server.Messages.Send(ctx, chat.ServerSendParams{
//		RoomID: roomID,
//		UserID: "rina@toko.example.id",
//		Message: chat.NewButtons("Jadi pesan?",
//			chat.PostbackButton("Ya", "ya, pesan"),
//			chat.LinkButton("Lihat menu", "https://toko.example.id/menu"),
//		),
//	})
//
// What is wrong with a message, such as a button without a label, is told when it is
// sent, before anything goes out; the error names the place and never what is said
// there. A message does not change once it is made, and can be sent any number of
// times, by several goroutines at once. The zero Message cannot be sent.
type Message struct {
	kind     MessageType
	text     string    // of words, the words; of other kinds, what stands in for them
	payload  flex.JSON // nothing, of a text
	extras   flex.JSON // nothing when there are none
	uniqueID string    // "" when the sender makes none up
	problem  error     // why it cannot be sent
}

// What one message can hold.
const (
	// MaxMessageLength is how many characters a message's text can have: 4,000.
	MaxMessageLength = payload.MaxText
	// MaxButtons is how many buttons are shown beneath one text or on one card: 3. The
	// service may take more.
	MaxButtons = payload.MaxButtons
)

// NewText makes a text of up to [MaxMessageLength] characters.
func NewText(text string) Message {
	message := Message{kind: MessageText, text: text}
	if text == "" {
		message.problem = errors.New("the text is empty")
	}
	return message
}

// NewReply makes a text that answers another message of the same room, of which the
// service adds what clients show of it. A system event cannot be answered.
func NewReply(text string, repliedMessageID flex.ID) Message {
	var problem error
	switch {
	case text == "":
		problem = errors.New("the text is empty")
	case numberOf(repliedMessageID) <= 0:
		problem = errors.New("the id of the message that is answered is missing or no number")
	}
	answer := wire.ReplyPayload{Text: text, RepliedCommentID: flex.NumberID(repliedMessageID)}
	return newMessage(MessageReply, text, answer, problem)
}

// NewPostback makes what a user says by pressing a postback button, which is what
// clients send then: the button's PostbackText, or its label without one, with the
// target of the button as its payload. A client also calls the target's address, if it
// has one; that is not done here.
func NewPostback(pressed Button) Message {
	text := pressed.PostbackText
	if text == "" {
		text = pressed.Label
	}
	var problem error
	switch {
	case pressed.Type != ButtonPostback:
		problem = errors.New("the button is no postback")
	case text == "":
		problem = errors.New("the button has no text and no label")
	}
	return newMessage(MessagePostback, text, pressed.Payload, problem)
}

// NewCustom makes a message of a type of one's own, with a payload that is an object in
// JSON or nil. The service delivers it as it is, for clients that know what to do with
// it; they see the text of [Message.WithFallback], too. The types that have a meaning of
// their own, as [MessageText] and the others, cannot be taken.
func NewCustom(kind MessageType, content any) Message {
	written, problem := writeObject(content)
	switch {
	case kind == "":
		problem = errors.New("the type is empty")
	case slices.Contains(reservedTypes, kind):
		problem = errors.New("the type has a meaning of its own: " + kind)
	case problem != nil:
		problem = fmt.Errorf("the payload: %w", problem)
	}
	return Message{kind: kind, payload: written, problem: problem}
}

// NewCustomContent makes a message of the type [MessageCustom], which holds a kind that
// is the caller's to name and any content that is JSON or can be written as it. It is
// the older way to say something of one's own; [NewCustom] is the other.
func NewCustomContent(kind string, content any) Message {
	written, problem := flex.NewJSON(content)
	switch {
	case kind == "":
		problem = errors.New("the kind is empty")
	case problem != nil:
		problem = fmt.Errorf("the content: %w", problem)
	case written.IsZero() && !written.FromText():
		problem = errors.New("the content is missing")
	}
	return newMessage(MessageCustom, "", wire.CustomPayload{Type: kind, Content: written}, problem)
}

// Kind is the type of the message; "" of the zero Message.
func (m Message) Kind() MessageType { return m.kind }

// WithFallback returns the message with a text that stands in for it where its type
// cannot be shown, in notifications for instance. Without it, that is the text of
// buttons, cards and invitations, what a contact, a place or a file comes down to, and
// nothing of other types. Texts, replies and postbacks have none.
func (m Message) WithFallback(text string) Message {
	switch {
	case m.problem != nil:
	case m.kind == MessageText || m.kind == MessageReply || m.kind == MessagePostback:
		m.problem = errors.New("words need no fallback")
	default:
		m.text = text
	}
	return m
}

// WithExtras returns the message with data of the app's own, an object in JSON, which
// everybody in the room gets with it. Its member qiscus_ios_pn stands in for the
// notification to iOS.
func (m Message) WithExtras(extras any) Message {
	written, problem := writeExtras(extras)
	m.extras = written
	if m.problem == nil {
		m.problem = problem
	}
	return m
}

// WithUniqueID returns the message with an id that the sender made up. A user's message
// always has one, and gets it where it is sent when there is none; by one that the
// program remembers, it finds the message again. A message with an id is one message:
// it is sent once. A server's message cannot have one.
func (m Message) WithUniqueID(id string) Message {
	m.uniqueID = id
	if m.problem == nil && id == "" {
		m.problem = errors.New("the unique id is empty")
	}
	return m
}

// newMessage writes the payload at once, so that nothing that is done to its parts
// afterwards changes the message.
func newMessage(kind MessageType, text string, content any, problem error) Message {
	message := Message{kind: kind, text: text, problem: problem}
	if problem == nil {
		message.payload, message.problem = flex.NewJSON(content)
	}
	return message
}

func writeExtras(extras any) (flex.JSON, error) {
	written, err := writeObject(extras)
	if err == nil && written.IsZero() {
		err = errors.New("they are missing")
	}
	if err != nil {
		return flex.JSON{}, fmt.Errorf("the extras: %w", err)
	}
	return written, nil
}

// writeObject writes an object in JSON; nothing for nil.
func writeObject(content any) (flex.JSON, error) {
	written, err := flex.NewJSON(content)
	if err != nil {
		return flex.JSON{}, err
	}
	if raw := written.Raw(); written.FromText() || len(raw) > 0 && raw[0] != '{' {
		return flex.JSON{}, errors.New("it is no object")
	}
	return written, nil
}

// check says why a message cannot be sent by an operation; nil when it can.
func (m Message) check(id wire.OperationID) error {
	if m.kind == "" && m.problem == nil {
		return fmt.Errorf("chat: %s: the message is empty: make one with NewText or another function", id)
	}
	problem := m.problem
	if problem == nil {
		problem = payload.CheckText("the text", m.text)
	}
	if problem != nil {
		return fmt.Errorf("chat: %s: %s: %w", id, m.place(), problem)
	}
	return nil
}

// place is what errors call the message. A type of one's own is not told: it may be
// anything.
func (m Message) place() string {
	if slices.Contains(reservedTypes, m.kind) {
		return m.kind
	}
	return "the message"
}
