package control

import (
	"context"
	"net/http"
)

// botTypes answers with the room.
func (a *api) botTypes(r *http.Request) (any, error) {
	return a.inRoom(r, func(in *members, roomID string) func(context.Context) error {
		says, isTyping := in.text("text"), in.needFlag("typing")
		return func(ctx context.Context) error { return a.platform.BotTypes(ctx, roomID, says, isTyping) }
	})
}

// breakConnections tells how many there were.
func (a *api) breakConnections(*http.Request) (any, error) {
	return map[string]int{"broken": a.platform.BreakConnections()}, nil
}
