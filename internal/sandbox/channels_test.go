package sandbox

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func everyKind() []Channel {
	var channels []Channel
	for i, source := range []string{"fb", "ig", "line", "qiscus", "telegram", "tiktok", "wa", "waca", "kopling"} {
		channels = append(channels, Channel{ID: int64(i + 1), Source: source, Name: "Kanal " + source})
	}
	return append(channels, Channel{ID: 10, Source: "ik-1", Name: "Kanal sendiri", Custom: true})
}

func TestEveryKindOfChannelIsListed(t *testing.T) {
	w := newWorld(t, Config{Channels: everyKind()})
	got := w.call("GET", "/api/v2/channels", nil)
	for _, channel := range everyKind() {
		rows, _ := got.at("data/" + kindOf(&channel) + "_channels").([]any)
		require.Len(t, rows, 1, channel.Source)
		row, _ := rows[0].(map[string]any)
		assert.InEpsilon(t, channel.ID, row["id"], 0, channel.Source)
		assert.Equal(t, true, row["is_active"], channel.Source)
		name := "name"
		if channel.Source == "fb" {
			name = "profile_name"
		}
		assert.Equal(t, channel.Name, row[name], channel.Source)
	}
	assert.Equal(t, "ik-1", got.at("data/custom_channels/0/identifier_key"))

	for _, kind := range []string{"fb", "ig", "line", "qiscus", "telegram", "tiktok", "wa", "custom"} {
		got := w.asAdmin("GET", "/api/v3/admin/channel/"+kind+"?limit=1", nil)
		assert.Len(t, got.at("data"), 1, kind)
		assert.InEpsilon(t, 1, got.at("meta/total"), 0, kind)
	}
	older := newWorld(t, Config{Channels: []Channel{{ID: 1, Source: "wa", Name: "W"}}}).call("GET", "/api/v2/channels", nil)
	assert.Equal(t, []any{}, older.at("data/line_channels"), "an older kind has an array, without channels too")
	assert.Nil(t, older.at("data/tiktok_channels"))
}

func TestChannelsAreSearchedAndPaged(t *testing.T) {
	channels := []Channel{}
	for i := range 5 {
		channels = append(channels, Channel{ID: int64(i + 1), Source: "wa", Name: fmt.Sprintf("Cabang %d", i%2)})
	}
	w := newWorld(t, Config{Channels: channels})
	got := w.asAdmin("GET", "/api/v3/admin/channel/wa?limit=2&page=2", nil)
	assert.InEpsilon(t, 3, got.at("data/0/id"), 0)
	assert.Equal(t, map[string]any{"page": 2.0, "limit": 2.0, "total": 5.0, "total_page": 3.0}, got.at("meta"))
	got = w.asAdmin("GET", "/api/v3/admin/channel/wa?search=cabang+1", nil)
	assert.Len(t, got.at("data"), 2)
}

// What is changed shows wherever the channel is shown.
func TestAChangedChannelShows(t *testing.T) {
	w := newWorld(t, Config{Channels: everyKind()})
	roomID, err := w.CustomerWrites(t.Context(), CustomerMessage{Source: "qiscus", UserID: "laras@example.id", Text: "halo"})
	require.NoError(t, err)
	got := w.asAdmin("POST", "/api/v2/qiscus/connect/4/update",
		object{"name": "Toko Solo", "badge_url": "https://cdn.example.id/solo.svg", "is_active": false, "is_secure": true})
	assert.Equal(t, "Toko Solo", got.at("data/qiscus_channel/name"), got.raw)
	assert.Equal(t, true, got.at("data/qiscus_channel/is_secure"))

	older := w.call("GET", "/api/v2/channels", nil)
	assert.Equal(t, "Toko Solo", older.at("data/qiscus_channels/0/name"))
	assert.Equal(t, false, older.at("data/qiscus_channels/0/is_active"))
	info := w.call("GET", "/api/v1/qiscus/room/"+roomID+"/user_info", nil)
	assert.Equal(t, "Toko Solo", info.at("data/channel_name"))
	assert.Equal(t, "https://cdn.example.id/solo.svg", info.at("data/channel/badge_url"))
	assert.Equal(t, false, info.at("data/channel/is_active"))

	got = w.asAdmin("POST", "/api/v2/custom_channel/connect/10/update", object{"is_active": false})
	assert.Equal(t, false, got.at("data/custom_channel/is_active"), got.raw)
	got = w.asAdmin("POST", "/api/v2/telegram/connect/5/update", object{"configs": object{
		"offline_message": "Tutup.", "online_message": nil, "send_offline_each_message": true, "send_online_if_resolved": false,
	}})
	assert.Equal(t, http.StatusOK, got.status, got.raw)
	config := w.asAdmin("GET", "/api/v2/channels/5/configs?source=telegram", nil)
	assert.Equal(t, "Tutup.", config.at("data/channel_config/offline_message"))
	assert.Equal(t, false, config.at("data/channel_config/is_enabled"), "the switch is another call's")
}

