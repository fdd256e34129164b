package qismo_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

func checkChannels(t *testing.T, p *platform, client *qismo.Client) {
	t.Helper()
	channels, err := client.Channels.List(t.Context())
	require.NoError(t, err)
	require.Len(t, channels, len(p.Config().Channels))
	for _, configured := range p.Config().Channels {
		found := slices.ContainsFunc(channels, func(c qismo.Channel) bool {
			return c.Is(configured.Source, flexID(configured.ID)) && c.Name == configured.Name && c.IsActive
		})
		assert.True(t, found, "%s %d", configured.Source, configured.ID)
	}
	groups, err := client.Channels.Grouped(t.Context())
	require.NoError(t, err)
	require.Len(t, groups.WaChannels, 1)
	assert.Equal(t, "WhatsApp Kopi Wangi", groups.WaChannels[0].Name)

	// The dashboard's calls want a user's token.
	config := p.Config()
	byLogin := p.client(t, qismo.WithLogin(config.AppCode, config.AdminEmail, config.AdminPassword))
	checkLiveChat(t, p, byLogin)
	checkTelegram(t, p, byLogin)
	checkWidget(t, byLogin)

	custom, err := byLogin.Channels.Update(t.Context(), qismo.SourceCustom, "5140", qismo.UpdateChannelParams{IsActive: ptr(false)})
	require.NoError(t, err)
	assert.False(t, custom.IsActive)
	assert.Equal(t, "ik-2207", custom.Row.(*qismo.CustomChannelV3).IdentifierKey.Reveal())
	whatsApp, err := byLogin.Channels.GetWhatsApp(t.Context(), "5120")
	require.NoError(t, err)
	assert.Equal(t, "628115550100", whatsApp.PhoneNumber)
	_, err = byLogin.Channels.GetWhatsApp(t.Context(), "5121")
	require.ErrorIs(t, err, qismo.ErrNotFound, "ids are unique within a kind only")
}

func checkLiveChat(t *testing.T, p *platform, client *qismo.Client) {
	t.Helper()
	made, err := client.Channels.CreateQiscus(t.Context(), qismo.CreateQiscusChannelParams{
		Name: "Toko Semarang", BadgeURL: "https://cdn.example.id/semarang.svg", IsActive: true, IsSecure: true, IsSecureToc: true,
	})
	require.NoError(t, err)
	assert.Equal(t, "Toko Semarang", made.Name)
	number, err := made.ID.Int64()
	require.NoError(t, err)
	roomID, err := p.CustomerWrites(t.Context(), sandbox.CustomerMessage{Source: "qiscus", ChannelID: number, UserID: "laras@example.id", Text: "halo"})
	require.NoError(t, err, "customers can write to it at once")
	room, ok := p.Room(roomID)
	require.True(t, ok)
	assert.Equal(t, number, room.ChannelID)

	var ids []flex.ID
	for channel, err := range client.Channels.AllByType(t.Context(), qismo.SourceQiscus, qismo.ListChannelsByTypeParams{Limit: 1}) {
		require.NoError(t, err)
		assert.IsType(t, &qismo.QiscusChannelV3{}, channel.Row)
		ids = append(ids, channel.ID)
	}
	assert.Equal(t, []flex.ID{"5121", made.ID}, ids, "page by page")
	page, err := client.Channels.ListByType(t.Context(), qismo.SourceQiscus, qismo.ListChannelsByTypeParams{Search: "semarang"})
	require.NoError(t, err)
	require.Len(t, page.Items, 1)
	assert.Equal(t, int64(1), *page.Total)

	changed, err := client.Channels.Update(t.Context(), qismo.SourceQiscus, made.ID, qismo.UpdateChannelParams{Name: "Toko Solo", IsSecure: ptr(false)})
	require.NoError(t, err)
	assert.Equal(t, qismo.SourceQiscus, changed.Source)
	assert.Equal(t, "Toko Solo", changed.Name)
	assert.True(t, changed.IsActive, "what is not set stays")
	assert.Equal(t, "https://cdn.example.id/semarang.svg", changed.BadgeURL)
	assert.False(t, changed.Row.(*qismo.QiscusChannelV3).IsSecure)

	config, err := client.Channels.Config(t.Context(), qismo.SourceQiscus, made.ID)
	require.NoError(t, err)
	assert.False(t, config.IsEnabled)
	config.IsEnabled, config.OfflineMessage, config.SendOfflineEachMessage = true, "Toko tutup.", true
	require.NoError(t, client.Channels.SetConfig(t.Context(), qismo.SourceQiscus, made.ID, *config))
	kept, err := client.Channels.Config(t.Context(), qismo.SourceQiscus, made.ID)
	require.NoError(t, err)
	assert.Equal(t, config, kept, "what was set is read back")
	again, err := client.Channels.GetQiscus(t.Context(), made.ID)
	require.NoError(t, err)
	assert.Equal(t, "Toko Solo", again.Name)
	assert.True(t, again.Configs.IsEnabled)
}

func checkTelegram(t *testing.T, p *platform, client *qismo.Client) {
	t.Helper()
	made, err := client.Channels.CreateTelegram(t.Context(), qismo.CreateTelegramChannelParams{
		BotToken: "tg-2201:bb", Configs: &qismo.ChannelResponder{OnlineMessage: ptr("Halo!")},
	})
	require.NoError(t, err)
	assert.Equal(t, "tg-2201:bb", made.BotToken.Reveal())
	config, err := client.Channels.Config(t.Context(), qismo.SourceTelegram, made.ID)
	require.NoError(t, err)
	assert.Equal(t, &qismo.ChannelConfig{IsEnabled: true, OnlineMessage: "Halo!"}, config)

	telegram := func() bool {
		channels, err := client.Channels.List(t.Context())
		require.NoError(t, err)
		return slices.ContainsFunc(channels, func(c qismo.Channel) bool { return c.Is("telegram", made.ID) })
	}
	assert.True(t, telegram())
	require.NoError(t, client.Channels.DeleteTelegram(t.Context(), made.ID))
	assert.False(t, telegram())
	require.ErrorIs(t, client.Channels.DeleteTelegram(t.Context(), made.ID), qismo.ErrNotFound)
	id, err := made.ID.Int64()
	require.NoError(t, err)
	_, err = p.CustomerWrites(t.Context(), sandbox.CustomerMessage{Source: "telegram", ChannelID: id, UserID: "laras"})
	assert.Error(t, err, "nobody can write to it any more")
}

func checkWidget(t *testing.T, client *qismo.Client) {
	t.Helper()
	config, err := client.Channels.WidgetConfig(t.Context(), "5121")
	require.NoError(t, err)
	require.NotNil(t, config.Variables)
	assert.Nil(t, config.Variables.ColorWidget, "an older widget")
	config.Variables.WelcomeText = "Selamat pagi"
	config.Variables.ColorWidget = ptr("#6f4e37")
	config.Styles, err = flex.NewJSON(map[string]string{"accent": "#6f4e37"})
	require.NoError(t, err)
	require.NoError(t, client.Channels.SetWidgetConfig(t.Context(), "5121", *config))
	kept, err := client.Channels.WidgetConfig(t.Context(), "5121")
	require.NoError(t, err)
	assert.Equal(t, config, kept, "what was set is read back")
}

func flexID(number int64) flex.ID { return flex.ID(sprint("%d", number)) }

func ptr[T any](value T) *T { return &value }
