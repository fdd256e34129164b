package flex

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSecretUnmarshal(t *testing.T) {
	for in, want := range map[string]string{
		`"abc-123"`: "abc-123", `"a\"b\u0041"`: `a"bA`, `""`: "", `null`: "", `"***"`: "***",
	} {
		s := Secret("before")
		require.NoErrorf(t, json.Unmarshal([]byte(in), &s), "input %s", in)
		assert.Equal(t, want, s.Reveal())
	}
}

func TestSecretUnmarshalErrors(t *testing.T) {
	for in, want := range map[string]string{
		`12345678`:             "flex: cannot read a JSON number as a secret",
		`1.5`:                  "flex: cannot read a number with a fraction or an exponent as a secret",
		`false`:                "flex: cannot read a JSON boolean as a secret",
		`{"` + canary + `":1}`: "flex: cannot read a JSON object as a secret",
		`["` + canary + `"]`:   "flex: cannot read a JSON array as a secret",
		`"` + canary:           "flex: cannot read malformed JSON as a secret",
	} {
		s := Secret("before")
		err := s.UnmarshalJSON([]byte(in))
		require.EqualErrorf(t, err, want, "input %s", in)
		requireFormError(t, err, "a secret")
		assert.Equal(t, "before", s.Reveal())
	}

	for _, in := range append(oddInputs, "12") {
		s := Secret("before")
		requireFormError(t, s.UnmarshalJSON([]byte(in)), "a secret")
		assert.Equal(t, "before", s.Reveal())
	}
}

func TestSecretFormat(t *testing.T) {
	const secret = Secret(canary)
	verbs := []string{
		"%v", "%+v", "%#v", "%s", "%q", "%+q", "%#q", "%x", "%X", "% x", "%#x", "%d", "%b", "%o", "%c", "%U", "%e",
		"%t", "%10s", "%-30s", "%.3s", "%030d",
	}
	for _, verb := range verbs {
		assert.Equalf(t, "***", fmt.Sprintf(verb, secret), "verb %s", verb)
		assert.Emptyf(t, fmt.Sprintf(verb, Secret("")), "verb %s", verb)
	}
	assert.Equal(t, "***", fmt.Sprint(secret))
	assert.Equal(t, "***", secret.String())
	assert.Equal(t, "***", secret.GoString())

	type answer struct {
		Token  Secret
		Others []Secret
		ByName map[string]Secret
		Pin    *Secret
	}
	pin := secret
	whole := answer{Token: secret, Others: []Secret{secret}, ByName: map[string]Secret{"a": secret}, Pin: &pin}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q"} {
		assert.NotContainsf(t, fmt.Sprintf(verb, whole), canary, "verb %s", verb)
		assert.NotContainsf(t, fmt.Sprintf(verb, &whole), canary, "verb %s", verb)
		assert.NotContainsf(t, fmt.Sprintf(verb, whole), fmt.Sprintf("%x", canary), "verb %s", verb)
	}
}

func TestSecretMarshal(t *testing.T) {
	type answer struct {
		XMLName xml.Name `json:"-" xml:"answer"`
		Token   Secret   `json:"token" xml:"token"`
		Empty   Secret   `json:"empty" xml:"empty"`
		Omitted Secret   `json:"omitted,omitzero" xml:"omitted,omitempty"`
	}
	wire, err := json.Marshal(answer{Token: canary})
	require.NoError(t, err)
	assert.Equal(t, `{"token":"***","empty":""}`, string(wire))

	wire, err = xml.Marshal(answer{Token: canary})
	require.NoError(t, err)
	assert.Equal(t, `<answer><token>***</token><empty></empty></answer>`, string(wire))
}

func TestSecretLog(t *testing.T) {
	type answer struct{ Token Secret }
	handlers := map[string]func(*bytes.Buffer) slog.Handler{
		"text": func(buf *bytes.Buffer) slog.Handler { return slog.NewTextHandler(buf, nil) },
		"json": func(buf *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(buf, nil) },
	}
	for name, handler := range handlers {
		t.Run(name, func(t *testing.T) {
			var buf bytes.Buffer
			log := slog.New(handler(&buf))
			log.Info("signed in", "token", Secret(canary), "answer", answer{canary}, "pointer", &answer{canary})
			assert.NotContains(t, buf.String(), canary)
			assert.Contains(t, buf.String(), "***")
		})
	}
}

func FuzzSecret(f *testing.F) {
	for _, in := range append(oddInputs, `"abc"`, `"\u0000"`, `12`, `null`, `""`, `{"a":"b"}`) {
		f.Add([]byte(in))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		// Unlike the others a Secret does not come back from JSON: it is masked.
		first, second, ok := fuzzRoundTrip[Secret](t, data)
		if !ok {
			return
		}
		var want string
		require.NoError(t, json.Unmarshal(data, &want))
		require.Equal(t, want, first.Reveal())
		require.Equal(t, first.String(), second.Reveal())
		require.Contains(t, []string{"", "***"}, fmt.Sprintf("%v", first))
	})
}

func BenchmarkSecret(b *testing.B) {
	benchmarkDecode[Secret](b, "flex", `"0123456789abcdef0123456789abcdef"`)
	benchmarkDecode[string](b, "string", `"0123456789abcdef0123456789abcdef"`)
}
