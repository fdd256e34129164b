package qismo_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

func checkContacts(t *testing.T, p *platform, secretKeyClient *qismo.Client) {
	t.Helper()
	config := p.Config()
	client := p.client(t, qismo.WithLogin(config.AppCode, config.AdminEmail, config.AdminPassword))
	roomID := write(t, p, "628115550301")
	room, err := client.Rooms.Get(t.Context(), roomID)
	require.NoError(t, err)

	contact, err := client.Contacts.Get(t.Context(), room.ContactID)
	require.NoError(t, err)
	assert.Equal(t, "628115550301", contact.PhoneNumber)
	assert.Equal(t, room.LastCustomerTimestamp, contact.LastCustomerMessageDate)
	_, err = client.Contacts.Get(t.Context(), "1")
	require.ErrorIs(t, err, qismo.ErrNotFound)
	_, err = secretKeyClient.Contacts.Get(t.Context(), room.ContactID)
	require.ErrorIs(t, err, qismo.ErrUnauthorized, "the sandbox knows what was seen: a token")

	require.NoError(t, client.Contacts.SetProperty(t.Context(), room.ContactID, "kota", "Bandung"))
	require.NoError(t, secretKeyClient.Contacts.SetProperty(t.Context(), room.ContactID, "kota", ""))
	properties, err := client.Contacts.Properties(t.Context(), room.ContactID)
	require.NoError(t, err)
	require.Len(t, properties, 1, "a label is there once")
	assert.Equal(t, "kota", properties[0].Label)
	assert.Empty(t, properties[0].Value)

	customer := qismo.BlockCustomerParams{RoomID: roomID, Source: room.Source, UserID: room.UserID}
	require.NoError(t, client.Contacts.Block(t.Context(), customer))
	info, err := client.Rooms.Info(t.Context(), roomID)
	require.NoError(t, err)
	assert.True(t, info.IsBlocked)
	require.NoError(t, client.Contacts.Unblock(t.Context(), customer))
	info, err = client.Rooms.Info(t.Context(), roomID)
	require.NoError(t, err)
	assert.False(t, info.IsBlocked)

	checkContactRooms(t, p, client, room)
}

func checkContactRooms(t *testing.T, p *platform, client *qismo.Client, room *qismo.Room) {
	t.Helper()
	const count = 50 // two pages and a half, with the greeting
	for i := range count {
		_, err := p.CustomerWrites(t.Context(), sandbox.CustomerMessage{Source: "wa", UserID: room.UserID, Text: fmt.Sprint(i)})
		require.NoError(t, err)
	}
	_, err := p.CustomerWrites(t.Context(), sandbox.CustomerMessage{Source: "qiscus", UserID: room.UserID, Text: "halo"})
	require.NoError(t, err)
	rooms := map[flex.ID]string{}
	for room, err := range client.Contacts.AllConversations(t.Context(), room.ContactID, qismo.ListContactConversationsParams{}) {
		require.NoError(t, err)
		rooms[room.RoomID] = room.Source
	}
	assert.Len(t, rooms, 2, "one customer on two channels")
	page, err := client.Contacts.ListConversations(t.Context(), room.ContactID,
		qismo.ListContactConversationsParams{Status: qismo.RoomResolved})
	require.NoError(t, err)
	assert.Empty(t, page.Items)

	var said []qismo.ChatComment
	for comment, err := range client.Contacts.AllMessages(t.Context(), room.ContactID, room.RoomID, qismo.ListContactMessagesParams{}) {
		require.NoError(t, err)
		said = append(said, comment)
	}
	require.Len(t, said, count+1)
	assert.Equal(t, "49", said[0].Message, "the newest first")
	assert.Equal(t, "halo", said[count].Message)
	assert.Equal(t, said[1].ID, said[0].CommentBeforeID)
	older, err := client.Contacts.ListMessages(t.Context(), room.ContactID, room.RoomID,
		qismo.ListContactMessagesParams{LastCommentID: said[count-1].ID})
	require.NoError(t, err)
	require.Len(t, older.Items, 1)
	older, err = older.NextPage(t.Context())
	require.NoError(t, err)
	assert.Empty(t, older.Items)
	assert.False(t, older.HasNext())
	_, err = client.Contacts.ListMessages(t.Context(), room.ContactID, "1", qismo.ListContactMessagesParams{})
	require.ErrorIs(t, err, qismo.ErrNotFound, "a room of nobody's")
}

