package webhook_test

import (
	"encoding/json"
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
// so that a body without problems always gives a typed event.
func TestValidateCoversDecoding(t *testing.T) {
	for name, agent := range map[string]string{
		"an integer beyond 64 bits":  `{"id":7,"email":"e","type":123456789012345678901234567890}`,
		"an integer with a fraction": `{"id":7.0,"email":"e"}`,
		"a key in another case":      `{"id":7,"email":"e","NAME":[]}`,
		"a key twice":                `{"id":7,"email":[],"email":"e"}`,
	} {
		t.Run(name, func(t *testing.T) {
			body := []byte(`{"app_id":"a","source":"wa","email":"e","is_resolved":false,"room_id":"1","candidate_agent":` + agent + `}`)
			problems, err := webhook.ValidateAs(webhook.CustomAgentAllocation, body)
			require.NoError(t, err)
			assert.Len(t, problems, 1)
			assert.Equal(t, webhook.Unknown, oneEvent(t, body).Name())
		})
	}
}

// A hostile body has as many problems as it likes; the answer does not grow with
// them.
func TestAnswersAreBounded(t *testing.T) {
	participants := strings.Repeat(`{"email":1},`, 5000) + `{}`
	body := `{"type":"post_comment_mobile","payload":{"from":{"email":"a"},"message":{"type":"text","text":""},
		"room":{"id":1,"participants":[` + participants + `]}}}`
	recorder := post(newHandler(t, webhook.Callbacks{}, webhook.Validation(webhook.Strict)), body)
	require.Equal(t, http.StatusBadRequest, recorder.Code)
	var answer struct {
		Problems []webhook.Problem `json:"problems"`
		More     int               `json:"more_problems"`
	}
	require.NoError(t, json.Unmarshal(recorder.Body.Bytes(), &answer))
	assert.Len(t, answer.Problems, 50)
	assert.Equal(t, 4951, answer.More)
}
