// Package control is the API with which programs and people steer a sandbox: its clock,
// its trouble and its webhooks, its customers and its staff, and what it remembers of
// calls and deliveries. It is JSON over HTTP, served under [Home], and no part of what
// the platform has. docs/sandbox.md describes it.
//
// # Reading the code
//
// routes.go lists the paths, and says which method answers each; the methods are grouped
// by subject: clock.go, trouble.go, timeline.go, rooms.go, people.go, webhooks.go.
// members.go reads what is sent, answer.go writes what is answered, guard.go keeps other
// web pages out.
package control

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/qismo-go/qismo/internal/sandbox"
)

// Home is where everything is served.
const Home = "/_sandbox/"

// api answers for one sandbox.
type api struct {
	platform *sandbox.Sandbox
	routes   []route
}

// route is a path that can be asked for.
type route struct {
	method string
	path   string // below Home
	what   string // it does, in a line
	do     func(*http.Request) (any, error)
}

// New makes the API of a sandbox, to be mounted at [Home]. It answers to the host names
// that only this machine and networks of one's own can have, and to the given ones, as
// [Guard] says.
func New(platform *sandbox.Sandbox, hosts ...string) http.Handler {
	a := &api{platform: platform}
	a.routes = a.table()
	mux := http.NewServeMux()
	byPath := map[string]map[string]route{}
	for _, r := range a.routes {
		if byPath[r.path] == nil {
			byPath[r.path] = map[string]route{}
			mux.HandleFunc(pattern(r.path), byMethod(byPath[r.path]))
		}
		byPath[r.path][r.method] = r
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		refuse(http.StatusNotFound, "", "there is no such path; GET "+Home+" lists those that there are").write(w)
	})
	return Guard(mux, hosts...)
}

// pattern is what the mux knows a path by.
func pattern(path string) string {
	if path == "" {
		return Home + "{$}"
	}
	return Home + path
}

// byMethod answers on one path.
func byMethod(methods map[string]route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		method := r.Method
		if method == http.MethodHead {
			method = http.MethodGet // of which net/http sends the header only
		}
		found, ok := methods[method]
		if !ok {
			var allowed []string
			for name := range methods {
				allowed = append(allowed, name)
			}
			slices.Sort(allowed)
			w.Header().Set("Allow", strings.Join(allowed, ", "))
			refuse(http.StatusMethodNotAllowed, "", "the path has no "+r.Method).write(w)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		answer, err := found.do(r)
		var refused *refusal
		switch {
		case errors.As(err, &refused):
			refused.write(w)
		case err != nil:
			refuse(http.StatusInternalServerError, "", err.Error()).write(w)
		case answer == nil:
			w.WriteHeader(http.StatusNoContent)
		default:
			write(w, http.StatusOK, answer)
		}
	}
}

// routeRow is a path as it is listed.
type routeRow struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	What   string `json:"what"`
}

// list tells what there is.
func (a *api) list(*http.Request) (any, error) {
	rows := []routeRow{}
	for _, r := range a.routes {
		rows = append(rows, routeRow{r.method, Home + r.path, r.what})
	}
	return map[string]any{"about": "Steers the sandbox; docs/sandbox.md describes it.", "paths": rows}, nil
}
