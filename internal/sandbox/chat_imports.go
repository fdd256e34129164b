package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/qismo-go/qismo/internal/document"
)

// errImport is why a row is not imported.
var errImport = errors.New("the row")

// importRows imports the rows of a file, or none and says why. What the platform does with
// the good rows of a bad file is not known.
func (s *Sandbox) importRows(resource string, file []byte) (count int, problem string) {
	rows, err := readRows(resource, file)
	if err != nil {
		return 0, err.Error()
	}
	for _, step := range []func(resource string, row object, earlier imported) error{s.checkRow, s.importRow} {
		earlier := imported{}
		for i, row := range rows {
			if err := step(resource, row, earlier); err != nil {
				return 0, fmt.Sprintf("row %d: %v", i+1, err)
			}
			earlier.note(resource, row)
		}
	}
	return len(rows), ""
}

// imported tells what the rows before have: users, rooms or messages, by their unique ids,
// and a message's room.
type imported map[string]string

func (i imported) note(resource string, row object) {
	switch resource {
	case "users":
		i[text(row["Email"])] = ""
		if token := text(row["AuthenticationToken"]); token != "" {
			i["token "+token] = ""
		}
	default:
		i[text(row["UniqueId"])] = text(row["RoomUniqueId"])
	}
}

func (i imported) has(id string) bool {
	_, has := i[id]
	return has
}

// readRows reads a file and checks each row against the document.
func readRows(resource string, file []byte) ([]object, error) {
	var whole []json.RawMessage
	if json.Unmarshal(file, &whole) != nil {
		return nil, errors.New("the file is no JSON array")
	}
	chat, err := document.Chat()
	if err != nil {
		return nil, err
	}
	name := map[string]string{"users": "ImportUser", "rooms": "ImportRoom", "comments": "ImportComment"}[resource]
	schema, err := chat.Schema("/components/schemas/" + name)
	if err != nil {
		return nil, err
	}
	rows := make([]object, 0, len(whole))
	for i, raw := range whole {
		value, err := decodeJSON(raw)
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", i+1, err)
		}
		if problems := schema.Validate(value); len(problems) > 0 {
			return nil, fmt.Errorf("row %d: %s", i+1, problems[0])
		}
		rows = append(rows, asObject(value))
	}
	return rows, nil
}

// checkRow says why a row cannot be imported.
func (s *Sandbox) checkRow(resource string, row object, earlier imported) error {
	switch resource {
	case "users":
		return s.checkUserRow(row, earlier)
	case "rooms":
		return s.checkRoomRow(row, earlier)
	default:
		return s.checkMessageRow(row, earlier)
	}
}

func (s *Sandbox) checkUserRow(row object, earlier imported) error {
	id, token := text(row["Email"]), text(row["AuthenticationToken"])
	_, isUser := s.state.findChatUser(id)
	_, isToken := s.state.chat.tokens[token]
	if isUser || isToken || earlier.has(id) || token != "" && earlier.has("token "+token) {
		return fmt.Errorf("%w has the id or the token of a user who exists", errImport)
	}
	return nil
}

func (s *Sandbox) checkRoomRow(row object, earlier imported) error {
	id, creator, ids := text(row["UniqueId"]), text(row["CreatorEmail"]), texts(row["ParticipantEmails"])
	if _, err := s.state.chatRoomNamed(id); err == nil || earlier.has(id) {
		return fmt.Errorf("%w has the unique id of a room that exists", errImport)
	}
	isIn := false
	for _, userID := range append([]string{creator}, ids...) {
		if _, ok := s.state.findChatUser(userID); !ok {
			return fmt.Errorf("%w names a user who does not exist", errImport)
		}
	}
	for _, userID := range ids {
		isIn = isIn || userID == creator
	}
	isSingle := text(row["Type"]) == string(singleRoom)
	switch {
	case isSingle && (len(ids) != 2 || ids[0] == ids[1] || !isIn):
		return fmt.Errorf("%w is a room of two, which has two participants, of whom one is the creator", errImport)
	case len(ids) > maxGroup:
		return fmt.Errorf("%w has more than %d participants", errImport, maxGroup)
	}
	return nil
}

