package sandbox

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestUnknownRoutes(t *testing.T) {
	w := newWorld(t, Config{})
	for request, status := range map[string]int{
		"GET /":                          http.StatusNotFound,
		"GET /api/v9/customer_rooms":     http.StatusNotFound,
		"GET /api/v2/owner/agents":       http.StatusNotFound,
		"GET /api/v2/customer_rooms/":    http.StatusNotFound,
		"GET /api/v1/auth":               http.StatusMethodNotAllowed,
		"DELETE /api/v2/customer_rooms":  http.StatusMethodNotAllowed,
		"PUT /api/v2/customer_rooms/981": http.StatusMethodNotAllowed,
	} {
		method, path := splitRequest(request)
		got := w.call(method, path, nil)
		assert.Equal(t, status, got.status, request)
	}
	assert.Equal(t, "POST", w.call("GET", "/api/v1/auth", nil).header.Get("Allow"))
}
