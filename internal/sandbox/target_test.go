package sandbox

import (
	"errors"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTargets(t *testing.T) {
	t.Parallel()
	named := newTargets(Config{Webhooks: Webhooks{Bot: "https://bot.example.id/rahasia"}}, map[string]bool{})
	for address, allowed := range map[string]bool{
		"http://127.0.0.1:8080/x":        true,
		"http://[::1]:8080":              true,
		"http://localhost:8080":          true,
		"http://bot:8080":                true,
		"http://10.1.2.3/hooks":          true,
		"http://192.168.7.7":             true,
		"http://bot.localhost":           true,
		"http://bot.test":                true,
		"https://bot.example.id/lain":    true, // whoever made the sandbox has named it
		"https://hooks.example.id":       false,
		"http://93.184.216.34":           false,
		"http://172.32.0.1":              false,
		"https://example.id.local.co.id": false,
	} {
		err := named.check(address)
		assert.Equal(t, allowed, err == nil, address)
		if !allowed {
			assert.ErrorIs(t, err, errPublicTarget)
		}
	}
}

// An address of the real world that a program sets is not called.
func TestNothingGoesOutToThePublic(t *testing.T) {
	var mu sync.Mutex
	var told []Delivery
	sends := 0
	w := newWorld(t, Config{
		Webhooks: Webhooks{NewSession: "http://127.0.0.1:1/hooks"},
		HTTPClient: &http.Client{Transport: transport(func(*http.Request) (*http.Response, error) {
			mu.Lock()
			defer mu.Unlock()
			sends++
			return nil, errors.New("nobody listens")
		})},
		OnDelivery: func(delivery Delivery) {
			mu.Lock()
			defer mu.Unlock()
			told = append(told, delivery)
		},
	})
	form := object{"webhook_url": "https://hooks.example.id/selesai", "is_webhook_enabled": true}
	require.Equal(t, http.StatusOK, w.call("POST", "/api/v1/app/webhook/mark_as_resolved", form).status)
	room := w.anyRoom()
	require.Equal(t, http.StatusOK, w.call("POST", "/api/v1/admin/service/mark_as_resolved", object{"room_id": room}).status)
	require.NoError(t, w.Shutdown(t.Context()))
	require.Len(t, told, 2)
	require.NotErrorIs(t, told[0].Err, errPublicTarget)
	assert.Equal(t, "markAsResolved", told[1].Event)
	require.ErrorIs(t, told[1].Err, errPublicTarget)
	assert.Equal(t, 1, sends)
}