func checkHandOver(t *testing.T, p *platform, client *qismo.Client) {
	t.Helper()
	roomID := write(t, p, "628115550302")
	_, err := client.Bot.SetActive(t.Context(), roomID, true)
	require.NoError(t, err)
	require.NoError(t, client.Bot.HandOver(t.Context(), roomID))
	snapshot, ok := p.Room(string(roomID))
	require.True(t, ok)
	assert.False(t, snapshot.HandledByBot)
	assert.Empty(t, snapshot.AgentIDs)

	divisions, err := client.Agents.ListDivisions(t.Context(), qismo.ListDivisionsParams{})
	require.NoError(t, err)
	params := qismo.HandOverParams{DivisionID: divisions.Items[0].ID, FindOnlineAgent: true}
	require.NoError(t, client.Bot.HandOverToDivision(t.Context(), roomID, params))
	snapshot, _ = p.Room(string(roomID))
	assert.Len(t, snapshot.AgentIDs, 1)
	err = client.Bot.HandOverToDivision(t.Context(), roomID, qismo.HandOverParams{DivisionID: "1"})
	require.ErrorIs(t, err, qismo.ErrNotFound)
}

func checkOlderCustomerRoutes(t *testing.T, p *platform, client *qismo.Client) {
	t.Helper()
	app, err := client.Customer.AppSession(t.Context())
	require.NoError(t, err)
	assert.False(t, app.IsSessional)
	older, err := client.Customer.InitiateChatV1(t.Context(), qismo.InitiateChatV1Params{UserID: "rina@example.id", Name: "Rina", Nonce: "nonce"})
	require.NoError(t, err)
	assert.NotEmpty(t, older.IdentityToken.Reveal())
	newer, err := client.Customer.InitiateChat(t.Context(), qismo.InitiateChatParams{UserID: "rina@example.id", Name: "Rina", Nonce: "nonce"})
	require.NoError(t, err)
	assert.Equal(t, older.RoomID, newer.CustomerRoom.RoomID, "both lead to the same room")

	sender := qismo.SendCustomChannelMessageParams{IdentifierKey: "ik-2207", UserID: "rina@example.id", Name: "Rina"}
	delivery, err := client.Customer.SendMessage(t.Context(), sender, qismo.NewFile(qismo.FilePayload{URL: "https://cdn.example.id/bukti.jpg"}))
	require.NoError(t, err)
	legacy, err := client.Customer.SendCustomChannelMessageLegacy(t.Context(), qismo.SendCustomChannelMessageLegacyParams{
		IdentifierKey: "ik-2207", UserID: "rina@example.id", Name: "Rina", Message: "sudah saya bayar",
	})
	require.NoError(t, err)
	require.NotNil(t, legacy.SdkUser)
	assert.Equal(t, "rina@example.id", legacy.SdkUser.Email)
	assert.NotEmpty(t, legacy.SdkUser.Password.Reveal())
	assert.NotContains(t, fmt.Sprintf("%+v", *legacy.SdkUser), legacy.SdkUser.Password.Reveal())
	said := p.Messages(string(delivery.RoomLog.RoomID))
	require.Len(t, said, 2)
	assert.Equal(t, "file_attachment", said[0].Type)
	assert.Equal(t, map[string]any{"url": "https://cdn.example.id/bukti.jpg"}, said[0].Payload)
	assert.Equal(t, "sudah saya bayar", said[1].Text)
}
