package qismo_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// second drops a result that a refused call does not have.
func second[T any](_ T, err error) error { return err }

// firstError is what a walk begins with.
func firstError[T any](rows func(func(T, error) bool)) error {
	for _, err := range rows {
		return err
	}
	return nil
}

// What cannot be meant is an error before anything is sent.
func TestAgentCallsRefuseWhatIsMissing(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"data":{}}`))
	client, ctx := service.client(t), t.Context()
	agents, allocation, rooms := client.Agents, client.Allocation, client.Rooms
	for _, test := range []struct {
		want string
		got  error
	}{
		{"login: the e-mail address is empty", second(client.Session.Login(ctx, qismo.LoginParams{Password: "sandi"}))},
		{"login: the password is empty", second(client.Session.Login(ctx, qismo.LoginParams{Email: "sari@example.id"}))},
		{"listAgents: Page and a cursor are two ways of paging; give one", second(agents.List(ctx, qismo.ListAgentsParams{Page: 2, CursorAfter: "x"}))},
		{"listAgents: Page and a cursor are two ways of paging; give one", second(agents.List(ctx, qismo.ListAgentsParams{Page: 2, CursorBefore: "x"}))},
		{"listAgents: the page or the limit is negative", firstError(agents.All(ctx, qismo.ListAgentsParams{Page: -1}))},
		{"listAgents: 0 cannot be searched for", second(agents.List(ctx, qismo.ListAgentsParams{Search: "0"}))},
		{"listAgentsV1: the page or the limit is negative", second(agents.ListV1(ctx, qismo.ListAgentsV1Params{Limit: -1}))},
		{"listAgentsByIDs: there is no agent id, or one is empty", second(agents.ListByIDs(ctx, nil))},
		{"listAgentsByIDs: there is no agent id, or one is empty", second(agents.ListByIDs(ctx, []flex.ID{"73012", ""}))},
		{"listAgentsByDivision: there is no division id, or one is empty", firstError(agents.AllByDivision(ctx, qismo.ListAgentsByDivisionParams{}))},
		{"listAgentsByDivision: the page or the limit is negative", second(agents.ListByDivision(ctx, qismo.ListAgentsByDivisionParams{DivisionIDs: []flex.ID{"811"}, Limit: -1}))},
		{"listDivisions: the page or the limit is negative", second(agents.ListDivisions(ctx, qismo.ListDivisionsParams{Page: -3}))},
		{"listAvailableAgents: the room id is empty", second(agents.ListAvailable(ctx, qismo.ListAvailableAgentsParams{}))},
		{"listAvailableAgents: the page or the limit is negative", second(agents.ListAvailable(ctx, qismo.ListAvailableAgentsParams{RoomID: "1", Limit: -1}))},
		{"listOtherAgents: the page or the limit is negative", second(agents.ListOther(ctx, qismo.ListOtherAgentsParams{RoomID: "1", Limit: -1}))},
		{"listOtherAgents: 0 cannot be searched for", second(agents.ListOther(ctx, qismo.ListOtherAgentsParams{RoomID: "1", Search: "0"}))},
		{"assignAgent: the room id is empty", second(allocation.Assign(ctx, qismo.AssignAgentParams{AgentID: "73012"}))},
		{"assignAgent: the agent id is empty", second(allocation.Assign(ctx, qismo.AssignAgentParams{RoomID: "1"}))},
		{"assignAgent: MaxAgent is negative", second(allocation.Assign(ctx, qismo.AssignAgentParams{RoomID: "1", AgentID: "73012", MaxAgent: -1}))},
		{"removeAgent: the agent id is empty", allocation.Remove(ctx, qismo.RemoveAgentParams{RoomID: "1"})},
		{"allocateAgent: the source is empty", second(allocation.Allocate(ctx, qismo.AllocateAgentParams{ChannelID: 5120}))},
		{"allocateAndAssignAgent: the room id is empty", second(allocation.AllocateAndAssign(ctx, qismo.AllocateAndAssignAgentParams{}))},
		{"listRooms: the page or the limit is negative", second(rooms.List(ctx, qismo.ListRoomsParams{Limit: -1}))},
		{"listRoomsByQuery: Page and a cursor are two ways of paging; give one", second(rooms.ListByQuery(ctx, qismo.ListRoomsByQueryParams{Page: 1, CursorAfter: "x"}))},
		{"resolveRoom: the room id is empty", second(rooms.Resolve(ctx, qismo.ResolveRoomParams{Notes: "selesai"}))},
		{"setRoomInfo: a pair has no key", second(rooms.SetInfo(ctx, "1", []qismo.UserProperty{{Value: "x"}}))},
		{"listRoomBroadcasts: the page or the limit is negative", second(rooms.ListBroadcasts(ctx, "1", qismo.ListRoomBroadcastsParams{Page: -1}))},
		{"createRoomTag: the tag is empty", second(client.Tags.Create(ctx, "1", ""))},
		{"updateRoomOptions: the room id is empty", rooms.UpdateOptions(ctx, "0", flex.JSON{})},
		{"sendBotMessage: the room id is empty", client.Bot.SendText(ctx, "0", "halo")},
		{"handoverRoomToDivision: the division id is empty", client.Bot.HandOverToDivision(ctx, "1", qismo.HandOverParams{DivisionID: "0"})},
		{"listTemplates: the page or the limit is negative", second(client.Templates.List(ctx, qismo.ListTemplatesParams{Page: -1}))},
		{"listTemplatesV3: the page or the limit is negative", second(client.Templates.ListV3(ctx, qismo.ListTemplatesV3Params{Limit: -1}))},
		{"listTemplatesV3: 0 cannot be searched for", second(client.Templates.ListV3(ctx, qismo.ListTemplatesV3Params{Name: "0"}))},
		{"listBroadcastJobs: the page or the limit is negative", firstError(client.Broadcasts.AllJobs(ctx, qismo.ListBroadcastJobsParams{Limit: -1}))},
		{"listBroadcastLogs: the page or the limit is negative", second(client.Broadcasts.ListLogs(ctx, "1", qismo.ListBroadcastLogsParams{Page: -1}))},
		{"listChannelsByType: the page or the limit is negative", second(client.Channels.ListByType(ctx, qismo.SourceWhatsApp, qismo.ListChannelsByTypeParams{Page: -1}))},
		{"listChannelsByType: 0 cannot be searched for", second(client.Channels.ListByType(ctx, qismo.SourceWhatsApp, qismo.ListChannelsByTypeParams{Search: "0"}))},
		{"listChatTemplates: 0 cannot be searched for", second(client.App.ListChatTemplates(ctx, qismo.ListChatTemplatesParams{Q: "0"}))},
	} {
		require.EqualError(t, test.got, "qismo: "+test.want)
	}
	assert.Empty(t, service.seen())
}
