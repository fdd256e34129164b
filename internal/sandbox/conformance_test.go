package sandbox

import (
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEveryOperationHasAHandler(t *testing.T) {
	sandbox, err := New(Config{})
	require.NoError(t, err)
	unknown := sandbox.handlerTable()
	for _, operation := range everyOperation(t) {
		assert.Contains(t, sandbox.handlers, operation.ID)
		delete(unknown, operation.ID)
	}
	assert.Empty(t, unknown, "handlers of operations that the document does not have")
}

// Each operation is called as the document shows it: with each credential that
// it accepts, each content type and each example. The answers are
// validated by the server around the sandbox.
func TestEveryOperationAsTheDocumentShowsIt(t *testing.T) {
	for _, operation := range everyOperation(t) {
		t.Run(operation.ID, func(t *testing.T) {
			called := 0
			for _, schemes := range append([][]string{nil}, operation.Security...) {
				for contentType, example := range examples(operation) {
					if schemes == nil && len(operation.Security) > 0 {
						continue
					}
					w := newShownWorld(t, operation.ID)
					header, body := asContent(t, contentType, w.realIDs(example))
					got := w.send(operation.Method, w.path(operation), w.credentials(schemes), header, body)
					assert.Equal(t, http.StatusOK, got.status, "%v %s: %s", schemes, contentType, got.raw)
					called++
				}
			}
			assert.Positive(t, called, "no example, so it was not called")
		})
	}
}

func TestEveryOperationRefusesStrangers(t *testing.T) {
	w := newShownWorld(t, "")
	for _, operation := range everyOperation(t) {
		if len(operation.Security) == 0 || isChatOperation(operation) {
			continue
		}
		for name, header := range map[string]http.Header{
			"nothing":      {},
			"another app":  {"Qiscus-App-Id": {"lain-1"}, "Qiscus-Secret-Key": {w.Config().SecretKey}, "Authorization": {w.login()}},
			"another key":  {"Qiscus-App-Id": {"lain-1"}, "Qiscus-Secret-Key": {"salah"}},
			"wrong token":  {"Authorization": {"ut-salah"}},
			"not bare":     {"Authorization": {"Bearer " + w.login()}},
			"wrong secret": {"Qiscus_sdk_secret": {"salah"}},
		} {
			if len(header) == 0 && slices.ContainsFunc(operation.Security, func(schemes []string) bool { return len(schemes) == 0 }) {
				continue // who shows no credential is no stranger there
			}
			got := w.send(operation.Method, w.path(operation), header, "application/json", []byte(`{}`))
			assert.Equal(t, http.StatusUnauthorized, got.status, "%s with %s: %s", operation.ID, name, got.raw)
		}
	}
}

func TestEveryOperationOfTheChatServerRefusesStrangers(t *testing.T) {
	w := newShownWorld(t, "sdkGetMyProfile")
	app, secret := w.Config().AppCode, w.Config().SecretKey
	for _, operation := range everyOperation(t) {
		if !isChatOperation(operation) {
			continue
		}
		strangers := map[string]http.Header{
			"nothing":     {},
			"another app": {"Qiscus-Sdk-App-Id": {"lain-1"}, "Qiscus-Sdk-Secret": {secret}, "Qiscus-Sdk-Token": {w.chat.token}, "Qiscus-Sdk-User-Id": {shownUser}},
			"the inbox's": {"Qiscus-App-Id": {app}, "Qiscus-Secret-Key": {secret}},
		}
		if len(operation.Security[0]) > 1 {
			strangers["the app alone"] = http.Header{"Qiscus-Sdk-App-Id": {app}}
			strangers["wrong secret"] = http.Header{"Qiscus-Sdk-App-Id": {app}, "Qiscus-Sdk-Secret": {"salah"}}
			strangers["wrong token"] = w.chatHeader(shownUser, "ct-salah")
			strangers["another user"] = w.chatHeader("bagus_17", w.chat.token)
		}
		for name, header := range strangers {
			got := w.send(operation.Method, w.path(operation), header, "application/json", []byte(`{}`))
			assert.Equal(t, http.StatusUnauthorized, got.status, "%s with %s: %s", operation.ID, name, got.raw)
			assert.Equal(t, "Unauthorized", got.at("error/message"), "%s with %s", operation.ID, name)
		}
	}
}
