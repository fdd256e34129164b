package qismo_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

func listed(t *testing.T, body string) ([]qismo.Channel, error) {
	t.Helper()
	return newRecorder(t, answerJSON(200, body)).client(t).Channels.List(t.Context())
}

// short is what a program tells channels by.
func short(channels []qismo.Channel) []string {
	lines := []string{}
	for _, c := range channels {
		lines = append(lines, fmt.Sprintf("%s %s %q %s %t %T", c.Source, c.ID, c.Name, c.BadgeURL, c.IsActive, c.Row))
	}
	return lines
}

func TestListReadsEveryKindOfChannel(t *testing.T) {
	channels, err := listed(t, `{"data":{
		"waca_channels":[{"id":8,"name":"cloud"}],
		"wa_channels":[{"id":7,"name":null,"badge_url":"b7","is_active":true},{"id":"17"}],
		"tiktok_channels":[{"id":9,"name":"tt","badge_url":"b9"}],
		"telegram_channels":[{"id":6,"name":"tele"}],
		"qiscus_channels":[{"id":5,"name":"web","is_active":false}],
		"line_channels":[{"id":4,"name":"line"}],
		"ig_channels":[{"id":3,"name":"ig"}],
		"fb_channels":[{"id":2,"profile_name":"page","use_channel_responder":null}],
		"custom_channels":[{"id":1,"name":"own","logo_url":"b1","is_active":true,"identifier_key":"ik"}]}}`)
	require.NoError(t, err)
	assert.Equal(t, []string{
		`custom 1 "own" b1 true *omnichannel.CustomChannel`,
		`fb 2 "page"  false *omnichannel.FbChannel`,
		`ig 3 "ig"  false *omnichannel.IgChannel`,
		`line 4 "line"  false *omnichannel.LineChannel`,
		`qiscus 5 "web"  false *omnichannel.QiscusChannel`,
		`telegram 6 "tele"  false *omnichannel.TelegramChannel`,
		`tiktok 9 "tt" b9 false flex.SecretJSON`,
		`wa 7 "" b7 true *omnichannel.WaChannel`,
		`wa 17 ""  false *omnichannel.WaChannel`,
		`waca 8 "cloud"  false *omnichannel.WacaChannel`,
	}, short(channels))
}

func TestListPassesOnWhatItDoesNotKnow(t *testing.T) {
	for name, test := range map[string]struct {
		data string
		want []string
	}{
		"a new kind":                 {`{"kopling_channels":[{"id":"k1","name":"K","is_active":1}]}`, []string{`kopling k1 "K"  true flex.SecretJSON`}},
		"an array of another name":   {`{"others":[{"id":1}]}`, []string{`others 1 ""  false flex.SecretJSON`}},
		"a new kind without ids":     {`{"kopling_channels":[{"uuid":"x"}]}`, []string{`kopling  ""  false flex.SecretJSON`}},
		"a new kind that is text":    {`{"kopling_channels":["a",7]}`, []string{`kopling  ""  false flex.SecretJSON`, `kopling  ""  false flex.SecretJSON`}},
		"odd members of a new kind":  {`{"kopling_channels":[{"id":1.5,"name":{},"is_active":"ya"}]}`, []string{`kopling  ""  false flex.SecretJSON`}},
		"odd members of a known one": {`{"wa_channels":[{"id":1,"name":"W","is_active":"true","pin":7}]}`, []string{`wa 1 "W"  true flex.SecretJSON`}},
		"what is no array":           {`{"total":3,"meta":{"page":1},"versi":"2"}`, []string{}},
		"null arrays":                {`{"wa_channels":null,"kopling_channels":null}`, []string{}},
		"null rows":                  {`{"wa_channels":[null,{"id":1}]}`, []string{`wa 1 ""  false *omnichannel.WaChannel`}},
		"no arrays":                  {`{}`, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			channels, err := listed(t, `{"data":`+test.data+`}`)
			require.NoError(t, err)
			assert.Equal(t, test.want, short(channels))
			assert.NotNil(t, channels)
		})
	}
}

