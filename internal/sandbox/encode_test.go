package sandbox

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What is written is what encoding/json would have written.
func TestEncode(t *testing.T) {
	t.Parallel()
	for _, value := range []any{
		nil, true, false, 0, -7, int64(1) << 62, 1.5, 1e300, "", "Halo", `"q\`, "<b>&amp;</b>", "selamat\tpagi\n", "kopi ☕ \u2028",
		"\xff", "\x7f", object{}, object(nil), []any{}, []any(nil), []object{}, []object(nil), []string{"b", "a"}, []int64{3},
		object{"b": 1, "a": []any{nil, object{"<": "é"}}, "c": []object{{"z": "z", "y": json.RawMessage(`{ "x":1}`)}}},
		map[string]string{"b": "1", "a": "<"}, json.Number("12"), struct {
			A int `json:"a"`
		}{1},
	} {
		want, err := json.Marshal(value)
		require.NoError(t, err)
		assert.Equal(t, string(want), string(encode(value)))
	}
	assert.Panics(t, func() { encode(func() {}) }, "a mistake of ours")
}

func FuzzEncodeText(f *testing.F) {
	f.Add("kopi", "<")
	f.Fuzz(func(t *testing.T, name, text string) {
		value := object{name: text}
		want, err := json.Marshal(value)
		require.NoError(t, err)
		assert.Equal(t, string(want), string(encode(value)))
	})
}
