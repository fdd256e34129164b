package inbox_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox"
)

// One writes as a customer, sees the webhook go out, answers as an agent and resolves.
func TestInTheBrowser(t *testing.T) {
	hook := receiver(t, func(answer http.ResponseWriter, _ *http.Request) { answer.WriteHeader(http.StatusTeapot) })
	w := newWorld(t, sandbox.Config{Rooms: 3, Webhooks: sandbox.Webhooks{Bot: hook, Resolve: hook}})
	page := w.open()

	page.click("#new-customer > summary")
	page.until(`document.activeElement.id === 'new-channel'`) // the page puts the cursor there, in its own time
	page.fill("#new-id", "6281155501234")
	page.fill("#new-name", "Wulan Sari")
	page.fill("#new-text", "Halo, kopi Gayo masih ada?")
	page.until(`document.querySelector('#new-id').value === '6281155501234'`)
	page.click("#new-customer .primary")
	page.untilSays("#room-title", "Wulan Sari")
	page.untilSays("#room .text", "Halo, kopi Gayo masih ada?")
	room := w.LatestRooms(1)[0].ID
	page.untilSays("#entry-list .delivery.odd", "botMessage")
	page.until(`!document.querySelector('#new-customer').open`)
	assert.Empty(t, evaluate[string](page, `document.querySelector('#new-text').value`), "what was sent is cleared")

	page.click("#entry-list .delivery .open")
	page.untilSays("#entry-list .details", "Halo, kopi Gayo masih ada?")

	page.fill("#say-"+room, "Sebentar")
	page.key('\r', chromedp.ModifierShift)
	page.press("ya", kb.Enter)
	page.untilSays("#room .by-customer .text", "Sebentar\nya")

	page.click("#takeover")
	page.untilSays("#room .system", "joined the room")
	page.until(`document.querySelector('#by-agent').checked`)
	page.fill("#say-"+room, "Masih ada, Kak.")
	page.click("#composer-" + room + " .primary")
	page.untilSays("#room .by-agent .text", "Masih ada, Kak.")
	assert.Empty(t, evaluate[string](page, `document.querySelector('[data-draft]').value`))
	assert.True(t, evaluate[bool](page, `document.querySelector('#by-agent').checked`), "one goes on as the agent")

	page.click("#resolve-" + room + " > summary")
	page.fill("#notes-"+room, "Sudah dijawab")
	page.click("#resolve-" + room + " .primary")
	page.untilSays("#room .title .state", "resolved")
	page.untilSays("#entry-list .delivery .name", "markAsResolved")
	assert.Equal(t, "Sudah dijawab", w.shown(room).Notes)

	page.click("#entry-list .opened [data-done] button")
	page.untilSays("#entry-list .opened", "Repeats #")
	page.untilSays("#status:not(.unseen)", "Sent again.")

	page.do(chromedp.NavigateBack())
	page.until(`document.querySelector('#app')`)
}

// A button that a bot sent is clicked.
func TestClickInTheBrowser(t *testing.T) {
	w := newWorld(t, sandbox.Config{})
	room := w.wulan()
	page := w.open()
	w.bot(room, "buttons", "Jadi?", object{"text": "Jadi?", "buttons": []any{
		object{"label": "Ya", "type": "postback", "postback_text": "ya, pesan", "payload": object{"url": ""}},
	}})
	page.untilSays(".choice", "Ya")
	page.click(".choice")
	page.untilSays("#room .by-customer .when", "the button “Ya”")
	assert.Equal(t, "ya, pesan", w.shown(room).Last.Text)
}

