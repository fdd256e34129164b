package qismo_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// assignFreeAgent is what the README shows under "Calling the API", as the body
// of a function.
func assignFreeAgent(ctx context.Context, appID, secretKey string, roomID flex.ID) error {
	client, err := qismo.New(qismo.WithSecretKey(appID, secretKey))
	if err != nil {
		return err
	}

	for room, err := range client.Rooms.All(ctx, qismo.ListRoomsParams{Status: qismo.RoomUnresolved}) {
		if err != nil {
			return err
		}
		fmt.Println(room.RoomID, room.Name) // every unresolved room, one page in memory at a time
	}

	var leastBusy *qismo.Agent
	for agent, err := range client.Agents.AllAvailable(ctx, qismo.ListAvailableAgentsParams{RoomID: roomID}) {
		if err != nil {
			return err
		}
		if leastBusy == nil || agent.CurrentCustomerCount < leastBusy.CurrentCustomerCount {
			leastBusy = &agent
		}
	}
	if leastBusy == nil {
		return errors.New("nobody is free, or whoever is serves the room already")
	}
	_, err = client.Allocation.Assign(ctx, qismo.AssignAgentParams{RoomID: roomID, AgentID: leastBusy.ID, MaxAgent: 1})
	if errors.Is(err, qismo.ErrMaxAgents) {
		return nil // somebody was faster
	}
	return err
}

// What the README shows is the function above, line by line.
func TestReadmeShowsCallingTheAPI(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	_, section, found := strings.Cut(string(readme), "## Calling the API\n\n```go\n")
	require.True(t, found)
	shown, _, found := strings.Cut(section, "```\n")
	require.True(t, found)

	source, err := os.ReadFile("readme_api_test.go")
	require.NoError(t, err)
	_, function, found := strings.Cut(string(source), "\nfunc assignFreeAgent(")
	require.True(t, found)
	_, body, _ := strings.Cut(function, "{\n")
	body, _, found = strings.Cut(body, "\n}\n")
	require.True(t, found)
	assert.Equal(t, strings.TrimSuffix(shown, "\n"), strings.TrimPrefix(strings.ReplaceAll(body, "\n\t", "\n"), "\t"))
}

// What the README shows gives a room to an agent, and is content when somebody
// else was faster.
func TestReadmeCallsTheAPI(t *testing.T) {
	platform, err := sandbox.New(sandbox.Config{})
	require.NoError(t, err)
	server := httptest.NewServer(platform)
	t.Cleanup(func() {
		server.Close()
		assert.NoError(t, platform.Shutdown(context.WithoutCancel(t.Context())))
	})
	t.Setenv("QISCUS_OMNICHANNEL_URL", server.URL)
	config := platform.Config()
	written, err := platform.CustomerWrites(t.Context(), sandbox.CustomerMessage{
		Source: "wa", UserID: "628115550123", Name: "Dewi Lestari", Text: "Halo, apakah masih buka?",
	})
	require.NoError(t, err)
	roomID := flex.ID(written)

	require.NoError(t, assignFreeAgent(t.Context(), config.AppCode, config.SecretKey, roomID))
	client, err := qismo.New(qismo.WithSecretKey(config.AppCode, config.SecretKey))
	require.NoError(t, err)
	agents, err := client.Agents.List(t.Context(), qismo.ListAgentsParams{})
	require.NoError(t, err)
	_, err = client.Allocation.Assign(t.Context(), qismo.AssignAgentParams{
		RoomID: roomID, AgentID: agents.Items[0].ID, MaxAgent: 1,
	})
	require.ErrorIs(t, err, qismo.ErrMaxAgents, "the room has its agent")

	assert.NoError(t, assignFreeAgent(t.Context(), config.AppCode, config.SecretKey, roomID), "somebody was faster")
}
