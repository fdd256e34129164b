package qismo_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/internal/document"
	"github.com/qismo-go/qismo/internal/facade"
	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// platform is the sandbox behind a real server, which holds each request and each
// answer against the document.
type platform struct {
	*sandbox.Sandbox
	server *httptest.Server
	mu     sync.Mutex
	asked  map[omnichannel.OperationID]bool
}

func newPlatform(t *testing.T, config sandbox.Config) *platform {
	t.Helper()
	box, err := sandbox.New(config)
	require.NoError(t, err)
	rest, err := document.REST()
	require.NoError(t, err)
	router := document.NewRouter(rest.Operations())
	p := &platform{Sandbox: box, asked: map[omnichannel.OperationID]bool{}}
	p.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		recorder := httptest.NewRecorder()
		box.ServeHTTP(recorder, request)
		if operation, _, _ := router.Find(request.Method, request.URL.EscapedPath()); operation != nil {
			p.record(t, operation, recorder)
		}
		maps.Copy(w.Header(), recorder.Header())
		w.WriteHeader(recorder.Code)
		_, _ = io.Copy(w, recorder.Body)
	}))
	t.Cleanup(func() {
		p.server.Close()
		assert.NoError(t, box.Shutdown(context.WithoutCancel(t.Context())))
	})
	return p
}

// record validates an answer, and notes that its operation was asked for.
func (p *platform) record(t *testing.T, operation *document.Operation, recorder *httptest.ResponseRecorder) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if recorder.Code == http.StatusOK {
		p.asked[omnichannel.OperationID(operation.ID)] = true
	}
	response, ok := operation.Response(recorder.Code)
	if !assert.True(t, ok, "%s has no answer %d", operation.ID, recorder.Code) {
		return
	}
	body, known := response.Content["application/json"]
	if !known {
		return
	}
	var value any
	assert.NoError(t, json.Unmarshal(recorder.Body.Bytes(), &value)) //nolint:testifylint // not the test's goroutine
	assert.Empty(t, body.Schema.Validate(value), "%s %d", operation.ID, recorder.Code)
}

// client makes a client with the secret key, or with the options' credentials.
func (p *platform) client(t *testing.T, opts ...qismo.Option) *qismo.Client {
	t.Helper()
	config := p.Config()
	if len(opts) == 0 {
		opts = []qismo.Option{qismo.WithSecretKey(config.AppCode, config.SecretKey)}
	}
	client, err := qismo.New(append(opts, qismo.WithBaseURL(p.server.URL))...)
	require.NoError(t, err)
	return client
}

// Every method is called once over HTTP; every answer fits the document; no
// operation is left out.
func TestEveryMethodAgainstTheSandbox(t *testing.T) {
	p := newPlatform(t, sandbox.Config{Rooms: 30, Pace: sandbox.Pace{Send: time.Hour, Approval: time.Minute}})
	client := p.client(t)
	for name, check := range map[string]func(*testing.T, *platform, *qismo.Client){
		"session":      checkSession,
		"QR codes":     checkQRCodes,
		"profile":      checkProfile,
		"agents":       checkAgents,
		"an agent":     checkAgentChanges,
		"allocation":   checkAllocation,
		"rooms":        checkRooms,
		"tags and bot": checkTagsAndBot,
		"settings":     checkSettings,
		"customer":     checkCustomer,
		"templates":    checkTemplates,
		"contacts":     checkContacts,
		"hand-over":    checkHandOver,
		"older routes": checkOlderCustomerRoutes,
		"app":          checkApp,
		"webhooks":     checkWebhookGetters,
		"whatsapp":     checkWhatsApp,
		"broadcasts":   checkBroadcasts,
		"waiting":      checkWaiting,
		"bulk resolve": checkBulkResolve,
		"room by room": checkRoomByRoom,
		"app's tags":   checkTagsOfApp,
		"channels":     checkChannels,
	} {
		t.Run(name, func(t *testing.T) { check(t, p, client) })
	}
	for _, id := range omnichannel.OperationIDs() {
		assert.True(t, p.asked[id], "%s was not asked for", id)
	}
}

