package webhook_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// A handler prints as that, also while rooms wait in it.
func TestHandlersPrintNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		handler := newHandler(t, onMessage(func(context.Context, string) error { <-time.After(time.Second); return nil }),
			webhook.AnswerAtOnce())
		for _, id := range []string{"a", "b"} {
			checkAnswer(t, post(handler, said("room-canary", id, "")), http.StatusOK)
		}
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			assert.Equal(t, "webhook.Handler", fmt.Sprintf(verb, handler))
			assert.Equal(t, "webhook.Handler", fmt.Sprintf(verb, *handler))
		}
		shutDown(t, handler)
	})
}

// The error of a panic prints without what was panicked with, by whichever verb, and
// still has it.
func TestPanicsPrintNoValues(t *testing.T) {
	const text = "webhook: handling the event panicked"
	cause := errors.New("canary")
	err := &webhook.PanicError{Value: cause, Stack: []byte("canary")}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		assert.Equal(t, text, fmt.Sprintf(verb, err), verb)
		assert.Equal(t, text, fmt.Sprintf(verb, *err), verb)
		assert.NotContains(t, fmt.Sprintf(verb, webhook.EventEnd{Err: err}), "canary", verb)
	}
	for _, value := range []any{err, *err, webhook.EventEnd{Err: err}} {
		encoded, problem := json.Marshal(value)
		require.NoError(t, problem)
		assert.Contains(t, string(encoded), text)
		assert.NotContains(t, string(encoded), "canary")
	}
	require.ErrorIs(t, err, cause)
}