func TestANewChannelIsThereAtOnce(t *testing.T) {
	w := newWorld(t, Config{Channels: []Channel{{ID: firstChannel + 1, Source: "qiscus", Name: "Lama"}}})
	got := w.asAdmin("POST", "/api/v2/qiscus/connect", object{
		"name": "Baru", "badge_url": "https://cdn.example.id/baru.svg", "is_active": false, "is_secure": true, "is_secure_toc": true,
	})
	id := got.at("data/qiscus_channel/id")
	assert.InEpsilon(t, firstChannel+2, id, 0, "ids that are taken are skipped: %s", got.raw)
	list := w.call("GET", "/api/v2/channels", nil)
	assert.Equal(t, "Baru", list.at("data/qiscus_channels/1/name"))
	assert.Equal(t, true, list.at("data/qiscus_channels/1/is_secure_toc"))
	_, err := w.CustomerWrites(t.Context(), CustomerMessage{Source: "qiscus", ChannelID: firstChannel + 2, UserID: "laras", Text: "halo"})
	require.NoError(t, err)

	bot := w.asAdmin("POST", "/api/v2/telegram/connect", object{"bot_token": "tg-1", "configs": nil})
	assert.Equal(t, "tg-1", bot.at("data/telegram_channel/bot_token"), bot.raw)
	path := fmt.Sprintf("/api/v2/telegram/connect/%.0f/delete", bot.at("data/telegram_channel/id"))
	assert.Equal(t, http.StatusOK, w.asAdmin("POST", path, nil).status)
	assert.Equal(t, http.StatusNotFound, w.asAdmin("POST", path, nil).status)
	assert.Equal(t, []any{}, w.call("GET", "/api/v2/channels", nil).at("data/telegram_channels"))
}

func TestAWidgetIsKept(t *testing.T) {
	w := newWorld(t, Config{Channels: everyKind()})
	path := "/api/v2/app/config/public-widget/" + w.Config().AppCode + "/4"
	got := w.asAdmin("GET", path, nil)
	variables, ok := got.at("data/widget/variables").(map[string]any)
	require.True(t, ok, got.raw)
	assert.Nil(t, got.at("data/widget/styles"))
	variables["welcomeText"], variables["suaraBaru"] = "Selamat pagi", "lonceng"
	set := object{"style": object{"accent": "#fff"}, "widget": object{"variables": variables}}
	assert.Equal(t, http.StatusOK, w.asAdmin("POST", "/api/v2/qiscus/widget_configs/4", set).status)
	delete(set, "style")
	assert.Equal(t, http.StatusOK, w.asAdmin("POST", "/api/v2/qiscus/widget_configs/4", set).status)
	got = w.asAdmin("GET", path, nil)
	assert.Equal(t, "Selamat pagi", got.at("data/widget/variables/welcomeText"))
	assert.Equal(t, "lonceng", got.at("data/widget/variables/suaraBaru"))
	assert.Equal(t, "#fff", got.at("data/widget/styles/accent"), "what is left out stays")
}

