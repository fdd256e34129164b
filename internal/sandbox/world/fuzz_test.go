package world_test

import (
	"bytes"
	"context"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/internal/sandbox/world"
)

// Whatever is read, it is a world or refused; and a world that is refused by the
// sandbox leaves nothing behind.
func FuzzRead(f *testing.F) {
	demo, err := os.ReadFile("demo.yaml")
	require.NoError(f, err)
	f.Add(demo)
	for _, written := range []string{
		"", "staff: [{email: a@example.id}]", "rooms: [{customer: {id: 1}, history: [{at: -1d1h, from: customer, text: x}]}]",
		"webhooks: {botMessage: http://127.0.0.1:9}", "x: &a [*a]", "rooms: [{customer: {id: 1}, history: [{at: -9999d, opens: true}]}]",
		"office_hours: {zone: x, week: [{days: [monday], from: \"24:00\"}]}", "broadcasts: [{at: -1h, template: a, to: [b]}]",
	} {
		f.Add([]byte(written))
	}
	f.Fuzz(func(t *testing.T, written []byte) {
		w, err := world.Read(bytes.NewReader(written))
		if err != nil {
			return
		}
		config, err := w.Configure(t.Context(), sandbox.Config{Now: present, Remember: -1})
		if err != nil {
			return
		}
		platform, err := sandbox.New(config)
		if err == nil {
			assert.NoError(t, platform.Shutdown(context.Background()))
		}
	})
}
