package chat_test

import (
	"context"
	"testing"

	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

const promoChannels = `{"results":{"channels":[{"id":51,"name":"Promo","unique_id":"promo-akhir-pekan","is_joined":true}]},"status":200}`

func TestChannelsCalls(t *testing.T) {
	t.Parallel()
	promo := []chat.ChannelInfo{{ID: "51", Name: "Promo", UniqueID: "promo-akhir-pekan", IsJoined: true}}
	ids := []string{"promo-akhir-pekan"}
	const named = `{"unique_ids":["promo-akhir-pekan"]}`
	testUserCalls(t, []userCall{
		{
			"get or create", func(ctx context.Context, user *chat.User) (any, error) {
				change, err := user.Channels.GetOrCreate(ctx, chat.ChannelParams{UniqueID: "promo-akhir-pekan", Name: "Promo", Options: branch(t)})
				return change.Room.ID, err
			},
			"POST", "get_or_create_room_with_unique_id", `{"unique_id":"promo-akhir-pekan","name":"Promo","options":"{\"cabang\":\"solo\"}"}`,
			`{"results":{"changed":false,"room":` + gudangRoom + `,"comments":[]}}`, flex.ID("60418822"),
		},
		{
			"list", func(ctx context.Context, user *chat.User) (any, error) { return user.Channels.List(ctx) },
			"GET", "channels", "", promoChannels, promo,
		},
		{
			"info", func(ctx context.Context, user *chat.User) (any, error) { return user.Channels.Info(ctx, ids) },
			"POST", "channels/info", named, promoChannels, promo,
		},
		{
			"join", func(ctx context.Context, user *chat.User) (any, error) { return user.Channels.Join(ctx, ids) },
			"POST", "channels/join", named, promoChannels, promo,
		},
		{
			"leave", func(ctx context.Context, user *chat.User) (any, error) { return user.Channels.Leave(ctx, ids) },
			"POST", "channels/leave", named, promoChannels, promo,
		},
	})
}

func TestUnusableChannels(t *testing.T) {
	t.Parallel()
	ids := []string{"promo-akhir-pekan"}
	testUnusableAnswers(t, `{"results":{},"status":200}`, []unusable{
		{"the answer has no room id", func(ctx context.Context, user *chat.User) error {
			return second(user.Channels.GetOrCreate(ctx, chat.ChannelParams{UniqueID: "promo"}))
		}},
		{"the answer has no list of channels", func(ctx context.Context, user *chat.User) error { return second(user.Channels.List(ctx)) }},
		{"the answer has no list of channels", func(ctx context.Context, user *chat.User) error { return second(user.Channels.Info(ctx, ids)) }},
		{"the answer has no list of channels", func(ctx context.Context, user *chat.User) error { return second(user.Channels.Join(ctx, ids)) }},
		{"the answer has no list of channels", func(ctx context.Context, user *chat.User) error { return second(user.Channels.Leave(ctx, ids)) }},
	})
}

func TestChannelsRefuse(t *testing.T) {
	t.Parallel()
	testRefusals(t, map[string]func(context.Context, *chat.User) error{
		"sdkGetOrCreateRoomWithUniqueID: the unique id is empty": func(ctx context.Context, user *chat.User) error {
			return second(user.Channels.GetOrCreate(ctx, chat.ChannelParams{}))
		},
		"sdkGetOrCreateRoomWithUniqueID: the unique id has a # or a +": func(ctx context.Context, user *chat.User) error {
			return second(user.Channels.GetOrCreate(ctx, chat.ChannelParams{UniqueID: "promo/#"}))
		},
		"sdkGetChannelsInfo: there is no unique id, or one is empty": func(ctx context.Context, user *chat.User) error {
			return second(user.Channels.Info(ctx, nil))
		},
		"sdkJoinChannels: there is no unique id, or one is empty": func(ctx context.Context, user *chat.User) error {
			return second(user.Channels.Join(ctx, []string{""}))
		},
		"sdkLeaveChannels: there is no unique id, or one is empty": func(ctx context.Context, user *chat.User) error {
			return second(user.Channels.Leave(ctx, nil))
		},
	})
}
