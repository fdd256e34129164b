package flex_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

func TestNumberIDIsWrittenAsANumber(t *testing.T) {
	for id, want := range map[flex.NumberID]string{
		"30602":            `30602`,
		"0":                `0`,
		"-7":               `-7`,
		"9007199254740993": `9007199254740993`,
		"":                 `""`,
		"-":                `"-"`,
		"007":              `"007"`,
		"1e3":              `"1e3"`,
		`7,"name":"x`:      `"7,\"name\":\"x"`,
	} {
		t.Run(id.String(), func(t *testing.T) {
			out, err := json.Marshal(id)
			require.NoError(t, err)
			assert.Equal(t, want, string(out))
			var again flex.NumberID
			require.NoError(t, json.Unmarshal(out, &again))
			assert.Equal(t, id, again)
		})
	}
	out, err := json.Marshal(struct {
		ID flex.NumberID `json:"id,omitzero"`
	}{})
	require.NoError(t, err)
	assert.JSONEq(t, `{}`, string(out))
}

func TestNumberIDReadsWhatAnIDReads(t *testing.T) {
	for in, want := range map[string]flex.NumberID{`30602`: "30602", `"30602"`: "30602", `null`: "", `""`: ""} {
		got := flex.NumberID("before")
		require.NoErrorf(t, json.Unmarshal([]byte(in), &got), "input %s", in)
		assert.Equal(t, want, got)
		assert.Equal(t, want == "", got.IsZero())
		assert.Equal(t, want == "", got.IsNone())
	}
	assert.True(t, flex.NumberID("0").IsNone())
	got := flex.NumberID("before")
	require.EqualError(t, json.Unmarshal([]byte(`7.5`), &got),
		"flex: cannot read a number with a fraction or an exponent as an id")
	assert.Equal(t, flex.NumberID("before"), got)
}
