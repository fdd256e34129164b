package webhook_test

import (
	"context"
	"math"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// The largest numbers mean that there is no limit.
func TestLimitsThatAreNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told onErrors
		held := make(chan struct{})
		handler := newHandler(t, onMessage(func(context.Context, string) error { <-held; return nil }),
			webhook.Workers(1), webhook.Waiting(math.MaxInt), webhook.Deadline(math.MaxInt64),
			webhook.AnswerAtOnce(), told.option())
		for _, room := range []string{"1", "2", "3"} {
			checkAnswer(t, post(handler, said(room, room, "")), http.StatusOK)
		}
		close(held)
		shutDown(t, handler)
		assert.Empty(t, told.take())
	})
}