// All of it can be done by the keyboard alone.
func TestKeyboard(t *testing.T) {
	w := newWorld(t, sandbox.Config{Rooms: 3})
	page := w.open()
	focused := func(id string) { page.until(fmt.Sprintf(`document.activeElement?.id === %q`, id)) }

	page.press("?")
	page.until(`document.querySelector('#shortcuts').matches(':popover-open')`)
	page.press(kb.Escape)
	page.until(`!document.querySelector('#shortcuts').matches(':popover-open')`)

	page.press("n")
	focused("new-channel")
	page.press(kb.Tab)
	focused("new-id")
	page.press("62811", kb.Tab, "Yusuf", kb.Tab, "Halo, jadi?", kb.Enter)
	page.untilSays("#room-title", "Yusuf")
	room := w.LatestRooms(1)[0].ID

	page.press("a")
	focused("say-" + room)
	page.press("njek?", kb.Enter)
	page.untilSays("#room .by-agent .text", "njek?")
	page.press(kb.Escape)
	page.until(`document.activeElement === document.body`)
	page.press("t")
	page.untilSays("#room .system", "joined")
	page.press("e")
	focused("notes-" + room)
	page.press("selesai", kb.Enter)
	page.untilSays("#room .title .state", "resolved")
	page.until(`!document.querySelector('[data-act=resolve]').open`) // which is told before the form is answered

	page.press("j")
	page.until(fmt.Sprintf(`document.querySelector('#room').dataset.room !== %q`, room))
	page.press("k")
	page.until(fmt.Sprintf(`document.querySelector('#room').dataset.room === %q`, room))
	page.press("/")
	focused("search")
	page.press("yusuf")
	page.until(`document.querySelectorAll('#room-list .row').length === 1`)
	focused("search")
	page.press(kb.Escape, "f")
	focused("filter")

	// Whoever speaks to their computer can do without.
	page.press(kb.Escape, "?")
	page.click("#keys")
	page.press(kb.Escape, "n")
	assert.False(t, evaluate[bool](page, `document.querySelector('#new-customer').open`))
	page.do(chromedp.Reload())
	page.until(`document.documentElement.dataset.live === ''`)
	assert.False(t, evaluate[bool](page, `document.querySelector('#keys').checked`), "and it is remembered")

	// What has the focus can be seen.
	for range 12 {
		page.press(kb.Tab)
		assert.True(t, evaluate[bool](page, `(() => {
			const e = document.activeElement, by = e.matches('.by input') ? e.nextElementSibling : e;
			return e === document.body || getComputedStyle(by).outlineStyle !== 'none';
		})()`), evaluate[string](page, `document.activeElement.outerHTML.slice(0, 200)`))
	}
}

// What somebody types, where they are and what they have opened stays, whatever else
// happens meanwhile.
func TestTypingIsNotDisturbed(t *testing.T) {
	w := newWorld(t, sandbox.Config{Rooms: 60})
	room := w.wulan()
	for i := range 60 {
		w.writes("wa", "6281155501234", "Wulan Sari", fmt.Sprintf("pesan ke-%d", i))
	}
	other := w.writes("ig", "17841", "Bayu Nugroho", "Halo")
	page := w.open()
	page.do(chromedp.Navigate(w.server.URL + "/?room=" + room))
	page.until(`document.documentElement.dataset.live === ''`)

	// In the composer, with the log scrolled up and the list scrolled down.
	page.do(chromedp.Evaluate[chromedp.Void](`document.querySelector('.log').scrollTop = 100`),
		chromedp.Evaluate[chromedp.Void](`document.querySelector('#room-list').scrollTop = 300`),
		chromedp.Evaluate[chromedp.Void](`document.querySelector('.facts').open = true`))
	page.fill("#say-"+room, "sebuah kalimat yang belum")
	at := evaluate[float64](page, `document.querySelector('[data-draft]').getBoundingClientRect().top`)
	w.writes("wa", "6281155501234", "Wulan Sari", "sesuatu yang baru")
	page.untilSays("#room .text", "sesuatu yang baru")
	page.press(" selesai")
	assert.Equal(t, "sebuah kalimat yang belum selesai", evaluate[string](page, `document.activeElement.value`))
	assert.InDelta(t, at, evaluate[float64](page, `document.activeElement.getBoundingClientRect().top`), 1)
	assert.InDelta(t, 100, evaluate[float64](page, `document.querySelector('.log').scrollTop`), 1)
	assert.Greater(t, evaluate[float64](page, `document.querySelector('#room-list').scrollTop`), 250.0)
	assert.True(t, evaluate[bool](page, `document.querySelector('.facts').open`))

	// A draft waits while another room is open.
	page.click("#row-" + other + " .open")
	page.untilSays("#room-title", "Bayu")
	page.click("#row-" + room + " .open")
	page.untilSays("#room-title", "Wulan")
	assert.Equal(t, "sebuah kalimat yang belum selesai", evaluate[string](page, `document.querySelector('[data-draft]').value`))

	// In the list: the rows stay where they are until what was typed was sent.
	page.do(chromedp.Evaluate[chromedp.Void](`document.querySelector('#room-list').scrollTop = 0`),
		chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`document.getElementById('write-%s').open = true`, other)))
	page.until(fmt.Sprintf(`document.activeElement?.id === 'line-%s'`, other))
	page.press("belum")
	at = evaluate[float64](page, `document.activeElement.getBoundingClientRect().top`)
	w.writes("qiscus", "laras", "Laras Puspita", "Saya baru")
	page.until(`document.querySelector('#timeline') && performance.now() > 0`)
	w.writes("wa", "6281155501234", "Wulan Sari", "yang sesudahnya")
	page.untilSays("#room .text", "yang sesudahnya") // by now the list has come too
	assert.InDelta(t, at, evaluate[float64](page, `document.activeElement.getBoundingClientRect().top`), 1)
	page.press(" selesai", kb.Enter)
	page.untilSays("#row-"+other+" .preview", "belum selesai")
	page.until(`document.querySelector('#room-list .row .name').textContent === 'Bayu Nugroho'`)
	page.untilSays("#room-list .name", "Laras Puspita")
	assert.Equal(t, "belum selesai", w.shown(other).Last.Text)
	assert.Equal(t, "line-"+other, evaluate[string](page, `document.activeElement.id`), "one goes on writing")
}

