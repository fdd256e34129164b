package flex

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestJSONUnmarshal(t *testing.T) {
	tests := []struct {
		name     string
		in       string
		raw      string // "" for nil
		fromText bool
		text     string
		invalid  bool
	}{
		{"object", `{"source":"wa"}`, `{"source":"wa"}`, false, "", false},
		{"array", `[1,2]`, `[1,2]`, false, "", false},
		{"number", `12`, `12`, false, "", false},
		{"boolean", `false`, `false`, false, "", false},
		{"empty object", `{}`, `{}`, false, "", false},
		{"null", `null`, ``, false, "", false},
		{"text of an object", `"{\"source\":\"wa\"}"`, `{"source":"wa"}`, true, `{"source":"wa"}`, false},
		{"text of an array", `"[]"`, `[]`, true, `[]`, false},
		{"text of a number", `"12"`, `12`, true, `12`, false},
		{"text of null", `"null"`, ``, true, `null`, false},
		{"text of null in spaces", `" null "`, ``, true, ` null `, false},
		{"text of text is unpacked once", `"\"{}\""`, `"{}"`, true, `"{}"`, false},
		{"text in spaces", `" {} "`, ` {} `, true, ` {} `, false},
		{"empty text", `""`, ``, true, ``, false},
		{"bad text", `"hello"`, ``, true, `hello`, true},
		{"cut text", `"{\"source\":"`, ``, true, `{"source":`, true},
		{"blank text", `" "`, ``, true, ` `, true},
		{"text, not ASCII", `"{\"name\":\"Sébastien ☂ <b>\"}"`, `{"name":"Sébastien ☂ <b>"}`, true, `{"name":"Sébastien ☂ <b>"}`, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := JSON{data: []byte("before"), text: true, content: broken}
			require.NoError(t, json.Unmarshal([]byte(tt.in), &got))
			assert.Equal(t, tt.raw, string(got.Raw()))
			assert.Equal(t, tt.raw == "", got.Raw() == nil)
			assert.Equal(t, tt.fromText, got.FromText())
			assert.Equal(t, tt.text, got.Text())
			assert.Equal(t, !tt.invalid, got.Valid())
			assert.Equal(t, tt.raw == "" && !tt.invalid, got.IsZero())

			wire, err := got.MarshalJSON()
			require.NoError(t, err)
			assert.Equal(t, tt.in, string(wire), "the form stays")
			var again JSON
			require.NoError(t, again.UnmarshalJSON(wire))
			assert.Equal(t, got, again)
		})
	}
}

func TestJSONUnmarshalErrors(t *testing.T) {
	testOddInputs(t, JSON{data: []byte("1"), content: sound}, "1 ", " 1")
	var j JSON
	requireFormError(t, j.UnmarshalJSON([]byte(`{"a":"`+canary)), "JSON")
}

func TestJSONCopiesInput(t *testing.T) {
	for _, in := range []string{`{"a":1}`, `"[1,2]"`} {
		data := []byte(in)
		var j JSON
		require.NoError(t, j.UnmarshalJSON(data))
		clear(data)
		assert.Truef(t, json.Valid(j.Raw()), "input %s", in)
	}
}

func TestJSONCopiesAreIndependent(t *testing.T) {
	var j JSON
	require.NoError(t, json.Unmarshal([]byte(`{"a":1}`), &j))
	saved := j
	require.NoError(t, json.Unmarshal([]byte(`{"b":2}`), &j))
	assert.Equal(t, `{"a":1}`, string(saved.Raw()))
}

func TestJSONDecode(t *testing.T) {
	type options struct {
		Source  string `json:"source"`
		Waiting Bool   `json:"is_waiting"`
	}
	want := options{Source: "wa", Waiting: true}
	for _, in := range []string{
		`{"source":"wa","is_waiting":"true"}`, `"{\"source\":\"wa\",\"is_waiting\":\"true\"}"`,
	} {
		var j JSON
		require.NoError(t, json.Unmarshal([]byte(in), &j))
		var got options
		require.NoError(t, j.Decode(&got))
		assert.Equal(t, want, got)
	}

	for _, in := range []string{`null`, `""`, `"null"`} {
		var j JSON
		require.NoError(t, json.Unmarshal([]byte(in), &j))
		got := want
		require.NoErrorf(t, j.Decode(&got), "input %s", in)
		assert.Equal(t, want, got, "nothing leaves the value as it is")
	}
}

// talker is a type whose UnmarshalJSON quotes its input.
type talker struct{}

func (*talker) UnmarshalJSON(data []byte) error { return errors.New("cannot read " + string(data)) }

