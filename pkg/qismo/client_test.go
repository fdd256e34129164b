package qismo_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

func TestNewRefuses(t *testing.T) {
	t.Setenv("QISCUS_APP_ID", "")
	t.Setenv("QISCUS_SECRET_KEY", "")
	key := qismo.WithSecretKey(testAppID, testSecretKey)
	for name, opts := range map[string][]qismo.Option{
		"no credentials":         {},
		"two credentials":        {key, qismo.WithToken(testAppID, "tok")},
		"empty app id":           {qismo.WithSecretKey("", testSecretKey)},
		"empty secret key":       {qismo.WithSecretKey(testAppID, "")},
		"line break in a secret": {qismo.WithSecretKey(testAppID, "a\r\nX-Evil: 1")},
		"nil token source":       {qismo.WithTokenSource(testAppID, nil)},
		"no e-mail":              {qismo.WithLogin(testAppID, "", "pw")},
		"http elsewhere":         {key, qismo.WithBaseURL("http://omnichannel.example.id")},
		"base URL with a query":  {key, qismo.WithBaseURL("https://example.id/?token=x")},
		"base URL with a user":   {key, qismo.WithBaseURL("https://u:p@example.id")},
		"base URL without host":  {key, qismo.WithBaseURL("/api")},
		"base URL twice":         {key, qismo.WithBaseURL("https://a.example.id"), qismo.WithBaseURL("https://b.example.id")},
		"nil HTTP client":        {key, qismo.WithHTTPClient(nil)},
		"negative timeout":       {key, qismo.WithTimeout(-1)},
		"unknown role":           {key, qismo.WithRole("raja")},
		"credential as a header": {key, qismo.WithHeader("authorization", "tok")},
		"with underscores":       {key, qismo.WithHeader("QISCUS_SECRET_KEY", "tok")},
		"malformed header":       {key, qismo.WithHeader("bad name", "x")},
		"line break in a header": {key, qismo.WithHeader("X-Team", "a\r\nb")},
		"idempotency key":        {key, qismo.WithHeader("idempotency-key", "k")},
		"host as a header":       {key, qismo.WithHeader("host", "elsewhere.example.id")},
		"nil option":             {key, nil},
		"nothing to store":       {key, qismo.WithTokenStore(noStore{})},
		"negative wait":          {key, qismo.WithRetries(qismo.Backoff{First: -1})},
		"negative, by address":   {key, qismo.WithRetries(&qismo.Backoff{First: -1})},
		"negative, embedded":     {key, qismo.WithRetries(struct{ qismo.Backoff }{qismo.Backoff{First: -1}})},
		"nil retry policy":       {key, qismo.WithRetries(nil)},
		"nil backoff":            {key, qismo.WithRetries((*qismo.Backoff)(nil))},
	} {
		t.Run(name, func(t *testing.T) {
			client, err := qismo.New(opts...)
			require.Error(t, err)
			assert.Nil(t, client)
			assert.NotContains(t, err.Error(), testSecretKey)
		})
	}
}

// noStore keeps nothing.
type noStore struct{}

func (noStore) Load(context.Context) ([]byte, error) { return nil, nil }
func (noStore) Save(context.Context, []byte) error   { return nil }

func TestNewReadsTheEnvironment(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"data":{}}`))
	t.Setenv("QISCUS_APP_ID", "dari-lingkungan")
	t.Setenv("QISCUS_SECRET_KEY", "rahasia-lingkungan")
	t.Setenv("QISCUS_OMNICHANNEL_URL", service.URL)
	client, err := qismo.New()
	require.NoError(t, err)
	assert.Equal(t, "dari-lingkungan", client.AppID())
	_, err = client.Session.Profile(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "rahasia-lingkungan", service.seen()[0].Header.Get("Qiscus-Secret-Key"))
}

func TestCallersClientIsLeftAlone(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"data":{}}`))
	own := &http.Client{}
	client := service.client(t, qismo.WithSecretKey(testAppID, testSecretKey), qismo.WithHTTPClient(own))
	_, err := client.Session.Profile(t.Context())
	require.NoError(t, err)
	assert.Equal(t, &http.Client{}, own)
}