// A search that is being typed is not lost, nor the list's filters.
func TestSearchInTheBrowser(t *testing.T) {
	w := newWorld(t, sandbox.Config{Rooms: 60})
	w.wulan()
	page := w.open()
	page.fill("#search", "wulan")
	page.until(`document.querySelectorAll('#room-list .row').length === 1`)
	w.writes("ig", "17841", "Bayu Nugroho", "Halo")
	page.until(`document.querySelector('.count').textContent === '62'`)
	assert.Equal(t, "wulan", evaluate[string](page, `document.activeElement.value`))
	assert.Equal(t, 1, evaluate[int](page, `document.querySelectorAll('#room-list .row').length`))
	page.click(".rooms .filters a:nth-child(4)")
	page.untilSays("#room-list .none", "Nobody is found")
}

// The world around the rooms is changed in the bar.
func TestBarInTheBrowser(t *testing.T) {
	w := newWorld(t, sandbox.Config{})
	page := w.open()
	page.click("[popovertarget=sheet-clock]")
	page.click("#sheet-clock button:nth-of-type(4)")
	page.untilSays("#sheet-clock", "1 d ahead")
	page.click("[popovertarget=sheet-trouble]")
	page.fill("[name=latency]", "5")
	page.click("#sheet-trouble .primary")
	page.untilSays(".alarmed .badge", "1 on")
	page.expect("422") // what cannot be set is told where it is seen, and stays
	page.do(chromedp.Evaluate[chromedp.Void](`document.querySelector('[name=seed]').value = 'x'`))
	page.click("#sheet-trouble .primary")
	page.untilSays("#sheet-trouble .failure", "The seed is a whole number.")
	assert.Equal(t, "x", evaluate[string](page, `document.querySelector('[name=seed]').value`))
	page.do(chromedp.Evaluate[chromedp.Void](`document.querySelector('[name=latency]').value = 101`))
	assert.False(t, evaluate[bool](page, `document.querySelector('#sheet-trouble form').checkValidity()`))
	page.click("#sheet-trouble [name=off]")
	page.until(`!document.querySelector('.alarmed')`)
	page.until(`document.querySelector('[name=latency]').value === ''`)
	assert.Empty(t, evaluate[string](page, `document.querySelector('#sheet-trouble .failure').textContent`))
	page.click("[popovertarget=sheet-staff]")
	page.click("#sheet-staff li:first-child .switch")
	page.until(`document.querySelector("#sheet-staff li:first-child [aria-checked=false]")`)
	assert.Equal(t, http.StatusOK, w.call(http.MethodGet, "/api/v2/admin/agents", nil))
}