func TestJSONDecodeErrors(t *testing.T) {
	tests := []struct {
		name string
		in   string
		v    any
		want string
	}{
		{"bad text", `"` + canary + `"`, new(any), "flex: text is not JSON"},
		{"string", `{"a":"` + canary + `"}`, &struct{ A int }{}, "flex: cannot read a JSON string as a Go int (near byte N)"},
		{"object", `{"` + canary + `":1}`, new([]int), "flex: cannot read a JSON object as a Go []int (near byte N)"},
		{"array", `["` + canary + `"]`, new(string), "flex: cannot read a JSON array as a Go string (near byte N)"},
		{"boolean", `true`, new(int), "flex: cannot read a JSON boolean as a Go int (near byte N)"},
		{"number", `12`, new(string), "flex: cannot read a JSON number as a Go string (near byte N)"},
		{"number with digits", `123456789`, new(int8), "flex: cannot read a JSON number as a Go int8 (near byte N)"},
		{"type of this package", `{"a":{"b":"` + canary + `"}}`, &struct{ A ID }{}, "flex: cannot read a JSON object as an id"},
		{"talker", `{"a":"` + canary + `"}`, &talker{}, "flex: cannot read a JSON value as a Go *flex.talker"},
		{"nil", `1`, nil, "flex: json: Unmarshal(nil)"},
		{"no pointer", `1`, 1, "flex: json: Unmarshal(non-pointer int)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var j JSON
			require.NoError(t, json.Unmarshal([]byte(tt.in), &j))
			err := j.Decode(tt.v)
			require.Error(t, err)
			message := regexp.MustCompile(`byte \d+`).ReplaceAllString(err.Error(), "byte N") // Go versions differ
			require.Equal(t, tt.want, message)
			for ; err != nil; err = errors.Unwrap(err) {
				assert.NotContains(t, err.Error(), canary)
				assert.NotContains(t, err.Error(), "123456789")
			}
		})
	}
}

func TestNewJSON(t *testing.T) {
	j, err := NewJSON(map[string]any{"source": "wa"})
	require.NoError(t, err)
	assert.Equal(t, `{"source":"wa"}`, string(j.Raw()))
	assert.False(t, j.FromText())

	j, err = NewJSON(`{"source":"wa"}`)
	require.NoError(t, err)
	assert.Equal(t, `{"source":"wa"}`, string(j.Raw()))
	wire, err := json.Marshal(j)
	require.NoError(t, err)
	assert.Equal(t, `"{\"source\":\"wa\"}"`, string(wire))

	j, err = NewJSON("hello")
	require.NoError(t, err)
	assert.False(t, j.Valid())
	assert.Equal(t, "hello", j.Text())

	j, err = NewJSON(nil)
	require.NoError(t, err)
	assert.Equal(t, JSON{}, j)

	_, err = NewJSON(math.NaN())
	require.EqualError(t, err, "flex: cannot write a Go float64 as JSON")
	_, err = NewJSON(json.Number(canary))
	require.EqualError(t, err, "flex: cannot write a Go json.Number as JSON")
}

func TestJSONOmitZero(t *testing.T) {
	type body struct {
		Extras JSON `json:"extras,omitzero"`
	}
	wire, err := json.Marshal(body{})
	require.NoError(t, err)
	assert.Equal(t, `{}`, string(wire))
}

func FuzzJSON(f *testing.F) {
	for _, in := range append(oddInputs,
		`{"a":1}`, `[]`, `1e3`, `null`, `""`, `"null"`, `"{\"a\":1}"`, `"\"{}\""`, `"text"`, `"<&>\u2028"`, `" {} "`,
		`"" `, ` "{}"`, "\vnull", `"\u000bnull"`,
	) {
		f.Add([]byte(in))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		first, second, ok := fuzzRoundTrip[JSON](t, data)
		require.Equal(t, json.Valid(data), ok)
		if !ok {
			return
		}
		require.Equal(t, first.Text(), second.Text())
		require.Equal(t, first.FromText(), second.FromText())
		require.Equal(t, first.Valid(), second.Valid())
		require.Equal(t, first.IsZero(), second.IsZero())
		if first.Raw() != nil {
			require.True(t, json.Valid(first.Raw()))
			require.Equal(t, decodeAny(t, first.Raw()), decodeAny(t, second.Raw()))
			require.NoError(t, first.Decode(new(json.RawMessage)))
		} else {
			require.Nil(t, second.Raw())
		}

		known := regexp.MustCompile(`^flex: (text is not JSON|cannot read a JSON \w+ as a Go (map\[string\]int8|int8) \(near byte \d+\))$`)
		if err := first.Decode(new(map[string]int8)); err != nil {
			require.Regexp(t, known, err.Error())
		}
	})
}

const (
	benchObject = `{"channel":"wa","channel_details":{"channel_id":1021,"name":"Toko"},"is_resolved":false,"is_waiting":false,"source":"wa"}`
	benchText   = `"{\"channel\":\"wa\",\"channel_details\":{\"channel_id\":1021,\"name\":\"Toko\"},\"is_resolved\":false,\"is_waiting\":false,\"source\":\"wa\"}"`
)

func BenchmarkJSON(b *testing.B) {
	benchmarkDecode[JSON](b, "flex", benchObject)
	benchmarkDecode[json.RawMessage](b, "RawMessage", benchObject)
}

func BenchmarkJSONText(b *testing.B) {
	benchmarkDecode[JSON](b, "flex", benchText)
	benchmarkDecode[string](b, "string", benchText)
}

func TestJSONPrintsAsWhatItHolds(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		`{"source":"wa"}`:       `{"source":"wa"}`,
		`"{\"source\":\"wa\"}"`: `{"source":"wa"}`,
		`"no JSON"`:             "no JSON",
		`null`:                  "",
		`""`:                    "",
	} {
		var j JSON
		require.NoError(t, json.Unmarshal([]byte(given), &j))
		assert.Equal(t, want, fmt.Sprint(j), given)
	}
}
