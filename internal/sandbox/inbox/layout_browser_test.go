package inbox_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"

	"github.com/qismo-go/qismo/internal/sandbox"
)

// On a phone there is one column at a time, and nothing is wider than it.
func TestPhone(t *testing.T) {
	w := newWorld(t, sandbox.Config{Rooms: 30})
	room := w.wulan()
	w.bot(room, "carousel", "", object{"cards": []any{object{"title": "Gayo"}, object{"title": "Toraja"}, object{"title": "Kintamani"}}})
	w.call(http.MethodGet, "/api/v2/customer_rooms?limit=20", nil)
	page := w.open()
	page.do(chromedp.EmulateViewport(360, 740, chromedp.EmulateTouch))
	shows := func(column string) {
		t.Helper()
		page.until(fmt.Sprintf(`[...document.querySelectorAll('.column')].filter((e) => e.checkVisibility()).map((e) => e.id).join() === %q`, column))
		assert.LessOrEqual(t, evaluate[int](page, `document.documentElement.scrollWidth`), 360)
		assert.Empty(t, evaluate[[]string](page, `[...document.querySelectorAll('.column button, .column a, .bar button')]
			.filter((e) => e.checkVisibility() && !e.closest('.cards, .filters, [popover]') && e.getBoundingClientRect().right > 361).map((e) => e.outerHTML.slice(0, 120))`))
	}
	shows("rooms")
	page.click("#row-" + room + " .open")
	shows("room")
	page.fill("#say-"+room, "dari telepon")
	page.click("#composer-" + room + " .primary")
	page.untilSays("#room .by-customer .text", "dari telepon")
	page.click(".tabs a:nth-child(3)")
	shows("timeline")
	page.click("#entry-list .open")
	page.untilSays("#entry-list .details", "fits the document")
	shows("timeline")
	page.click(".tabs a:nth-child(1)")
	shows("rooms")
	page.click("[popovertarget=sheet-trouble]")
	assert.LessOrEqual(t, evaluate[float64](page, `document.querySelector('#sheet-trouble').getBoundingClientRect().right`), 360.0)
}

// At no size does the page scroll, or a row break that need not.
func TestLayout(t *testing.T) {
	w := newWorld(t, sandbox.Config{Rooms: 3, Buttons: []sandbox.Button{{Name: "Buat tiket"}}})
	page := w.open()
	for _, size := range []struct {
		width, height int64
		lines         int // of the row with what an agent does
	}{{1440, 900, 1}, {1280, 800, 1}, {1000, 800, 1}, {390, 844, 2}, {360, 740, 2}} {
		page.do(chromedp.EmulateViewport(size.width, size.height), chromedp.Navigate(w.server.URL+"/?tab=room"))
		page.until(`document.documentElement.dataset.live === ''`)
		assert.Equal(t, size.height, evaluate[int64](page, `document.documentElement.scrollHeight`), size)
		assert.Equal(t, size.lines, evaluate[int](page, `new Set([...document.querySelectorAll('.acts > *')].map((e) => {
			const { top, height } = e.getBoundingClientRect();
			return Math.round((top + height / 2) / 20);
		})).size`), size)
		assert.Empty(t, evaluate[[]string](page, `[...document.querySelectorAll('.filters')]
			.filter((e) => e.scrollWidth > e.clientWidth).map((e) => e.innerText)`), size)
	}
}
