package chat

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/internal/payload"
)

type (
	// ImportUser is a user in a file to import. Email is the user's id, and Name the name
	// to show; both are needed. Neither the id nor AuthenticationToken may be another
	// user's. Password is the password as it is typed.
	ImportUser = wire.ImportUser
	// ImportRoom is a room in a file to import. UniqueID is the room's own, and no other
	// room's of the app; Type is [RoomSingle] or [RoomGroup]. CreatorEmail and
	// ParticipantEmails are ids of users who are there already: of a room of two both,
	// and the creator among them.
	ImportRoom = wire.ImportRoom
	// ImportMessage is a message in a file to import: a text or a reply. UniqueID is the
	// message's own, and no other's; CreatorEmail is the id of who wrote it, and
	// RoomUniqueID the unique id of its room, which are there already. A reply has the
	// UniqueID of what it answers in ParentCommentUniqueID: a message that is there
	// already, or comes earlier in the file. Type and Payload follow from that, and can
	// be left out.
	ImportMessage = wire.ImportComment
)

// ImportRow is a row of a file to import. A file has rows of one type.
type ImportRow interface {
	ImportUser | ImportRoom | ImportMessage
}

// unique is what no two rows may have alike, and its name.
type unique struct{ name, value string }

// prepare checks a row, and returns it as it stands in the file with what is its own.
func prepare[Row ImportRow](row Row) (written any, own []unique, err error) {
	switch row := any(row).(type) {
	case ImportUser:
		return row, []unique{
			{"user id", row.Email}, {"token", row.AuthenticationToken.Reveal()},
		}, checkImportUser(row)
	case ImportRoom:
		row.Options = inText(row.Options)
		return row, []unique{{"unique id", row.UniqueID}}, checkImportRoom(row)
	case ImportMessage:
		completed, err := completeImportMessage(row)
		return completed, []unique{{"unique id", row.UniqueID}}, err
	}
	return nil, nil, errors.New("a row of its type cannot be imported") // which no Row is
}

func checkImportUser(user ImportUser) error {
	if user.Name == "" {
		return errors.New("the name is empty")
	}
	return cmp.Or(checkNewUserID(user.Email), checkAvatar(user.AvatarURL))
}

func checkImportRoom(room ImportRoom) error {
	switch {
	case room.CreatorEmail == "":
		return errors.New("the creator's id is empty")
	case len(room.ParticipantEmails) == 0 || slices.Contains(room.ParticipantEmails, ""):
		return errors.New("there is no participant, or one is empty")
	}
	if err := cmp.Or(checkChannelID(room.UniqueID), checkAvatar(room.AvatarURL)); err != nil {
		return err
	}
	switch room.Type {
	case RoomSingle:
		return checkImportSingle(room)
	case RoomGroup:
		return checkImportGroup(room)
	}
	return errors.New("the type is neither single nor group")
}

func checkImportSingle(room ImportRoom) error {
	participants := room.ParticipantEmails
	switch {
	case len(participants) != 2 || participants[0] == participants[1]:
		return errors.New("a room of two has two participants")
	case !slices.Contains(participants, room.CreatorEmail):
		return errors.New("the creator of a room of two is none of the participants")
	}
	return nil
}

func checkImportGroup(room ImportRoom) error {
	switch count := len(room.ParticipantEmails); {
	case room.Name == "":
		return errors.New("the name is empty")
	case count > MaxGroupParticipants:
		return fmt.Errorf("there are %d participants, %d are allowed", count, MaxGroupParticipants)
	}
	return nil
}

// completeImportMessage fills in what follows from the rest: the service finds the
// message that a reply answers by ParentCommentUniqueID, and wants a 1 for its number.
func completeImportMessage(message ImportMessage) (ImportMessage, error) {
	kind := wire.ImportCommentTypeText
	message.Payload = nil
	if message.ParentCommentUniqueID != "" {
		kind = wire.ImportCommentTypeReply
		message.Payload = &ReplyPayload{Text: message.Message, RepliedCommentID: "1"}
	}
	switch {
	case message.UniqueID == "":
		return message, errors.New("the unique id is empty")
	case message.RoomUniqueID == "":
		return message, errors.New("the room's unique id is empty")
	case message.CreatorEmail == "":
		return message, errors.New("the creator's id is empty")
	case message.Message == "":
		return message, errors.New("the text is empty")
	case message.ParentCommentUniqueID == message.UniqueID:
		return message, errors.New("it answers itself")
	case message.Type != "" && message.Type != kind:
		return message, errors.New("only a reply answers a message, and it names which")
	}
	message.Type = kind
	return message, payload.CheckText("the text", message.Message)
}

func checkAvatar(address string) error {
	if address == "" {
		return nil
	}
	return payload.CheckWebAddress("the avatar", address)
}
