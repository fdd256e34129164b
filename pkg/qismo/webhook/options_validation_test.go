package webhook_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

func TestNewHandlerRefusesBadValidation(t *testing.T) {
	onProblems := webhook.OnProblems(func(context.Context, webhook.Name, []webhook.Problem) {})
	for name, test := range map[string]struct {
		options []webhook.Option
		says    string
	}{
		"no such event":        {[]webhook.Option{webhook.Validation(webhook.Strict, "canary")}, "no event has that name"},
		"unknown events":       {[]webhook.Option{webhook.Validation(webhook.Strict, webhook.Unknown)}, "no event has that name"},
		"no such mode":         {[]webhook.Option{webhook.Validation(9, webhook.BotMessage)}, "no such mode"},
		"an event twice":       {[]webhook.Option{webhook.Validation(webhook.Strict, webhook.BotMessage, webhook.BotMessage)}, "twice"},
		"an event given twice": {[]webhook.Option{webhook.Validation(webhook.Strict, webhook.BotMessage), webhook.Validation(webhook.Off, webhook.BotMessage)}, "Validation of botMessage: it was given twice"},
		"all events twice":     {[]webhook.Option{webhook.Validation(webhook.Strict), webhook.Validation(webhook.Strict)}, "Validation: it was given twice"},
		"another event only":   {[]webhook.Option{webhook.Validation(webhook.Strict, webhook.BotMessage), webhook.Only(webhook.NewSession)}, "Only(newSession)"},
		"off where it counts":  {[]webhook.Option{webhook.Validation(webhook.Off, webhook.NewSession), webhook.Only(webhook.NewSession), onProblems}, "never be called"},
		"off, each of them":    {[]webhook.Option{webhook.Validation(webhook.Off, webhook.Names()...), onProblems}, "never be called"},
		"no problems":          {[]webhook.Option{webhook.MaxProblems(0)}, "must be positive"},
		"no depth":             {[]webhook.Option{webhook.MaxDepth(-1)}, "must be positive"},
		"no text":              {[]webhook.Option{webhook.MaxText(0)}, "must be positive"},
		"problems twice":       {[]webhook.Option{webhook.MaxProblems(1), webhook.MaxProblems(1)}, "twice"},
		"depth twice":          {[]webhook.Option{webhook.MaxDepth(1), webhook.MaxDepth(1)}, "twice"},
		"text twice":           {[]webhook.Option{webhook.MaxText(1), webhook.MaxText(1)}, "twice"},
	} {
		_, err := webhook.NewHandler(webhook.PathSecret(secret), ignoring(), test.options...)
		require.ErrorContains(t, err, test.says, name)
		assert.NotContains(t, err.Error(), "canary", name)
	}
	for name, options := range map[string][]webhook.Option{
		"all but one":      {webhook.Validation(webhook.Off), webhook.Validation(webhook.Report, webhook.BotMessage), onProblems},
		"that one only":    {webhook.Validation(webhook.Strict, webhook.BotMessage), webhook.Only(webhook.BotMessage)},
		"several at once":  {webhook.Validation(webhook.Strict, webhook.BotMessage, webhook.NewSession), webhook.Validation(webhook.Off, webhook.UserLogout)},
		"none is all":      {webhook.Validation(webhook.Strict, []webhook.Name{}...)},
		"as much as there": {webhook.MaxProblems(math.MaxInt), webhook.MaxDepth(math.MaxInt), webhook.MaxText(math.MaxInt)},
	} {
		_, err := webhook.NewHandler(webhook.PathSecret(secret), ignoring(), options...)
		assert.NoError(t, err, name)
	}
}

