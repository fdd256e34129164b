package canary_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/canary"
	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/qismo"
)

// A route of the caller's own, which no document has, shows no more than the
// operations do.
func TestOwnRoutesShowNothing(t *testing.T) {
	of := func(kind canary.Kind) string { return canary.New(kind, "a route of one's own").Text }
	var canaries []canary.Canary
	for _, kind := range []canary.Kind{
		canary.Name, canary.Sentence, canary.Phone, canary.Token, canary.Hex, canary.Scripts, canary.Ordinary,
	} {
		canaries = append(canaries, canary.New(kind, "a route of one's own"))
	}
	net := canary.NewNet(canaries...)
	path := "/api/v9/" + url.PathEscape(of(canary.Ordinary)) + "/" + url.PathEscape(of(canary.Scripts)) +
		"?name=" + url.QueryEscape(of(canary.Name)) + "&phone=" + of(canary.Phone)
	bodies := map[string]func() any{
		"nothing":  func() any { return nil },
		"JSON":     func() any { return map[string]any{"message": of(canary.Ordinary), "to": []string{of(canary.Phone)}} },
		"bytes":    func() any { return []byte(`{"message":"` + of(canary.Sentence) + `"}`) },
		"a form":   func() any { return url.Values{"message": {of(canary.Ordinary)}, "token": {of(canary.Token)}} },
		"a body":   func() any { return qismo.Body{ContentType: "text/plain", Reader: strings.NewReader(of(canary.Token))} },
		"no JSON":  func() any { return map[string]any{of(canary.Token): func() {}} },
		"a reader": func() any { return strings.NewReader(of(canary.Token)) },
	}
	for name, status := range map[string]int{"refused": 400, "failed": 503, "answered": 200} {
		service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			said, err := io.ReadAll(r.Body)
			assert.NoError(t, err)
			query := r.URL.Query()
			echo := []string{r.URL.Path, query.Get("name"), query.Get("phone"), string(said)}
			for _, name := range []string{"Qiscus-Secret-Key", "Qiscus-Sdk-Secret", "Qiscus-Sdk-Token", "Qiscus-Sdk-User-Id"} {
				echo = append(echo, r.Header.Get(name))
			}
			said = []byte(strings.Join(echo, " and "))
			answer, err := json.Marshal(map[string]any{"message": "wrong value " + strings.ReplaceAll(string(said), "/", " "), "data": string(said)})
			assert.NoError(t, err)
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = w.Write(answer)
		}))
		t.Cleanup(service.Close)
		for door, do := range ownRoutes(t, service.URL, of) {
			for body, in := range bodies {
				for _, path := range []string{path, "//" + of(canary.Token) + "/x", "/../" + of(canary.Token), of(canary.Token), "/%zz" + of(canary.Token)} {
					var out []int
					err := do(t.Context(), http.MethodPost, path, in(), &out)
					require.Error(t, err, "%s by %s with %s", name, door, body)
					for _, text := range canary.AllTexts(err) {
						assert.Empty(t, net.Search(text), text)
						assert.Empty(t, net.SearchWords(text), text)
					}
				}
			}
		}
	}
}

// ownRoute calls a route of the caller's own.
type ownRoute func(ctx context.Context, method, path string, in, out any, options ...qismo.Option) error

// ownRoutes are the ways in which the façades do.
func ownRoutes(t *testing.T, address string, of func(canary.Kind) string) map[string]ownRoute {
	t.Helper()
	options := []qismo.Option{qismo.WithBaseURL(address), qismo.WithoutRetries()}
	client, err := qismo.New(append(options, qismo.WithSecretKey(appID, of(canary.Hex)))...)
	require.NoError(t, err)
	server, err := chat.NewServer(appID, of(canary.Hex), options...)
	require.NoError(t, err)
	user, err := chat.NewUser(appID, chat.Token(of(canary.Token), of(canary.Hex)), options...)
	require.NoError(t, err)
	return map[string]ownRoute{"qismo": client.Do, "chat's server": server.Do, "chat's user": user.Do}
}
