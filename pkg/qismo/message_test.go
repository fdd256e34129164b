package qismo_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/document"
	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

var postback = qismo.BotButton{
	Label: "satu liter", Type: qismo.ButtonPostback, PostbackText: "satu liter",
	Payload: qismo.ButtonTarget{
		URL: "https://example.id/pilih", Method: qismo.PostbackPost, Payload: map[string]any{"ukuran": "1"},
	},
}

// builtMessages are messages of every kind, with what they become on the wire:
// the message's text and its payload.
var builtMessages = map[string]struct {
	message       qismo.Message
	text, payload string
}{
	"text":         {qismo.NewText("halo"), "halo", ""},
	"longest text": {qismo.NewText(strings.Repeat("é", 4000)), strings.Repeat("é", 4000), ""},
	"file":         {qismo.NewFile(qismo.FilePayload{URL: "https://cdn.example.id/a.pdf"}), "", `{"url":"https://cdn.example.id/a.pdf"}`},
	"file in whole": {
		qismo.NewFile(qismo.FilePayload{URL: "http://cdn.example.id/a.pdf", Caption: "harga", FileName: "a.pdf", Size: 9, Pages: 2}).
			WithFallback("daftar harga"),
		"daftar harga",
		`{"url":"http://cdn.example.id/a.pdf","caption":"harga","file_name":"a.pdf","size":9,"pages":2}`,
	},
	"buttons": {
		qismo.NewButtons("mau apa?", qismo.LinkButton("lihat menu", "https://example.id/menu"), qismo.PostbackButton("pesan", "saya pesan"), postback),
		"mau apa?",
		`{"text":"mau apa?","buttons":[
			{"label":"lihat menu","type":"link","payload":{"url":"https://example.id/menu"}},
			{"label":"pesan","type":"postback","postback_text":"saya pesan","payload":{"url":""}},
			{"label":"satu liter","type":"postback","postback_text":"satu liter",
				"payload":{"url":"https://example.id/pilih","method":"post","payload":{"ukuran":"1"}}}]}`,
	},
	"buttons with a fallback": {
		qismo.NewButtons("mau apa?", qismo.LinkButton("telepon", "tel:+628115550100"), qismo.PostbackButton("ya", "")).
			WithFallback("telepon kami atau jawab ya"),
		"telepon kami atau jawab ya",
		`{"text":"mau apa?","buttons":[
			{"label":"telepon","type":"link","payload":{"url":"tel:+628115550100"}},
			{"label":"ya","type":"postback","postback_text":"ya","payload":{"url":""}}]}`,
	},
	"a button whose text is its label": {
		qismo.NewButtons("jadi?", qismo.BotButton{Label: "ya", Type: qismo.ButtonPostback}),
		"jadi?",
		`{"text":"jadi?","buttons":[{"label":"ya","type":"postback","payload":{"url":""}}]}`,
	},
	"card": {
		qismo.NewCard(qismo.CardPayload{
			Text: "menu hari ini", Title: "Toraja", Description: "biji dari Sulawesi", Image: "https://cdn.example.id/toraja.jpg",
			URL: "https://example.id/toraja", Buttons: []qismo.BotButton{qismo.LinkButton("pesan", "https://example.id/pesan")},
		}),
		"menu hari ini",
		`{"text":"menu hari ini","title":"Toraja","description":"biji dari Sulawesi","image":"https://cdn.example.id/toraja.jpg",
			"url":"https://example.id/toraja","buttons":[{"label":"pesan","type":"link","payload":{"url":"https://example.id/pesan"}}]}`,
	},
	"card with a title": {qismo.NewCard(qismo.CardPayload{Title: "Toraja"}), "", `{"title":"Toraja"}`},
	"carousel": {
		qismo.NewCarousel(
			qismo.CarouselCard{
				Title: "Gayo", Buttons: []qismo.BotButton{qismo.PostbackButton("pesan", "")},
				DefaultAction: qismo.CardAction{Type: qismo.ButtonLink, Payload: qismo.ButtonTarget{URL: "https://example.id/gayo"}},
			},
			qismo.CarouselCard{Image: "https://cdn.example.id/toraja.jpg", Description: "biji dari Sulawesi"},
		),
		"",
		`{"cards":[{"title":"Gayo","default_action":{"type":"link","payload":{"url":"https://example.id/gayo"}},
			"buttons":[{"label":"pesan","type":"postback","postback_text":"pesan","payload":{"url":""}}]},
			{"image":"https://cdn.example.id/toraja.jpg","description":"biji dari Sulawesi"}]}`,
	},
	"place": {
		qismo.NewLocation(qismo.LocationPayload{Name: "Kopi Wangi", Address: "Jalan Melati 8", Latitude: -6.91, Longitude: 107.61, MapURL: "https://maps.example.id/wangi"}),
		"",
		`{"name":"Kopi Wangi","address":"Jalan Melati 8","latitude":-6.91,"longitude":107.61,"map_url":"https://maps.example.id/wangi"}`,
	},
	"place on the equator":    {qismo.NewLocation(qismo.LocationPayload{Longitude: 109.32}), "", `{"latitude":0,"longitude":109.32}`},
	"place at the edge":       {qismo.NewLocation(qismo.LocationPayload{Latitude: 90, Longitude: -180}), "", `{"latitude":90,"longitude":-180}`},
	"place at the other edge": {qismo.NewLocation(qismo.LocationPayload{Latitude: -90, Longitude: 180}), "", `{"latitude":-90,"longitude":180}`},
	"custom":                  {qismo.NewCustom("nota", map[string]int{"total": 96000}), "", `{"type":"nota","content":{"total":96000}}`},
	"custom text":             {qismo.NewCustom("kode", "").WithFallback("kode baru"), "kode baru", `{"type":"kode","content":""}`},
}

