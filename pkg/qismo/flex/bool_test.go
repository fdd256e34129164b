package flex

import (
	"bytes"
	"encoding/json"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBoolUnmarshal(t *testing.T) {
	for in, want := range map[string]bool{
		`true`: true, `1`: true, `"1"`: true, `"true"`: true, `"True"`: true, `"TRUE"`: true, `"\u0074rue"`: true,
		`false`: false, `0`: false, `"0"`: false, `"false"`: false, `"False"`: false, `"FALSE"`: false,
		`null`: false, `""`: false,
	} {
		got := Bool(!want)
		require.NoErrorf(t, json.Unmarshal([]byte(in), &got), "input %s", in)
		assert.Equalf(t, want, bool(got), "input %s", in)

		wire, err := json.Marshal(got)
		require.NoError(t, err)
		assert.Equal(t, strconv.FormatBool(want), string(wire), "a flag is written as a boolean")
	}
}

func TestBoolUnmarshalErrors(t *testing.T) {
	for in, want := range map[string]string{
		`2`:                    "flex: cannot read a JSON number as a boolean",
		`-1`:                   "flex: cannot read a JSON number as a boolean",
		`1.0`:                  "flex: cannot read a number with a fraction or an exponent as a boolean",
		`"yes"`:                "flex: cannot read text of another kind as a boolean",
		`" true"`:              "flex: cannot read text of another kind as a boolean",
		`"null"`:               "flex: cannot read text of another kind as a boolean",
		`"` + canary + `"`:     "flex: cannot read text of another kind as a boolean",
		`{"` + canary + `":1}`: "flex: cannot read a JSON object as a boolean",
		`["` + canary + `"]`:   "flex: cannot read a JSON array as a boolean",
		`True`:                 "flex: cannot read malformed JSON as a boolean",
	} {
		for _, before := range []Bool{true, false} {
			b := before
			err := b.UnmarshalJSON([]byte(in))
			require.EqualErrorf(t, err, want, "input %s", in)
			requireFormError(t, err, "a boolean")
			assert.Equal(t, before, b)
		}
	}
	testOddInputs(t, Bool(true))
}

func FuzzBool(f *testing.F) {
	for _, in := range append(oddInputs, `true`, `"False"`, `1`, `"0"`, `2`, `null`, `""`, `"\u0054RUE"`) {
		f.Add([]byte(in))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		first, second, ok := fuzzRoundTrip[Bool](t, data)
		if ok {
			require.Equal(t, first, second)
		}
		var want *bool
		isBare := len(data) == len(bytes.TrimSpace(data)) // as encoding/json hands it on
		if isBare && json.Unmarshal(data, &want) == nil && want != nil && len(data) <= len("false") {
			require.True(t, ok, "refused a boolean")
			require.Equal(t, *want, bool(first))
		}
	})
}

func BenchmarkBool(b *testing.B) {
	benchmarkDecode[Bool](b, "flex", `true`)
	benchmarkDecode[bool](b, "bool", `true`)
}

func BenchmarkBoolText(b *testing.B) {
	benchmarkDecode[Bool](b, "flex", `"false"`)
	benchmarkDecode[string](b, "string", `"false"`)
}
