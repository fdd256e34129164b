package flex_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

func TestTextReads(t *testing.T) {
	for in, want := range map[string]flex.Text{
		`"KW-2093"`:             "KW-2093",
		`""`:                    "",
		`"kopi \"gayo\""`:       `kopi "gayo"`,
		`2`:                     "2",
		`-7.50`:                 "-7.50",
		`9007199254740993`:      "9007199254740993",
		`true`:                  "true",
		`false`:                 "false",
		`null`:                  "",
		`"nilai\nbaris\tkedua"`: "nilai\nbaris\tkedua",
	} {
		t.Run(in, func(t *testing.T) {
			var got flex.Text
			require.NoError(t, json.Unmarshal([]byte(in), &got))
			assert.Equal(t, want, got)
			assert.Equal(t, want == "", got.IsZero())
			out, err := json.Marshal(got)
			require.NoError(t, err)
			var again flex.Text
			require.NoError(t, json.Unmarshal(out, &again))
			assert.Equal(t, got, again, "a text survives being written and read")
		})
	}
}

func TestTextRefuses(t *testing.T) {
	for _, in := range []string{`["rahasia-dalam-daftar"]`, `{"kunci":"rahasia-dalam-objek"}`, ``, `"tak ditutup`} {
		var got flex.Text
		err := got.UnmarshalJSON([]byte(in))
		require.Error(t, err, in)
		assert.NotContains(t, err.Error(), "rahasia")
	}
	require.Error(t, new(flex.Text).UnmarshalJSON(nil))
}

func FuzzText(f *testing.F) {
	for _, seed := range []string{`"a"`, `1`, `true`, `null`, `[]`, `{}`, `"\u0000"`, `1e9`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		var got flex.Text
		if err := got.UnmarshalJSON(in); err != nil {
			assert.True(t, strings.HasPrefix(err.Error(), "flex: cannot read "))
			return
		}
		out, err := got.MarshalJSON()
		require.NoError(t, err)
		var again flex.Text
		require.NoError(t, again.UnmarshalJSON(out))
		assert.Equal(t, got, again)
	})
}

func BenchmarkText(b *testing.B) {
	in := []byte(`"nomor pesanan KW-2093"`)
	b.Run("type=flex", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var got flex.Text
			if err := json.Unmarshal(in, &got); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("type=string", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var got string
			if err := json.Unmarshal(in, &got); err != nil {
				b.Fatal(err)
			}
		}
	})
}