// A mode for one event changes nothing for the others.
func TestValidationOfSingleEvents(t *testing.T) {
	misfits := map[webhook.Name]string{
		webhook.BotMessage:             strings.Replace(message(""), `"628"`, `"628","name":5`, 1),
		webhook.MarkAsResolved:         `{"service":{"id":"7","room_id":"1","is_resolved":true},"resolved_by":{"id":2,"email":"e"},"customer":{"user_id":"u"}}`,
		webhook.UserLogout:             `{"type":"auth","payload":{"action":"logout","timestamp":"1","user":{"id":1,"email":"a","type":1}}}`,
		webhook.CustomButton:           `{"room_id":7,"agent":{},"customer":{"user_id":"u"},"tag":5}`,
		webhook.WhatsAppForwardMessage: `{"messages":[{"id":"1","from":"2","timestamp":3,"type":"text"}]}`,
		webhook.WhatsAppForwardStatus:  `{"statuses":[{"id":"1","status":"read","timestamp":3,"recipient_id":"2"}]}`,
	}
	var reported []webhook.Name
	onProblems := webhook.OnProblems(func(_ context.Context, name webhook.Name, problems []webhook.Problem) {
		assert.NotEmpty(t, problems)
		reported = append(reported, name)
	})
	check := func(body string, handler http.Handler, status int, wantReported []webhook.Name) {
		t.Helper()
		reported = nil
		checkAnswer(t, post(handler, body), status)
		assert.ElementsMatch(t, wantReported, reported, body)
	}
	for strict, body := range misfits {
		one := []webhook.Name{strict}
		handler := newHandler(t, ignoring(), onProblems, webhook.Validation(webhook.Strict, strict))
		check(body, handler, http.StatusBadRequest, one)
		lenient := newHandler(t, ignoring(), onProblems, webhook.Validation(webhook.Report, strict), webhook.Validation(webhook.Strict))
		silent := newHandler(t, ignoring(), onProblems, webhook.Validation(webhook.Off, strict))
		for name, body := range misfits {
			if name != strict {
				check(body, handler, http.StatusOK, []webhook.Name{name})
				check(body, lenient, http.StatusBadRequest, []webhook.Name{name})
				check(body, silent, http.StatusOK, []webhook.Name{name})
				continue
			}
			check(body, lenient, http.StatusOK, one)
			check(body, silent, http.StatusOK, nil)
		}
	}

	const statuses = `"statuses":[{"id":"1","status":"read","timestamp":3,"recipient_id":"2"}]`
	const both = `{"messages":[{"id":"1","from":"2","timestamp":"3","type":"text"}],` + statuses + `}`
	two := []webhook.Name{webhook.WhatsAppForwardStatus, webhook.WhatsAppForwardMessage}
	check(both, newHandler(t, ignoring(), onProblems, webhook.Validation(webhook.Strict, two[0])), http.StatusBadRequest, two[:1])
	check(both, newHandler(t, ignoring(), onProblems, webhook.Validation(webhook.Strict, two[1])), http.StatusOK, two[:1])
	check(both, newHandler(t, ignoring(), onProblems, webhook.Validation(webhook.Strict), webhook.Validation(webhook.Off, two[0])), http.StatusOK, nil)
	neither := strings.Replace(both, `"3"`, `3`, 1)
	recorder := post(newHandler(t, ignoring(), webhook.Validation(webhook.Strict, two[1])), neither)
	checkAnswer(t, recorder, http.StatusBadRequest)
	assert.Contains(t, recorder.Body.String(), "/messages/0/timestamp")
	assert.NotContains(t, recorder.Body.String(), "/statuses", "it is not why")
}

// As many problems are told as was asked for, and no more are hidden than that.
func TestMaxProblems(t *testing.T) {
	const bad = 300
	body := crowd(strings.Repeat(`{"email":1},`, bad-1) + `{}`)
	unreadable := strings.Replace(body, `"id":1`, `"id":{}`, 1)
	for _, limit := range []int{1, 7, 100, 250, math.MaxInt} {
		var reported []webhook.Problem
		unknown := make(chan *webhook.UnknownEvent, 1)
		onProblems := webhook.OnProblems(func(_ context.Context, _ webhook.Name, problems []webhook.Problem) { reported = problems })
		callbacks := webhook.Callbacks{Unknown: func(_ context.Context, event *webhook.UnknownEvent) error { unknown <- event; return nil }}
		recorder := post(newHandler(t, callbacks, onProblems, webhook.Validation(webhook.Strict), webhook.MaxProblems(limit)), body)
		require.Equal(t, http.StatusBadRequest, recorder.Code)
		var answer struct {
			Problems []webhook.Problem `json:"problems"`
			More     int               `json:"more_problems"`
		}
		require.NoError(t, json.Unmarshal(recorder.Body.Bytes(), &answer))
		assert.Len(t, answer.Problems, min(bad, limit))
		assert.Equal(t, bad-min(bad, limit), answer.More)
		assert.Equal(t, answer.Problems, reported)

		checkAnswer(t, post(newHandler(t, callbacks, onProblems, webhook.MaxProblems(limit)), unreadable), http.StatusOK)
		event := <-unknown
		assert.Len(t, event.Problems, min(bad+1, limit))
		assert.Equal(t, event.Problems, reported)
	}
	event := oneEvent(t, []byte(unreadable)).(*webhook.UnknownEvent)
	assert.Len(t, event.Problems, webhook.DefaultMaxProblems)

	// What nobody means well is looked for a hundred times, whatever the limit.
	var reported []webhook.Problem
	onProblems := webhook.OnProblems(func(_ context.Context, _ webhook.Name, problems []webhook.Problem) { reported = problems })
	post(newHandler(t, ignoring(), onProblems, webhook.MaxProblems(math.MaxInt)), message(strings.Repeat(`,"ID":1`, 300)))
	assert.Len(t, reported, 100)
	post(newHandler(t, ignoring(), onProblems, webhook.MaxProblems(2)), message(strings.Repeat(`,"ID":1`, 50)))
	assert.Len(t, reported, 2)
}

