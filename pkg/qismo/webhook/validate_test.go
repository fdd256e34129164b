package webhook_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

func TestValidateFixtures(t *testing.T) {
	for _, file := range fixtureNames(t, fixtures) {
		t.Run(file, func(t *testing.T) {
			body := fixture(t, file)
			problems, err := webhook.ValidateAs(eventOf(file), body)
			require.NoError(t, err)
			assert.Empty(t, problems)
			names, problems, err := webhook.Validate(body)
			require.NoError(t, err)
			assert.Len(t, names, 1)
			assert.Empty(t, problems)
		})
	}
	for _, file := range fixtureNames(t, fixtures+"/invalid") {
		t.Run("invalid "+file, func(t *testing.T) {
			problems, err := webhook.ValidateAs(eventOf(file), fixture(t, "invalid/"+file))
			require.NoError(t, err)
			require.NotEmpty(t, problems)
			for _, problem := range problems {
				assert.NotEmpty(t, problem.Reason)
			}
		})
	}
}

func TestValidateTellsPlaces(t *testing.T) {
	body := change(t, fixture(t, "markAsResolved-2025.json"), func(members map[string]any) {
		delete(members, "customer")
		members["service"].(map[string]any)["id"] = "canary"
	})
	names, problems, err := webhook.Validate(body)
	require.NoError(t, err)
	assert.Equal(t, []webhook.Name{webhook.MarkAsResolved}, names)
	assert.Equal(t, []webhook.Problem{
		{Pointer: "", Reason: `the required member "customer" is missing`},
		{Pointer: "/service/id", Reason: "must be integer, is string"},
	}, problems)
	assert.Equal(t, "/service/id: must be integer, is string", problems[1].String())
}

func TestValidateBothWhatsAppLists(t *testing.T) {
	body := change(t, fixture(t, "combined/whatsApp-messages-and-statuses.json"), func(members map[string]any) {
		members["app_code"] = 7
		members["statuses"] = []any{map[string]any{}}
	})
	names, problems, err := webhook.Validate(body)
	require.NoError(t, err)
	assert.Equal(t, []webhook.Name{webhook.WhatsAppForwardStatus, webhook.WhatsAppForwardMessage}, names)
	places := make([]string, 0, len(problems))
	for _, problem := range problems {
		places = append(places, problem.Pointer)
	}
	assert.Equal(t, []string{"/app_code", "/statuses/0", "/statuses/0", "/statuses/0", "/statuses/0"}, places,
		"the shared member once, and each missing one")
}

func TestValidateUnknown(t *testing.T) {
	names, problems, err := webhook.Validate([]byte(`{"type":"other"}`))
	require.NoError(t, err)
	assert.Empty(t, names)
	assert.Empty(t, problems)
}

// What the document allows and a Go type cannot hold is a problem all the same,
// so that a body without problems always gives a whole event.
func TestValidateCoversDecoding(t *testing.T) {
	for name, test := range map[string]struct {
		agent   string
		problem webhook.Problem
	}{
		"an integer beyond 64 bits": {`{"id":7,"email":"e","type":123456789012345678901234567890}`,
			webhook.Problem{Pointer: "/candidate_agent/type", Reason: "a number of this form cannot be read"}},
		"an integer with a fraction": {`{"id":7.0,"email":"e"}`,
			webhook.Problem{Pointer: "/candidate_agent/id", Reason: "cannot read a number with a fraction or an exponent as an id"}},
		"a key in another case": {`{"id":7,"email":"e","NAME":[]}`,
			webhook.Problem{Pointer: "/candidate_agent/NAME", Reason: ambiguous}},
		"a key twice": {`{"id":7,"email":[],"email":"e"}`,
			webhook.Problem{Pointer: "/candidate_agent/email", Reason: ambiguous}},
	} {
		t.Run(name, func(t *testing.T) {
			body := []byte(`{"app_id":"a","source":"wa","email":"e","is_resolved":false,"room_id":"1","candidate_agent":` + test.agent + `}`)
			problems, err := webhook.ValidateAs(webhook.CustomAgentAllocation, body)
			require.NoError(t, err)
			assert.Equal(t, []webhook.Problem{test.problem}, problems)
			assert.Equal(t, webhook.CustomAgentAllocation, oneEvent(t, body).Name())
		})
	}
}