// Every message goes out in the form that the document has, and comes back as the
// type that it was made from.
func TestMessagesOnTheWire(t *testing.T) {
	service := newRecorder(t, answer(200, "", ""))
	client := service.client(t)
	rest, err := document.REST()
	require.NoError(t, err)
	request, ok := rest.Operation("sendBotMessage").JSON()
	require.True(t, ok)
	kinds := map[qismo.MessageType]bool{}
	for name, built := range builtMessages {
		require.NoError(t, client.Bot.SendMessage(t.Context(), "98120734", built.message), name)
		seen := service.seen()
		body := seen[len(seen)-1].Body

		var members map[string]any
		require.NoError(t, json.Unmarshal([]byte(body), &members))
		assert.Empty(t, request.Schema.Validate(members), name)
		known := []string{"message", "payload", "room_id", "sender_email", "type"}
		assert.Subset(t, known, slices.Collect(maps.Keys(members)), "%s: nothing stands beside the payload", name)
		assert.Equal(t, string(built.message.Kind()), members["type"], name)

		var params qismo.SendBotMessageParams
		require.NoError(t, json.Unmarshal([]byte(body), &params))
		assert.Equal(t, built.text, params.Message, name)
		if built.payload == "" {
			assert.NotContains(t, members, "payload", name)
		} else {
			assert.JSONEq(t, built.payload, string(params.Payload.Raw()), name)
			roundTrip(t, name, params)
		}
		kinds[built.message.Kind()] = true
	}
	assert.Len(t, kinds, 7, "every kind")
}

// roundTrip reads a payload into its type and writes it again.
func roundTrip(t *testing.T, name string, params qismo.SendBotMessageParams) {
	t.Helper()
	payload := map[qismo.MessageType]any{
		qismo.MessageFileAttachment: &qismo.FilePayload{},
		qismo.MessageButtons:        &qismo.ButtonsPayload{},
		qismo.MessageCard:           &qismo.CardPayload{},
		qismo.MessageCarousel:       &qismo.CarouselPayload{},
		qismo.MessageLocation:       &qismo.LocationPayload{},
		qismo.MessageCustom:         &qismo.CustomPayload{},
	}[params.Type]
	require.NoError(t, params.Payload.Decode(payload), name)
	again, err := flex.NewJSON(payload)
	require.NoError(t, err, name)
	assert.Equal(t, string(params.Payload.Raw()), string(again.Raw()), name)
}

// hiddenWords stands for what a customer or the business says: no error holds it.
const hiddenWords = "rahasia pelanggan"

