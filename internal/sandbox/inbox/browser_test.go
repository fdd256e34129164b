package inbox_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// patience is how long a browser gets for one thing, on a machine that has others
// to do.
const patience = time.Minute

// chromium is the one browser of all tests, started by the first that needs it.
type chromium struct {
	once   sync.Once
	ctx    context.Context
	cancel context.CancelFunc
	err    error
}

var shared chromium

// start starts the browser. It is ended by TestMain, since the tests share it.
func (c *chromium) start() {
	c.once.Do(func() {
		var path string
		if path, c.err = findChromium(); c.err != nil {
			return
		}
		options := []chromedp.ExecAllocatorOption{chromedp.ExecPath(path), chromedp.WindowSize(1440, 900)}
		if os.Geteuid() == 0 {
			options = append(options, chromedp.NoSandbox) // which does not work for root
		}
		c.ctx, c.cancel = chromedp.NewContext(context.Background(), chromedp.WithAllocatorOptions(options...))
		c.err = chromedp.Do(c.ctx)
	})
}

func (c *chromium) end() {
	if c.cancel != nil {
		_ = chromedp.Cancel(c.ctx) // one that has crashed has failed a test already
		c.cancel()
	}
}

func findChromium() (string, error) {
	names := []string{"chromium", "chromium-browser", "google-chrome"}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("none of %s is installed", strings.Join(names, ", "))
}

// tab is a page in the browser. The test fails when the page writes an error, or asks
// another host for anything.
type tab struct {
	t    *testing.T
	ctx  context.Context
	home string

	reading  sync.WaitGroup
	mu       sync.Mutex
	odd      []string // what a page must not do
	expected string   // part of an error that it may write; "" for none
}

// open opens the page of a world, in a browser context of its own. Without a browser
// the test is skipped, but not in CI.
func (w *world) open(options ...chromedp.Action[chromedp.Void]) *tab {
	w.t.Helper()
	shared.start()
	if shared.err != nil && os.Getenv("CI") == "" {
		w.t.Skipf("the page is not tested in a browser: %v", shared.err)
	}
	require.NoError(w.t, shared.err)
	ctx, cancel := chromedp.NewContext(shared.ctx, chromedp.WithNewBrowserContext())
	opened := &tab{t: w.t, ctx: ctx, home: w.server.URL}
	w.t.Cleanup(func() {
		opened.isInOrder()
		cancel()
		opened.reading.Wait()
	})
	opened.watch()
	opened.do(options...)
	opened.do(chromedp.Navigate(w.server.URL + "/"))
	opened.until(`document.documentElement.dataset.live === ''`)
	return opened
}

// watch notes what the page must not do.
func (b *tab) watch() {
	b.t.Helper()
	messages := chromedp.Console(b.ctx)
	requests := chromedp.Events(b.ctx, network.RequestWillBeSent)
	_, err := chromedp.Call(b.ctx, network.Enable, network.EnableParams{})
	require.NoError(b.t, err)
	b.reading.Go(func() {
		for message, err := range messages {
			if err != nil {
				return
			}
			if message.Type != chromedp.ConsoleLog && message.Type != chromedp.ConsoleInfo {
				b.note(message.String())
			}
		}
	})
	b.reading.Go(func() {
		for request, err := range requests {
			if err != nil {
				return
			}
			if asked, err := url.Parse(request.Request.URL); err == nil && asked.Scheme != "data" && "http://"+asked.Host != b.home {
				b.note("it asked " + asked.Host)
			}
		}
	})
}

func (b *tab) note(what string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.expected == "" || !strings.Contains(what, b.expected) {
		b.odd = append(b.odd, what)
	}
}

// expect lets the page write errors with a text, since something is to fail.
func (b *tab) expect(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.expected = text
}

func (b *tab) isInOrder() {
	b.mu.Lock()
	defer b.mu.Unlock()
	assert.Empty(b.t, b.odd, "errors in the console, and requests to others")
}

// do does things on the page, one after the other.
func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	for _, step := range steps {
		bounded, cancel := context.WithTimeout(b.ctx, patience)
		err := chromedp.Do(bounded, step)
		cancel()
		require.NoError(b.t, err)
	}
}

// until waits until an expression is true on the page. One that fails is not, as while
// another page takes the place of the one before.
func (b *tab) until(expression string) {
	b.t.Helper()
	bounded, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	again := time.NewTicker(pollEvery)
	defer again.Stop()
	for {
		holds, err := chromedp.Run(bounded, chromedp.Evaluate[bool]("Boolean("+expression+")"))
		if holds {
			return
		}
		select {
		case <-again.C:
		case <-bounded.Done():
			require.Fail(b.t, "this has not become true", "%s: %v\nthe page: %s", expression, err, b.seen())
		}
	}
}

// seen is what somebody sees who looks at the page, for a test that has failed.
func (b *tab) seen() string {
	bounded, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	text, err := chromedp.Run(bounded, chromedp.Evaluate[string](
		`document.querySelector('#notice')?.innerText + '\n' + document.querySelector('#room')?.innerText + '\nfocus: ' + document.activeElement.outerHTML`))
	if err != nil {
		return err.Error()
	}
	return text
}

// untilSays waits until a text stands in an element.
func (b *tab) untilSays(selector, text string) {
	b.t.Helper()
	b.until(fmt.Sprintf(`[...document.querySelectorAll(%q)].some((e) => e.textContent.includes(%q))`, selector, text))
}

// evaluate reads something from the page.
func evaluate[T any](b *tab, expression string) T {
	b.t.Helper()
	bounded, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(bounded, chromedp.Evaluate[T](expression))
	require.NoError(b.t, err, expression)
	return value
}

// press types keys into whatever has the focus. A page that takes a key for itself is
// given no character, as by a keyboard.
func (b *tab) press(keys ...string) {
	b.t.Helper()
	for _, key := range strings.Join(keys, "") {
		b.key(key, 0)
	}
}

// key presses one key, with others held down.
func (b *tab) key(key rune, held chromedp.Modifier) {
	b.t.Helper()
	events := kb.Encode(key)
	for _, event := range events {
		if event.Type == kb.KeyChar {
			events[0].Text, events[0].UnmodifiedText = event.Text, event.UnmodifiedText
		}
	}
	for _, event := range []*input.DispatchKeyEventParams{events[0], events[len(events)-1]} {
		event.Modifiers |= int64(held)
		_, err := chromedp.Call(b.ctx, input.DispatchKeyEvent, *event)
		require.NoError(b.t, err)
	}
}

func (b *tab) click(selector string) {
	b.t.Helper()
	b.do(chromedp.Click(chromedp.CSS(selector)))
}

func (b *tab) fill(selector, text string) {
	b.t.Helper()
	b.do(chromedp.SendKeys(chromedp.CSS(selector), text))
}

// prefers has the system prefer dark or light pages.
func (b *tab) prefers(scheme string) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	require.NoError(b.t, err)
}
