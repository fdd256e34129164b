package webhook_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// recording makes callbacks that write down the names of their events.
func recording(names *[]webhook.Name) webhook.Callbacks {
	var callbacks webhook.Callbacks
	record := func(event webhook.Event) error {
		*names = append(*names, event.Name())
		return nil
	}
	callbacks.BotMessage = func(_ context.Context, e *webhook.BotMessageEvent) error { return record(e) }
	callbacks.CustomAgentAllocation = func(_ context.Context, e *webhook.CustomAgentAllocationEvent) error { return record(e) }
	callbacks.CustomButton = func(_ context.Context, e *webhook.CustomButtonEvent) error { return record(e) }
	callbacks.MarkAsResolved = func(_ context.Context, e *webhook.MarkAsResolvedEvent) error { return record(e) }
	callbacks.NewSession = func(_ context.Context, e *webhook.NewSessionEvent) error { return record(e) }
	callbacks.UserLogout = func(_ context.Context, e *webhook.UserLogoutEvent) error { return record(e) }
	callbacks.CustomChannelMessage = func(_ context.Context, e *webhook.CustomChannelMessageEvent) error { return record(e) }
	callbacks.WhatsAppForwardMessage = func(_ context.Context, e *webhook.WhatsAppForwardMessageEvent) error { return record(e) }
	callbacks.WhatsAppForwardStatus = func(_ context.Context, e *webhook.WhatsAppForwardStatusEvent) error { return record(e) }
	callbacks.PostComment = func(_ context.Context, e *webhook.PostCommentEvent) error { return record(e) }
	callbacks.Unknown = func(_ context.Context, e *webhook.UnknownEvent) error { return record(e) }
	return callbacks
}

func TestHandlerCallbacks(t *testing.T) {
	for _, file := range fixtureNames(t, fixtures) {
		body := string(fixture(t, file))
		var got []webhook.Name
		handler := newHandler(t, recording(&got), webhook.Only(eventOf(file)), webhook.Validation(webhook.Strict), webhook.Workers(1))
		checkAnswer(t, post(handler, body), http.StatusOK)
		assert.Equal(t, []webhook.Name{eventOf(file)}, slices.Compact(got), file) // WhatsApp's have several items
		checkAnswer(t, post(newHandler(t, ignoring()), body), http.StatusOK)
	}

	var got []webhook.Name
	handler := newHandler(t, recording(&got), webhook.Workers(1))
	checkAnswer(t, post(handler, string(fixture(t, "combined/whatsApp-messages-and-statuses.json"))), http.StatusOK)
	checkAnswer(t, post(handler, `{"type":"other"}`), http.StatusOK)
	assert.Equal(t, []webhook.Name{webhook.WhatsAppForwardStatus, webhook.WhatsAppForwardMessage, webhook.Unknown}, got)
}

// The Chat SDK's header decides between events that content cannot tell apart.
func TestHandlerChatSDKHeader(t *testing.T) {
	var got []webhook.Name
	handler := newHandler(t, recording(&got))
	for _, file := range []string{"botMessage-2025-whatsapp-text.json", "markAsResolved-2021.json"} {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/"+secret, strings.NewReader(string(fixture(t, file))))
		request.Header.Set("QISCUS-SDK-SIGNATURE", "x")
		checkAnswer(t, send(handler, request), http.StatusOK)
	}
	assert.Equal(t, []webhook.Name{webhook.PostComment, webhook.MarkAsResolved}, got)
}

func TestHandlerValidationModes(t *testing.T) {
	misfit := string(fixture(t, "invalid/markAsResolved-service-id-text.json"))
	unreadableMisfit := `{"service":{"id":["canary"]},"resolved_by":{}}`
	type report struct {
		name     webhook.Name
		problems []webhook.Problem
	}
	for name, test := range map[string]struct {
		mode    webhook.ValidationMode
		status  int
		reports bool
		called  []webhook.Name
	}{
		"report": {webhook.Report, http.StatusOK, true, []webhook.Name{webhook.MarkAsResolved, webhook.Unknown}},
		"strict": {webhook.Strict, http.StatusBadRequest, true, nil},
		"off":    {webhook.Off, http.StatusOK, false, []webhook.Name{webhook.MarkAsResolved, webhook.Unknown}},
	} {
		t.Run(name, func(t *testing.T) {
			var called []webhook.Name
			var reports []report
			options := []webhook.Option{webhook.Validation(test.mode)}
			if test.reports {
				options = append(options, webhook.OnProblems(func(_ context.Context, name webhook.Name, problems []webhook.Problem) {
					reports = append(reports, report{name, problems})
				}))
			}
			handler := newHandler(t, recording(&called), options...)
			first := checkAnswer(t, post(handler, misfit), test.status)
			second := checkAnswer(t, post(handler, unreadableMisfit), test.status)
			assert.Equal(t, test.called, called)
			if test.mode == webhook.Strict {
				assert.Equal(t, []webhook.Problem{{Pointer: "/service/id", Reason: "must be integer, is string"}}, first.Problems)
				assert.Greater(t, len(second.Problems), 1, "all reasons")
			}
			if !test.reports {
				assert.Empty(t, reports)
				return
			}
			require.Len(t, reports, 2)
			assert.Equal(t, webhook.MarkAsResolved, reports[1].name)
			assert.NotContains(t, fmt.Sprint(reports), "canary")
		})
	}
}

func TestHandlerCallbackErrors(t *testing.T) {
	cause := errors.New("canary")
	var told []string
	callbacks := webhook.Callbacks{
		WhatsAppForwardStatus:  func(context.Context, *webhook.WhatsAppForwardStatusEvent) error { return cause },
		WhatsAppForwardMessage: func(context.Context, *webhook.WhatsAppForwardMessageEvent) error { return cause },
	}
	handler := newHandler(t, callbacks, webhook.Workers(1), webhook.OnError(func(_ context.Context, event webhook.Event, err error) {
		told = append(told, string(event.Name())+" "+err.Error())
	}))
	both := string(fixture(t, "combined/whatsApp-messages-and-statuses.json"))
	checkAnswer(t, post(handler, both), http.StatusInternalServerError)
	assert.Equal(t, []string{"whatsAppForwardStatus canary", "whatsAppForwardMessage canary"}, told, "both get their chance")

	checkAnswer(t, post(newHandler(t, callbacks), both), http.StatusInternalServerError)
}
