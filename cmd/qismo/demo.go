package main

import (
	"context"

	"github.com/qismo-go/qismo/internal/demo"
)

type demoCommand struct{}

// Help says more than the one line of the list of commands.
func (demoCommand) Help() string {
	return `Starts the sandbox with 120 rooms and 5 agents on one loopback port and a webhook
receiver on another, and plays a conversation between them: rooms are listed, a
customer writes, a bot answers, an allocator assigns the least busy agent, the
room is resolved, and bad webhooks are turned away. It ends by itself, with 0 if
every step happened.`
}

func (demoCommand) Run(ctx context.Context, std *streams) error {
	return demo.Run(ctx, std.out)
}
