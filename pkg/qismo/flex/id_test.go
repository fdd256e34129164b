package flex

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestIDUnmarshal(t *testing.T) {
	tests := []struct {
		name string
		in   string
		want ID
	}{
		{"number", `8123456`, "8123456"},
		{"text of digits", `"8123456"`, "8123456"},
		{"negative", `-12`, "-12"},
		{"zero", `0`, "0"},
		{"zero as text", `"0"`, "0"},
		{"beyond 2^53", `9007199254740993`, "9007199254740993"},
		{"beyond 2^53 as text", `"9007199254740993"`, "9007199254740993"},
		{"beyond 64 bits", `184467440737095516160001`, "184467440737095516160001"},
		{"leading zeros as text", `"007"`, "007"},
		{"null", `null`, ""},
		{"empty text", `""`, ""},
		{"e-mail address", `"dewi+1@toko.example"`, "dewi+1@toko.example"},
		{"phone number", `"6281200001111"`, "6281200001111"},
		{"cursor", `"djI6MTc=="`, "djI6MTc=="},
		{"spaces are kept", `" a b "`, " a b "},
		{"escapes", `"a\"b\\c\u0041\n"`, "a\"b\\cA\n"},
		{"not ASCII", `"pelanggan-é-☂"`, "pelanggan-é-☂"},
		{"surrogate pair", `"\ud83d\ude00"`, "😀"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ID("before")
			require.NoError(t, json.Unmarshal([]byte(tt.in), &got))
			assert.Equal(t, tt.want, got)

			wire, err := json.Marshal(got)
			require.NoError(t, err)
			assert.Equal(t, byte('"'), wire[0], "an id is written as text")
			var again ID
			require.NoError(t, json.Unmarshal(wire, &again))
			assert.Equal(t, got, again)
		})
	}
}

func TestIDUnmarshalErrors(t *testing.T) {
	tests := []struct{ in, want string }{
		{`{"id":"` + canary + `"}`, "flex: cannot read a JSON object as an id"},
		{`["` + canary + `"]`, "flex: cannot read a JSON array as an id"},
		{`true`, "flex: cannot read a JSON boolean as an id"},
		{`1.5`, "flex: cannot read a number with a fraction or an exponent as an id"},
		{`1e3`, "flex: cannot read a number with a fraction or an exponent as an id"},
		{`"` + canary, "flex: cannot read malformed JSON as an id"},
	}
	for _, tt := range tests {
		id := ID("before")
		err := id.UnmarshalJSON([]byte(tt.in))
		require.EqualErrorf(t, err, tt.want, "input %s", tt.in)
		requireFormError(t, err, "an id")
		assert.Equal(t, ID("before"), id)
	}
	testOddInputs(t, ID("before"))
}

func TestIDIsAString(t *testing.T) {
	var number, text ID
	require.NoError(t, json.Unmarshal([]byte(`42`), &number))
	require.NoError(t, json.Unmarshal([]byte(`"42"`), &text))
	assert.True(t, number == text) //nolint:testifylint // == itself is what callers use

	rooms := map[ID]string{number: "a room"}
	assert.Equal(t, "a room", rooms[text])
	wire, err := json.Marshal(rooms)
	require.NoError(t, err)
	assert.JSONEq(t, `{"42":"a room"}`, string(wire))

	echo := func(id ID) string { return id.String() }
	assert.Equal(t, "42", echo("42"))
}

func TestIDDoesNotKeepInput(t *testing.T) {
	data := []byte(`"abc"`)
	var id ID
	require.NoError(t, id.UnmarshalJSON(data))
	data[1] = 'X'
	assert.Equal(t, ID("abc"), id)
}

func TestIDIsNone(t *testing.T) {
	for _, id := range []ID{"", "0"} {
		assert.Truef(t, id.IsNone(), "id %q", id)
	}
	for _, id := range []ID{"1", "00", "a", " "} {
		assert.Falsef(t, id.IsNone(), "id %q", id)
	}
	assert.True(t, ID("").IsZero())
	assert.False(t, ID("0").IsZero())
}

func TestIDOmitZero(t *testing.T) {
	type body struct {
		ID ID `json:"id,omitzero"`
	}
	wire, err := json.Marshal(body{})
	require.NoError(t, err)
	assert.Equal(t, `{}`, string(wire))
	wire, err = json.Marshal(body{ID: "0"})
	require.NoError(t, err)
	assert.Equal(t, `{"id":"0"}`, string(wire))
}

func TestIDInt64(t *testing.T) {
	for id, want := range map[ID]int64{
		"0": 0, "12": 12, "-12": -12, "007": 7,
		"9223372036854775807": math.MaxInt64, "-9223372036854775808": math.MinInt64,
	} {
		got, err := id.Int64()
		require.NoErrorf(t, err, "id %q", id)
		assert.Equal(t, want, got)
	}
	for id, want := range map[ID]string{
		"":                    "flex: cannot read empty text as an integer id",
		canary:                "flex: cannot read text of another kind as an integer id",
		"+1":                  "flex: cannot read text of another kind as an integer id",
		"1_000":               "flex: cannot read text of another kind as an integer id",
		"9223372036854775808": "flex: cannot read a number beyond 64 bits as an integer id",
	} {
		_, err := id.Int64()
		require.EqualErrorf(t, err, want, "id %q", id)
		requireFormError(t, err)
	}
}

func FuzzID(f *testing.F) {
	for _, in := range append(oddInputs, `12`, `"12"`, `-0`, `1e3`, `null`, `"a\u0000b"`, `"é"`, `{"a":[1]}`) {
		f.Add([]byte(in))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		first, second, ok := fuzzRoundTrip[ID](t, data)
		if !ok {
			return
		}
		require.Equal(t, first, second)

		// The standard library is the oracle for what the id is.
		switch want := decodeAny(t, data).(type) {
		case nil:
			require.Empty(t, first)
		case json.Number:
			require.Equal(t, want.String(), first.String())
		default:
			require.Equal(t, want, first.String())
		}
	})
}

func BenchmarkID(b *testing.B) {
	benchmarkDecode[ID](b, "flex", `"1234567890"`)
	benchmarkDecode[string](b, "string", `"1234567890"`)
}

func BenchmarkIDNumber(b *testing.B) {
	benchmarkDecode[ID](b, "flex", `1234567890`)
	benchmarkDecode[int64](b, "int64", `1234567890`)
}

func BenchmarkIDEscaped(b *testing.B) {
	benchmarkDecode[ID](b, "flex", `"a\u002fb-é"`)
	benchmarkDecode[string](b, "string", `"a\u002fb-é"`)
}