// What is wrong with a message is told when it is sent, by its place and not by
// what it says, and nothing goes out.
func TestMessagesRefuse(t *testing.T) {
	link := qismo.LinkButton(hiddenWords, "https://example.id/menu")
	broken := qismo.LinkButton(hiddenWords, hiddenWords)
	act := func(action qismo.CardAction) qismo.Message {
		return qismo.NewCarousel(qismo.CarouselCard{Title: hiddenWords, DefaultAction: action})
	}
	service := newRecorder(t, answer(200, "", ""))
	for want, message := range map[string]qismo.Message{
		"the message is empty: make one with NewText or another function": {},
		"text: the text is empty":                                                qismo.NewText(""),
		"text: a text needs no fallback":                                         qismo.NewText(hiddenWords).WithFallback(hiddenWords),
		"the message has 4001 characters, 4000 are allowed":                      qismo.NewText(hiddenWords + strings.Repeat("é", 4001-len(hiddenWords))),
		"buttons: the text has 4002 characters, 4000 are allowed":                qismo.NewButtons(strings.Repeat("a", 4002), link).WithFallback("x"),
		"card: the text has 4002 characters, 4000 are allowed":                   qismo.NewCard(qismo.CardPayload{Text: strings.Repeat("a", 4002)}),
		"the message has 4003 characters, 4000 are allowed":                      qismo.NewCustom("x", 1).WithFallback(strings.Repeat("a", 4003)),
		"file_attachment: the URL is not an absolute address with http or https": qismo.NewFile(qismo.FilePayload{URL: "cdn.example.id/" + hiddenWords, Caption: hiddenWords}),
		"file_attachment: the size is negative":                                  qismo.NewFile(qismo.FilePayload{URL: "https://cdn.example.id/a.pdf", Size: -1}),
		"file_attachment: the number of pages is negative":                       qismo.NewFile(qismo.FilePayload{URL: "https://cdn.example.id/a.pdf", Pages: -1}),
		"buttons: the text is empty":                                             qismo.NewButtons("", link).WithFallback(hiddenWords),
		"buttons: there is no button":                                            qismo.NewButtons(hiddenWords),
		"buttons: there are 4 buttons, 3 are shown":                              qismo.NewButtons(hiddenWords, link, link, link, link),
		"buttons: button 2: the label is empty":                                  qismo.NewButtons(hiddenWords, link, qismo.PostbackButton("", hiddenWords)),
		"buttons: button 1: the link is not an absolute address":                 qismo.NewButtons(hiddenWords, broken),
		"buttons: button 3: it is neither a link nor a postback":                 qismo.NewButtons(hiddenWords, link, link, qismo.BotButton{Label: hiddenWords, Type: hiddenWords}),
		"buttons: button 1: the method of the postback is neither get nor post": qismo.NewButtons(hiddenWords,
			qismo.BotButton{Label: "x", Type: qismo.ButtonPostback, PostbackText: "x", Payload: qismo.ButtonTarget{Method: hiddenWords}}),
		"buttons: button 1: the URL of the postback is not an absolute address with http or https": qismo.NewButtons(hiddenWords,
			qismo.BotButton{Label: "x", Type: qismo.ButtonPostback, PostbackText: "x", Payload: qismo.ButtonTarget{URL: "tel:+628115550100"}}),
		"card: it has no text, image, title or description":             qismo.NewCard(qismo.CardPayload{URL: "https://example.id"}),
		"card: the URL is not an absolute address":                      qismo.NewCard(qismo.CardPayload{Title: hiddenWords, URL: "https:" + hiddenWords}),
		"card: the image is not an absolute address with http or https": qismo.NewCard(qismo.CardPayload{Title: hiddenWords, Image: "//" + hiddenWords}),
		"card: button 1: the link is not an absolute address":           qismo.NewCard(qismo.CardPayload{Title: hiddenWords, Buttons: []qismo.BotButton{broken}}),
		"carousel: there is no card":                                    qismo.NewCarousel(),
		"carousel: card 2: it has no image, title or description":       qismo.NewCarousel(qismo.CarouselCard{Title: hiddenWords}, qismo.CarouselCard{}),
		"carousel: card 1: button 2: the link is not an absolute address": qismo.NewCarousel(
			qismo.CarouselCard{Title: hiddenWords, Buttons: []qismo.BotButton{link, broken}}),
		"carousel: card 1: the default action: the link is not an absolute address":      act(qismo.CardAction{Type: qismo.ButtonLink}),
		"carousel: card 1: the default action: the postback has no text, URL or payload": act(qismo.CardAction{Type: qismo.ButtonPostback}),
		"carousel: card 1: the default action: it is neither a link nor a postback":      act(qismo.CardAction{Payload: qismo.ButtonTarget{Method: qismo.PostbackGet}}),
		"location: latitude and longitude are missing":                                   qismo.NewLocation(qismo.LocationPayload{Name: hiddenWords}),
		"location: the latitude is not within -90 and 90 degrees":                        qismo.NewLocation(qismo.LocationPayload{Latitude: 107.61, Longitude: -6.91}),
		"location: the longitude is not within -180 and 180 degrees":                     qismo.NewLocation(qismo.LocationPayload{Longitude: math.NaN()}),
		"location: the map's URL is not an absolute address":                             qismo.NewLocation(qismo.LocationPayload{Latitude: 1, MapURL: hiddenWords}),
		"custom: the kind is empty":                                                      qismo.NewCustom("", hiddenWords),
		"custom: the content is missing":                                                 qismo.NewCustom(hiddenWords, nil),
		"custom: the content: flex: cannot write a Go float64 as JSON":                   qismo.NewCustom(hiddenWords, math.Inf(1)),
	} {
		err := service.client(t).Bot.SendMessage(t.Context(), "98120734", message)
		require.EqualError(t, err, "qismo: sendBotMessage: "+want)
		assert.NotContains(t, err.Error(), hiddenWords)
		_, err = service.client(t).Customer.SendMessage(t.Context(), qismo.SendCustomChannelMessageParams{}, message)
		require.EqualError(t, err, "qismo: sendCustomChannelMessage: "+want)
	}
	assert.Empty(t, service.seen())
}

