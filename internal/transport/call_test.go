package transport

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A request goes where the operation is, or nowhere.
func TestRequestsGoWhereTheOperationIs(t *testing.T) {
	t.Parallel()
	const room = "the room id is empty or cannot stand in a path"
	for name, test := range map[string]struct {
		template, path string
		wrong          string
	}{
		"it fits":             {"/rooms/{room_id}/tags", "/rooms/5/tags", ""},
		"an escaped id":       {"/rooms/{room_id}/tags", "/rooms/5%20%3F/tags", ""},
		"an escaped percent":  {"/rooms/{room_id}/tags", "/rooms/%252F/tags", ""},
		"no template":         {"", "/what/ever", ""},
		"without parameters":  {"/rooms", "/rooms", ""},
		"two parameters":      {"/apps/{app_id}/rooms/{room_id}", "/apps/a/rooms/5", ""},
		"an empty id":         {"/rooms/{room_id}/tags", "/rooms//tags", room},
		"an empty id at last": {"/rooms/{room_id}", "/rooms/", room},
		"the second is empty": {"/apps/{app_id}/rooms/{room_id}", "/apps/a/rooms/", room},
		"a slash":             {"/rooms/{room_id}", "/rooms/5/6", room},
		"an escaped slash":    {"/rooms/{room_id}", "/rooms/5%2F6", room},
		"too short":           {"/rooms/{room_id}/tags", "/rooms/5", room},
		"another route":       {"/rooms/{room_id}/tags", "/rooms/5/users", room},
		"a longer name":       {"/rooms/{room_id}", "/roomsx/5", room},
	} {
		address, err := url.Parse(test.path)
		require.NoError(t, err, name)
		err = checkPath(address, test.template)
		if test.wrong == "" {
			assert.NoError(t, err, name)
		} else {
			assert.EqualError(t, err, test.wrong, name)
		}
	}
}

// No path that leads elsewhere than its template is let pass, whatever the id.
func FuzzCheckPath(f *testing.F) {
	for _, id := range []string{"5", "", ".", "..", "../../x", "a/b", "a%2Fb", "%2e%2e", "5?x=1", "5#x", "\\", "ä", " "} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		root := &url.URL{Path: "/"}
		address, err := root.Parse("/rooms/" + url.PathEscape(id) + "/tags") // as the generated client does
		if err != nil || checkPath(address, "/rooms/{room_id}/tags") != nil {
			return
		}
		request := &http.Request{URL: address}
		placeOn(&url.URL{Scheme: "https", Host: "service.example.id", Path: "/omni"}, request)
		if request.URL.Path != "/omni/rooms/"+id+"/tags" || id == "" || id == "." || id == ".." {
			t.Errorf("%q leads to %q", id, request.URL.Path)
		}
	})
}

func TestPlaceOn(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ base, path, want string }{
		"the host alone":     {"https://service.example.id", "/rooms/5?a=1", "https://service.example.id/rooms/5?a=1"},
		"with a slash":       {"https://service.example.id/", "/rooms/5", "https://service.example.id/rooms/5"},
		"a prefix":           {"https://service.example.id/omni", "/rooms/5?a=1", "https://service.example.id/omni/rooms/5?a=1"},
		"a prefix and slash": {"https://service.example.id/omni/", "/rooms/5%20%3F", "https://service.example.id/omni/rooms/5%20%3F"},
		"an escaped prefix":  {"https://service.example.id/a%2Fb", "/rooms/5", "https://service.example.id/a%2Fb/rooms/5"},
		"a port":             {"http://127.0.0.1:8080", "/rooms/5", "http://127.0.0.1:8080/rooms/5"},
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, test.path, nil)
		require.NoError(t, err)
		placeOn(parsed(t, test.base), request)
		assert.Equal(t, test.want, request.URL.String(), name)
		assert.Equal(t, request.URL.Host, request.Host, name)
	}
}

