package timeline_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/qismo-go/qismo/internal/sandbox/timeline"
)

func TestShown(t *testing.T) {
	sdk := http.Header{"Qiscus-App-Id": {"wangi"}, "Accept": {"*/*"}}
	sdk.Set("QISCUS_SDK_SECRET", "rahasia")
	entry := timeline.Entry{
		URL: "/api?token=rahasia",
		Request: timeline.Body{
			Header: http.Header{
				"Authorization": {"rahasia", "rahasia juga"}, "Qiscus-Secret-Key": {"rahasia"}, "Cookie": {"rahasia"},
				"Qiscus-App-Id": {"wangi"},
			},
			Bytes: []byte(`{"password":"seen"}`),
		},
		Response: timeline.Body{Header: http.Header{"Set-Cookie": {"rahasia"}}},
	}
	shown := entry.Shown()
	assert.Equal(t, "/api?token=***", shown.URL)
	assert.Equal(t, http.Header{
		"Authorization": {"***", "***"}, "Qiscus-Secret-Key": {"***"}, "Cookie": {"***"}, "Qiscus-App-Id": {"wangi"},
	}, shown.Request.Header)
	assert.Equal(t, http.Header{"Set-Cookie": {"***"}}, shown.Response.Header)
	assert.Equal(t, `{"password":"seen"}`, string(shown.Request.Bytes), "bodies are shown")
	assert.Equal(t, "rahasia", entry.Request.Header.Get("Authorization"), "the entry is as it was")
	assert.Equal(t, "/api?token=rahasia", entry.URL)

	shown = timeline.Entry{Request: timeline.Body{Header: sdk}}.Shown()
	assert.Equal(t, http.Header{"Qiscus-App-Id": {"wangi"}, "Accept": {"*/*"}, "Qiscus_sdk_secret": {"***"}}, shown.Request.Header)
	assert.Nil(t, timeline.Entry{}.Shown().Request.Header)
}

func TestShownURL(t *testing.T) {
	for address, shown := range map[string]string{
		"/api/v1/rooms":                           "/api/v1/rooms",
		"/api?page=2&ids[]=3":                     "/api?page=2&ids[]=3",
		"/api?token=a&page=2&Access_Token=b":      "/api?token=***&page=2&Access_Token=***",
		"/api?tok%65n=a":                          "/api?tok%65n=***",
		"/api?a=b&token=x=y?z":                    "/api?a=b&token=***",
		"/api?token":                              "/api?token",
		"/api?%zz=1&secret_key=a":                 "/api?%zz=1&secret_key=***",
		"http://127.0.0.1:8080/the-secret":        "http://127.0.0.1:8080/the-secret", // a webhook's path is shown
		"https://me:pass@word@bots.test/x@y:z@":   "https://me:***@bots.test/x@y:z@",
		"https://me@bots.test/x":                  "https://me@bots.test/x",
		"https://:p@bots.test":                    "https://:***@bots.test",
		"https://bots.test/?next=http://a:b@c.id": "https://bots.test/?next=http://a:b@c.id",
		"::": "::",
		"":   "",
	} {
		assert.Equal(t, shown, timeline.Entry{URL: address}.Shown().URL, address)
	}
}