func TestUnknownChannelsAreNotFound(t *testing.T) {
	w := newWorld(t, Config{Channels: everyKind()})
	responder := object{"source": "wa", "enabled": true}
	for _, request := range []struct {
		method, path string
		body         any
	}{
		{"GET", "/api/v2/qiscus/7", nil}, // an id of another kind
		{"GET", "/api/v2/wa/4", nil},
		{"GET", "/api/v2/wa/0", nil},
		{"POST", "/api/v2/wa/connect/4/update", object{"is_active": true}},
		{"POST", "/api/v2/telegram/connect/4/delete", nil},
		{"GET", "/api/v2/channels/4/configs?source=wa", nil},
		{"POST", "/api/v2/channels/4/configs", responder},
		{"GET", "/api/v2/app/config/public-widget/" + w.Config().AppCode + "/7", nil},
		{"GET", "/api/v2/app/config/public-widget/lain-1/4", nil},
	} {
		got := w.asAdmin(request.method, request.path, request.body)
		assert.Equal(t, http.StatusNotFound, got.status, "%s: %s", request.path, got.raw)
	}
	widget := w.asAdmin("GET", "/api/v2/app/config/public-widget/"+w.Config().AppCode+"/4", nil)
	set := object{"widget": object{"variables": widget.at("data/widget/variables")}}
	assert.Equal(t, http.StatusNotFound, w.asAdmin("POST", "/api/v2/qiscus/widget_configs/7", set).status)
	assert.Equal(t, http.StatusBadRequest, w.asAdmin("GET", "/api/v2/qiscus/empat", nil).status)
}

// Customers write on each of the channels that there are to begin with, and on those
// that are made; each tells its own code and name.
func TestCustomersWriteOnEveryChannel(t *testing.T) {
	w := newWorld(t, Config{})
	made := w.asAdmin("POST", "/api/v2/qiscus/connect", object{
		"name": "Toko Solo", "badge_url": "", "is_active": true, "is_secure": false, "is_secure_toc": false,
	})
	require.Equal(t, http.StatusOK, made.status, made.raw)
	shop := int64(made.at("data/qiscus_channel/id").(float64))
	codes := []string{}
	for _, channel := range w.Channels() {
		codes = append(codes, kindOf(&channel))
		room, err := w.CustomerWrites(t.Context(), CustomerMessage{
			Source: channel.Source, ChannelID: channel.ID, UserID: "dewi", Text: "halo",
		})
		require.NoError(t, err, channel.Name)
		row := w.call("GET", "/api/v2/customer_rooms/"+room, nil)
		assert.Equal(t, channel.Source, row.at("data/customer_room/source"))
		assert.InDelta(t, channel.ID, row.at("data/customer_room/channel_id"), 0)
		info := w.call("GET", "/api/v1/qiscus/room/"+room+"/user_info", nil)
		assert.Equal(t, channel.Name, info.at("data/channel_name"))
		listed := w.call("POST", "/api/v2/customer_rooms", object{
			"channels": []object{{"source": channel.Source, "channel_id": channel.ID}},
		})
		assert.Len(t, listed.at("data/customer_rooms"), 1, channel.Name)
		proposed := w.call("POST", "/api/v1/admin/service/allocate_agent", object{"source": channel.Source, "channel_id": channel.ID})
		assert.NotNil(t, proposed.at("data/agent"), channel.Name)
	}
	assert.Equal(t, []string{"wa", "qiscus", "ig", "custom", "line", "telegram", "fb", "qiscus"}, codes)
	chat := w.call("POST", "/api/v2/qiscus/initiate_chat", object{
		"app_id": w.Config().AppCode, "user_id": "dewi", "name": "Dewi", "nonce": "n", "channel_id": shop,
	})
	assert.InDelta(t, shop, chat.at("data/customer_room/channel_id"), 0)
	assert.Equal(t, "halo", chat.at("data/customer_room/last_comment_text"))
}
