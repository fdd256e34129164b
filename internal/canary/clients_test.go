package canary_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/canary"
	"github.com/qismo-go/qismo/pkg/qismo"
)

const appID = "wangi-qjxw1k2m3n4o"

// Options that cannot work are refused without a word of what was in them.
func TestOptionsAreNotQuoted(t *testing.T) {
	t.Setenv("QISCUS_APP_ID", "")
	t.Setenv("QISCUS_OMNICHANNEL_URL", "")
	token, name := canary.New(canary.Token, "an option"), canary.New(canary.Name, "an option")
	net := canary.NewNet(token, name)
	key := qismo.WithSecretKey(appID, token.Text)
	for what, opts := range map[string][]qismo.Option{
		"a key with a line's end":      {qismo.WithSecretKey(appID, token.Text+"\n")},
		"a token with a line's end":    {qismo.WithToken(appID, token.Text+"\r")},
		"a password with a line's end": {qismo.WithLogin(appID, name.Text, token.Text+"\x00")},
		"an App ID with a line's end":  {qismo.WithSecretKey(token.Text+"\n", token.Text)},
		"no App ID":                    {qismo.WithSecretKey("", token.Text)},
		"two credentials":              {key, qismo.WithToken(appID, token.Text)},
		"a base URL with a user":       {key, qismo.WithBaseURL("https://" + token.Text + ":" + token.Text + "@example.id")},
		"a base URL with a query":      {key, qismo.WithBaseURL("https://example.id/?key=" + token.Text)},
		"a base URL that is none":      {key, qismo.WithBaseURL("%zz" + token.Text)},
		"a base URL without a scheme":  {key, qismo.WithBaseURL(token.Text + "@example.id")},
		"a base URL in plain":          {key, qismo.WithBaseURL("http://example.id/" + token.Text)},
		"a proxy that is none":         {key, qismo.WithProxy("%zz" + token.Text)},
		"a proxy without a scheme":     {key, qismo.WithProxy(name.Text + ":" + token.Text + "@example.id:8080")},
		"a proxy of another scheme":    {key, qismo.WithProxy("ftp://" + token.Text + ":" + token.Text + "@example.id")},
		"a proxy with an odd password": {key, qismo.WithProxy("http://user:" + token.Text + "%zz@example.id")},
		"a proxy and no proxy":         {key, qismo.WithProxy("http://u:" + token.Text + "@example.id"), qismo.WithoutProxy()},
		"a transport beside it":        {key, qismo.WithProxy("http://u:" + token.Text + "@example.id"), qismo.WithTransport(http.DefaultTransport)},
		"an odd role":                  {key, qismo.WithRole(qismo.Role(token.Text))},
		"an odd application":           {key, qismo.WithApplication(name.Text, token.Text)},
		"an odd header":                {key, qismo.WithHeader(name.Text, token.Text)},
		"a header with a line's end":   {key, qismo.WithHeader("X-Team", token.Text+"\n")},
		"a header of a credential":     {key, qismo.WithHeader("Authorization", token.Text)},
		"a header of the connection":   {key, qismo.WithHeader("Host", token.Text)},
		"a log-in without an address":  {qismo.WithLogin(appID, "", token.Text)},
	} {
		t.Run(what, func(t *testing.T) {
			_, err := qismo.New(opts...)
			require.Error(t, err)
			for _, text := range canary.AllTexts(err) {
				assert.Empty(t, net.Search(text), text)
			}
		})
	}
	t.Run("the environment", func(t *testing.T) {
		t.Setenv("QISCUS_APP_ID", appID)
		t.Setenv("QISCUS_SECRET_KEY", token.Text+"\n")
		_, err := qismo.New()
		require.Error(t, err)
		assert.Empty(t, net.Search(err.Error()))
	})
}

// source is a token source that is not asked for how it prints.
type source struct{ token string }

func (s *source) Token(context.Context) (string, error) { return s.token, nil }
func (s *source) Expired(string)                        {}

// A client, its services and the options that made it can be printed, before it was
// used and after.
func TestClientsPrintNoSecret(t *testing.T) {
	token, other := canary.New(canary.Token, "a credential"), canary.New(canary.Hex, "a credential")
	net := canary.NewNet(token, other)
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"data":{"user":{"authentication_token":"`+other.Text+`"},"long_lived_token":"`+token.Text+
			`","auth":{"token":"`+other.Text+`"},"name":"x"}}`)
	}))
	t.Cleanup(service.Close)
	for what, credential := range map[string]qismo.Option{
		"secret key":   qismo.WithSecretKey(appID, token.Text),
		"token":        qismo.WithToken(appID, token.Text),
		"log-in":       qismo.WithLogin(appID, token.Text+"@example.id", token.Text),
		"token source": qismo.WithTokenSource(appID, &source{token.Text}),
	} {
		t.Run(what, func(t *testing.T) {
			options := []qismo.Option{
				credential, qismo.WithBaseURL(service.URL),
				qismo.WithProxy("http://" + token.Text + ":" + other.Text + "@" + service.Listener.Addr().String()),
			}
			client, err := qismo.New(options...)
			require.NoError(t, err)
			assertPrintsNothing(t, net, client, options)
			_, err = client.App.Plan(t.Context())
			require.NoError(t, err)
			assertPrintsNothing(t, net, client, options)
		})
	}
}

func assertPrintsNothing[Client any](t *testing.T, net *canary.Net, client *Client, options []qismo.Option) {
	t.Helper()
	type holder struct {
		Shown  *Client
		hidden *Client
		value  Client
	}
	held := holder{client, client, *client}
	shown := []any{client, *client, options, options[0], held, &held, []*Client{client}}
	fields := reflect.ValueOf(*client)
	for i := range fields.NumField() {
		if fields.Type().Field(i).IsExported() {
			shown = append(shown, fields.Field(i).Interface(), fields.Field(i).Elem().Interface())
		}
	}
	for _, value := range shown {
		for _, text := range canary.Printed(value) {
			assert.Empty(t, net.Search(text), text)
		}
	}
}
