package qismo_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo"
)

// What cannot be meant is an error before anything is sent.
func TestContactsRefuse(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{}`))
	client := service.client(t)
	customer := qismo.BlockCustomerParams{RoomID: "5", Source: "wa", UserID: "628115550123"}
	for want, call := range map[string]func() error{
		"setContactProperty: the label is empty": func() error {
			return client.Contacts.SetProperty(t.Context(), "880012", "", "Bandung")
		},
		"blockCustomer: the room id is empty": func() error {
			params := customer
			params.RoomID = ""
			return client.Contacts.Block(t.Context(), params)
		},
		"blockCustomer: the source is empty": func() error {
			params := customer
			params.Source = ""
			return client.Contacts.Block(t.Context(), params)
		},
		"unblockCustomer: the user id is empty": func() error {
			params := customer
			params.UserID = ""
			return client.Contacts.Unblock(t.Context(), params)
		},
		"getContact: the contact id is empty or cannot stand in a path": func() error {
			_, err := client.Contacts.Get(t.Context(), "")
			return err
		},
		"listContactConversationMessages: the room id is empty or cannot stand in a path": func() error {
			_, err := client.Contacts.ListMessages(t.Context(), "880012", "", qismo.ListContactMessagesParams{})
			return err
		},
		"listContactConversations: the status is neither resolved nor unresolved": func() error {
			params := qismo.ListContactConversationsParams{Status: qismo.RoomExpired}
			_, err := client.Contacts.ListConversations(t.Context(), "880012", params)
			return err
		},
		"handoverRoomToDivision: the division id is empty": func() error {
			return client.Bot.HandOverToDivision(t.Context(), "5", qismo.HandOverParams{})
		},
		"initiateChatV1: the user id is empty": func() error {
			_, err := client.Customer.InitiateChatV1(t.Context(), qismo.InitiateChatV1Params{Nonce: "n"})
			return err
		},
		"initiateChatV1: the nonce is empty": func() error {
			_, err := client.Customer.InitiateChatV1(t.Context(), qismo.InitiateChatV1Params{UserID: "dewi"})
			return err
		},
		"initiateChat: the user id is empty": func() error {
			_, err := client.Customer.InitiateChat(t.Context(), qismo.InitiateChatParams{Nonce: "n"})
			return err
		},
		"initiateChat: the nonce is empty": func() error {
			_, err := client.Customer.InitiateChat(t.Context(), qismo.InitiateChatParams{UserID: "dewi"})
			return err
		},
		"sendCustomChannelMessage: the identifier key is empty": func() error {
			_, err := client.Customer.SendMessage(t.Context(), qismo.SendCustomChannelMessageParams{UserID: "dewi"}, qismo.NewText("halo"))
			return err
		},
		"sendCustomChannelMessage: the user id is empty": func() error {
			_, err := client.Customer.SendCustomChannelMessage(t.Context(), qismo.SendCustomChannelMessageParams{IdentifierKey: "k", Message: "halo"})
			return err
		},
		"sendCustomChannelMessageLegacy: the identifier key is empty": func() error {
			_, err := client.Customer.SendCustomChannelMessageLegacy(t.Context(), qismo.SendCustomChannelMessageLegacyParams{UserID: "d@example.id"})
			return err
		},
		"sendCustomChannelMessageLegacy: the user id is not an e-mail address": func() error {
			_, err := client.Customer.SendCustomChannelMessageLegacy(t.Context(), qismo.SendCustomChannelMessageLegacyParams{UserID: "dewi"})
			return err
		},
		"sendCustomChannelMessageLegacy: the message has 4001 characters, 4000 are allowed": func() error {
			_, err := client.Customer.SendCustomChannelMessageLegacy(t.Context(), qismo.SendCustomChannelMessageLegacyParams{
				IdentifierKey: "k", UserID: "dewi@example.id", Message: strings.Repeat("é", 4001),
			})
			return err
		},
	} {
		require.EqualError(t, call(), "qismo: "+want)
	}
	assert.Empty(t, service.seen())
}

// A success without what was asked for is an error.
func TestContactsAnswersWithoutTheirContent(t *testing.T) {
	for body, call := range map[string]func(context.Context, *qismo.Client) error{
		`{"data":{"contact":null}}`: func(ctx context.Context, client *qismo.Client) error {
			_, err := client.Contacts.Get(ctx, "880012")
			return err
		},
		`{"data":{"customer_rooms":null}}`: func(ctx context.Context, client *qismo.Client) error {
			_, err := client.Contacts.ListConversations(ctx, "880012", qismo.ListContactConversationsParams{})
			return err
		},
		`{"results":{}}`: func(ctx context.Context, client *qismo.Client) error {
			_, err := client.Contacts.ListMessages(ctx, "880012", "5", qismo.ListContactMessagesParams{})
			return err
		},
		`{"results":{"comments":[{"message":"halo"}]}}`: func(ctx context.Context, client *qismo.Client) error {
			_, err := client.Contacts.ListMessages(ctx, "880012", "5", qismo.ListContactMessagesParams{})
			return err
		},
		`{"status":200}`: func(ctx context.Context, client *qismo.Client) error {
			_, err := client.Contacts.Properties(ctx, "880012")
			return err
		},
		`{"data":{"identity_token":null}}`: func(ctx context.Context, client *qismo.Client) error {
			_, err := client.Customer.InitiateChatV1(ctx, qismo.InitiateChatV1Params{UserID: "dewi", Nonce: "n"})
			return err
		},
		`{"data":null}`: func(ctx context.Context, client *qismo.Client) error {
			_, err := client.Customer.AppSession(ctx)
			return err
		},
		`{"data":7}`: func(ctx context.Context, client *qismo.Client) error {
			_, err := client.Customer.SendCustomChannelMessageLegacy(ctx, qismo.SendCustomChannelMessageLegacyParams{
				IdentifierKey: "k", UserID: "d@example.id",
			})
			return err
		},
	} {
		err := call(t.Context(), newRecorder(t, answerJSON(200, body)).client(t))
		require.ErrorIs(t, err, qismo.ErrUnexpectedAnswer, body)
		assert.NotContains(t, err.Error(), "halo")
	}
}

// A service that gives the oldest message once more, or heeds no cursor, does not
// keep a walk going.
func TestAllMessagesEnds(t *testing.T) {
	for name, answers := range map[string][]string{
		"the oldest again": {`[{"id":9},{"id":8}]`, `[{"id":8}]`},
		"no cursor":        {`[{"id":9},{"id":8}]`, `[{"id":9},{"id":8}]`},
		"nothing older":    {`[{"id":9},{"id":8}]`, `[]`},
	} {
		t.Run(name, func(t *testing.T) {
			asked := 0
			service := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
				asked++
				answerJSON(200, `{"results":{"comments":`+answers[asked-1]+`}}`)(w, request)
			})
			client := service.client(t, qismo.WithToken(testAppID, "token-pengguna"))
			for _, err := range client.Contacts.AllMessages(t.Context(), "880012", "5", qismo.ListContactMessagesParams{}) {
				require.NoError(t, err)
			}
			require.Len(t, service.seen(), 2)
			assert.Equal(t, "/api/v2/contacts/880012/conversations/5?last_comment_id=8&token=token-pengguna", service.seen()[1].URI)
		})
	}
}

// The forms and paths that the routes want.
func TestContactsOnTheWire(t *testing.T) {
	service := newRecorder(t, answer(200, "text/plain", "ok"))
	client := service.client(t, qismo.WithToken(testAppID, "token-pengguna"), qismo.WithRole(qismo.RoleSupervisor))
	require.NoError(t, client.Contacts.SetProperty(t.Context(), "880012", "kota", "Bandung"))
	customer := qismo.BlockCustomerParams{RoomID: "5", Source: "wa", UserID: "628115550123"}
	require.NoError(t, client.Contacts.Block(t.Context(), customer))
	require.NoError(t, client.Contacts.Unblock(t.Context(), customer, qismo.WithRole(qismo.RoleAgent)))

	seen := service.seen()
	assert.Equal(t, "/api/v2/contacts/properties/880012", seen[0].URI)
	assert.Contains(t, seen[0].Header.Get("Content-Type"), "multipart/form-data; boundary=")
	assert.Contains(t, seen[0].Body, "name=\"label\"\r\n\r\nkota\r\n")
	assert.Contains(t, seen[0].Body, "name=\"value\"\r\n\r\nBandung\r\n")
	assert.Equal(t, "/api/v2/admin/customer/block", seen[1].URI, "supervisors use the admin's")
	assert.JSONEq(t, `{"room_id":"5","source":"wa","user_id":"628115550123"}`, seen[1].Body)
	assert.Equal(t, "/api/v2/agent/customer/unblock", seen[2].URI)
	for _, request := range seen {
		assert.Equal(t, "token-pengguna", request.Header.Get("Authorization"))
	}
}

// The one route that takes a token from the query gets the token that is good at
// each attempt; a secret key never gets there.
func TestTokenInTheQuery(t *testing.T) {
	service := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		if request.URL.Query().Get("token") != "token-1" || request.Header.Get("Authorization") != "token-1" {
			answerJSON(401, `{"errors":"Unauthorized: `+request.URL.Query().Get("token")+`"}`)(w, request)
			return
		}
		answerJSON(200, `{"results":{"comments":[]}}`)(w, request)
	})
	list := func(opts ...qismo.Option) error {
		_, err := service.client(t, opts...).Contacts.ListMessages(t.Context(), "880012", "5",
			qismo.ListContactMessagesParams{LastCommentID: "77"})
		return err
	}
	require.NoError(t, list(qismo.WithTokenSource(testAppID, &countingSource{})))
	assert.Equal(t, "/api/v2/contacts/880012/conversations/5?last_comment_id=77&token=token-1", service.seen()[1].URI)

	err := list(qismo.WithToken(testAppID, "token-lama"))
	require.ErrorIs(t, err, qismo.ErrUnauthorized)
	assert.NotContains(t, err.Error(), "token-lama")

	require.ErrorIs(t, list(), qismo.ErrUnauthorized)
	last := service.seen()[len(service.seen())-1]
	assert.Equal(t, "/api/v2/contacts/880012/conversations/5?last_comment_id=77", last.URI)
	assert.Equal(t, testSecretKey, last.Header.Get("Qiscus-Secret-Key"))

	require.ErrorContains(t, list(qismo.WithAppID(testAppID)), "needs more than the App ID")
}

// The one route that takes the secret key in the place of a token gets it there,
// and a token from a client that has one.
func TestSecretKeyInThePlaceOfAToken(t *testing.T) {
	service := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		if request.Header.Get("Authorization") == "token-0" {
			answerJSON(401, `{"errors":"Unauthorized"}`)(w, request)
		}
	})
	handOver := func(opts ...qismo.Option) {
		t.Helper()
		params := qismo.HandOverParams{DivisionID: "811", FindOnlineAgent: true}
		require.NoError(t, service.client(t, opts...).Bot.HandOverToDivision(t.Context(), "5", params))
	}
	handOver()
	handOver(qismo.WithToken(testAppID, "token-pengguna"))
	handOver(qismo.WithTokenSource(testAppID, &countingSource{}))
	seen := service.seen()
	require.Len(t, seen, 4, "the token that was refused is renewed")
	for i, want := range []string{testSecretKey, "token-pengguna", "token-0", "token-1"} {
		assert.Equal(t, want, seen[i].Header.Get("Authorization"))
		assert.Equal(t, testAppID, seen[i].Header.Get("Qiscus-App-Id"))
		assert.Empty(t, seen[i].Header.Get("Qiscus-Secret-Key"))
		assert.Equal(t, "/"+testAppID+"/bot/5/hand_over_to_role", seen[i].URI)
		assert.JSONEq(t, `{"role":"811","find_online_agent":true}`, seen[i].Body)
	}
}