func checkSession(t *testing.T, p *platform, client *qismo.Client) {
	t.Helper()
	config := p.Config()
	login, err := client.Session.Login(t.Context(), qismo.LoginParams{Email: config.AdminEmail, Password: flex.Credential(config.AdminPassword)})
	require.NoError(t, err)
	assert.Equal(t, config.AppCode, login.User.App.AppCode)
	assert.Equal(t, config.SecretKey, login.User.App.SecretKey.Reveal())
	token, err := client.Session.RefreshToken(t.Context(), login.LongLivedToken)
	require.NoError(t, err)

	byToken := p.client(t, qismo.WithToken(config.AppCode, token.Reveal()))
	profile, err := byToken.Session.Profile(t.Context())
	require.NoError(t, err)
	assert.Equal(t, config.AdminEmail, profile.Email)
	require.NoError(t, byToken.Session.Logout(t.Context()))
	_, err = byToken.Session.Profile(t.Context())
	require.ErrorIs(t, err, qismo.ErrTokenExpired, "logging out voids the token")

	byLogin := p.client(t, qismo.WithLogin(config.AppCode, config.AdminEmail, config.AdminPassword))
	_, err = byLogin.Session.Profile(t.Context())
	require.NoError(t, err)
}

func checkAgents(t *testing.T, p *platform, client *qismo.Client) {
	t.Helper()
	count := len(p.Config().Agents) + 1 // and the admin
	var ids []flex.ID
	for agent, err := range client.Agents.All(t.Context(), qismo.ListAgentsParams{Limit: 2}) {
		require.NoError(t, err)
		ids = append(ids, agent.ID)
	}
	assert.Len(t, ids, count, "by cursor")
	byNumber := 0
	for _, err := range client.Agents.All(t.Context(), qismo.ListAgentsParams{Limit: 2, Page: 1}) {
		require.NoError(t, err)
		byNumber++
	}
	assert.Equal(t, count, byNumber, "by number")
	older := 0
	for _, err := range client.Agents.AllV1(t.Context(), qismo.ListAgentsV1Params{Limit: 2}) {
		require.NoError(t, err)
		older++
	}
	assert.Equal(t, count, older, "by the older paginator")

	agent, err := client.Agents.Get(t.Context(), ids[0])
	require.NoError(t, err)
	assert.Equal(t, ids[0], agent.ID)
	some, err := client.Agents.ListByIDs(t.Context(), append(ids[:2:2], "999999"))
	require.NoError(t, err)
	assert.Len(t, some, 2)

	page, err := client.Agents.ListDivisions(t.Context(), qismo.ListDivisionsParams{Limit: 1})
	require.NoError(t, err)
	require.NotNil(t, page.Total)
	assert.True(t, page.HasNext())
	inDivision := 0
	params := qismo.ListAgentsByDivisionParams{DivisionIDs: []flex.ID{page.Items[0].ID}, Limit: 1}
	for _, err := range client.Agents.AllByDivision(t.Context(), params) {
		require.NoError(t, err)
		inDivision++
	}
	assert.Positive(t, inDivision)
}

func checkAllocation(t *testing.T, p *platform, client *qismo.Client) {
	t.Helper()
	roomID := write(t, p, "628115550201")
	var available []qismo.Agent
	for agent, err := range client.Agents.AllAvailable(t.Context(), qismo.ListAvailableAgentsParams{RoomID: roomID, Limit: 2}) {
		require.NoError(t, err)
		assert.True(t, agent.IsAvailable)
		available = append(available, agent)
	}
	require.GreaterOrEqual(t, len(available), 2)

	proposed, err := client.Allocation.Allocate(t.Context(), qismo.AllocateAgentParams{Source: "wa"})
	require.NoError(t, err)
	require.NotNil(t, proposed)
	assignment, err := client.Allocation.Assign(t.Context(), qismo.AssignAgentParams{RoomID: roomID, AgentID: available[0].ID, MaxAgent: 1})
	require.NoError(t, err)
	assert.Equal(t, available[0].ID, assignment.AddedAgent.ID)
	_, err = client.Allocation.Assign(t.Context(), qismo.AssignAgentParams{RoomID: roomID, AgentID: available[1].ID, MaxAgent: 1})
	require.ErrorIs(t, err, qismo.ErrMaxAgents)
	require.NoError(t, client.Allocation.Remove(t.Context(), qismo.RemoveAgentParams{RoomID: roomID, AgentID: available[0].ID}))
	chosen, err := client.Allocation.AllocateAndAssign(t.Context(), qismo.AllocateAndAssignAgentParams{RoomID: roomID})
	require.NoError(t, err)
	snapshot, ok := p.Room(string(roomID))
	require.True(t, ok)
	require.Len(t, snapshot.AgentIDs, 1)
	want, err := chosen.ID.Int64()
	require.NoError(t, err)
	assert.Equal(t, want, snapshot.AgentIDs[0])
}

