package webhook_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// Hooks of another package are made with the handler, and not before.
func TestHooksOption(t *testing.T) {
	made := 0
	var answered []int
	option := webhook.HooksOption("WithAnswers", func() (webhook.Hooks, error) {
		made++
		return answersTo(&answered), nil
	})
	assert.Zero(t, made)
	handler := newHandler(t, ignoring(), option)
	assert.Equal(t, 1, made)
	checkAnswer(t, post(handler, "{}"), http.StatusOK)
	assert.Equal(t, []int{http.StatusOK}, answered)
}

func TestHooksOptionsThatCannotWork(t *testing.T) {
	fine := func() (webhook.Hooks, error) { return answersTo(new([]int)), nil }
	empty := func() (webhook.Hooks, error) { return webhook.Hooks{}, nil }
	failure := errors.New("the meter is worn out")
	failing := func() (webhook.Hooks, error) { return webhook.Hooks{}, failure }
	for name, test := range map[string]struct {
		options []webhook.Option
		want    string
	}{
		"twice":       {[]webhook.Option{webhook.HooksOption("WithA", fine), webhook.HooksOption("WithA", fine)}, "webhook: WithA: it was given twice"},
		"failing":     {[]webhook.Option{webhook.HooksOption("WithA", failing)}, "webhook: WithA: the meter is worn out"},
		"empty":       {[]webhook.Option{webhook.HooksOption("WithA", empty)}, "webhook: WithHooks: the hooks are empty"},
		"no name":     {[]webhook.Option{webhook.HooksOption("", fine)}, "webhook: HooksOption: the name is empty"},
		"no function": {[]webhook.Option{webhook.HooksOption("WithA", nil)}, "webhook: HooksOption: the name is empty, or the function is nil"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := webhook.NewHandler(webhook.PathSecret(secret), ignoring(), test.options...)
			require.ErrorContains(t, err, test.want)
			assert.Equal(t, name == "failing", errors.Is(err, failure))
		})
	}
	_, err := webhook.NewHandler(webhook.PathSecret(secret), ignoring(),
		webhook.HooksOption("WithA", fine), webhook.HooksOption("WithB", fine))
	require.NoError(t, err)
}

// answersTo makes hooks that write down the statuses of answers.
func answersTo(statuses *[]int) webhook.Hooks {
	return webhook.Hooks{
		Delivery: func(ctx context.Context, _ webhook.DeliveryStart) (context.Context, func(webhook.DeliveryEnd)) {
			return ctx, func(end webhook.DeliveryEnd) { *statuses = append(*statuses, end.Status) }
		},
	}
}