// The page is dark or light, as the system or somebody wants it.
func TestThemes(t *testing.T) {
	w := newWorld(t, sandbox.Config{Rooms: 2})
	page := w.open()
	isDark := func(dark bool) {
		t.Helper()
		page.until(fmt.Sprintf(`(parseInt(getComputedStyle(document.body).backgroundColor.slice(4)) < 60) === %t`, dark))
	}
	page.prefers("light")
	isDark(false)
	page.prefers("dark")
	isDark(true)
	page.click(".to-light")
	isDark(false)
	page.do(chromedp.Reload())
	isDark(false)
	page.click(".to-dark")
	isDark(true)
	for _, scheme := range []string{"dark", "light"} {
		page.click(".to-" + map[string]string{"dark": "light", "light": "dark"}[scheme])
		assert.Empty(t, evaluate[[]string](page, paleTexts), "texts that can hardly be read on the other page")
	}
}

// paleTexts finds texts whose contrast is too small to be read well.
const paleTexts = `(() => {
	const parse = (colour) => { const [r, g, b, a = 1] = colour.match(/[\d.]+/g).map(Number); return { r, g, b, a }; };
	const channel = (c) => (c /= 255) <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4;
	const light = ({ r, g, b }) => .2126 * channel(r) + .7152 * channel(g) + .0722 * channel(b);
	const ground = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.a > .9) return c; } return parse('255 255 255'); };
	const pale = [];
	for (const e of document.querySelectorAll('#app *')) {
		const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
		if (!own || !e.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || e.closest('.unseen, [popover]')) continue;
		const a = light(parse(getComputedStyle(e).color)), b = light(ground(e));
		if ((Math.max(a, b) + .05) / (Math.min(a, b) + .05) < 4.5) pale.push(e.className + ': ' + e.textContent.trim().slice(0, 40));
	}
	return pale;
})()`

// What a reader of screens is told has a name.
func TestNames(t *testing.T) {
	w := newWorld(t, sandbox.Config{Rooms: 3})
	room := w.wulan()
	require.NoError(t, w.Tag(t.Context(), room, "grosir"))
	page := w.open()
	assert.Empty(t, evaluate[[]string](page, `[...document.querySelectorAll('button, a, summary, input:not([type=hidden]), textarea, select')]
		.filter((e) => !(e.getAttribute('aria-label') || e.textContent.trim() || e.labels?.length)).map((e) => e.outerHTML)`))
	assert.Equal(t, []string{"rooms", "room", "timeline"}, evaluate[[]string](page, `[...document.querySelectorAll('main > section[aria-labelledby]')].map((e) => e.id)`))
	assert.Equal(t, 1, evaluate[int](page, `document.querySelectorAll('[role=log][aria-live=polite]').length`))
	assert.Equal(t, 0, evaluate[int](page, `(() => { const ids = [...document.querySelectorAll('[id]')].map((e) => e.id); return ids.length - new Set(ids).size; })()`))
}

// Without a script all can be read and done; the page is loaded anew each time.
func TestWithoutScript(t *testing.T) {
	w := newWorld(t, sandbox.Config{Rooms: 3})
	page := w.open()
	_, err := chromedp.Call(page.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	require.NoError(t, err)
	page.do(chromedp.Navigate(w.server.URL + "/"))
	require.False(t, evaluate[bool](page, `'live' in document.documentElement.dataset`))
	room := w.LatestRooms(1)[0].ID
	page.fill("#say-"+room, "tanpa skrip")
	page.click("#composer-" + room + " .primary")
	page.untilSays("#room .by-customer .text", "tanpa skrip")
	page.fill("#search", "budi")
	page.click(".rooms .search .plainly")
	page.until(`document.querySelectorAll('#room-list .row').length === 1`)
	page.click("#resolve-" + room + " > summary")
	page.click("#resolve-" + room + " .primary")
	page.untilSays("#room .title .state", "resolved")
	page.click("[popovertarget=sheet-clock]")
	page.click("#sheet-clock button:nth-of-type(3)")
	page.untilSays("[popovertarget=sheet-clock]", "1 h ahead")
	page.fill("#tag-"+room, "grosir")
	page.press(kb.Enter)
	page.untilSays("#room .tag", "grosir")
}