func checkRooms(t *testing.T, p *platform, client *qismo.Client) {
	t.Helper()
	roomID := write(t, p, "628115550202")
	seen := map[flex.ID]bool{}
	for room, err := range client.Rooms.All(t.Context(), qismo.ListRoomsParams{Limit: 7, Status: qismo.RoomUnresolved}) {
		require.NoError(t, err)
		assert.False(t, seen[room.RoomID], "each once")
		seen[room.RoomID] = true
	}
	assert.GreaterOrEqual(t, len(seen), 31)
	room, err := client.Rooms.Get(t.Context(), roomID)
	require.NoError(t, err)
	assert.Equal(t, "628115550202", room.UserID)
	_, err = client.Rooms.Get(t.Context(), "1")
	require.ErrorIs(t, err, qismo.ErrNotFound)

	info, err := client.Rooms.SetInfo(t.Context(), roomID, []qismo.UserProperty{{Key: "nomor pesanan", Value: "KW-2093"}})
	require.NoError(t, err)
	assert.Len(t, info.Extras.UserProperties, 1)
	info, err = client.Rooms.Info(t.Context(), roomID)
	require.NoError(t, err)
	assert.Equal(t, []qismo.UserProperty{{Key: "nomor pesanan", Value: "KW-2093"}}, info.Extras.UserProperties)
	info, err = client.Rooms.SetInfo(t.Context(), roomID, nil)
	require.NoError(t, err)
	assert.Empty(t, info.Extras.UserProperties)

	resolution, err := client.Rooms.Resolve(t.Context(), qismo.ResolveRoomParams{RoomID: roomID, Notes: "selesai"})
	require.NoError(t, err)
	assert.True(t, resolution.Service.IsResolved)
	assert.False(t, resolution.Service.ResolvedAt.IsZero(), "a date object")
	_, err = client.Rooms.Resolve(t.Context(), qismo.ResolveRoomParams{RoomID: roomID})
	require.ErrorIs(t, err, qismo.ErrBadRequest)
}

func checkTagsAndBot(t *testing.T, p *platform, client *qismo.Client) {
	t.Helper()
	roomID := write(t, p, "628115550203")
	tag, err := client.Tags.Create(t.Context(), roomID, "langganan")
	require.NoError(t, err)
	_, err = client.Tags.Create(t.Context(), roomID, "langganan")
	require.ErrorIs(t, err, qismo.ErrTagExists)
	admin := p.signedInAdmin(t)
	tags, err := admin.Tags.List(t.Context(), roomID)
	require.NoError(t, err)
	require.Len(t, tags, 1)
	assert.Equal(t, "langganan", tags[0].Name)
	require.NoError(t, admin.Tags.Delete(t.Context(), roomID, tag.ID))
	tags, err = admin.Tags.List(t.Context(), roomID)
	require.NoError(t, err)
	assert.Empty(t, tags)

	require.NoError(t, client.Bot.SendText(t.Context(), roomID, "halo juga"))
	file := qismo.NewFile(qismo.FilePayload{URL: "https://cdn.example.id/harga.pdf", Caption: "harga"})
	require.NoError(t, client.Bot.SendMessage(t.Context(), roomID, file))
	err = client.Bot.Send(t.Context(), qismo.SendBotMessageParams{RoomID: roomID, Type: qismo.MessageFileAttachment})
	require.EqualError(t, err, "qismo: sendBotMessage: the payload is missing")
	payload, err := flex.NewJSON(map[string]string{"caption": "harga"})
	require.NoError(t, err)
	err = client.Bot.Send(t.Context(), qismo.SendBotMessageParams{RoomID: roomID, Type: qismo.MessageFileAttachment, Payload: payload})
	require.ErrorIs(t, err, qismo.ErrBadRequest, "a file without its address")
	assert.Contains(t, err.Error(), "payload")
	said := p.Messages(string(roomID))
	assert.Equal(t, "halo juga", said[len(said)-2].Text)
	assert.Equal(t, "file_attachment", said[len(said)-1].Type)
	row, err := client.Bot.SetActive(t.Context(), roomID, false)
	require.NoError(t, err)
	assert.False(t, row.IsHandledByBot)
}

