package sandbox

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/document"
)

// shownWorld has what the examples speak of.
type shownWorld struct {
	*world

	roomID  string
	agentID int64
	tagID   string
	isChat  bool // whose examples are shown
	chat    shownChat
}

// newShownWorld starts a sandbox in which an operation's examples make sense.
func newShownWorld(t *testing.T, operationID string) *shownWorld {
	t.Helper()
	w := &shownWorld{isChat: isOfChat(operationID)}
	w.world = newWorld(t, Config{Rooms: 3, AdminPassword: "not-a-real-password", ChatTokenLife: time.Hour})
	if w.isChat {
		w.newShownChat(operationID)
		return w
	}
	w.agentID = w.Config().Agents[0].ID
	w.roomID = w.call("POST", "/api/v2/customer_rooms", object{}).at("data/customer_rooms/0/room_id").(string)
	tagged := w.call("POST", "/api/v2/room_tags/"+w.roomID, object{"tag": "grosir"})
	w.tagID = fmt.Sprint(tagged.at("data/id"))
	switch operationID {
	case "sendWaMessage", "getWaMedia", "sendHsm24Template", "listRoomBroadcasts", "blockCustomer", "unblockCustomer":
		var err error // the customer of the examples writes, so that the window is open
		w.roomID, err = w.CustomerWrites(t.Context(), CustomerMessage{Source: "wa", UserID: "628115550123", Text: "Halo"})
		require.NoError(t, err)
	case "removeAgent":
		got := w.call("POST", "/api/v1/admin/service/assign_agent", object{"room_id": w.roomID, "agent_id": w.agentID})
		require.Equal(t, http.StatusOK, got.status)
	case "deleteTelegramChannel":
		w.mu.Lock()
		w.state.addChannel("telegram", "Kopi Wangi Bot", w.config.Now())
		w.mu.Unlock()
	}
	return w
}

// values are what stands in the place of the document's invented ids in the path
// and the query of an operation. What a name means can depend on the operation or
// its group.
func (w *shownWorld) values(operation *document.Operation) map[string]string {
	if w.isChat {
		return w.chatValues()
	}
	values := map[string]string{
		"role": "admin", "room_id": w.roomID, "app_code": w.Config().AppCode, "tag_id": w.tagID,
		"agent_id": text(w.agentID), "ids[]": text(w.agentID), "division_ids[]": "811", "contact_id": w.contact(),
	}
	maps.Copy(values, w.valuesOfGroup(operation.Group))
	maps.Copy(values, map[string]map[string]string{
		"getAnalyticsURL":        {"type": "agent-performance"},
		"getLatestMobileVersion": {"type": text(int64(iosApp))},
		"getWaChannel":           {"channel_id": "5120"},
		"deleteTelegramChannel":  {"channel_id": "5201"},
	}[operation.ID])
	return values
}

func (w *shownWorld) valuesOfGroup(group string) map[string]string {
	w.t.Helper()
	switch group {
	case "allocation", "rooms", "tags": // of the WhatsApp channel, and the customer who wrote there
		return map[string]string{"channel_id": "5120", "source": "wa", "user_id": inventUserID(w.state.channels[0], "", 0)}
	case "channels":
		return map[string]string{"channel_id": "5121", "source": "qiscus", "channel_type": "qiscus"}
	case "templates":
		first := w.state.templates.list[0]
		return map[string]string{"template_id": text(first.id), "channel_id": text(first.channel.ID)}
	case "whatsapp":
		media := "1"
		if messages := w.Messages(w.roomID); len(messages) > 0 {
			media = text(messages[0].ID)
		}
		return map[string]string{"channel_id": "5120", "media_id": media}
	case "broadcast":
		job := w.beginBroadcast().at("data/broadcast_job/broadcast_job_id").(float64)
		return map[string]string{"broadcast_job_id": text(int64(job))}
	}
	return nil
}

// contact is that of the world's room.
func (w *shownWorld) contact() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return text(w.roomNamed(w.roomID).contact)
}