func TestListRefusesWhatCannotBeUsed(t *testing.T) {
	const canary = "kanari-551c"
	for name, body := range map[string]string{
		"a known kind without an id":  `{"data":{"wa_channels":[{"name":"` + canary + `"}]}}`,
		"a known kind with an odd id": `{"data":{"wa_channels":[{"id":["` + canary + `"]}]}}`,
		"a known kind as text":        `{"data":{"qiscus_channels":["` + canary + `"]}}`,
		"a known kind as an object":   `{"data":{"fb_channels":{"` + canary + `":{}}}}`,
		"no data":                     `{"status":200}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := listed(t, body)
			require.ErrorIs(t, err, qismo.ErrUnexpectedAnswer)
			assert.Contains(t, err.Error(), "listChannels")
			assert.NotContains(t, err.Error(), canary)
		})
	}
}

func TestRowsKeepWhatTheyHold(t *testing.T) {
	channels, err := listed(t, `{"data":{"wa_channels":[{"id":1,"phone_number":"62811"}],"kopling_channels":[{"id":2,"baru":"ya"}]}}`)
	require.NoError(t, err)
	require.Len(t, channels, 2)
	row, ok := channels[1].Row.(*qismo.WhatsAppChannel)
	require.True(t, ok)
	assert.Equal(t, "62811", row.PhoneNumber)
	unknown, ok := channels[0].Row.(flex.SecretJSON)
	require.True(t, ok)
	assert.JSONEq(t, `{"id":2,"baru":"ya"}`, string(unknown.Reveal().Raw()))
}

func TestChannelIs(t *testing.T) {
	custom := qismo.Channel{Source: qismo.SourceCustom, ID: "7", IdentifierKey: "ik-1"}
	whatsApp := qismo.Channel{Source: qismo.SourceWhatsApp, ID: "7"}
	assert.True(t, custom.Is("custom", "7"))
	assert.True(t, custom.Is("ik-1", "7"), "as rooms name it")
	assert.False(t, custom.Is("ik-1", "8"))
	assert.False(t, custom.Is("wa", "7"))
	assert.True(t, whatsApp.Is("wa", "7"))
	assert.False(t, whatsApp.Is("", "7"))
}

// Each secret that a kind of channel has, as a canary.
const (
	canarySecrets = `"secret_key":"KANARI","access_token":"KANARI","bot_token":"KANARI","long_lived_token":"KANARI",` +
		`"encoded_token":"KANARI","token":"KANARI","base64_user_credential":"KANARI","pin":"KANARI","identifier_key":"KANARI"`
	canaryRow = `{"id":1,"name":"nama",` + canarySecrets + `}`
)

func requireHidden(t *testing.T, value any) {
	t.Helper()
	var shown strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%t"} {
		shown.WriteString(sprint(verb, value))
	}
	encoded, err := json.Marshal(value)
	require.NoError(t, err)
	var log bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(handler).Info("read", "value", value)
	}
	everything := shown.String() + string(encoded) + log.String()
	assert.NotContains(t, everything, "KANARI")
	assert.NotContains(t, everything, sprint("%x", "KANARI"))
	assert.NotContains(t, everything, strings.Trim(sprint("%d", []byte("KANARI")), "[]"))
	assert.Contains(t, string(encoded), "***")
}

func TestNoChannelShowsItsSecrets(t *testing.T) {
	for _, kind := range []string{"custom", "fb", "ig", "line", "qiscus", "telegram", "tiktok", "wa", "waca", "kopling"} {
		t.Run(kind, func(t *testing.T) {
			service := newRecorder(t, answerJSON(200, `{"data":{"`+kind+`_channels":[`+canaryRow+`]}}`))
			channels, err := service.client(t).Channels.List(t.Context())
			require.NoError(t, err)
			require.Len(t, channels, 1)
			assert.Equal(t, "KANARI", channels[0].IdentifierKey.Reveal())
			requireHidden(t, channels)
			requireHidden(t, channels[0])
			requireHidden(t, &channels[0])
			for _, verb := range []string{"%v", "%+v", "%#v"} {
				assert.NotContains(t, sprint(verb, channels[0].Row), "KANARI")
			}
			assert.Equal(t, kind+" channel 1 (nama)", channels[0].String())
			groups, err := service.client(t).Channels.Grouped(t.Context())
			require.NoError(t, err)
			if kind != "waca" { // which is not known to have secrets
				requireHidden(t, groups)
				requireHidden(t, *groups)
			}
		})
	}
}

func TestNoChannelOfOneKindShowsItsSecrets(t *testing.T) {
	for _, source := range []qismo.ChannelSource{"custom", "fb", "ig", "line", "qiscus", "telegram", "tiktok", "wa"} {
		t.Run(string(source), func(t *testing.T) {
			service := newRecorder(t, answerJSON(200, `{"data":[`+canaryRow+`],"meta":{"total":1}}`))
			page, err := service.client(t).Channels.ListByType(t.Context(), source, qismo.ListChannelsByTypeParams{})
			require.NoError(t, err)
			requireHidden(t, page.Items)

			service = newRecorder(t, answerJSON(200, `{"data":{"`+string(source)+`_channel":`+canaryRow+`}}`))
			channel, err := service.client(t).Channels.Update(t.Context(), source, "1", qismo.UpdateChannelParams{Name: "n"})
			require.NoError(t, err)
			requireHidden(t, channel)
			requireHidden(t, *channel)
		})
	}
	service := newRecorder(t, answerJSON(200, `{"data":{"qiscus_channel":`+canaryRow+`,"wa_channel":`+canaryRow+`,"telegram_channel":`+canaryRow+`}}`))
	client := service.client(t).Channels
	liveChat, err := client.GetQiscus(t.Context(), "1")
	require.NoError(t, err)
	requireHidden(t, liveChat)
	whatsApp, err := client.GetWhatsApp(t.Context(), "1")
	require.NoError(t, err)
	requireHidden(t, whatsApp)
	telegram, err := client.CreateTelegram(t.Context(), qismo.CreateTelegramChannelParams{BotToken: "t"})
	require.NoError(t, err)
	requireHidden(t, telegram)
	assert.NotContains(t, sprint("%+v", qismo.CreateTelegramChannelParams{BotToken: "KANARI"}), "KANARI")
}

func TestChannelsOnTheWire(t *testing.T) {
	const row = `{"id":5140}`
	for name, test := range map[string]struct {
		answer    string
		call      func(context.Context, *qismo.ChannelsService) error
		method    string
		uri, body string
	}{
		"a page of one kind": {
			answer: `{"data":[]}`,
			call: func(ctx context.Context, s *qismo.ChannelsService) error {
				_, err := s.ListByType(ctx, qismo.SourceCustom, qismo.ListChannelsByTypeParams{Page: 2, Limit: 5})
				return err
			},
			method: "GET", uri: "/api/v3/admin/channel/custom?page=2&limit=5",
		},
		"a custom channel is updated under another word": {
			answer: `{"data":{"custom_channel":` + row + `}}`,
			call: func(ctx context.Context, s *qismo.ChannelsService) error {
				_, err := s.Update(ctx, qismo.SourceCustom, "5140", qismo.UpdateChannelParams{IsActive: ptr(false), ID: "1"})
				return err
			},
			method: "POST", uri: "/api/v2/custom_channel/connect/5140/update", body: `{"is_active":false,"id":"5140"}`,
		},
		"a Telegram channel's responder": {
			answer: `{"data":{"telegram_channel":` + row + `}}`,
			call: func(ctx context.Context, s *qismo.ChannelsService) error {
				configs := &qismo.ChannelResponder{OnlineMessage: ptr("halo")}
				_, err := s.Update(ctx, qismo.SourceTelegram, "5170", qismo.UpdateChannelParams{Configs: configs})
				return err
			},
			method: "POST", uri: "/api/v2/telegram/connect/5170/update",
			body: `{"id":"5170","configs":{"offline_message":null,"online_message":"halo","send_offline_each_message":false,"send_online_if_resolved":false}}`,
		},
		"a Telegram bot without a responder": {
			answer: `{"data":{"telegram_channel":` + row + `}}`,
			call: func(ctx context.Context, s *qismo.ChannelsService) error {
				_, err := s.CreateTelegram(ctx, qismo.CreateTelegramChannelParams{BotToken: "tg-1"})
				return err
			},
			method: "POST", uri: "/api/v2/telegram/connect", body: `{"bot_token":"tg-1","configs":null}`,
		},
		"an auto-responder is read by kind and id": {
			answer: `{"data":{"channel_config":{}}}`,
			call: func(ctx context.Context, s *qismo.ChannelsService) error {
				_, err := s.Config(ctx, qismo.SourceTelegram, "5170")
				return err
			},
			method: "GET", uri: "/api/v2/channels/5170/configs?source=telegram",
		},
		"an auto-responder is written whole": {
			call: func(ctx context.Context, s *qismo.ChannelsService) error {
				return s.SetConfig(ctx, qismo.SourceQiscus, "5121", qismo.ChannelConfig{OnlineMessage: "halo"})
			},
			method: "POST", uri: "/api/v2/channels/5121/configs",
			body: `{"source":"qiscus","enabled":false,"offline_message":null,"online_message":"halo","send_offline_each_message":false,"send_online_if_resolved":false}`,
		},
		"a Telegram bot is deleted with a POST": {
			call: func(ctx context.Context, s *qismo.ChannelsService) error {
				return s.DeleteTelegram(ctx, "5170")
			},
			method: "POST", uri: "/api/v2/telegram/connect/5170/delete",
		},
		"a widget is of the app": {
			answer: `{"data":{"widget":{}}}`,
			call: func(ctx context.Context, s *qismo.ChannelsService) error {
				_, err := s.WidgetConfig(ctx, "5121")
				return err
			},
			method: "GET", uri: "/api/v2/app/config/public-widget/" + testAppID + "/5121",
		},
	} {
		t.Run(name, func(t *testing.T) {
			service := newRecorder(t, answerJSON(200, test.answer))
			require.NoError(t, test.call(t.Context(), service.client(t).Channels))
			seen := service.seen()
			require.Len(t, seen, 1)
			assert.Equal(t, test.method+" "+test.uri, seen[0].Method+" "+seen[0].URI)
			if test.body == "" {
				assert.Empty(t, seen[0].Body)
				return
			}
			assert.JSONEq(t, test.body, seen[0].Body)
		})
	}
}

// A look that is read and written back is the same, with what this library does
// not know of it.
func TestAWidgetSurvivesReadingAndWriting(t *testing.T) {
	const (
		known = `"appID":"a","selectedWidgetPage":"s","welcomeMessageStatus":true,"openAtStart":false,` +
			`"attentionGrabberStatus":false,"grabberImage":false,"grabberTextStatus":false,"buttonHasText":true,"buttonHasIcon":false,` +
			`"isChannelWidgetEnabled":false,"welcomeText":"w","welcomeTimeout":"3","buttonText":"b","buttonIcon":"","formGreet":"",` +
			`"formSubtitle":"","loginFormButtonLabel":"","customerIdentifierInputType":"email","customerServiceName":"",` +
			`"customerServiceAvatar":"","attentionGrabberImage":"","attentionGrabberText":"t","grabberTimeout":"5"`
		variables = `{` + known + `,"suaraBaru":{"nada":[1,2]},` +
			`"channel_widget":{"live_channel":{"is_enable":false,"baru":1},"other_channel":[{"url":"u","index":0,"baru":2}],"title":"","baru":3},` +
			`"extra_fields":[{"name":"kota","required":false,"options":[{"id":1,"label":"S","baru":4}],"baru":5}]}`
	)
	service := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		answerJSON(200, `{"data":{"widget":{"styles":{"accent":"#fff"},"variables":`+variables+`}}}`)(w, request)
	})
	client := service.client(t).Channels
	config, err := client.WidgetConfig(t.Context(), "5121")
	require.NoError(t, err)
	require.NoError(t, client.SetWidgetConfig(t.Context(), "5121", *config))
	assert.JSONEq(t, `{"style":{"accent":"#fff"},"widget":{"variables":`+variables+`}}`, service.seen()[1].Body)
}

// What is null stays null, and does not become empty text.
func TestAWidgetKeepsItsNulls(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"data":{"widget":{"variables":{"attentionGrabberText":null,"channel_widget":null,"extra_fields":null}}}}`))
	client := service.client(t).Channels
	config, err := client.WidgetConfig(t.Context(), "5121")
	require.NoError(t, err)
	require.NoError(t, client.SetWidgetConfig(t.Context(), "5121", *config))
	var sent struct {
		Widget struct{ Variables map[string]any }
	}
	require.NoError(t, json.Unmarshal([]byte(service.seen()[1].Body), &sent))
	for _, name := range []string{"attentionGrabberText", "channel_widget", "extra_fields"} {
		value, ok := sent.Widget.Variables[name]
		assert.True(t, ok, name)
		assert.Nil(t, value, name)
	}
}

