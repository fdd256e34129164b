package sandbox_test

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/document"
	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/pkg/qismo/qismotest"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// contentShapes are shapes of the kit that differ by what they are about and not by
// their form. The sandbox does not choose among them: it depends on what happened.
func contentShapes() []qismotest.Shape {
	return []qismotest.Shape{
		qismotest.ShapeReturning, qismotest.ShapeImage, qismotest.ShapeSeveral, qismotest.ShapeCombined,
	}
}

// The sandbox and the kit for tests know the same shapes, by the same names.
func TestTheShapesAreThoseOfTheKit(t *testing.T) {
	sandboxed, err := sandbox.New(sandbox.Config{})
	require.NoError(t, err)
	for _, name := range webhook.Names() {
		if name == webhook.PostComment { // the Chat SDK's
			assert.Nil(t, sandbox.KnownShapes(string(name)))
			continue
		}
		var forms []sandbox.Shape
		for _, shape := range qismotest.Shapes(name) {
			if !slices.Contains(contentShapes(), shape) {
				forms = append(forms, sandbox.Shape(shape))
			}
		}
		assert.Equal(t, forms, sandbox.KnownShapes(string(name)), name)
		assert.Equal(t, forms[0], sandboxed.Shapes()[string(name)], "unless told otherwise")
	}
	assert.Len(t, sandboxed.Shapes(), len(webhook.Names())-1)
}

// Each body of the sandbox has the members that the kit's body of the same shape has,
// with values of the same types, and fits the document.
func TestTheShapesAreAsTheKitHasThem(t *testing.T) {
	t.Parallel()
	for _, name := range webhook.Names() {
		for _, shape := range qismotest.Shapes(name) {
			if shape == qismotest.ShapeSeveral || shape == qismotest.ShapeCombined {
				continue // one body, one item: all that the sandbox sends
			}
			if sandbox.KnownShapes(string(name)) == nil {
				continue
			}
			t.Run(string(name)+" "+string(shape), func(t *testing.T) {
				t.Parallel()
				expected, err := qismotest.NewEvents().New(name).Shape(shape).Body()
				require.NoError(t, err)
				sent := sentInShape(t, string(name), shape)
				assert.Empty(t, differences("", decoded(t, expected), decoded(t, sent)), "%s", sent)
				fits(t, string(name), sent)
			})
		}
	}
}

// sentInShape lets everything happen that sets off webhooks, and returns the last body
// of an event.
func sentInShape(t *testing.T, event string, shape qismotest.Shape) []byte {
	t.Helper()
	play := newPlay(t)
	wanted := sandbox.Shape(shape)
	if slices.Contains(contentShapes(), shape) {
		wanted = sandbox.ShapeNew
	}
	require.NoError(t, play.sandbox.SetShape(event, wanted))
	if event == string(webhook.CustomChannelMessage) {
		play.portal(t)
	} else {
		play.whatsApp(t, shape == qismotest.ShapeImage)
	}
	bodies := play.sent(t, event)
	require.NotEmpty(t, bodies)
	return bodies[len(bodies)-1]
}

// play is a sandbox in which something of everything happens.
type play struct {
	sandbox *sandbox.Sandbox

	mu     sync.Mutex
	bodies map[string][][]byte // by event
}

func (p *play) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	event := r.URL.Path[1:]
	if strings.Contains(string(body), `"statuses"`) {
		event = "whatsAppForwardStatus"
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bodies[event] = append(p.bodies[event], body)
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: r}, nil
}

func newPlay(t *testing.T) *play {
	t.Helper()
	const at = "https://hooks.example.id/"
	p := &play{bodies: map[string][][]byte{}}
	var err error
	p.sandbox, err = sandbox.New(sandbox.Config{
		HTTPClient: &http.Client{Transport: p},
		Webhooks: sandbox.Webhooks{
			Bot: at + "botMessage", NewSession: at + "newSession", Allocation: at + "customAgentAllocation",
			Resolve: at + "markAsResolved", Auth: at + "userLogout",
		},
		Buttons: []sandbox.Button{{Name: "Buat tiket", URL: at + "customButton"}},
	})
	require.NoError(t, err)
	require.NoError(t, p.sandbox.SetWebhook("whatsAppForward:5120", at+"whatsAppForwardMessage", true))
	require.NoError(t, p.sandbox.SetWebhook("customChannelMessage:5140", at+"customChannelMessage", true))
	return p
}