func TestRequestsCarryWhatTheyShould(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"data":{"identity_token":"a","room_log":{}}}`))
	client := service.client(t)
	_, err := client.Session.Profile(t.Context(), qismo.WithRole(qismo.RoleAgent), qismo.WithHeader("X-Team", "kopi"))
	require.NoError(t, err)
	_, err = client.Customer.InitiateChat(t.Context(), qismo.InitiateChatParams{UserID: "dewi", Name: "Dewi", Nonce: "n"})
	require.NoError(t, err)
	_, err = client.Customer.SendCustomChannelMessage(t.Context(), qismo.SendCustomChannelMessageParams{IdentifierKey: "k", UserID: "dewi", Name: "Dewi", Message: "halo"})
	require.NoError(t, err)
	_, err = client.Session.Profile(t.Context(), qismo.WithToken("aplikasi-lain", "tok-lain"))
	require.NoError(t, err)

	seen := service.seen()
	assert.Equal(t, "/api/v1/agent/get_profile", seen[0].URI)
	assert.Equal(t, testAppID, seen[0].Header.Get("Qiscus-App-Id"))
	assert.Equal(t, testSecretKey, seen[0].Header.Get("Qiscus-Secret-Key"))
	assert.Equal(t, "kopi", seen[0].Header.Get("X-Team"))
	assert.True(t, strings.HasPrefix(seen[0].Header.Get("User-Agent"), "qismo-go/"))

	assert.Empty(t, seen[1].Header.Get("Qiscus-Secret-Key"), "a widget's call carries no secret")
	assert.Empty(t, seen[1].Header.Get("Qiscus-App-Id"))
	assert.JSONEq(t, `{"app_id":"`+testAppID+`","user_id":"dewi","name":"Dewi","nonce":"n"}`, seen[1].Body)

	assert.Equal(t, "/"+testAppID+"/api/v2/custom_channel/send", seen[2].URI)
	assert.Equal(t, testAppID, seen[2].Header.Get("Qiscus-App-Id"))
	assert.Empty(t, seen[2].Header.Get("Qiscus-Secret-Key"))

	assert.Equal(t, "/api/v1/admin/get_profile", seen[3].URI)
	assert.Equal(t, "tok-lain", seen[3].Header.Get("Authorization"))
	assert.Equal(t, "aplikasi-lain", seen[3].Header.Get("Qiscus-App-Id"))
	assert.Empty(t, seen[3].Header.Get("Qiscus-Secret-Key"), "a call's credential replaces the client's")
}

func TestUnsetParametersAreNotSent(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"data":{"agents":[]}}`))
	client := service.client(t)
	_, err := client.Agents.List(t.Context(), qismo.ListAgentsParams{})
	require.NoError(t, err)
	_, err = client.Agents.List(t.Context(), qismo.ListAgentsParams{Search: "rini & dewi", Limit: 10, Scope: qismo.SearchName})
	require.NoError(t, err)
	offline := false
	_, err = client.Agents.ListAvailable(t.Context(), qismo.ListAvailableAgentsParams{RoomID: "9", IsAvailableInRoom: &offline})
	require.NoError(t, err)
	_, err = client.Agents.ListByIDs(t.Context(), []flex.ID{"3", "9007199254740993"})
	require.Error(t, err, "the scripted answer is of another shape")

	seen := service.seen()
	assert.Equal(t, "/api/v2/admin/agents", seen[0].URI)
	address, err := url.Parse(seen[1].URI)
	require.NoError(t, err)
	assert.Equal(t, url.Values{"search": {"rini & dewi"}, "limit": {"10"}, "scope": {"name"}}, address.Query())
	assert.Equal(t, "/api/v2/admin/service/available_agents?room_id=9&is_available_in_room=false", seen[2].URI)
	address, err = url.Parse(seen[3].URI)
	require.NoError(t, err)
	assert.Equal(t, []string{"3", "9007199254740993"}, address.Query()["ids[]"])
}

