package transport

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestCheckForm(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		contentType, body string
		wantsJSON         bool
		want              string
	}{
		"JSON":                          {"application/json", `{"a":1}`, true, ""},
		"JSON that calls itself text":   {"text/plain", `{"a":1}`, true, ""},
		"text where JSON is wanted":     {"text/plain", `ok`, true, "the answer is not JSON"},
		"nothing where JSON is wanted":  {"", ``, true, "the answer is not JSON"},
		"a page":                        {"application/json", " <html>", false, "the answer is a page of HTML"},
		"half of JSON":                  {"application/json", `{"a":`, false, "the answer is not whole JSON"},
		"half of JSON that is decoded":  {"application/json", `{"a":`, true, ""},
		"text where nothing is wanted":  {"text/plain", `ok`, false, ""},
		"nothing where nothing is said": {"application/json", ``, false, ""},
	} {
		err := CheckForm(Answer{Header: http.Header{"Content-Type": {test.contentType}}, Body: []byte(test.body)}, test.wantsJSON)
		if test.want == "" {
			assert.NoError(t, err, name)
		} else {
			assert.EqualError(t, err, test.want, name)
		}
	}
}

func TestMembersOfAnswers(t *testing.T) {
	t.Parallel()
	for raw, failed := range map[string]bool{
		`400`: true, `"401"`: true, `599`: true, `399`: false, `600`: false, `"lunas"`: false, `4e2`: false, ``: false, `null`: false,
	} {
		assert.Equal(t, failed, IsFailedStatus(json.RawMessage(raw)), raw)
	}
	for raw, empty := range map[string]bool{``: true, `null`: true, ` {} `: true, `[]`: true, `""`: true, `0`: false, `[0]`: false} {
		assert.Equal(t, empty, IsEmptyJSON(json.RawMessage(raw)), raw)
	}
	assert.True(t, IsNull(nil))
	assert.True(t, IsNull(json.RawMessage("null")))
	assert.False(t, IsNull(json.RawMessage("{}")))
}

func TestTextOf(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ contentType, body, want string }{
		{"text/plain", " 404 page not found\n", "404 page not found"},
		{"text/html", "Not Found", "a page of HTML"},
		{"", "<html>", "a page of HTML"},
		{"", "{", "JSON of an unknown shape"},
		{"", "[1", "JSON of an unknown shape"},
		{"", " ", ""},
		{"text/plain", "a\xff", "a"},
	} {
		assert.Equal(t, test.want, TextOf(Answer{Header: http.Header{"Content-Type": {test.contentType}}, Body: []byte(test.body)}), test.body)
	}
}
