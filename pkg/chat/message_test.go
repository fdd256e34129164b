package chat_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

func jsonOf(t *testing.T, value any) flex.JSON {
	t.Helper()
	written, err := flex.NewJSON(value)
	require.NoError(t, err)
	return written
}

// builtMessages are messages of every type, with what they become on the wire: the
// message's text and its payload.
func builtMessages(t *testing.T) map[string]struct {
	message       chat.Message
	text, payload string
} {
	t.Helper()
	calling := chat.Button{
		Label: "satu liter", Type: chat.ButtonPostback, PostbackText: "saya mau satu liter",
		Payload: chat.ButtonTarget{
			URL: "https://hooks.example.id/pilih", Method: chat.PostbackPost, Payload: jsonOf(t, map[string]int{"liter": 1}),
		},
	}
	return map[string]struct {
		message       chat.Message
		text, payload string
	}{
		"text":         {chat.NewText("halo"), "halo", ""},
		"longest text": {chat.NewText(strings.Repeat("é", 4000)), strings.Repeat("é", 4000), ""},
		"reply":        {chat.NewReply("masih ada", "90113402"), "masih ada", `{"text":"masih ada","replied_comment_id":90113402}`},
		"file": {
			chat.NewFile(chat.FilePayload{URL: "https://files.example.id/a.pdf", Caption: "faktur", FileName: "a.pdf", Size: 9, Pages: 2}),
			"[file] https://files.example.id/a.pdf [/file]",
			`{"url":"https://files.example.id/a.pdf","caption":"faktur","file_name":"a.pdf","size":9,"pages":2}`,
		},
		"buttons": {
			chat.NewButtons("mau apa?", chat.LinkButton("lihat", "https://toko.example.id"), chat.PostbackButton("ya", ""), calling),
			"mau apa?",
			`{"text":"mau apa?","buttons":[
				{"label":"lihat","type":"link","payload":{"url":"https://toko.example.id"}},
				{"label":"ya","type":"postback","postback_text":"ya","payload":{"url":""}},
				{"label":"satu liter","type":"postback","postback_text":"saya mau satu liter",
					"payload":{"url":"https://hooks.example.id/pilih","method":"post","payload":{"liter":1}}}]}`,
		},
		"card": {
			chat.NewCard(chat.CardPayload{
				Text: "baru datang", Title: "Tas rotan", Description: "dari Lombok", Image: "https://cdn.example.id/tas.jpg",
				URL: "https://toko.example.id/tas", Buttons: []chat.Button{chat.LinkButton("pesan", "https://toko.example.id/pesan")},
			}),
			"baru datang",
			`{"text":"baru datang","title":"Tas rotan","description":"dari Lombok","image":"https://cdn.example.id/tas.jpg",
				"url":"https://toko.example.id/tas","buttons":[{"label":"pesan","type":"link","payload":{"url":"https://toko.example.id/pesan"}}]}`,
		},
		"carousel": {
			chat.NewCarousel(
				chat.CarouselCard{
					Title: "Gayo", Buttons: []chat.Button{chat.PostbackButton("pesan", "")},
					DefaultAction: chat.CardAction{Type: chat.ButtonLink, Payload: chat.ButtonTarget{URL: "https://toko.example.id/gayo"}},
				},
				chat.CarouselCard{Image: "https://cdn.example.id/toraja.jpg", Description: "dari Sulawesi"},
			).WithFallback("dua kopi baru"),
			"dua kopi baru",
			`{"cards":[{"title":"Gayo","default_action":{"type":"link","payload":{"url":"https://toko.example.id/gayo"}},
				"buttons":[{"label":"pesan","type":"postback","postback_text":"pesan","payload":{"url":""}}]},
				{"image":"https://cdn.example.id/toraja.jpg","description":"dari Sulawesi"}]}`,
		},
		"place": {
			chat.NewLocation(chat.LocationPayload{Name: "Toko Rina", Latitude: -7.56, Longitude: 110.82, MapURL: "https://peta.example.id/rina"}),
			"Toko Rina\nhttps://peta.example.id/rina",
			`{"name":"Toko Rina","latitude":-7.56,"longitude":110.82,"map_url":"https://peta.example.id/rina"}`,
		},
		"contact": {
			chat.NewContact(chat.ContactPayload{Name: "Gudang", Value: "+628115550144", Type: chat.ContactPhone}),
			"Gudang - +628115550144", `{"name":"Gudang","value":"+628115550144","type":"phone"}`,
		},
		"invitation": {
			chat.NewAccountLinking(chat.AccountLinkingPayload{
				Text: "hubungkan akun", URL: "https://toko.example.id/masuk", RedirectURL: "https://toko.example.id/selesai",
				Params: chat.AccountLinkingParams{UserID: "71834", TopicID: "48210977", ButtonText: "Masuk"},
			}),
			"hubungkan akun",
			`{"text":"hubungkan akun","url":"https://toko.example.id/masuk","redirect_url":"https://toko.example.id/selesai",
				"params":{"user_id":71834,"topic_id":48210977,"button_text":"Masuk"}}`,
		},
		"pressed button": {
			chat.NewPostback(calling), "saya mau satu liter",
			`{"url":"https://hooks.example.id/pilih","method":"post","payload":{"liter":1}}`,
		},
		"pressed button without a text": {
			chat.NewPostback(chat.Button{Label: "ya", Type: chat.ButtonPostback}), "ya", `{"url":""}`,
		},
		"of one's own": {
			chat.NewCustom("nota", map[string]int{"total": 96000}).WithFallback("nota 96.000"), "nota 96.000", `{"total":96000}`,
		},
		"of one's own without a payload": {chat.NewCustom("tanda", nil), "", ""},
		"custom content":                 {chat.NewCustomContent("promo", "AKHIRPEKAN"), "", `{"type":"promo","content":"AKHIRPEKAN"}`},
		"with extras": {
			chat.NewText("halo").WithExtras(map[string]string{"sumber": "gudang"}), "halo", "",
		},
	}
}

