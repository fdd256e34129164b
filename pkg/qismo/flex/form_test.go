package flex

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// canary stands for a value that must never get into an error.
const canary = "canary-4f7Q-bird"

// oddInputs is what encoding/json never passes to UnmarshalJSON, but a direct
// call may.
var oddInputs = []string{
	"", " ", `"`, `"open`, `open"`, `"a"b"`, `"\`, `"\"`, `"\u12"`, "\"\x01\"", "-", "--1", "01", "1 ", " 1",
	"1.", "1e", "+1", "nul", "nulll", "tru", "{", "[", "{]", `{"date":`, "\x00", "\xff", "\"\xff",
}

var allForms = []form{
	formMalformed, formValue, formNull, formBool, formNumber, formString, formArray, formObject, formFraction,
	formTooLarge, formEmpty, formOtherText, formDateIncomplete, formDateZone,
}

// requireFormError fails unless err is made of the words of this package only:
// then nothing from the wire can be in it.
func requireFormError(t *testing.T, err error, as ...string) {
	t.Helper()
	var fe *formError
	require.ErrorAs(t, err, &fe)
	require.Truef(t, slices.Contains(allForms, fe.form), "unknown form %q", fe.form)
	if len(as) > 0 {
		require.Contains(t, as, fe.as)
	}
	require.NoError(t, errors.Unwrap(err), "a wrapped error may quote the value")
	require.NotContains(t, err.Error(), canary)
	require.True(t, strings.HasPrefix(err.Error(), "flex: "), err.Error())
}

// unmarshaler is the pointer to a type of this package.
type unmarshaler[T any] interface {
	*T
	json.Unmarshaler
}

// testOddInputs checks that direct calls with odd input neither panic nor
// change the receiver. Inputs in allowed are left out.
func testOddInputs[T any, P unmarshaler[T]](t *testing.T, before T, allowed ...string) {
	t.Helper()
	for _, in := range append([]string{"<nil>"}, oddInputs...) {
		if slices.Contains(allowed, in) {
			continue
		}
		data := []byte(in)
		if in == "<nil>" {
			data = nil
		}
		got := before
		err := P(&got).UnmarshalJSON(data)
		require.Errorf(t, err, "input %q", in)
		requireFormError(t, err)
		assert.Equalf(t, before, got, "input %q", in)
	}
}

// fuzzRoundTrip reads data as a T, writes it and reads it again. It reports
// false when data is no T.
func fuzzRoundTrip[T any, P unmarshaler[T]](t *testing.T, data []byte) (first, second T, ok bool) {
	t.Helper()
	if err := P(&first).UnmarshalJSON(data); err != nil {
		requireFormError(t, err)
		return first, second, false
	}
	if !json.Valid(data) {
		t.Fatalf("read malformed JSON %q", data)
	}
	wire, err := json.Marshal(first)
	require.NoError(t, err)
	require.True(t, json.Valid(wire))
	require.NoError(t, json.Unmarshal(wire, &second), "reading back %q", wire)
	return first, second, true
}

// decodeAny is what the standard library makes of JSON, numbers kept exactly.
func decodeAny(t *testing.T, data []byte) any {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var v any
	require.NoError(t, dec.Decode(&v))
	return v
}

// benchmarkDecode measures reading one member, the way it is read in a body.
func benchmarkDecode[T any](b *testing.B, name, doc string) {
	b.Run("type="+name, func(b *testing.B) {
		data := []byte(`{"v":` + doc + `}`)
		var body struct {
			V T `json:"v"`
		}
		b.ReportAllocs()
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			if err := json.Unmarshal(data, &body); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func TestFormOf(t *testing.T) {
	for in, want := range map[string]form{
		`{"a":1}`: formObject, `[1]`: formArray, `"a"`: formString, `true`: formBool, `false`: formBool,
		`null`: formNull, `1`: formNumber, `-1`: formNumber, `0`: formNumber, `1.5`: formFraction, `1e3`: formFraction,
		`1E3`: formFraction, ``: formMalformed, `{`: formMalformed, `01`: formMalformed, ` 1`: formMalformed,
	} {
		assert.Equalf(t, want, formOf([]byte(in)), "input %q", in)
	}
}

func TestQuote(t *testing.T) {
	for in, want := range map[string]string{
		"":            `""`,
		"plain text":  `"plain text"`,
		`a"b\c`:       `"a\"b\\c"`,
		"<a>&<b>":     `"<a>&<b>"`,
		"line\nbreak": `"line\nbreak"`,
		"<\n>":        `"<\n>"`,
		"naïve":       `"naïve"`,
	} {
		assert.Equalf(t, want, string(quote(in)), "input %q", in)
	}
}

func TestQuoteMendsBadUTF8(t *testing.T) {
	text, ok := textOf(quote("bad\xffbyte"))
	assert.True(t, ok)
	assert.Equal(t, "bad\ufffdbyte", string(text))
}

func TestIsInteger(t *testing.T) {
	for _, in := range []string{"0", "-0", "7", "-7", "10", "123456789012345678901234567890"} {
		assert.Truef(t, isInteger([]byte(in)), "input %q", in)
	}
	for _, in := range []string{"", "-", "00", "07", "-07", "+7", "7.0", "7e1", "7 ", "٣"} {
		assert.Falsef(t, isInteger([]byte(in)), "input %q", in)
	}
}
