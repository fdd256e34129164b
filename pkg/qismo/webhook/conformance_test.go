//go:build conformance

package webhook_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// TestConformanceWebhooks holds the receiver against reference samples, which are
// no part of the repository: QISMO_SAMPLES says where they lie.
func TestConformanceWebhooks(t *testing.T) {
	samples := os.Getenv("QISMO_SAMPLES")
	require.NotEmpty(t, samples, "QISMO_SAMPLES does not say where the reference samples lie")
	folder := filepath.Join(samples, "webhooks")
	require.DirExists(t, folder, "QISMO_SAMPLES names a folder without webhooks")

	// Samples whose content says something else than their URL would.
	byContent := map[string]webhook.Name{
		// Cut off before room_id, without which nothing is taken for an allocation.
		"customAgentAllocation-2-cut-off-2025.json": webhook.Unknown,
	}
	// Samples that are not whole, so that they cannot fit the document.
	partial := map[string]bool{"customAgentAllocation-2-cut-off-2025.json": true}

	for _, file := range fixtureNames(t, folder) {
		t.Run(file, func(t *testing.T) {
			body, err := os.ReadFile(filepath.Join(folder, file))
			require.NoError(t, err)
			name := eventOf(file)
			want := name
			if other, ok := byContent[file]; ok {
				want = other
			}
			assert.Equal(t, want, oneEvent(t, body).Name())

			event, err := webhook.ParseAs(name, body)
			require.NoError(t, err)
			if unknown, ok := event.(*webhook.UnknownEvent); assert.Equal(t, partial[file], ok) && ok {
				assert.Equal(t, name, unknown.LooksLike)
			}
			problems, err := webhook.ValidateAs(name, body)
			require.NoError(t, err)
			assert.Equal(t, partial[file], len(problems) > 0, problems)
		})
	}
}