func send(t *testing.T, server *chat.Server, message chat.Message) error {
	t.Helper()
	_, err := server.Messages.Send(t.Context(), chat.ServerSendParams{
		RoomID: "48210977", UserID: "rina@toko.example.id", Message: message,
	})
	return err
}

// Every message goes out in the form that the document has.
func TestMessagesOnTheWire(t *testing.T) {
	t.Parallel()
	service := newExamples(t)
	server := service.server(t)
	types := map[chat.MessageType]bool{}
	for name, built := range builtMessages(t) {
		require.NoError(t, send(t, server, built.message), name)
		seen := service.seen()
		request := seen[len(seen)-1]
		checkRequest(t, request)
		var members map[string]any
		require.NoError(t, json.Unmarshal([]byte(request.Body), &members))
		assert.Equal(t, "48210977", members["room_id"], name)
		assert.Equal(t, "rina@toko.example.id", members["user_id"], name)
		assert.Equal(t, built.message.Kind(), members["type"], name)
		if built.text == "" {
			assert.NotContains(t, members, "message", name)
		} else {
			assert.Equal(t, built.text, members["message"], name)
		}
		if built.payload == "" {
			assert.NotContains(t, members, "payload", name)
		} else {
			payload, err := json.Marshal(members["payload"])
			require.NoError(t, err)
			assert.JSONEq(t, built.payload, string(payload), name)
		}
		if name == "with extras" {
			assert.Equal(t, map[string]any{"sumber": "gudang"}, members["extras"])
		} else {
			assert.NotContains(t, members, "extras", name)
		}
		types[built.message.Kind()] = true
	}
	assert.Len(t, types, 13, "every type, and two of one's own")
}

// hiddenWords stands for what people or the business say: no error holds it.
const hiddenWords = "rahasia pelanggan"