// An id that would lead to another operation is an error before anything is sent.
func TestIDsThatCannotStandInAPath(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"data":{"customer_room":{"room_id":"5"}}}`))
	client := service.client(t)
	for _, id := range []flex.ID{"", ".", "..", "../..", "x/../../y", "/"} {
		_, err := client.Rooms.Get(t.Context(), id)
		require.ErrorContains(t, err, "room id is empty or cannot stand in a path", "id %q", id)
		_, err = client.Bot.SetActive(t.Context(), id, true)
		require.ErrorContains(t, err, "room id is empty or cannot stand in a path", "id %q", id)
		require.ErrorContains(t, client.Tags.Delete(t.Context(), "1", id), "cannot stand in a path", "id %q", id)
	}
	assert.Empty(t, service.seen())
	_, err := client.Rooms.Get(t.Context(), "5 ?#%")
	require.NoError(t, err)
	assert.Equal(t, "/api/v2/customer_rooms/5%20%3F%23%25", service.seen()[0].URI)
}

func TestRedirectsStayWithinTheHostAndAreOnlyForReads(t *testing.T) {
	elsewhere := newRecorder(t, answerJSON(200, `{"data":{}}`))
	var target string
	service := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		if request.URL.Path == "/moved" {
			answerJSON(200, `{"data":{"customer_room":{"room_id":"5"}}}`)(w, request)
			return
		}
		http.Redirect(w, request, target, http.StatusTemporaryRedirect)
	})
	client := service.client(t)

	target = "/moved"
	room, err := client.Rooms.Get(t.Context(), "5")
	require.NoError(t, err)
	assert.Equal(t, flex.ID("5"), room.RoomID)
	require.ErrorIs(t, client.Bot.SendText(t.Context(), "5", "halo"), qismo.ErrUnexpectedAnswer)

	target = elsewhere.URL + "/moved"
	_, err = client.Rooms.Get(t.Context(), "5")
	require.ErrorIs(t, err, qismo.ErrUnexpectedAnswer)
	assert.Empty(t, elsewhere.seen(), "credentials go to the configured host only")
}

func TestBaseURLWithAPath(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"data":{"customer_room":{"room_id":"5"}}}`))
	for _, suffix := range []string{"/omni", "/omni/"} {
		client, err := qismo.New(qismo.WithSecretKey(testAppID, testSecretKey), qismo.WithBaseURL(service.URL+suffix))
		require.NoError(t, err)
		_, err = client.Rooms.Get(t.Context(), "5 ?")
		require.NoError(t, err)
		require.NoError(t, client.Do(t.Context(), http.MethodGet, "/x?a=1", nil, nil))
	}
	for i, request := range service.seen() {
		assert.Equal(t, []string{"/omni/api/v2/customer_rooms/5%20%3F", "/omni/x?a=1"}[i%2], request.URI)
	}
}

func TestDo(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"data":{"total_unserved":4}}`))
	client := service.client(t)
	var out struct {
		Data struct {
			Total int `json:"total_unserved"`
		} `json:"data"`
	}
	require.NoError(t, client.Do(t.Context(), http.MethodGet, "/api/v2/admin/service/total_unserved?a=1", nil, &out))
	assert.Equal(t, 4, out.Data.Total)
	var raw []byte
	require.NoError(t, client.Do(t.Context(), http.MethodPost, "/api/v1/x", map[string]int{"n": 1}, &raw))
	assert.JSONEq(t, `{"data":{"total_unserved":4}}`, string(raw))
	require.NoError(t, client.Do(t.Context(), http.MethodPost, "/api/v1/x", url.Values{"n": {"1"}}, nil))

	seen := service.seen()
	assert.Equal(t, "/api/v2/admin/service/total_unserved?a=1", seen[0].URI)
	assert.Equal(t, testSecretKey, seen[0].Header.Get("Qiscus-Secret-Key"))
	assert.JSONEq(t, `{"n":1}`, seen[1].Body)
	assert.Equal(t, "n=1", seen[2].Body)

	for _, path := range []string{"api/v1", "https://elsewhere.example.id/x", "//elsewhere.example.id/x", "/a/../b", "", "/%zz"} {
		require.Error(t, client.Do(t.Context(), http.MethodGet, path, nil, nil), path)
	}
	assert.Len(t, service.seen(), 3)

	refusing := newRecorder(t, answerJSON(404, `{"errors":"no route"}`))
	err := refusing.client(t).Do(t.Context(), http.MethodGet, "/x", nil, nil)
	require.ErrorIs(t, err, qismo.ErrNotFound)
}

// A header of one call does not stay with the client.
func TestCallsDoNotChangeTheClient(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"data":{}}`))
	client := service.client(t, qismo.WithSecretKey(testAppID, testSecretKey), qismo.WithHeader("X-Team", "kopi"))
	_, err := client.Session.Profile(t.Context(), qismo.WithHeader("X-Team", "susu"), qismo.WithRole(qismo.RoleAgent))
	require.NoError(t, err)
	_, err = client.Session.Profile(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "susu", service.seen()[0].Header.Get("X-Team"))
	assert.Equal(t, "kopi", service.seen()[1].Header.Get("X-Team"))
	assert.Equal(t, "/api/v1/admin/get_profile", service.seen()[1].URI)
}