func checkSettings(t *testing.T, p *platform, client *qismo.Client) {
	t.Helper()
	// Nobody listens there: what is sent is lost, and the sandbox does not mind.
	const address = "http://127.0.0.1:1/hooks"
	app, err := client.WebhookSettings.SetResolve(t.Context(), address, true)
	require.NoError(t, err)
	assert.True(t, app.IsMarkAsResolvedWebhookEnabled)
	app, err = client.WebhookSettings.SetAgentAllocation(t.Context(), address, false)
	require.NoError(t, err)
	assert.False(t, app.IsAllocateAgentWebhookEnabled)
	session, err := client.WebhookSettings.SetNewSession(t.Context(), address, true)
	require.NoError(t, err)
	assert.True(t, bool(session.IsNewSessionWebhookEnabled))
	_, err = client.WebhookSettings.SetAuth(t.Context(), address, false)
	require.ErrorIs(t, err, qismo.ErrUnauthorized, "a user's token is wanted, as the vendor's page has it")
	byToken := p.client(t, qismo.WithToken(p.Config().AppCode, adminToken(t, p)))
	auth, err := byToken.WebhookSettings.SetAuth(t.Context(), address, false)
	require.NoError(t, err)
	assert.False(t, bool(auth.IsAuthWebhookEnabled))

	configs, err := client.App.Configs(t.Context())
	require.NoError(t, err)
	assert.Equal(t, address, configs.NewSessionWebhookURL)
	assert.True(t, bool(configs.IsNewSessionWebhookEnabled), "which comes as text")
	assert.False(t, bool(configs.IsAllocateAgentWebhookEnabled))
}

func checkCustomer(t *testing.T, p *platform, client *qismo.Client) {
	t.Helper()
	session, err := client.Customer.InitiateChat(t.Context(), qismo.InitiateChatParams{UserID: "dewi@example.id", Name: "Dewi Lestari", Nonce: "nonce"})
	require.NoError(t, err)
	assert.NotEmpty(t, session.IdentityToken.Reveal())
	assert.Equal(t, "dewi@example.id", session.CustomerRoom.UserID)

	delivery, err := client.Customer.SendCustomChannelMessage(t.Context(), qismo.SendCustomChannelMessageParams{
		IdentifierKey: "ik-2207", UserID: "budi@example.id", Name: "Budi Santoso", Message: "halo",
	})
	require.NoError(t, err)
	said := p.Messages(string(delivery.RoomLog.RoomID))
	assert.Equal(t, "halo", said[0].Text)
}

// write lets a customer open a room.
func write(t *testing.T, p *platform, customer string) flex.ID {
	t.Helper()
	roomID, err := p.CustomerWrites(t.Context(), sandbox.CustomerMessage{Source: "wa", UserID: customer, Text: "halo"})
	require.NoError(t, err)
	return flex.ID(roomID)
}

// What an answer leaks does not leak any further.
func TestSecretsInAnswersPrintMasked(t *testing.T) {
	p := newPlatform(t, sandbox.Config{})
	config := p.Config()
	login, err := p.client(t).Session.Login(t.Context(), qismo.LoginParams{Email: config.AdminEmail, Password: flex.Credential(config.AdminPassword)})
	require.NoError(t, err)
	var printed bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v"} {
		printed.WriteString(sprint(verb, *login))
	}
	encoded, err := json.Marshal(login)
	require.NoError(t, err)
	printed.Write(encoded)
	assert.Contains(t, printed.String(), config.AppCode)
	for _, secret := range []flex.Secret{login.User.AuthenticationToken, login.LongLivedToken, login.User.App.SecretKey} {
		require.NotEmpty(t, secret.Reveal())
		assert.NotContains(t, printed.String(), secret.Reveal())
	}
}

// Every method of the façade is called against the sandbox in one of the tests that play
// with it, so that its part of the platform is played, too.
func TestEveryMethodIsPlayed(t *testing.T) {
	t.Parallel()
	source, err := facade.Read(".")
	require.NoError(t, err)
	var played strings.Builder
	for _, pattern := range []string{"sandbox*_test.go", "habits*_test.go"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		require.NotEmpty(t, files, pattern)
		for _, file := range files {
			content, err := os.ReadFile(file)
			require.NoError(t, err)
			played.Write(content)
		}
	}
	missing := slices.DeleteFunc(source.Methods, func(method facade.Method) bool {
		return strings.Contains(played.String(), "."+method.String()+"(")
	})
	assert.Empty(t, missing, "no test of those calls them")
}
