package canary_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/canary"
	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/qismo"
)

// What cannot be a client of the chat server is refused without a word of what was in it.
func TestOptionsOfChatAreNotQuoted(t *testing.T) {
	token, name := canary.New(canary.Token, "an option"), canary.New(canary.Name, "an option")
	net := canary.NewNet(token, name)
	server, err := chat.NewServer(appID, token.Text)
	require.NoError(t, err)
	of := func(who chat.Identity, options ...chat.Option) error {
		_, err := chat.NewUser(appID, who, options...)
		return err
	}
	serverOf := func(app, secret string, options ...chat.Option) error {
		_, err := chat.NewServer(app, secret, options...)
		return err
	}
	good := chat.Token(name.Text, token.Text)
	user, err := chat.NewUser(appID, good)
	require.NoError(t, err)
	broker := func(address string) error { return second(user.Sync.LocateBroker(t.Context(), address)) }
	for what, err := range map[string]error{
		"a secret with a line's end":    serverOf(appID, token.Text+"\n"),
		"an App ID with a line's end":   serverOf(token.Text+"\r", token.Text),
		"another address":               serverOf(appID, token.Text, chat.WithBaseURL("https://example.id/?key="+token.Text)),
		"a proxy that is none":          serverOf(appID, token.Text, chat.WithProxy("%zz"+token.Text)),
		"a header of a credential":      serverOf(appID, token.Text, chat.WithHeader("QISCUS-SDK-SECRET", token.Text)),
		"credentials of the other API":  serverOf(appID, token.Text, qismo.WithToken(appID, token.Text)),
		"a store for nothing":           serverOf(appID, token.Text, chat.WithTokenStore(chat.TokenFile(token.Text))),
		"a token with a line's end":     of(chat.Token(name.Text, token.Text+"\n")),
		"a user's id with a line's end": of(chat.Token(name.Text+"\n", token.Text)),
		"a password's user's id":        of(chat.Password(name.Text+"\x00", token.Text)),
		"no password":                   of(chat.Password(name.Text, "")),
		"a user of a server":            of(chat.TokenOf(server, name.Text+"\n")),
		"no user of a server":           of(chat.TokenOf(nil, name.Text)),
		"a store for a token":           of(good, chat.WithTokenStore(chat.TokenFile(token.Text))),
		"a header of a token":           of(good, chat.WithHeader("QISCUS-SDK-TOKEN", token.Text)),
		"an address in plain":           of(good, chat.WithBaseURL("http://example.id/"+token.Text)),
		"an odd identity token":         second(chat.NewIdentityToken(appID, token.Text, chat.IdentityClaims{Nonce: token.Text})),
		"an identity token of others":   second(chat.VerifyIdentityToken(appID, token.Text, token.Text+"."+token.Text+".x", time.Now())),
		"a broker that is none":         broker("%zz" + token.Text),
		"a broker with a user":          broker("https://" + token.Text + ":" + token.Text + "@example.id"),
		"a broker with a query":         broker("https://example.id/?key=" + token.Text),
		"a broker that is away":         broker("http://127.0.0.1:1/" + token.Text),
	} {
		require.Error(t, err, what)
		for _, text := range canary.AllTexts(err) {
			assert.Empty(t, net.Search(text), text)
		}
	}
}

// A client of the chat server, its services, its user's identity and the options that
// made it can be printed, before it was used and after.
func TestClientsOfChatPrintNoSecret(t *testing.T) {
	token, other := canary.New(canary.Token, "a credential"), canary.New(canary.Hex, "a credential")
	net := canary.NewNet(token, other)
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"results":{"token":"`+other.Text+`","nonce":"`+token.Text+`","user":{"email":"rina",`+
			`"token":"`+other.Text+`","refresh_token":"`+token.Text+`","user_id":"rina","username":"Rina"}}}`)
	}))
	t.Cleanup(service.Close)
	options := []chat.Option{
		chat.WithBaseURL(service.URL),
		chat.WithProxy("http://" + token.Text + ":" + other.Text + "@" + service.Listener.Addr().String()),
	}
	server, err := chat.NewServer(appID, token.Text, options...)
	require.NoError(t, err)
	assertPrintsNothing(t, net, server, options)
	_, err = server.Users.Get(t.Context(), "rina")
	require.NoError(t, err)
	assertPrintsNothing(t, net, server, options)
	for what, who := range map[string]chat.Identity{
		"token":          chat.Token("rina", token.Text),
		"password":       chat.Password("rina", token.Text),
		"identity token": chat.IdentityToken(func(context.Context, string) (string, error) { return token.Text, nil }),
		"server":         chat.TokenOf(server, "rina"),
	} {
		t.Run(what, func(t *testing.T) {
			user, err := chat.NewUser(appID, who, options...)
			require.NoError(t, err)
			assertPrintsNothing(t, net, user, options)
			got, err := user.Token(t.Context())
			require.NoError(t, err)
			assertPrintsNothing(t, net, user, options)
			for _, text := range append(canary.Printed(who), canary.Printed(got)...) {
				assert.Empty(t, net.Search(text), text)
			}
		})
	}
}

// A drive of the chat server's façade that is made to leak finds the leak, whatever it
// is, and says where it came from.
func TestLeaksOfChatAreFound(t *testing.T) {
	body := func(request *http.Request) string {
		sent, err := request.GetBody()
		if err != nil {
			return ""
		}
		var read bytes.Buffer
		_, _ = read.ReadFrom(sent) // what can be read
		return read.String()
	}
	for name, test := range map[string]struct {
		operation string
		leak      func(*http.Request) string
		place     string
	}{
		"the secret":        {"restGetUserToken", func(r *http.Request) string { return fmt.Sprint(r.Header) }, "the secret key"},
		"a user's token":    {"sdkSync", func(r *http.Request) string { return fmt.Sprintf("%q", r.Header) }, "the user token"},
		"a user's id":       {"sdkSync", func(r *http.Request) string { return strings.Join(r.Header["Qiscus-Sdk-User-Id"], "") }, "the log-in"},
		"a message":         {"restPostComment", body, "a request's text"},
		"a password":        {"sdkLoginOrRegister", body, "a request's password"},
		"a refresh token":   {"sdkRefreshUserToken", body, "a request's RefreshToken"},
		"an identity token": {"sdkVerifyIdentityToken", body, "a request's identity_token"},
		"a topic":           {"sdkCheckRealtime", body, "a request's topic"},
	} {
		t.Run(name, func(t *testing.T) {
			report := canary.Drive(t, canary.Plan{
				Chat:      true,
				Operation: func(id string) bool { return id == test.operation },
				Failure:   func(name string) bool { return name == "status 400, errors text" },
				Observers: []canary.Observer{func() canary.Watched {
					s := &sink{}
					return s.watched(chat.WithTransport(spy(func(request *http.Request) { s.leak(test.leak(request)) })))
				}},
			})
			places := map[string]bool{}
			for _, finding := range report.Findings {
				places[finding.Sink+" shows "+finding.Canary.Place] = true
			}
			assert.True(t, places["a leak shows "+test.place], "found: %v", places)
		})
	}
}

// second drops what a call returns beside its error.
func second[T any](_ T, err error) error { return err }
