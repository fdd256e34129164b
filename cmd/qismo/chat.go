package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/qismo-go/qismo/internal/sandbox"
)

const (
	// chatPatience bounds one answer of the bot, and the end of the chat.
	chatPatience = 10 * time.Second
	customerID   = "628115550123"
)

type chatCommand struct {
	Listen string `default:"127.0.0.1:7080" help:"Where the sandbox serves the API to your bot."`
	Bot    string `required:"" help:"Your bot's webhook address, with its secret." placeholder:"URL"`
}

// Help says more than the one line of the list of commands.
func (chatCommand) Help() string {
	return `Starts the sandbox and sends each line of the standard input to your bot, as a
customer's message on WhatsApp; what the bot answers is written out. Ends with
the input. Your bot must be running, with these settings:

  QISCUS_APP_ID=wangi-qjxw1k2m3n4o QISCUS_SECRET_KEY=3f1d0a9b7c5e
  QISCUS_OMNICHANNEL_URL=http://127.0.0.1:7080`
}

func (c chatCommand) Run(ctx context.Context, std *streams) (err error) {
	chat := &chat{std: std, delivered: make(chan sandbox.Delivery)}
	ended := make(chan struct{})
	chat.platform, err = sandbox.New(sandbox.Config{
		AgentCount: 1,
		Webhooks:   sandbox.Webhooks{Bot: c.Bot},
		OnDelivery: func(delivery sandbox.Delivery) {
			select {
			case chat.delivered <- delivery:
			case <-ended:
			}
		},
	})
	if err != nil {
		return err
	}
	defer close(ended)
	stop, err := chat.serve(ctx, c.Listen)
	if err != nil {
		return usageError{err}
	}
	defer func() { err = errors.Join(err, stop()) }()
	return chat.talk(ctx)
}

// chat is a customer who talks to a bot.
type chat struct {
	std       *streams
	platform  *sandbox.Sandbox
	delivered chan sandbox.Delivery
	shown     int // messages of the room that were written out
}

// serve starts the API; the function it returns ends it.
func (c *chat) serve(ctx context.Context, address string) (stop func() error, err error) {
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	server := &http.Server{Handler: c.platform, ReadHeaderTimeout: chatPatience}
	var running sync.WaitGroup
	var serveErr error
	running.Go(func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			serveErr = err
		}
	})
	return func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), chatPatience)
		defer cancel()
		err := errors.Join(c.platform.Shutdown(ctx), server.Shutdown(ctx))
		running.Wait()
		return errors.Join(err, serveErr)
	}, nil
}

// talk sends the lines of the input, each when the one before was delivered.
func (c *chat) talk(ctx context.Context) error {
	lines := bufio.NewScanner(c.std.in)
	for lines.Scan() {
		if lines.Text() == "" {
			continue
		}
		fmt.Fprintln(c.std.out, "you:", lines.Text())
		roomID, err := c.platform.CustomerWrites(ctx, sandbox.CustomerMessage{
			Source: "wa", UserID: customerID, Name: "You", Text: lines.Text(),
		})
		if err != nil {
			return err
		}
		if err := c.answer(ctx, roomID); err != nil {
			return err
		}
	}
	return lines.Err()
}

// answer waits until the bot has taken the message, and writes out what it said.
func (c *chat) answer(ctx context.Context, roomID string) error {
	select {
	case delivery := <-c.delivered:
		switch {
		case delivery.Err != nil:
			return fmt.Errorf("the bot cannot be reached: %w", delivery.Err)
		case delivery.Status != http.StatusOK:
			return fmt.Errorf("the bot answered the webhook with status %d", delivery.Status)
		}
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	messages := c.platform.Messages(roomID)
	for _, message := range messages[c.shown:] {
		if message.Author == sandbox.AuthorBot {
			fmt.Fprintln(c.std.out, "bot:", message.Text)
		}
	}
	c.shown = len(messages)
	return nil
}
