package flex

import (
	"encoding/json"
	"math"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestIntUnmarshal(t *testing.T) {
	for in, want := range map[string]Int{
		`50`: 50, `"50"`: 50, `0`: 0, `"0"`: 0, `-3`: -3, `"-3"`: -3, `-0`: 0, `"007"`: 7, `null`: 0, `""`: 0,
		`"\u0035"`: 5, `9223372036854775807`: math.MaxInt64, `"-9223372036854775808"`: math.MinInt64,
		`9007199254740993`: 9007199254740993,
	} {
		got := Int(-99)
		require.NoErrorf(t, json.Unmarshal([]byte(in), &got), "input %s", in)
		assert.Equalf(t, want, got, "input %s", in)

		wire, err := json.Marshal(got)
		require.NoError(t, err)
		assert.Equal(t, strconv.FormatInt(int64(want), 10), string(wire), "an integer is written as a number")
	}
}

func TestIntUnmarshalErrors(t *testing.T) {
	for in, want := range map[string]string{
		`1.5`:                       "flex: cannot read a number with a fraction or an exponent as an integer",
		`1e3`:                       "flex: cannot read a number with a fraction or an exponent as an integer",
		`"1.5"`:                     "flex: cannot read text of another kind as an integer",
		`"+1"`:                      "flex: cannot read text of another kind as an integer",
		`" 1"`:                      "flex: cannot read text of another kind as an integer",
		`"-"`:                       "flex: cannot read text of another kind as an integer",
		`"` + canary + `"`:          "flex: cannot read text of another kind as an integer",
		`9223372036854775808`:       "flex: cannot read a number beyond 64 bits as an integer",
		`"-9223372036854775809"`:    "flex: cannot read a number beyond 64 bits as an integer",
		`true`:                      "flex: cannot read a JSON boolean as an integer",
		`{"` + canary + `":1}`:      "flex: cannot read a JSON object as an integer",
		`["` + canary + `"]`:        "flex: cannot read a JSON array as an integer",
		`"` + canary:                "flex: cannot read malformed JSON as an integer",
		`{"a":"` + canary + `","b"`: "flex: cannot read malformed JSON as an integer",
	} {
		n := Int(-99)
		err := n.UnmarshalJSON([]byte(in))
		require.EqualErrorf(t, err, want, "input %s", in)
		requireFormError(t, err, "an integer")
		assert.Equal(t, Int(-99), n)
	}
	testOddInputs(t, Int(-99))
}

func TestIntMethods(t *testing.T) {
	assert.Equal(t, "-12", Int(-12).String())
	assert.Equal(t, int64(12), Int(12).Int64())
}

func FuzzInt(f *testing.F) {
	for _, in := range append(oddInputs, `12`, `"12"`, `"-012"`, `-0`, `1e3`, `9223372036854775808`, `null`, `""`) {
		f.Add([]byte(in))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		first, second, ok := fuzzRoundTrip[Int](t, data)
		if n, err := strconv.ParseInt(string(data), 10, 64); err == nil && json.Valid(data) {
			require.True(t, ok, "refused an integer")
			require.Equal(t, n, first.Int64())
		}
		if ok {
			require.Equal(t, first, second)
		}
	})
}

func BenchmarkInt(b *testing.B) {
	benchmarkDecode[Int](b, "flex", `1234567`)
	benchmarkDecode[int64](b, "int64", `1234567`)
}

func BenchmarkIntText(b *testing.B) {
	benchmarkDecode[Int](b, "flex", `"1234567"`)
	benchmarkDecode[string](b, "string", `"1234567"`)
}