// path fills in the template and adds the parameters that are required.
func (w *shownWorld) path(operation *document.Operation) string {
	values := w.values(operation)
	path := operation.Path
	query := url.Values{}
	for _, parameter := range operation.Parameters {
		value, known := values[parameter.Name]
		require.True(w.t, known || !parameter.Required, "%s: no value for %s", operation.ID, parameter.Name)
		path = strings.ReplaceAll(path, "{"+parameter.Name+"}", value)
		if parameter.In == "query" && parameter.Required {
			query.Set(parameter.Name, value)
		}
	}
	if slices.ContainsFunc(operation.Security, func(schemes []string) bool { return slices.Contains(schemes, "userTokenInQuery") }) {
		query.Set("token", w.login())
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return path
}

// realIDs puts the ids of this world where an example has invented ones.
func (w *shownWorld) realIDs(example any) any {
	if w.isChat {
		return w.realChatIDs(example)
	}
	members, ok := example.(map[string]any)
	if !ok {
		return example
	}
	changed := object{}
	for name, member := range members {
		switch name {
		case "room_id":
			member = w.roomID
		case "agent_id":
			member = w.agentID
		case "broadcast_file_id":
			member = w.broadcastFileID()
		case "cursor_after", "cursor_before":
			member = writeCursor(-2)
		case "qismo_key":
			member = qismoKey(w.state.admin())
		}
		changed[name] = member
	}
	if changed["template_detail_id"] != nil || changed["template_name"] != nil {
		w.realTemplate(changed)
	}
	return changed
}

func (w *world) login() string {
	config := w.Config()
	got := w.send("POST", "/api/v1/auth", nil, "application/json",
		encode(object{"email": config.AdminEmail, "password": config.AdminPassword}))
	require.Equal(w.t, http.StatusOK, got.status, got.raw)
	return got.at("data/user/authentication_token").(string)
}

// credentials are the headers of a combination of security schemes.
func (w *shownWorld) credentials(schemes []string) http.Header {
	if w.isChat {
		return w.chatCredentials(schemes)
	}
	header := http.Header{}
	for _, scheme := range schemes {
		switch scheme {
		case "appID":
			header.Set("Qiscus-App-Id", w.Config().AppCode)
		case "secretKey":
			header.Set("Qiscus-Secret-Key", w.Config().SecretKey)
		case "sdkSecret":
			header.Set("QISCUS_SDK_SECRET", w.Config().SecretKey)
		case "secretInAuthorization":
			header.Set("Authorization", w.Config().SecretKey)
		case "userTokenInQuery": // the path has it
		case "userToken":
			header.Set("Authorization", w.login())
		case "longLivedToken":
			header.Set("Authorization", w.state.admin().longToken)
		case "sdkToken":
			header.Set("Authorization", sdkKey(w.state.admin()))
		default:
			w.t.Fatalf("the test knows no credentials of the scheme %s", scheme)
		}
	}
	return header
}

// examples yields each content type of an operation's request with each of the
// operation's examples, whatever content type they stand under. An operation
// without a request yields nothing to send, once.
func examples(operation *document.Operation) func(func(string, any) bool) {
	return func(yield func(string, any) bool) {
		if len(operation.Request) == 0 {
			yield("", nil)
			return
		}
		for contentType := range operation.Request {
			for _, body := range operation.Request {
				for _, example := range body.Examples {
					if !yield(contentType, example) {
						return
					}
				}
			}
		}
	}
}

// realTemplate puts a template of this world into an example that names one: the
// 24-hour template for a room, and else one that takes as many variables.
func (w *shownWorld) realTemplate(example object) {
	variables, _ := example["variables"].([]any)
	places := len(variables)
	_, isRoom := example["room_id"]
	if _, isUpload := example["file"]; isUpload || example["broadcast_file_id"] != nil {
		places = 1 // what the files of the examples have beside the number
	}
	for _, template := range w.state.templates.list {
		for _, detail := range template.details {
			if template.resumes != isRoom || detail.arguments != places {
				continue
			}
			ours := object{
				"template_detail_id": detail.id, "template_name": template.name,
				"namespace": template.namespace, "language": detail.language,
			}
			for name, value := range ours {
				if _, isNamed := example[name]; isNamed {
					example[name] = value
				}
			}
			return
		}
	}
	w.t.Fatalf("no template takes %d variables", places)
}

// broadcastFileID uploads a file.
func (w *shownWorld) broadcastFileID() string {
	w.t.Helper()
	got := w.upload("nomor,kode\n628115550123,4471\n")
	require.Equal(w.t, http.StatusOK, got.status, got.raw)
	return text(int64(got.at("data/id").(float64)))
}

func (w *shownWorld) beginBroadcast() answer {
	w.t.Helper()
	header, body := asContent(w.t, "multipart/form-data",
		map[string]any{"template_detail_id": codeTemplate, "broadcast_file_id": w.broadcastFileID(), "name": "promo"})
	return w.send("POST", sendFilePath, w.secret(), header, body)
}
