package chat_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/chat"
)

// userCall is a call of the user's door: what is asked of the service, what it answers,
// and what the caller gets of that.
type userCall struct {
	name   string
	call   func(ctx context.Context, user *chat.User) (any, error)
	method string
	uri    string
	body   string // of the request, "" for none
	answer string // "" for an empty one
	want   any    // nil for nothing to compare
}

// testUserCalls makes each call and looks at both sides of it.
func testUserCalls(t *testing.T, calls []userCall) {
	t.Helper()
	for _, test := range calls {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			service := newRecorder(t, answerJSON(200, test.answer))
			got, err := test.call(t.Context(), service.user(t))
			require.NoError(t, err)
			if test.want != nil {
				assert.Equal(t, test.want, got)
			}
			seen := service.seen()
			require.Len(t, seen, 1)
			assert.Equal(t, test.method, seen[0].Method)
			assert.Equal(t, test.uri, seen[0].URI)
			if test.body == "" {
				assert.Empty(t, seen[0].Body)
			} else {
				assert.JSONEq(t, test.body, seen[0].Body)
			}
		})
	}
}

// unusable is a call whose answer lacks what it is for.
type unusable struct {
	name, answer, want string
	call               func(ctx context.Context, user *chat.User) error
}

func testUnusableAnswers(t *testing.T, answers []unusable) {
	t.Helper()
	for _, test := range answers {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			err := test.call(t.Context(), newRecorder(t, answerJSON(200, test.answer)).user(t))
			require.ErrorIs(t, err, chat.ErrUnexpectedAnswer)
			require.ErrorContains(t, err, test.want)
		})
	}
}

// second drops what a call returns beside its error.
func second[T any](_ T, err error) error { return err }