// whatsApp lets something of everything happen about a customer on WhatsApp, who sends
// a picture if that is wanted.
func (p *play) whatsApp(t *testing.T, picture bool) {
	t.Helper()
	agent := p.sandbox.Config().Agents[0]
	message := sandbox.CustomerMessage{UserID: "628115550101", Name: "Ratna Kusuma", Text: "Halo"}
	if picture {
		message.Type, message.Payload = "file_attachment", map[string]any{"url": "https://cdn.example.id/a.jpg", "caption": "a"}
	}
	p.writes(t, message)
	room := p.writes(t, message)
	p.call(t, "/api/v1/qiscus/room/"+room+"/user_info", `{"user_properties":[{"key":"Jumlah","value":"3"}]}`)
	require.NoError(t, p.sandbox.TakeOver(t.Context(), room, agent.ID))
	require.NoError(t, p.sandbox.AgentWrites(t.Context(), sandbox.AgentMessage{RoomID: room, AgentID: agent.ID, Text: "ya"}))
	require.NoError(t, p.sandbox.PressButton(t.Context(), room, agent.ID, "Buat tiket"))
	require.NoError(t, p.sandbox.Resolve(t.Context(), room, agent.ID, "beres"))
	p.writes(t, message)
	login := p.call(t, "/api/v1/auth", `{"email":"`+agent.Email+`","password":"`+agent.Password+`"}`)
	var answer struct {
		Data struct {
			User struct {
				AuthenticationToken string `json:"authentication_token"`
			} `json:"user"`
		} `json:"data"`
	}
	require.NoError(t, json.Unmarshal(login, &answer))
	p.callWith(t, http.Header{"Authorization": {answer.Data.User.AuthenticationToken}}, "/api/v1/auth/logout", "")
}

// portal lets something be said to a customer of the custom channel.
func (p *play) portal(t *testing.T) {
	t.Helper()
	agent := p.sandbox.Config().Agents[0]
	room := p.writes(t, sandbox.CustomerMessage{Source: "ik-2207", UserID: "mitra-42", Text: "Halo"})
	require.NoError(t, p.sandbox.TakeOver(t.Context(), room, agent.ID))
	require.NoError(t, p.sandbox.AgentWrites(t.Context(), sandbox.AgentMessage{RoomID: room, AgentID: agent.ID, Text: "ya"}))
}

func (p *play) writes(t *testing.T, message sandbox.CustomerMessage) (room string) {
	t.Helper()
	room, err := p.sandbox.CustomerWrites(t.Context(), message)
	require.NoError(t, err)
	return room
}

func (p *play) call(t *testing.T, path, body string) []byte {
	t.Helper()
	return p.callWith(t, http.Header{"Qiscus-Secret-Key": {p.sandbox.Config().SecretKey}}, path, body)
}

func (p *play) callWith(t *testing.T, header http.Header, path, body string) []byte {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(body))
	maps.Copy(request.Header, header)
	request.Header.Set("Qiscus-App-Id", p.sandbox.Config().AppCode)
	request.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	p.sandbox.ServeHTTP(answer, request)
	require.Equal(t, http.StatusOK, answer.Code, "%s: %s", path, answer.Body)
	return answer.Body.Bytes()
}

// sent returns the bodies of an event, once all have been sent.
func (p *play) sent(t *testing.T, event string) [][]byte {
	t.Helper()
	require.NoError(t, p.sandbox.Shutdown(t.Context()))
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.bodies[event]
}

func decoded(t *testing.T, body []byte) any {
	t.Helper()
	var value any
	require.NoError(t, json.Unmarshal(body, &value), "%s", body)
	return value
}

func fits(t *testing.T, event string, body []byte) {
	t.Helper()
	webhooks, err := document.Webhooks()
	require.NoError(t, err)
	expected, _ := webhooks.Operation(event).JSON()
	assert.Empty(t, expected.Schema.Validate(decoded(t, body)), "%s", body)
}