func TestChannelsRefuseWhatCannotBeMeant(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"data":{}}`))
	s := service.client(t).Channels
	for want, err := range map[string]error{
		"qismo: listChannelsByType: the page or the limit is negative": errorOf(s.ListByType(t.Context(), "wa", qismo.ListChannelsByTypeParams{Limit: -1})),
		"qismo: listChannelsByType: there is no list":                  errorOf(s.ListByType(t.Context(), "waca", qismo.ListChannelsByTypeParams{})),
		"qismo: updateChannel: channels of this source": errorOf(
			s.Update(t.Context(), "custom_channel", "1", qismo.UpdateChannelParams{Name: "n"})),
		"qismo: updateChannel: there is nothing to change": errorOf(s.Update(t.Context(), "wa", "1", qismo.UpdateChannelParams{ID: "1"})),
		"qismo: updateChannel: the channel id is empty":    errorOf(s.Update(t.Context(), "wa", "", qismo.UpdateChannelParams{Name: "n"})),
		"qismo: createQiscusChannel: the name is empty":    errorOf(s.CreateQiscus(t.Context(), qismo.CreateQiscusChannelParams{})),
		"qismo: createTelegramChannel: the bot token is":   errorOf(s.CreateTelegram(t.Context(), qismo.CreateTelegramChannelParams{})),
		"qismo: deleteTelegramChannel: the channel id":     s.DeleteTelegram(t.Context(), ""),
		"qismo: getChannelConfig: the source is empty":     errorOf(s.Config(t.Context(), "", "1")),
		"qismo: getChannelConfig: the channel id is empty": errorOf(s.Config(t.Context(), "wa", "")),
		"qismo: setChannelConfig: the source is empty":     s.SetConfig(t.Context(), "", "1", qismo.ChannelConfig{}),
		"qismo: setWidgetConfig: the widget has no":        s.SetWidgetConfig(t.Context(), "1", qismo.WidgetConfig{}),
		"qismo: getQiscusChannel: the channel id is empty": errorOf(s.GetQiscus(t.Context(), "")),
		"qismo: getWaChannel: the channel id is empty":     errorOf(s.GetWhatsApp(t.Context(), "")),
		"qismo: getPublicWidgetConfig: the channel id is":  errorOf(s.WidgetConfig(t.Context(), "")),
	} {
		require.Error(t, err, want)
		assert.True(t, strings.HasPrefix(err.Error(), want), "%s: %v", want, err)
	}
	assert.Empty(t, service.seen(), "nothing was sent")
}

func TestChannelsAnswersWithoutWhatWasAskedFor(t *testing.T) {
	update := qismo.UpdateChannelParams{Name: "n"}
	for name, test := range map[string]struct {
		answer, want string
		call         func(context.Context, *qismo.ChannelsService) error
	}{
		"a list": {`{"data":null,"meta":{}}`, "data", func(ctx context.Context, s *qismo.ChannelsService) error {
			return errorOf(s.ListByType(ctx, "wa", qismo.ListChannelsByTypeParams{}))
		}},
		"an id in a list": {`{"data":[{"name":"n"}]}`, "without an id", func(ctx context.Context, s *qismo.ChannelsService) error {
			return errorOf(s.ListByType(ctx, "wa", qismo.ListChannelsByTypeParams{}))
		}},
		"a live chat": {`{"data":{"qiscus_channel":{}}}`, "no channel id", func(ctx context.Context, s *qismo.ChannelsService) error {
			return errorOf(s.GetQiscus(ctx, "1"))
		}},
		"a WhatsApp channel": {`{"wa_channel":{"id":1}}`, "no channel id", func(ctx context.Context, s *qismo.ChannelsService) error {
			return errorOf(s.GetWhatsApp(ctx, "1"))
		}},
		"a new live chat": {`{"data":{"id":1}}`, "no channel id", func(ctx context.Context, s *qismo.ChannelsService) error {
			return errorOf(s.CreateQiscus(ctx, qismo.CreateQiscusChannelParams{Name: "n"}))
		}},
		"a new bot": {`{"data":{}}`, "no channel id", func(ctx context.Context, s *qismo.ChannelsService) error {
			return errorOf(s.CreateTelegram(ctx, qismo.CreateTelegramChannelParams{BotToken: "tg"}))
		}},
		"a changed channel": {`{"data":{"wa_channel":{"id":1}}}`, "no channel", func(ctx context.Context, s *qismo.ChannelsService) error {
			return errorOf(s.Update(ctx, "ig", "1", update))
		}},
		"a changed channel's id": {`{"data":{"ig_channel":{}}}`, "without an id", func(ctx context.Context, s *qismo.ChannelsService) error {
			return errorOf(s.Update(ctx, "ig", "1", update))
		}},
		"an auto-responder": {`{"data":{}}`, "no auto-responder", func(ctx context.Context, s *qismo.ChannelsService) error {
			return errorOf(s.Config(ctx, "wa", "1"))
		}},
		"a widget": {`{"data":{"widget":null}}`, "no widget", func(ctx context.Context, s *qismo.ChannelsService) error {
			return errorOf(s.WidgetConfig(ctx, "1"))
		}},
		"groups": {`{"data":null}`, "no data", func(ctx context.Context, s *qismo.ChannelsService) error {
			return errorOf(s.Grouped(ctx))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			err := test.call(t.Context(), newRecorder(t, answerJSON(200, test.answer)).client(t).Channels)
			require.ErrorIs(t, err, qismo.ErrUnexpectedAnswer)
			assert.Contains(t, err.Error(), test.want)
		})
	}
}

func TestChannelsFailuresAreErrors(t *testing.T) {
	s := newRecorder(t, answerJSON(403, `{"message":"You cannot consume this service","traceid":"5d1f"}`)).client(t).Channels
	for name, err := range map[string]error{
		"list":            errorOf(s.List(t.Context())),
		"grouped":         errorOf(s.Grouped(t.Context())),
		"of one kind":     errorOf(s.ListByType(t.Context(), "wa", qismo.ListChannelsByTypeParams{})),
		"live chat":       errorOf(s.GetQiscus(t.Context(), "1")),
		"WhatsApp":        errorOf(s.GetWhatsApp(t.Context(), "1")),
		"create":          errorOf(s.CreateQiscus(t.Context(), qismo.CreateQiscusChannelParams{Name: "n"})),
		"connect":         errorOf(s.CreateTelegram(t.Context(), qismo.CreateTelegramChannelParams{BotToken: "tg"})),
		"disconnect":      s.DeleteTelegram(t.Context(), "1"),
		"update":          errorOf(s.Update(t.Context(), "wa", "1", qismo.UpdateChannelParams{Name: "n"})),
		"read responder":  errorOf(s.Config(t.Context(), "wa", "1")),
		"write responder": s.SetConfig(t.Context(), "wa", "1", qismo.ChannelConfig{}),
		"read widget":     errorOf(s.WidgetConfig(t.Context(), "1")),
		"write widget":    s.SetWidgetConfig(t.Context(), "1", qismo.WidgetConfig{Variables: &qismo.WidgetVariables{}}),
	} {
		require.ErrorIs(t, err, qismo.ErrForbidden, name)
	}
}

func errorOf[T any](_ T, err error) error { return err }