// What cannot be made is told before anything is sent, with whose it is.
func TestCallsThatCannotBeMade(t *testing.T) {
	t.Parallel()
	carrier := play(answers(200, ""))
	service := newService(carrier)

	call := service.call(t.Context(), request{})
	call.Problem = errors.New("the timeout is negative")
	_, err := service.send(call, request{})
	require.EqualError(t, err, "test: getRoom: the timeout is negative")
	require.ErrorIs(t, err, call.Problem)

	_, err = service.ask(t.Context(), request{path: "/rooms/"})
	require.EqualError(t, err, "test: getRoom: the room id is empty or cannot stand in a path")

	foreign, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "/rooms/5", nil)
	require.NoError(t, err)
	_, err = service.chain.Do(foreign)
	require.ErrorContains(t, err, "belongs to no call")
	assert.Empty(t, carrier.attempts())
}

func TestCallsAreNamed(t *testing.T) {
	t.Parallel()
	for want, operation := range map[string]Operation{
		"getRoom":  {ID: "getRoom", Method: "GET", Path: "/rooms"},
		"GET /x":   {Method: "GET", Path: "/x"},
		"POST":     {Method: "POST"},
		"DELETE /": {Method: "DELETE", Path: "/"},
	} {
		assert.Equal(t, want, (&Call{Operation: operation}).Name())
	}
	assert.Nil(t, CallOf(t.Context()))
	call := &Call{Context: t.Context()}
	assert.Same(t, call, CallOf(context.WithValue(call, hookKey("a"), "b")))
	assert.Zero(t, call.Attempts())
}

// The settings of a call change a copy, and nothing of the client's.
func TestSettingsOfACall(t *testing.T) {
	t.Parallel()
	set := func(change func(*Settings)) Option {
		return func(s *Settings) error { change(s); return nil }
	}
	client := &Settings{Name: "test"}
	require.NoError(t, client.Apply([]Option{
		set(func(s *Settings) { s.SetTimeout(time.Minute) }),
		set(func(s *Settings) { s.AddHooks(Hooks{}); s.AddHooks(Hooks{}); s.AddHooks(Hooks{}) }),
		func(s *Settings) error { return s.Once("credentials") },
		func(s *Settings) error { return s.OnlyForClients("WithBaseURL") },
	}))
	call, err := client.ForCall([]Option{
		set(func(s *Settings) { s.SetTimeout(time.Second) }),
		set(func(s *Settings) { s.AddHooks(Hooks{}) }),
		func(s *Settings) error { return s.Once("credentials") },
	})
	require.NoError(t, err)
	other, err := client.ForCall([]Option{set(func(s *Settings) { s.AddHooks(Hooks{}) })})
	require.NoError(t, err)
	assert.Equal(t, time.Second, call.Timeout)
	assert.Equal(t, time.Minute, client.Timeout)
	require.EqualError(t, call.timeoutCause, "timeout: the call took longer than 1s")
	require.EqualError(t, client.timeoutCause, "timeout: the call took longer than 1m0s")
	assert.Len(t, client.hooks, 3)
	require.Len(t, call.hooks, 4)
	require.Len(t, other.hooks, 4)
	assert.NotSame(t, &call.hooks[3], &other.hooks[3], "calls do not share what they add")

	_, err = client.ForCall([]Option{
		nil,
		func(s *Settings) error { return s.OnlyForClients("WithBaseURL") },
		func(s *Settings) error { return errors.Join(s.Once("limiter"), s.Once("limiter")) },
	})
	require.EqualError(t, err, "an option is nil\nWithBaseURL is an option of a client, not of a call\nlimiter given twice",
		"all that is wrong is told at once")
}

// A call that is bounded leaves no context behind.
func TestNothingIsLeftOfACall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var last *http.Request
		service := newService(play(func(request *http.Request) (*http.Response, error) {
			last = request
			return answers(200, "ok")(request)
		}))
		service.settings.SetTimeout(time.Hour)
		_, err := service.ask(t.Context(), request{})
		require.NoError(t, err)
		require.ErrorIs(t, last.Context().Err(), context.Canceled)
	})
}
