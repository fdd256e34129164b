package payload_test

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/payload"
)

// hidden stands for what a customer or the business says: no error holds it.
const hidden = "rahasia pelanggan"

var (
	link     = payload.Button{Label: hidden, Action: payload.Action{Kind: payload.Link, URL: "tel:+628115550100"}}
	postback = payload.Button{Label: hidden, Action: payload.Action{Kind: payload.Postback}}
	broken   = payload.Button{Label: hidden, Action: payload.Action{Kind: payload.Link, URL: hidden}}
)

func TestWhatIsTaken(t *testing.T) {
	calls := payload.Action{Kind: payload.Postback, URL: "https://example.id/pilih", Method: "post", Sends: true}
	for name, err := range map[string]error{
		"the longest text": payload.CheckText("the text", strings.Repeat("é", payload.MaxText)),
		"a file":           payload.CheckFile("https://cdn.example.id/a.pdf", 9, 2),
		"buttons":          payload.CheckButtons("halo", []payload.Button{link, postback, {Label: "x", Action: calls}}),
		"a title":          payload.CheckCard(payload.Card{Title: hidden}),
		"a text alone":     payload.CheckCard(payload.Card{Text: hidden}),
		"a whole card": payload.CheckCard(payload.Card{
			Text: hidden, Image: "http://cdn.example.id/a.jpg", Title: hidden, Description: hidden,
			URL: "https://example.id", Buttons: []payload.Button{link},
		}),
		"cards": payload.CheckCarousel([]payload.Card{
			{Description: hidden, Action: calls}, {Image: "https://cdn.example.id/a.jpg"},
			{Title: hidden, Action: payload.Action{Kind: payload.Postback, Sends: true}},
		}),
		"a place":      payload.CheckLocation(-6.91, 107.61, "geo:-6.91,107.61"),
		"the edge":     payload.CheckLocation(90, -180, ""),
		"the equator":  payload.CheckLocation(0, 109.32, ""),
		"the meridian": payload.CheckLocation(51.48, 0, ""),
	} {
		require.NoError(t, err, name)
	}
}

func TestWhatIsRefused(t *testing.T) {
	act := func(action payload.Action) error {
		return payload.CheckCarousel([]payload.Card{{Title: hidden, Action: action}})
	}
	for want, err := range map[string]error{
		"the message has 4001 characters, 4000 are allowed":                                                 payload.CheckText("the message", strings.Repeat("é", 4001)),
		"the size is negative":                                                                              payload.CheckFile("https://cdn.example.id/a.pdf", -1, 0),
		"the number of pages is negative":                                                                   payload.CheckFile("https://cdn.example.id/a.pdf", 0, -1),
		"the URL is not an absolute address with http or https":                                             payload.CheckFile("ftp://cdn.example.id/"+hidden, 0, 0),
		"the text is empty":                                                                                 payload.CheckButtons("", []payload.Button{link}),
		"there is no button":                                                                                payload.CheckButtons(hidden, nil),
		"the text has 4002 characters, 4000 are allowed":                                                    payload.CheckButtons(strings.Repeat("a", 4002), []payload.Button{link}),
		"there are 4 buttons, 3 are shown":                                                                  payload.CheckButtons(hidden, []payload.Button{link, link, link, link}),
		"button 2: the label is empty":                                                                      payload.CheckButtons(hidden, []payload.Button{link, {}}),
		"button 1: it is neither a link nor a postback":                                                     payload.CheckButtons(hidden, []payload.Button{{Label: hidden, Action: payload.Action{Kind: hidden}}}),
		"button 1: the link is not an absolute address":                                                     payload.CheckCard(payload.Card{Title: hidden, Buttons: []payload.Button{broken}}),
		"it has no text, image, title or description":                                                       payload.CheckCard(payload.Card{URL: "https://example.id"}),
		"the text has 4003 characters, 4000 are allowed":                                                    payload.CheckCard(payload.Card{Text: strings.Repeat("a", 4003)}),
		"the URL is not an absolute address":                                                                payload.CheckCard(payload.Card{Title: hidden, URL: "https:" + hidden}),
		"the image is not an absolute address with http or https":                                           payload.CheckCard(payload.Card{Title: hidden, Image: "//" + hidden}),
		"there is no card":                                                                                  payload.CheckCarousel(nil),
		"card 2: it has no image, title or description":                                                     payload.CheckCarousel([]payload.Card{{Title: hidden}, {Text: hidden}}),
		"card 1: the default action: the link is not an absolute address":                                   act(payload.Action{Kind: payload.Link}),
		"card 1: the default action: the postback has no text, URL or payload":                              act(payload.Action{Kind: payload.Postback}),
		"card 1: the default action: it is neither a link nor a postback":                                   act(payload.Action{Text: hidden}),
		"card 1: the default action: the method of the postback is neither get nor post":                    act(payload.Action{Kind: payload.Postback, Text: hidden, Method: "put"}),
		"card 1: the default action: the URL of the postback is not an absolute address with http or https": act(payload.Action{Kind: payload.Postback, URL: "tel:1"}),
		"the latitude is not within -90 and 90 degrees":                                                     payload.CheckLocation(107.61, -6.91, ""),
		"the longitude is not within -180 and 180 degrees":                                                  payload.CheckLocation(1, math.NaN(), ""),
		"latitude and longitude are missing":                                                                payload.CheckLocation(0, 0, ""),
		"the map's URL is not an absolute address":                                                          payload.CheckLocation(1, 1, hidden),
	} {
		require.EqualError(t, err, want)
		assert.NotContains(t, err.Error(), hidden)
	}
}
