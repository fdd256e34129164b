package invoke_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/facade"
	"github.com/qismo-go/qismo/internal/invoke"
	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/qismo"
)

// Arguments are found by name, in whichever JSON type they come; a struct takes
// what it has members for; what is missing is named.
func TestMethod(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		service, method string
		parameters      []string
		values          map[string]any
		request, fails  string
	}{
		"by name":               {"Tags", "Delete", []string{"ctx", "roomID", "tagID", "opts"}, map[string]any{"room_id": "7", "tag_id": 8}, "DELETE /api/v2/room_tags/7/8 ", ""},
		"for one method":        {"Tags", "Create", []string{"ctx", "roomID", "tag", "opts"}, map[string]any{"room_id": 7, "tag": 1, "Tags.Create.tag": "grosir"}, `POST /api/v2/room_tags/7 {"tag":"grosir"}`, "qismo: createRoomTag"},
		"by the parameter's":    {"Bot", "SetActive", []string{"ctx", "roomID", "active", "opts"}, map[string]any{"roomID": 7, "active": "true"}, `POST /bot/7/activate {"is_active":true}`, ""},
		"a struct":              {"Allocation", "Remove", []string{"ctx", "params", "opts"}, map[string]any{"room_id": 7, "agent_id": "8", "tag": 1}, `POST /api/v1/admin/service/remove_agent {"agent_id":"8","room_id":"7"}`, ""},
		"an iterator":           {"Rooms", "All", []string{"ctx", "params", "opts"}, map[string]any{"limit": 5}, `POST /api/v2/customer_rooms {"limit":5}`, "qismo: listRooms"},
		"nothing for a name":    {"Rooms", "Get", []string{"ctx", "roomID", "opts"}, nil, "", "call Rooms.Get: parameter roomID: nothing is known"},
		"the wrong kind":        {"Bot", "SetActive", []string{"ctx", "roomID", "active", "opts"}, map[string]any{"room_id": 7, "active": "maybe"}, "", "parameter active: "},
		"no JSON":               {"Rooms", "Get", []string{"ctx", "roomID", "opts"}, map[string]any{"room_id": func() {}}, "", "parameter roomID: "},
		"no such service":       {"Parcels", "Get", nil, nil, "", "the client has no Parcels"},
		"no such method":        {"Rooms", "Paint", nil, nil, "", "no method Rooms.Paint"},
		"a failure of the call": {"Rooms", "Get", []string{"ctx", "roomID", "opts"}, map[string]any{"room_id": 7}, "GET /api/v2/customer_rooms/7 ", "qismo: getRoom"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := ""
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				assert.NoError(t, err)
				asked = r.Method + " " + r.URL.Path + " " + string(body)
				_, _ = io.WriteString(w, `{"data":{}}`)
			}))
			defer server.Close()
			client, err := qismo.New(qismo.WithSecretKey("wangi-qjxw1k2m3n4o", "key"), qismo.WithBaseURL(server.URL))
			require.NoError(t, err)

			err = invoke.Method(t.Context(), client, facade.Method{Service: c.service, Name: c.method, Parameters: c.parameters}, c.values)
			assert.Equal(t, c.request, asked)
			if c.fails == "" {
				assert.NoError(t, err)
			} else {
				assert.ErrorContains(t, err, c.fails)
			}
		})
	}
}

// Of a façade of several clients, the method's client is called.
func TestMethodOfOneOfTheClients(t *testing.T) {
	t.Parallel()
	var asked []string
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		asked = append(asked, r.Method+" "+r.URL.RequestURI()+" "+string(body))
		_, _ = io.WriteString(w, `{"results":{}}`)
	}))
	defer service.Close()
	server, err := chat.NewServer("wangi-qjxw1k2m3n4o", "key", chat.WithBaseURL(service.URL))
	require.NoError(t, err)
	user, err := chat.NewUser("wangi-qjxw1k2m3n4o", chat.Token("rina", "token"), chat.WithBaseURL(service.URL))
	require.NoError(t, err)
	for client, method := range map[any]facade.Method{
		server: {Service: "Server.Users", Name: "Deactivate", Parameters: []string{"ctx", "userIDs", "opts"}},
		user:   {Service: "User.Users", Name: "Block", Parameters: []string{"ctx", "userID", "opts"}},
	} {
		require.ErrorContains(t, invoke.Method(t.Context(), client, facade.Method{Service: "Users.Parcels"}, nil), "has no Users.Parcels")
		values := map[string]any{"user_ids[]": []any{"bagus_17"}, "user_email": "bagus_17"}
		invoke.AddOtherNames(values)
		err := invoke.Method(t.Context(), client, method, values)
		if err != nil { // of the answer that has nothing in it
			require.ErrorContains(t, err, "chat: sdkBlockUser: ")
		}
	}
	assert.ElementsMatch(t, []string{
		`DELETE /api/v2.1/rest/deactivate_users {"user_ids":["bagus_17"]}`,
		`POST /api/v2/sdk/block_user {"user_email":"bagus_17"}`,
	}, asked)
}

// A parameter is found by what the document calls it, too; of several names the last one
// holds that there is.
func TestAddOtherNames(t *testing.T) {
	t.Parallel()
	values := map[string]any{"is_active": true, "webhook_url": "https://example.id/in", "room_id": 7, "topic_id": 8}
	invoke.AddOtherNames(values)
	assert.Equal(t, map[string]any{
		"is_active": true, "active": true, "room_id": 7, "topic_id": 8, "roomID": 7,
		"webhook_url": "https://example.id/in", "address": "https://example.id/in",
	}, values)
}
