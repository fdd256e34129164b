// Package inbox is a web page for a sandbox: its customers, who can be played, their
// rooms, in which one acts as an agent, and all that programs and the platform said
// to each other. The page is written on the server, and is whole without a script;
// with one it is alive.
//
// # Reading the code
//
// What is shown is said by the page's address: view.go reads it. page.go answers
// with the page, and events.go tells browsers what has changed, one part of the page
// at a time: the bar above (view_bar.go), the customers (view_rooms.go), one room
// (view_room.go, view_message.go) and the timeline (view_timeline.go, view_entry.go,
// chart.go). What people do arrives as forms, in actions.go and settings.go. Every
// part is one template, wherever it is used.
package inbox

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"net/http"
	"sync"

	"github.com/qismo-go/qismo/internal/sandbox"
)

// Home is where everything of the inbox is served, but for the page itself at "/".
const Home = "/_sandbox/inbox/"

//go:embed templates/*.html
var templates embed.FS

//go:embed static
var static embed.FS

// Inbox serves the page. It is safe for concurrent use.
type Inbox struct {
	platform *sandbox.Sandbox
	parts    *template.Template
	version  string // of what is in static, so that browsers may keep it
	handler  http.Handler
	streams  chan struct{} // holds one item for each browser that listens
	closed   chan struct{}
	close    func()
}

// New makes the page of a sandbox, to be mounted at "/{$}" and at [Home]. Browsers
// keep a request open to be told of news; [Inbox.Close] ends those.
func New(platform *sandbox.Sandbox) *Inbox {
	i := &Inbox{
		platform: platform,
		parts:    parse(),
		version:  versionOf("static/app.css", "static/app.js"),
		streams:  make(chan struct{}, maxStreams),
		closed:   make(chan struct{}),
	}
	i.close = sync.OnceFunc(func() { close(i.closed) })
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", i.page)
	mux.HandleFunc("GET "+Home+"events", i.events)
	mux.HandleFunc("GET "+Home+"static/{file}", i.static)
	for name, do := range i.actions() {
		mux.HandleFunc("POST "+Home+name, i.act(do))
	}
	mux.HandleFunc("POST "+Home+"theme", i.setTheme)
	i.handler = guarded(http.NewCrossOriginProtection().Handler(mux))
	return i
}

// parse reads the templates. That they can be read, every test shows.
func parse() *template.Template {
	return template.Must(template.New("").Funcs(joins()).ParseFS(templates, "templates/*.html"))
}

// joins are functions that hand two things to a template, which takes only one.
func joins() template.FuncMap {
	return template.FuncMap{
		"message": func(in roomView, message messageView) any {
			return struct {
				In      roomView
				Message messageView
			}{in, message}
		},
		"buttons": func(in roomView, buttons []button) any {
			return struct {
				In      roomView
				Buttons []button
			}{in, buttons}
		},
		"entry": func(in timelineView, row entryRow) any {
			return struct {
				In  timelineView
				Row entryRow
			}{in, row}
		},
	}
}

// ServeHTTP answers a browser.
func (i *Inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) { i.handler.ServeHTTP(w, r) }

// Close ends the requests in which browsers wait for news. Have a server call it when
// it is shut down, with [http.Server.RegisterOnShutdown]: those requests would never
// end by themselves.
func (i *Inbox) Close() { i.close() }

// policy lets a browser load nothing but what this package serves, and pictures that
// are in the page itself. Nothing that a customer, an agent or a program wrote can
// run or call anybody.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", policy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

// static serves the style and the script, which change with the version in their
// addresses only.
func (i *Inbox) static(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-cache")
	if r.URL.Query().Get("v") == i.version {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	http.ServeFileFS(w, r, static, "static/"+r.PathValue("file")) //nolint:gosec // there are no other files in it
}

func versionOf(names ...string) string {
	hash := sha256.New()
	for _, name := range names {
		content, _ := static.ReadFile(name) // one that is missing fails where it is served
		hash.Write(content)
	}
	return hex.EncodeToString(hash.Sum(nil))[:12]
}
