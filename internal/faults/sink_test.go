package faults_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
)

func TestSinkCountsMessages(t *testing.T) {
	sink := service()
	for _, body := range []string{
		`{"payload":{"unique_id":"a"}}`, `{"payload":{"unique_id":"b"}}`, `{"payload":{"unique_id":"a"}}`,
		`{"payload":{"unique_id":7}}`,
		`{"payload":{"unique_id":null}}`, `{"payload":{"unique_id":{}}}`, `{"payload":"a"}`, `{}`, `a`, ``,
	} {
		recorder := httptest.NewRecorder()
		sink.ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(body)))
		assert.Equal(t, http.StatusOK, recorder.Code)
	}
	assert.Equal(t, map[string]int{"a": 2, "b": 1, "7": 1}, sink.Received())
	assert.Equal(t, map[string]int{"a": 2}, sink.Repeated())
	assert.Equal(t, 6, sink.Nameless())
}

func TestSinkDoesNotCountWhatBreaksOff(t *testing.T) {
	sink := service()
	body := iotest.ErrReader(errors.New("broken"))
	recorder := httptest.NewRecorder()
	sink.ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", body))
	assert.Equal(t, http.StatusBadRequest, recorder.Code)
	assert.Empty(t, sink.Received())
	assert.Zero(t, sink.Nameless())
}