const ambiguous = "stands twice, or under a name that differs only in case"

// crowd is a message in a room with participants.
func crowd(participants string) string {
	return `{"type":"post_comment_mobile","channel":{},"payload":{"from":{"email":"a"},"message":{"type":"text","text":""},
		"room":{"id":1,"participants":[` + participants + `]}}}`
}

// A hostile body has as many problems as it likes; neither the answer nor what
// functions are told grows with them.
func TestProblemsAreBounded(t *testing.T) {
	body := crowd(strings.Repeat(`{"email":1},`, 899) + `{}`)
	var reported []webhook.Problem
	recorder := post(newHandler(t, ignoring(), webhook.Validation(webhook.Strict),
		webhook.OnProblems(func(_ context.Context, _ webhook.Name, problems []webhook.Problem) { reported = problems })), body)
	require.Equal(t, http.StatusBadRequest, recorder.Code)
	var answer struct {
		Problems []webhook.Problem `json:"problems"`
		More     int               `json:"more_problems"`
	}
	require.NoError(t, json.Unmarshal(recorder.Body.Bytes(), &answer))
	assert.Len(t, answer.Problems, 100)
	assert.Equal(t, 800, answer.More)
	assert.Equal(t, answer.Problems, reported)
}

// What is beyond the bounds is said once, and not fully validated.
func TestValidateWithinBounds(t *testing.T) {
	const room = `{"type":"post_comment_x","payload":{"from":{"email":"a"},"message":{"type":"text","text":""},"room":`
	for name, test := range map[string]struct {
		body    string
		problem string
		typed   bool
	}{
		"items":                   {crowd(strings.Repeat(`{},`, 2000) + `{}`), "/payload/room/participants: has more than the 1000 items that are looked at", true},
		"items beyond all bounds": {crowd(strings.Repeat(`{},`, 340000) + `{}`), "has more than the 10000 values that are looked at", false},
		"items of no use":         {crowd(strings.Repeat(`1,`, 1000) + `{}`), "/payload/room/participants: has more than the 1000 items that are looked at", false},
		"members":                 {room + `{"options":{` + strings.Repeat(`"a":1,`, 1000) + `"":1}}}}`, "/payload/room/options: has more than the 1000 members that are looked at", true},
		"levels":                  {room + strings.Repeat(`{"id":`, 70) + "1" + strings.Repeat("}", 72), "is deeper than the 64 levels that are looked at", false},
		"values":                  {`{"messages":[1],"x":[` + strings.Repeat(`[`+strings.Repeat(`0,`, 999)+`0],`, 20) + `0]}`, "has more than the 10000 values that are looked at", false},
		"ambiguous, no limit":     {room + `{"id":1` + strings.Repeat(`,"ID":1`, 200) + `}}}`, ambiguous, false},
	} {
		t.Run(name, func(t *testing.T) {
			_, problems, err := webhook.Validate([]byte(test.body))
			require.NoError(t, err)
			assert.LessOrEqual(t, len(problems), 100)
			assert.Contains(t, fmt.Sprint(problems), test.problem)
			assert.Equal(t, test.typed, oneEvent(t, []byte(test.body)).Name() != webhook.Unknown)
		})
	}
	problems, err := webhook.ValidateAs(webhook.BotMessage, []byte(crowd(strings.Repeat(`{"email":"a"},`, 2000)+`{"email":"a"}`)))
	require.NoError(t, err)
	assert.Empty(t, problems, "what is certainly valid needs no full validation")
}