func TestMaxDepthAndMaxText(t *testing.T) {
	deep := func(levels int) string { // of the whole body
		return `{"type":"other","x":` + strings.Repeat("[", levels-1) + strings.Repeat("]", levels-1) + `}`
	}
	long := func(text string) string { return `{"type":"other","x":"` + text + `"}` }
	depth := func(levels int) []webhook.Option { return []webhook.Option{webhook.MaxDepth(levels)} }
	text := func(bytes int) []webhook.Option { return []webhook.Option{webhook.MaxText(bytes)} }
	const limit = webhook.DefaultMaxText
	for name, test := range map[string]struct {
		body    string
		options []webhook.Option
		status  int
	}{
		"64 levels":                       {deep(64), nil, http.StatusOK},
		"65 levels":                       {deep(65), nil, http.StatusBadRequest},
		"a whole body of them":            {deep(500000), nil, http.StatusBadRequest},
		"many that are not deep":          {`{"type":"other","x":[` + strings.Repeat(`[{}],`, 2000) + `1]}`, nil, http.StatusOK},
		"more where they may be":          {deep(100), depth(100), http.StatusOK},
		"one level":                       {`{"type":"other"}`, depth(1), http.StatusOK},
		"two levels":                      {deep(2), depth(1), http.StatusBadRequest},
		"in text they are none":           {long(strings.Repeat("[{", 100)), depth(1), http.StatusOK},
		"behind a quote in text":          {long(`\"` + strings.Repeat("[{", 100)), depth(1), http.StatusOK},
		"behind a backslash":              {`{"a":"\\","x":[[]]}`, depth(2), http.StatusBadRequest},
		"a text of 256 KiB":               {long(strings.Repeat("a", limit)), nil, http.StatusOK},
		"a text a byte longer":            {long(strings.Repeat("a", limit+1)), nil, http.StatusRequestEntityTooLarge},
		"several that are not longer":     {`["` + strings.Repeat(strings.Repeat("a", limit)+`","`, 3) + `"]`, nil, http.StatusBadRequest},
		"short ones":                      {`{"type":"other"}`, text(5), http.StatusOK},
		"a name is a text":                {`{"typewriter":"a"}`, text(9), http.StatusRequestEntityTooLarge},
		"escapes count as they stand":     {`{"a":"\u0041"}`, text(5), http.StatusRequestEntityTooLarge},
		"escapes that fit":                {`{"a":"\u0041"}`, text(6), http.StatusOK},
		"both":                            {`{"a":"aaaa","x":[[]]}`, append(depth(2), text(1)...), http.StatusBadRequest},
		"what is no JSON is told as such": {strings.Repeat("x", limit+1), nil, http.StatusBadRequest},
	} {
		t.Run(name, func(t *testing.T) {
			recorder := post(newHandler(t, ignoring(), test.options...), test.body)
			checkAnswer(t, recorder, test.status)
			assert.Less(t, recorder.Body.Len(), 100)
		})
	}
	recorder := post(newHandler(t, ignoring()), deep(65))
	assert.JSONEq(t, `{"error":"the body is nested too deeply"}`, recorder.Body.String())
	recorder = post(newHandler(t, ignoring(), webhook.MaxText(1)), `{"a":"bc"}`)
	assert.JSONEq(t, `{"error":"a text in the body is too long"}`, recorder.Body.String())
	for _, file := range fixtureNames(t, fixtures) { // the defaults are far away
		options := []webhook.Option{webhook.MaxDepth(7), webhook.MaxText(2 << 10), webhook.Only(eventOf(file))}
		checkAnswer(t, post(newHandler(t, ignoring(), options...), string(fixture(t, file))), http.StatusOK)
	}
	assert.Equal(t, fmt.Sprint(64, 256<<10), fmt.Sprint(webhook.DefaultMaxDepth, webhook.DefaultMaxText))
}
