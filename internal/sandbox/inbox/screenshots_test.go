//go:build screenshots

package inbox_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// TestScreenshots takes the pictures in docs/images, of the page as the README shows
// it. Run it with "make screenshots".
func TestScreenshots(t *testing.T) {
	for _, picture := range []struct {
		name, scheme  string
		width, height int64
		tab           string
	}{
		{"inbox-light", "light", 1280, 800, "room"},
		{"inbox-dark", "dark", 1280, 800, "room"},
		{"inbox-phone", "light", 390, 844, "room"},
	} {
		t.Run(picture.name, func(t *testing.T) {
			w := busyWorld(t)
			page := w.open()
			page.prefers(picture.scheme)
			page.do(chromedp.EmulateViewport(picture.width, picture.height))
			page.do(chromedp.Navigate(w.server.URL + "/?tab=" + picture.tab + "&room=" + w.room + "&entry=" + w.entry()))
			page.until(`document.documentElement.dataset.live === ''`)
			taken, err := chromedp.Run(page.ctx, chromedp.CaptureScreenshot())
			require.NoError(t, err)
			folder := filepath.Join("..", "..", "..", "docs", "images")
			require.NoError(t, os.MkdirAll(folder, 0o755))
			require.NoError(t, os.WriteFile(filepath.Join(folder, picture.name+".png"), taken, 0o644))
		})
	}
}