func (s *Sandbox) checkMessageRow(row object, earlier imported) error {
	id, room, parent := text(row["UniqueId"]), text(row["RoomUniqueId"]), text(row["ParentCommentUniqueId"])
	_, isRoom := s.state.chat.byUniqueID[room]
	_, isUser := s.state.findChatUser(text(row["CreatorEmail"]))
	_, isTaken := s.state.chat.byMessageID[id]
	stored, isStored := s.state.chat.byMessageID[parent]
	isIn := isStored && s.state.uniqueIDOf(stored.room) == room || earlier.has(parent) && earlier[parent] == room
	switch {
	case !isRoom || !isUser:
		return fmt.Errorf("%w names a room or a user that does not exist", errImport)
	case isTaken || earlier.has(id):
		return fmt.Errorf("%w has the unique id of a message that exists", errImport)
	case text(row["Type"]) == "reply" && !isIn:
		return fmt.Errorf("%w replies to a message that is not in the room", errImport)
	}
	return nil
}

// importRow imports a row that was checked.
func (s *Sandbox) importRow(resource string, row object, _ imported) error {
	switch resource {
	case "users":
		s.importUser(row)
		return nil
	case "rooms":
		return s.importRoom(row)
	default:
		return s.importMessage(row)
	}
}

// timeOf is when a row says that it was made; now when it does not.
func (s *Sandbox) timeOf(written any) time.Time {
	if read, err := time.Parse(time.RFC3339, text(written)); err == nil {
		return read
	}
	return s.now()
}

func (s *Sandbox) importUser(row object) {
	user := s.state.registerChatUser(
		text(row["Email"]), text(row["Name"]), text(row["AvatarUrl"]), nil, s.timeOf(row["CreateAt"]),
	)
	user.password = orDefault(text(row["Password"]), newSecret("cp"))
	if token := text(row["AuthenticationToken"]); token != "" {
		user.tokens = append(user.tokens, chatToken{text: token})
		s.state.chat.tokens[token] = user
	}
}

func (s *Sandbox) importRoom(row object) error {
	users, err := s.state.chatUsersNamed(texts(row["ParticipantEmails"]))
	if err != nil {
		return err
	}
	plan := chatRoomPlan{
		kind: chatRoomKind(text(row["Type"])), uniqueID: text(row["UniqueId"]), name: text(row["Name"]),
		avatar: text(row["AvatarUrl"]), options: optionsText(row["Options"]), creator: text(row["CreatorEmail"]),
		created: s.timeOf(row["CreatedAt"]),
	}
	if plan.kind == singleRoom {
		plan.name = users[0].userID + " " + users[1].userID
	}
	_, err = s.state.join(s.state.addChatRoom(plan), users)
	return err
}

// importMessage tells nobody: it was said long ago.
func (s *Sandbox) importMessage(row object) error {
	room := s.state.chat.byUniqueID[text(row["RoomUniqueId"])]
	by, err := s.state.chatUser(text(row["CreatorEmail"]))
	if err != nil {
		return err
	}
	said := Message{
		Author: AuthorUser, Sender: by.userID, Name: by.name(), Type: text(row["Type"]), Text: text(row["Message"]),
		Payload: row["Payload"], chat: &chatMessage{uniqueID: text(row["UniqueId"]), byServer: true},
	}
	if said.Type == "reply" {
		parent := s.state.chat.byMessageID[text(row["ParentCommentUniqueId"])]
		quote := object{"text": said.Text, "replied_comment_id": parent.id}
		if said, err = s.state.reply(room, by, said, quote); err != nil {
			return err
		}
	}
	s.state.put(room, said, s.timeOf(row["CreatedAt"]))
	return nil
}
