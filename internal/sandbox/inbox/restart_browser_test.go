package inbox_test

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox"
)

// When the sandbox has gone the page says so.
func TestLostConnection(t *testing.T) {
	w := newWorld(t, sandbox.Config{Rooms: 2})
	room := w.LatestRooms(1)[0].ID
	page := w.open()
	assert.False(t, evaluate[bool](page, `document.querySelector('.lost').checkVisibility()`))
	page.expect("ERR_")
	w.server.CloseClientConnections()
	w.page.Close()
	w.server.Close()
	page.until(`document.querySelector('.lost').checkVisibility()`)
	page.fill("#say-"+room, "belum terkirim")
	page.press(kb.Enter)
	page.untilSays("#status:not(.unseen)", "Not sent")
	assert.Equal(t, "belum terkirim", evaluate[string](page, `document.querySelector('[data-draft]').value`))
}

// Another world may have the room that is open, of somebody else, who gets no draft.
func TestAnotherWorld(t *testing.T) {
	before, after := newWorld(t, sandbox.Config{}), newWorld(t, sandbox.Config{})
	room := before.wulan()
	require.Equal(t, room, after.writes("ig", "17841", "Bayu Nugroho", "Halo"))
	var now atomic.Pointer[world]
	now.Store(before)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		now.Load().server.Config.Handler.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		after.page.Close()
		server.Close()
	})
	page := (&world{Sandbox: before.Sandbox, t: t, page: before.page, server: server}).open()
	page.fill("#say-"+room, "untuk Wulan saja")
	now.Store(after)
	before.page.Close()
	page.untilSays("#room-title", "Bayu Nugroho")
	page.untilSays("#status:not(.unseen)", "What you were writing was not sent.")
	assert.Empty(t, evaluate[string](page, `document.querySelector('[data-draft]').value`))
}
