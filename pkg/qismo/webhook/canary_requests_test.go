package webhook_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/canary"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// canaryRequest is an authentic request in every way at once, with canaries wherever a
// request can have some.
func (n *nursery) canaryRequest(t *testing.T, body string) *http.Request {
	t.Helper()
	of := n.of
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost,
		"http://"+of(canary.Token, "a host")+"/"+of(canary.Token, "a path")+"/"+of(canary.Token, "the path secret")+
			"?secret="+of(canary.Token, "the query secret")+"&q="+of(canary.Phone, "a query"), strings.NewReader(body))
	request.URL.Fragment = of(canary.Name, "a fragment")
	request.RemoteAddr = of(canary.Token, "a remote address") + ":443"
	request.SetBasicAuth(of(canary.Name, "a user"), of(canary.Token, "a password"))
	for _, header := range []string{
		"X-Forwarded-For", "User-Agent", "Referer", "Cookie", "X-Request-Id", "Origin", "Forwarded", "Traceparent",
		"Baggage", "X-Real-Ip", "Qiscus-App-Id", webhook.OmnichannelSignatureHeader,
	} {
		request.Header.Set(header, of(canary.Token, "the header "+header))
	}
	request.Header.Set("X-Key", of(canary.Token, "the header secret"))
	request.Header.Set("X-Sum", fmt.Sprintf("%x", sign(of(canary.Token, "a key"), body)))
	request.Trailer = http.Header{"X-Trailer": {of(canary.Token, "a trailer")}}
	return request
}

// authenticators are those of the package, which accept a request of canaryRequest.
func (n *nursery) authenticators() []webhook.Authenticator {
	path := webhook.PathSecret(n.of(canary.Hex, "the next path secret"), n.of(canary.Token, "the path secret"))
	query := webhook.QuerySecret("secret", n.of(canary.Token, "the query secret"))
	header := webhook.HeaderSecret("X-Key", n.of(canary.Token, "the header secret"), n.of(canary.UUID, "the next header secret"))
	key := webhook.HMAC("X-Sum", n.of(canary.Scripts, "the next key"), n.of(canary.Token, "a key"))
	return []webhook.Authenticator{
		path, query, header, key, webhook.AllOf(path, query, header, key), webhook.AnyOf(header, key), webhook.WithoutAuthentication(),
	}
}

// misused are authenticators with canaries that no handler takes.
func (n *nursery) misused() []webhook.Authenticator {
	token := n.of(canary.Token, "a secret that cannot be one")
	return []webhook.Authenticator{
		webhook.PathSecret(token + "/" + token), webhook.PathSecret(" " + token), webhook.PathSecret(token, ""),
		webhook.QuerySecret("", token), webhook.QuerySecret("secret", token+"\n"), webhook.HeaderSecret("", token),
		webhook.HeaderSecret("X Key", token), webhook.HeaderSecret("X-Key", token+" "), webhook.HMAC("", token),
		webhook.HMAC("X-Sum", token, "\t"+token), webhook.AllOf(webhook.PathSecret(token+"/"), nil),
		webhook.AnyOf(webhook.HMAC("X-Sum", token+" ")), webhook.FromNetworks(nil),
	}
}

// refusedHandlers are the errors of handlers that cannot be made.
func (n *nursery) refusedHandlers(t *testing.T) []string {
	t.Helper()
	var texts []string
	for _, authenticator := range n.misused() {
		_, err := webhook.NewHandler(authenticator, ignoring())
		require.Error(t, err)
		texts = append(texts, canary.AllTexts(err)...)
		texts = append(texts, canary.Printed(authenticator)...)
	}
	return texts
}