// What is wrong with a message is told when it is sent, by its place and not by what it
// says, and nothing goes out.
func TestMessagesRefuse(t *testing.T) {
	t.Parallel()
	link := chat.LinkButton(hiddenWords, "https://toko.example.id")
	invite := func(change func(*chat.AccountLinkingPayload)) chat.Message {
		invitation := chat.AccountLinkingPayload{
			Text: hiddenWords, URL: "https://toko.example.id", Params: chat.AccountLinkingParams{ButtonText: hiddenWords},
		}
		change(&invitation)
		return chat.NewAccountLinking(invitation)
	}
	long := strings.Repeat("é", 4001)
	service := newRecorder(t, answerJSON(200, `{"results":{}}`))
	server := service.server(t)
	for want, message := range map[string]chat.Message{
		"the message is empty: make one with NewText or another function": {},
		"text: the text is empty":                                                chat.NewText(""),
		"text: the text has 4001 characters, 4000 are allowed":                   chat.NewText(long),
		"text: words need no fallback":                                           chat.NewText(hiddenWords).WithFallback(hiddenWords),
		"reply: words need no fallback":                                          chat.NewReply(hiddenWords, "1").WithFallback(hiddenWords),
		"reply: the text is empty":                                               chat.NewReply("", "1"),
		"reply: the id of the message that is answered is missing or no number":  chat.NewReply(hiddenWords, "0"),
		"reply: the text has 4001 characters, 4000 are allowed":                  chat.NewReply(long, "1"),
		"file_attachment: the URL is not an absolute address with http or https": chat.NewFile(chat.FilePayload{URL: hiddenWords}),
		"buttons: there is no button":                                            chat.NewButtons(hiddenWords),
		"buttons: there are 4 buttons, 3 are shown":                              chat.NewButtons(hiddenWords, link, link, link, link),
		"buttons: button 2: the label is empty":                                  chat.NewButtons(hiddenWords, link, chat.PostbackButton("", hiddenWords)),
		"card: it has no text, image, title or description":                      chat.NewCard(chat.CardPayload{}),
		"carousel: card 1: the default action: the postback has no text, URL or payload": chat.NewCarousel(
			chat.CarouselCard{Title: hiddenWords, DefaultAction: chat.CardAction{Type: chat.ButtonPostback}}),
		"location: latitude and longitude are missing":                           chat.NewLocation(chat.LocationPayload{Name: hiddenWords}),
		"contact_person: the name is empty":                                      chat.NewContact(chat.ContactPayload{Value: hiddenWords}),
		"contact_person: the value is empty":                                     chat.NewContact(chat.ContactPayload{Name: hiddenWords}),
		"contact_person: the type is neither phone nor email":                    chat.NewContact(chat.ContactPayload{Name: "x", Value: "x", Type: hiddenWords}),
		"account_linking: the text is empty":                                     invite(func(p *chat.AccountLinkingPayload) { p.Text = "" }),
		"account_linking: the button has no text":                                invite(func(p *chat.AccountLinkingPayload) { p.Params.ButtonText = "" }),
		"account_linking: the text has 4001 characters, 4000 are allowed":        invite(func(p *chat.AccountLinkingPayload) { p.Text = long }),
		"account_linking: the URL is not an absolute address with http or https": invite(func(p *chat.AccountLinkingPayload) { p.URL = hiddenWords }),
		"account_linking: the redirect URL is not an absolute address with http or https": invite(
			func(p *chat.AccountLinkingPayload) { p.RedirectURL = hiddenWords }),
		"button_postback_response: the button is no postback":               chat.NewPostback(link),
		"button_postback_response: the button has no text and no label":     chat.NewPostback(chat.Button{Type: chat.ButtonPostback}),
		"button_postback_response: words need no fallback":                  chat.NewPostback(chat.PostbackButton(hiddenWords, "")).WithFallback("x"),
		"the message: the type is empty":                                    chat.NewCustom("", nil),
		"the message: the payload: it is no object":                         chat.NewCustom(hiddenWords, []string{hiddenWords}),
		"the message: the text has 4001 characters, 4000 are allowed":       chat.NewCustom(hiddenWords, nil).WithFallback(long),
		"the message: the payload: flex: cannot write a Go float64 as JSON": chat.NewCustom(hiddenWords, math.NaN()),
		"the message: the extras: it is no object":                          chat.NewCustom(hiddenWords, nil).WithExtras(hiddenWords),
		"custom: the kind is empty":                                         chat.NewCustomContent("", hiddenWords),
		"custom: the content is missing":                                    chat.NewCustomContent(hiddenWords, nil),
		"custom: the content: flex: cannot write a Go float64 as JSON":      chat.NewCustomContent(hiddenWords, math.Inf(1)),
		"text: the extras: they are missing":                                chat.NewText(hiddenWords).WithExtras(nil),
		"text: the unique id is empty":                                      chat.NewText(hiddenWords).WithUniqueID(""),
		"a server's message has no unique id of its own":                    chat.NewText(hiddenWords).WithUniqueID("lokal-1"),
	} {
		err := send(t, server, message)
		require.EqualError(t, err, "chat: restPostComment: "+want)
		assert.NotContains(t, err.Error(), hiddenWords)
	}
	assert.Empty(t, service.seen())
}

// The types that have a meaning of their own cannot be taken, as the guide has them.
func TestMessagesOfReservedTypes(t *testing.T) {
	t.Parallel()
	service := newRecorder(t, answerJSON(200, `{"results":{}}`))
	for _, reserved := range []string{
		"text", "file_attachment", "account_linking", "buttons", "button_postback_response", "replay", "reply", "system_event",
		"card", "custom", "location", "contact_person", "carousel",
	} {
		require.EqualError(t, send(t, service.server(t), chat.NewCustom(reserved, map[string]int{})),
			"chat: restPostComment: "+reserved+": the type has a meaning of its own: "+reserved)
	}
	assert.Empty(t, service.seen())
}

// The first thing that is wrong is the one that is told.
func TestMessagesKeepTheirProblem(t *testing.T) {
	t.Parallel()
	message := chat.NewText("").WithFallback("x").WithExtras(nil).WithUniqueID("")
	service := newRecorder(t, answerJSON(200, `{"results":{}}`))
	require.EqualError(t, send(t, service.server(t), message), "chat: restPostComment: text: the text is empty")
}

// A message is what it was when it was made.
func TestMessagesDoNotChange(t *testing.T) {
	t.Parallel()
	buttons := []chat.Button{chat.PostbackButton("ya", ""), chat.PostbackButton("tidak", "")}
	extras := map[string]string{"sumber": "gudang"}
	first := chat.NewButtons("jadi?", buttons...).WithExtras(extras)
	buttons[0].Label, extras["sumber"] = "", "toko"
	second := first.WithFallback("jawab ya atau tidak").WithExtras(map[string]string{})

	service := newExamples(t)
	server := service.server(t)
	for _, message := range []chat.Message{first, second, first} {
		require.NoError(t, send(t, server, message))
	}
	seen := service.seen()
	assert.Equal(t, seen[0].Body, seen[2].Body)
	assert.Contains(t, seen[0].Body, `"message":"jadi?"`)
	assert.Contains(t, seen[0].Body, `"gudang"`)
	assert.Contains(t, seen[1].Body, `"message":"jawab ya atau tidak"`)
	assert.Contains(t, seen[1].Body, `"label":"ya"`)
	assert.Contains(t, seen[1].Body, `"extras":{}`)
}
