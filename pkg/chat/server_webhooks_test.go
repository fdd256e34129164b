package chat_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/chat"
)

func TestServerWebhookLogs(t *testing.T) {
	t.Parallel()
	serverCall{
		method: "GET", path: "webhook_logs", query: url.Values{"page": {"100"}, "limit": {"50"}, "type": {"rest"}},
		call: func(server *chat.Server) error {
			page, err := server.Webhooks.ListLogs(t.Context(), chat.ListWebhookLogsParams{
				Page: 100, Limit: 50, Type: chat.WebhooksOfServers,
			})
			require.NoError(t, err)
			assert.NotEmpty(t, page.Items[0].Endpoint)
			assert.False(t, page.HasNext(), "nobody may read on")
			return nil
		},
	}.test(t)
}

func TestServerWebhookLogsRefuse(t *testing.T) {
	t.Parallel()
	list := func(params chat.ListWebhookLogsParams) func(server *chat.Server) error {
		return func(server *chat.Server) error {
			_, err := server.Webhooks.ListLogs(t.Context(), params)
			return err
		}
	}
	refused(t, map[string]func(server *chat.Server) error{
		"restListWebhookLogs: the page or the limit is negative":             list(chat.ListWebhookLogsParams{Page: -1}),
		"restListWebhookLogs: the limit is above 100, the most there can be": list(chat.ListWebhookLogsParams{Limit: 101}),
		"restListWebhookLogs: the page is above 100, the most there can be":  list(chat.ListWebhookLogsParams{Page: 101}),
	})
	incomplete(t, map[string][]func(server *chat.Server) error{"list of webhooks": {list(chat.ListWebhookLogsParams{})}})
}

// A walk ends where the service lets nobody read on.
func TestServerWebhookLogsPageByPage(t *testing.T) {
	t.Parallel()
	service := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		page := 1
		_, _ = fmt.Sscan(request.URL.Query().Get("page"), &page)
		assert.Equal(t, "100", request.URL.Query().Get("limit"))
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"results":{"webhook_logs":[{"id":%d,"endpoint":"https://toko.example.id"}]},"status":200}`, page)
	})
	count := 0
	for _, err := range service.server(t).Webhooks.AllLogs(t.Context(), chat.ListWebhookLogsParams{}) {
		require.NoError(t, err)
		count++
	}
	assert.Equal(t, chat.MaxWebhookLogPages, count)
	assert.Len(t, service.seen(), chat.MaxWebhookLogPages)
}