func TestSetShape(t *testing.T) {
	sandboxed, err := sandbox.New(sandbox.Config{
		Shape: sandbox.ShapeOld, Shapes: map[string]sandbox.Shape{"botMessage": sandbox.Shape2024},
	})
	require.NoError(t, err)
	assert.Equal(t, map[string]sandbox.Shape{
		"botMessage": "2024", "customAgentAllocation": "2019", "customButton": "2022", "customChannelMessage": "2022",
		"markAsResolved": "2021", "newSession": "2022", "userLogout": "2022",
		"whatsAppForwardMessage": "2023", "whatsAppForwardStatus": "2023",
	}, sandboxed.Shapes())

	require.NoError(t, sandboxed.SetShape("", sandbox.Shape2023), "as each event was in that year")
	assert.Equal(t, map[string]sandbox.Shape{
		"botMessage": "2021", "customAgentAllocation": "2021", "customButton": "2022", "customChannelMessage": "2023",
		"markAsResolved": "2021", "newSession": "2023", "userLogout": "2022",
		"whatsAppForwardMessage": "2023", "whatsAppForwardStatus": "2023",
	}, sandboxed.Shapes())
	require.NoError(t, sandboxed.SetShape("botMessage", sandbox.ShapeNew))
	assert.Equal(t, sandbox.Shape2025, sandboxed.Shapes()["botMessage"])

	before := sandboxed.Shapes()
	for name, wrong := range map[string][2]string{
		"no such event": {"postComment", "new"}, "no such shape": {"botMessage", "2019"}, "nowhere": {"", "2018"}, "empty": {"", ""},
	} {
		require.Error(t, sandboxed.SetShape(wrong[0], sandbox.Shape(wrong[1])), name)
	}
	assert.Equal(t, before, sandboxed.Shapes())
	for _, config := range []sandbox.Config{
		{Shape: "2018"}, {Shapes: map[string]sandbox.Shape{"": "new"}}, {Shapes: map[string]sandbox.Shape{"lain": "new"}},
	} {
		_, err := sandbox.New(config)
		require.Error(t, err)
	}
}

// differences tells where one JSON value has members that the other lacks, or values
// of other types. Null goes with everything, an empty list with every list, and below
// places that hold what somebody entered everything goes.
func differences(at string, one, other any) []string {
	if one == nil || other == nil || isFree(at) {
		return nil
	}
	switch one := one.(type) {
	case map[string]any:
		members, same := other.(map[string]any)
		if !same {
			return []string{at + ": no object"}
		}
		if at == "/additional_info/*" && !isPair(one) && !isPair(members) {
			return nil
		}
		var found []string
		for _, name := range slices.Sorted(maps.Keys(one)) {
			if _, has := members[name]; !has {
				found = append(found, at+"/"+name+": missing")
				continue
			}
			found = append(found, differences(at+"/"+name, one[name], members[name])...)
		}
		for _, name := range slices.Sorted(maps.Keys(members)) {
			if _, has := one[name]; !has {
				found = append(found, at+"/"+name+": too many")
			}
		}
		return found
	case []any:
		items, same := other.([]any)
		if !same {
			return []string{at + ": no list"}
		}
		if len(one) == 0 || len(items) == 0 {
			return nil
		}
		return differences(at+"/*", one[0], items[0])
	case string:
		text, same := other.(string)
		if !same {
			return []string{at + ": no text"}
		}
		if strings.HasSuffix(at, "/options") || strings.HasSuffix(at, "/extras") {
			return insideText(at, one, text)
		}
		return formOf(at, one, text)
	case float64:
		if _, same := other.(float64); !same {
			return []string{at + ": no number"}
		}
	case bool:
		if _, same := other.(bool); !same {
			return []string{at + ": neither true nor false"}
		}
	}
	return nil
}

// isFree tells whether a place holds what somebody entered.
func isFree(at string) bool {
	return at == "/payload/message/payload" || strings.HasPrefix(at, "/additional_info/*/")
}

// isPair tells whether information has a key and a value, as opposed to a member of
// its own name.
func isPair(information map[string]any) bool { return information["key"] != nil }

func insideText(at, one, other string) []string {
	var left, right any
	if json.Unmarshal([]byte(one), &left) != nil || json.Unmarshal([]byte(other), &right) != nil {
		return []string{at + ": no JSON in the text"}
	}
	if strings.Contains(one, "portal-mitra") {
		return nil // integrators keep options of their own there
	}
	return differences(at+"#", left, right)
}

// formOf compares the forms of times: the same number of characters, and the same
// signs at the same places.
func formOf(at, one, other string) []string {
	name := at[strings.LastIndex(at, "/")+1:]
	isTime := strings.HasSuffix(name, "_at") || name == "timestamp" || strings.HasPrefix(name, "unix_")
	digits := func(r rune) rune {
		if r >= '0' && r <= '9' {
			return '0'
		}
		return r
	}
	if isTime && strings.Map(digits, one) != strings.Map(digits, other) {
		return []string{at + ": a time in another form"}
	}
	return nil
}
