package flex

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const secretObject = `{"id":5120,"access_token":"` + canary + `"}`

func readSecretJSON(t *testing.T, in string) SecretJSON {
	t.Helper()
	var s SecretJSON
	require.NoError(t, json.Unmarshal([]byte(in), &s))
	return s
}

func TestSecretJSONGivesOutWhatItRead(t *testing.T) {
	s := readSecretJSON(t, secretObject)
	assert.Equal(t, secretObject, string(s.Reveal().Raw()))
	assert.False(t, s.IsZero())
	var row struct {
		ID          ID     `json:"id"`
		AccessToken Secret `json:"access_token"`
	}
	require.NoError(t, s.Decode(&row))
	assert.Equal(t, ID("5120"), row.ID)
	assert.Equal(t, canary, row.AccessToken.Reveal())
	requireFormError(t, s.Decode(new([]string)), "a Go []string (near byte 1)")

	j, err := NewJSON(map[string]any{"pin": canary})
	require.NoError(t, err)
	assert.Equal(t, `{"pin":"`+canary+`"}`, string(NewSecretJSON(j).Reveal().Raw()))
}

func TestSecretJSONOfNothing(t *testing.T) {
	for _, s := range []SecretJSON{{}, NewSecretJSON(JSON{}), readSecretJSON(t, `null`), readSecretJSON(t, `""`)} {
		assert.True(t, s.IsZero())
		assert.Nil(t, s.Reveal().Raw())
		assert.Empty(t, fmt.Sprintf("%v", s))
		wire, err := json.Marshal(s)
		require.NoError(t, err)
		assert.Equal(t, "null", string(wire))
	}
	wire, err := json.Marshal(struct {
		Row SecretJSON `json:"row,omitzero"`
	}{})
	require.NoError(t, err)
	assert.Equal(t, `{}`, string(wire))
}

func TestSecretJSONErrors(t *testing.T) {
	for _, in := range oddInputs {
		s := readSecretJSON(t, `{"before":1}`)
		if err := s.UnmarshalJSON([]byte(in)); err != nil {
			requireFormError(t, err, "JSON")
			assert.Equal(t, `{"before":1}`, string(s.Reveal().Raw()))
		}
	}
}

func TestSecretJSONCopiesAreIndependent(t *testing.T) {
	s := readSecretJSON(t, `{"a":1}`)
	saved := s
	require.NoError(t, json.Unmarshal([]byte(`{"b":2}`), &s))
	assert.Equal(t, `{"a":1}`, string(saved.Reveal().Raw()))
}

func TestSecretJSONNeverShows(t *testing.T) {
	secret := readSecretJSON(t, secretObject)
	type row struct {
		XMLName xml.Name   `json:"-" xml:"row"`
		Row     SecretJSON `xml:"row"`
		hidden  SecretJSON
		pointer *SecretJSON
	}
	whole := row{Row: secret, hidden: secret, pointer: &secret}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%030d"} {
		assert.Equal(t, "***", fmt.Sprintf(verb, secret), "verb %s", verb)
		for _, value := range []any{whole, &whole, []any{whole}, map[string]any{"a": whole}} {
			shown := fmt.Sprintf(verb, value)
			assert.NotContains(t, shown, canary, "verb %s", verb)
			assert.NotContains(t, shown, fmt.Sprintf("%x", canary), "verb %s", verb)
			assert.NotContains(t, shown, strings.Trim(fmt.Sprintf("%d", []byte(canary)), "[]"), "verb %s", verb)
		}
	}
	assert.Equal(t, "***", secret.GoString())
	wire, err := json.Marshal(whole)
	require.NoError(t, err)
	assert.Equal(t, `{"Row":"***"}`, string(wire))
	wire, err = xml.Marshal(whole)
	require.NoError(t, err)
	assert.Equal(t, `<row><row>***</row></row>`, string(wire))

	var log bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(handler).Info("read", "row", secret, "whole", whole, "pointer", &whole)
	}
	assert.NotContains(t, log.String(), canary)
	assert.Contains(t, log.String(), "***")
}

func FuzzSecretJSON(f *testing.F) {
	for _, in := range append(oddInputs, secretObject, `[]`, `null`, `""`, `"null"`, `"{\"a\":1}"`, `"text"`) {
		f.Add([]byte(in))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		first, second, ok := fuzzRoundTrip[SecretJSON](t, data)
		require.Equal(t, json.Valid(data), ok)
		if !ok {
			return
		}
		var plain JSON
		require.NoError(t, json.Unmarshal(data, &plain))
		require.Equal(t, plain, first.Reveal())
		require.Equal(t, plain.IsZero(), second.IsZero())
		require.Contains(t, []string{"", "***"}, fmt.Sprintf("%v", first))
	})
}