// A message is what it was when it was made.
func TestMessagesDoNotChange(t *testing.T) {
	buttons := []qismo.BotButton{qismo.PostbackButton("ya", ""), qismo.PostbackButton("tidak", "")}
	first := qismo.NewButtons("jadi?", buttons...)
	buttons[0].Label = ""
	second := first.WithFallback("jawab ya atau tidak")

	service := newRecorder(t, answer(200, "", ""))
	client := service.client(t)
	for _, message := range []qismo.Message{first, second, first} {
		require.NoError(t, client.Bot.SendMessage(t.Context(), "98120734", message))
	}
	seen := service.seen()
	assert.Equal(t, seen[0].Body, seen[2].Body)
	assert.Contains(t, seen[0].Body, `"message":"jadi?"`)
	assert.Contains(t, seen[1].Body, `"message":"jawab ya atau tidak"`)
	assert.Contains(t, seen[1].Body, `"label":"ya"`)
}

// The lengths are checked where the caller makes the payload, too.
func TestLengthsAreChecked(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"data":{"room_log":{}}}`))
	client := service.client(t)
	longest, long := strings.Repeat("é", qismo.MaxMessageLength), strings.Repeat("é", qismo.MaxMessageLength+1)
	params := qismo.SendCustomChannelMessageParams{IdentifierKey: "ik-2207", UserID: "budi@example.id", Name: "Budi"}

	require.NoError(t, client.Bot.SendText(t.Context(), "5", longest))
	params.Message = longest
	_, err := client.Customer.SendCustomChannelMessage(t.Context(), params)
	require.NoError(t, err)
	assert.Len(t, service.seen(), 2)

	require.EqualError(t, client.Bot.SendText(t.Context(), "5", long),
		"qismo: sendBotMessage: the message has 4001 characters, 4000 are allowed")
	params.Message = long
	_, err = client.Customer.SendCustomChannelMessage(t.Context(), params)
	require.EqualError(t, err, "qismo: sendCustomChannelMessage: the message has 4001 characters, 4000 are allowed")
	require.EqualError(t, client.Bot.SendText(t.Context(), "", "halo"), "qismo: sendBotMessage: the room id is empty")
	require.EqualError(t, client.Bot.SendText(t.Context(), "5", ""), "qismo: sendBotMessage: text: the text is empty")
	for want, params := range map[string]qismo.SendBotMessageParams{
		"the text is empty":                                 {RoomID: "5", Payload: flex.JSON{}},
		"the payload is missing":                            {RoomID: "5", Type: qismo.MessageButtons, Message: "halo"},
		"the message has 4001 characters, 4000 are allowed": {RoomID: "5", Message: long},
	} {
		require.EqualError(t, client.Bot.Send(t.Context(), params), "qismo: sendBotMessage: "+want)
	}
	assert.Len(t, service.seen(), 2)
}

// A custom channel takes three kinds, each in the form that the document has.
func TestMessagesInACustomChannel(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"data":{"room_log":{}}}`))
	client := service.client(t)
	rest, err := document.REST()
	require.NoError(t, err)
	request, ok := rest.Operation("sendCustomChannelMessage").JSON()
	require.True(t, ok)
	params := qismo.SendCustomChannelMessageParams{
		IdentifierKey: "ik-2207", UserID: "budi@example.id", Name: "Budi Santoso", Avatar: "https://cdn.example.id/budi.png",
	}
	taken := 0
	for name, built := range builtMessages {
		_, err := client.Customer.SendMessage(t.Context(), params, built.message)
		switch kind := built.message.Kind(); kind {
		case qismo.MessageText, qismo.MessageFileAttachment, qismo.MessageButtons:
			require.NoError(t, err, name)
			taken++
			var members map[string]any
			require.NoError(t, json.Unmarshal([]byte(service.seen()[taken-1].Body), &members))
			assert.Empty(t, request.Schema.Validate(members), name)
			assert.Equal(t, built.text, members["message"], name)
			assert.Equal(t, string(kind), members["type"], name)
			assert.Equal(t, "ik-2207", members["identifier_key"], name)
		default:
			require.EqualError(t, err, fmt.Sprintf(
				"qismo: sendCustomChannelMessage: a custom channel takes a text, a file or buttons, and no %s", kind))
		}
	}
	assert.Len(t, service.seen(), taken)

	params.Message = "halo"
	_, err = client.Customer.SendMessage(t.Context(), params, qismo.NewText("halo"))
	require.EqualError(t, err, "qismo: sendCustomChannelMessage: the parameters hold a message beside the one that is sent")
}
