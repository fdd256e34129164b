package sandbox

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/document"
)

func TestEveryOperationHasAHandler(t *testing.T) {
	sandbox, err := New(Config{})
	require.NoError(t, err)
	rest, err := document.REST()
	require.NoError(t, err)
	unknown := sandbox.handlerTable()
	for _, operation := range rest.Operations() {
		assert.Contains(t, sandbox.handlers, operation.ID)
		delete(unknown, operation.ID)
	}
	assert.Empty(t, unknown, "handlers of operations that the document does not have")
}

// Each operation is called as the document shows it: with each credential that
// it accepts, each content type and each example. The answers are
// validated by the server around the sandbox.
func TestEveryOperationAsTheDocumentShowsIt(t *testing.T) {
	rest, err := document.REST()
	require.NoError(t, err)
	for _, operation := range rest.Operations() {
		t.Run(operation.ID, func(t *testing.T) {
			called := 0
			for _, schemes := range append([][]string{nil}, operation.Security...) {
				for contentType, example := range examples(operation) {
					if schemes == nil && len(operation.Security) > 0 {
						continue
					}
					w := newShownWorld(t, operation.ID)
					header, body := asContent(t, contentType, w.realIDs(example))
					got := w.send(operation.Method, w.path(operation), w.credentials(schemes), header, body)
					assert.Equal(t, http.StatusOK, got.status, "%v %s: %s", schemes, contentType, got.raw)
					called++
				}
			}
			assert.Positive(t, called, "no example, so it was not called")
		})
	}
}

func TestEveryOperationRefusesStrangers(t *testing.T) {
	rest, err := document.REST()
	require.NoError(t, err)
	w := newShownWorld(t, "")
	for _, operation := range rest.Operations() {
		if len(operation.Security) == 0 {
			continue
		}
		for name, header := range map[string]http.Header{
			"nothing":      {},
			"another app":  {"Qiscus-App-Id": {"lain-1"}, "Qiscus-Secret-Key": {w.Config().SecretKey}, "Authorization": {w.login()}},
			"another key":  {"Qiscus-App-Id": {"lain-1"}, "Qiscus-Secret-Key": {"salah"}},
			"wrong token":  {"Authorization": {"ut-salah"}},
			"not bare":     {"Authorization": {"Bearer " + w.login()}},
			"wrong secret": {"Qiscus_sdk_secret": {"salah"}},
		} {
			if len(header) == 0 && slices.ContainsFunc(operation.Security, func(schemes []string) bool { return len(schemes) == 0 }) {
				continue // who shows no credential is no stranger there
			}
			got := w.send(operation.Method, w.path(operation), header, "application/json", []byte(`{}`))
			assert.Equal(t, http.StatusUnauthorized, got.status, "%s with %s: %s", operation.ID, name, got.raw)
		}
	}
}

// shownWorld has what the examples speak of.
type shownWorld struct {
	*world

	roomID  string
	agentID int64
	tagID   string
}

func newShownWorld(t *testing.T, operationID string) *shownWorld {
	t.Helper()
	w := &shownWorld{world: newWorld(t, Config{Rooms: 3, AdminPassword: "not-a-real-password"})}
	w.agentID = w.Config().Agents[0].ID
	w.roomID = w.call("POST", "/api/v2/customer_rooms", object{}).at("data/customer_rooms/0/room_id").(string)
	tagged := w.call("POST", "/api/v2/room_tags/"+w.roomID, object{"tag": "grosir"})
	w.tagID = fmt.Sprint(tagged.at("data/id"))
	w.prepareBroadcast(operationID)
	if operationID == "removeAgent" {
		got := w.call("POST", "/api/v1/admin/service/assign_agent", object{"room_id": w.roomID, "agent_id": w.agentID})
		require.Equal(t, http.StatusOK, got.status)
	}
	w.showContacts(operationID)
	w.connectTelegram()
	return w
}

// values are what stands in the place of the document's invented ids in the path
// and the query of an operation. What a name means can depend on the operation's
// group.
func (w *shownWorld) values(operation *document.Operation) map[string]string {
	values := map[string]string{
		"role": "admin", "room_id": w.roomID, "app_code": w.Config().AppCode, "tag_id": w.tagID,
		"agent_id": text(w.agentID), "ids[]": text(w.agentID), "division_ids[]": "811",
	}
	maps.Copy(values, w.templateValues(operation))
	w.addContactValues(values)
	w.addAppValues(operation, values)
	w.addBroadcastValues(operation, values)
	maps.Copy(values, w.roomValues(operation))
	maps.Copy(values, w.channelValues(operation))
	return values
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
