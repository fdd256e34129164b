package demo_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/demo"
)

func TestDemoTellsTheWholeStory(t *testing.T) {
	var transcript bytes.Buffer
	require.NoError(t, demo.Run(t.Context(), &transcript))
	for _, line := range []string{
		"page 5: 20 rooms",
		"Rooms.All walked the same 120 rooms in one loop, each once.",
		"newSession             received, authenticated, valid",
		"botMessage             received, authenticated, valid",
		"customAgentAllocation  received, authenticated, valid",
		"Kami buka sampai pukul sembilan malam.",
		"exceed max agents",
		"markAsResolved         received, authenticated, valid",
		"broken   → 400 Bad Request",
		"forged   → 401 Unauthorized",
		"unknown  → 200 OK",
		`/payload/from: the required member "email" is missing`,
		"The end",
	} {
		assert.Contains(t, transcript.String(), line)
	}
}

func TestDemoFailsLoudly(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.Error(t, demo.Run(ctx, &bytes.Buffer{}))
}