func TestOptionsOfAClientAreRefusedInACall(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"data":{}}`))
	for name, option := range map[string]qismo.Option{
		"base URL": qismo.WithBaseURL(service.URL), "client": qismo.WithHTTPClient(&http.Client{}),
		"login": qismo.WithLogin(testAppID, "a", "b"), "nil": nil,
	} {
		_, err := service.client(t).Session.Profile(t.Context(), option)
		require.Error(t, err, name)
	}
	assert.Empty(t, service.seen())
}

// Supervisors have no path of their own in some operations.
func TestSupervisorsPaths(t *testing.T) {
	service := newRecorder(t, answerJSON(404, `{}`))
	client := service.client(t, qismo.WithToken(testAppID, "tok"), qismo.WithRole(qismo.RoleSupervisor))
	_, _ = client.Allocation.Assign(t.Context(), qismo.AssignAgentParams{RoomID: "1", AgentID: "2"})
	_, _ = client.Rooms.Resolve(t.Context(), qismo.ResolveRoomParams{RoomID: "1"})
	_, _ = client.Broadcasts.Send(t.Context(), qismo.SendBroadcastParams{PhoneNumber: "628115550123", TemplateDetailID: "7"})
	_ = client.Broadcasts.SendHSM24(t.Context(), "1", "7")
	_, _ = client.Agents.List(t.Context(), qismo.ListAgentsParams{})
	_, _ = client.Agents.ListAvailable(t.Context(), qismo.ListAvailableAgentsParams{RoomID: "1"})
	var paths []string
	for _, request := range service.seen() {
		paths = append(paths, request.URI)
	}
	assert.Equal(t, []string{
		"/api/v1/admin/service/assign_agent", "/api/v1/agent/service/mark_as_resolved",
		"/api/v3/admin/broadcast/client", "/api/v2/admin/broadcast/send_hsm24",
		"/api/v2/spv/agents", "/api/v2/spv/service/available_agents?room_id=1",
	}, paths)
}

func TestCallersRedirectPolicyIsAsked(t *testing.T) {
	service := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		http.Redirect(w, request, "/again", http.StatusFound)
	})
	asked := 0
	client := service.client(t, qismo.WithSecretKey(testAppID, testSecretKey), qismo.WithHTTPClient(&http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { asked++; return nil },
	}))
	_, err := client.Rooms.Get(t.Context(), "5")
	require.ErrorIs(t, err, qismo.ErrUnexpectedAnswer, "a circle of redirects ends")
	assert.Equal(t, 4, asked)
}

func TestDoWithOtherBodies(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"data":{}}`))
	client := service.client(t)
	require.NoError(t, client.Do(t.Context(), http.MethodPost, "/x", []byte(`{"n":1}`), nil))
	require.NoError(t, client.Do(t.Context(), http.MethodPost, "/x", qismo.Body{ContentType: "text/csv", Reader: strings.NewReader("a,b")}, nil))
	require.NoError(t, client.Do(t.Context(), http.MethodHead, "/x", nil, nil))
	require.ErrorContains(t, client.Do(t.Context(), http.MethodPost, "/x", strings.NewReader("a"), nil), "pass a Body")
	var none *[]byte
	require.ErrorContains(t, client.Do(t.Context(), http.MethodGet, "/x", nil, none), "pointer")
	require.ErrorContains(t, client.Do(t.Context(), http.MethodGet, "/x", nil, struct{}{}), "pointer")

	seen := service.seen()
	require.Len(t, seen, 3)
	assert.JSONEq(t, `{"n":1}`, seen[0].Body)
	assert.Equal(t, "text/csv", seen[1].Header.Get("Content-Type"))
	assert.Equal(t, "a,b", seen[1].Body)
}

func TestContextErrorsAreFoundBehindTheirCause(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{}`))
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("the shop closed"))
	_, err := service.client(t).Rooms.Get(ctx, "5")
	require.ErrorIs(t, err, context.Canceled)
}
