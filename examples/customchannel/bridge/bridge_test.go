package bridge_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/examples/customchannel/bridge"
	"github.com/qismo-go/qismo/pkg/qismo/qismotest"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// forgetful is a Store that cannot remember.
type forgetful struct{ webhook.Store }

func (forgetful) Commit(context.Context, string, string, time.Duration) error {
	return errors.New("the store cannot be reached")
}

// What is on the platform was taken in, whether that could be remembered or not: a
// messenger that is told otherwise has its user send it anew.
func TestWhatIsNotRememberedWasTakenIn(t *testing.T) {
	srv := qismotest.New(t)
	seen, err := webhook.NewMemoryStore(webhook.DefaultMemory)
	require.NoError(t, err)
	relay := &bridge.Bridge{Client: srv.Client(), Key: "ik-2207", Seen: forgetful{seen}}
	answer := httptest.NewRecorder()
	relay.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/",
		strings.NewReader(`{"id":"1","user":"budi","text":"halo"}`)))
	assert.Equal(t, http.StatusNoContent, answer.Code, answer.Body)
	require.Len(t, srv.Rooms(), 1)
	assert.Len(t, srv.Rooms()[0].Messages, 1)
}
