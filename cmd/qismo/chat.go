package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync/atomic"
	"time"

	"github.com/qismo-go/qismo/internal/sandbox"
)

const (
	// chatPatience bounds each wait of the chat, and its end.
	chatPatience = 10 * time.Second
	// betweenWords is how long the bot may pause between two messages of one
	// answer without the next line being read.
	betweenWords = 200 * time.Millisecond
	// betweenDials is the pause after a refused connection.
	betweenDials = 100 * time.Millisecond
	customerID   = "628115550123"
	botEvent     = "botMessage"
)

type chatCommand struct {
	Listen string        `default:"127.0.0.1:7080" help:"Where the sandbox serves the API to your bot."`
	Bot    string        `required:"" help:"Your bot's webhook address, with its secret." placeholder:"URL"`
	Wait   time.Duration `default:"5s" help:"How long to try to connect to a bot that is still starting; below 10s."`
	Linger time.Duration `default:"1s" help:"How long to wait for what the bot writes after it has taken a message."`
}

// Help says more than the one line of the list of commands.
func (chatCommand) Help() string {
	return `Starts the sandbox and sends each line of the standard input to your bot, as a
customer's message on WhatsApp; what the bot answers is written out, and who joins
or leaves the room. Ends with the input. The app and its staff are those that "qismo
sandbox" tells of. Your bot needs these settings:

  QISCUS_APP_ID=wangi-qjxw1k2m3n4o QISCUS_SECRET_KEY=3f1d0a9b7c5e
  QISCUS_OMNICHANNEL_URL=http://127.0.0.1:7080`
}

func (c chatCommand) Run(ctx context.Context, std *streams) (err error) {
	bot, err := c.botAddress()
	if err != nil {
		return usageError{err}
	}
	dialer := &patientDialer{dial: new(net.Dialer).DialContext, patience: c.Wait}
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, DialContext: dialer.dialContext}
	defer transport.CloseIdleConnections()
	chat := &chat{
		std: std, bot: bot, linger: c.Linger,
		written: make(chan struct{}, 1), delivered: make(chan sandbox.Delivery), ended: make(chan struct{}),
	}
	chat.platform, err = sandbox.New(sandbox.Config{
		Agents:   inventedStaff(),
		Webhooks: sandbox.Webhooks{Bot: c.Bot},
		HTTPClient: &http.Client{
			Transport:     transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		OnDelivery: chat.onDelivery,
		OnMessage:  chat.onMessage,
	})
	if err != nil {
		return err
	}
	apiURL, stop, err := servePlatform(ctx, chat.platform, c.Listen, "")
	if err != nil {
		return usageError{err}
	}
	chat.apiURL = apiURL
	// First the callbacks are freed: the sandbox waits for them.
	defer func() {
		close(chat.ended)
		err = errors.Join(err, stop())
	}()
	return chat.talk(ctx)
}

// botAddress checks the bot's address. What is wrong is told without the address,
// whose path holds a secret.
func (c chatCommand) botAddress() (*url.URL, error) {
	const wanted = "--bot must be an address such as http://127.0.0.1:8080/the-secret"
	bot, err := url.Parse(c.Bot)
	var syntax *url.Error
	switch {
	case errors.As(err, &syntax):
		return nil, fmt.Errorf("%s: %w", wanted, syntax.Err)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", wanted, err)
	case bot.Scheme == "":
		return nil, fmt.Errorf("%s: it does not begin with http:// or https://", wanted)
	case bot.Scheme != "http" && bot.Scheme != "https":
		return nil, fmt.Errorf("%s: it begins with %s:, not with http:// or https://", wanted, bot.Scheme)
	case bot.Hostname() == "":
		return nil, fmt.Errorf("%s: it names no host", wanted)
	}
	return bot, nil
}

// patientDialer tries again while connections are refused, until the first
// succeeds or its patience ends: a bot that was just started may not listen yet.
type patientDialer struct {
	dial     func(ctx context.Context, network, address string) (net.Conn, error)
	patience time.Duration
	reached  atomic.Bool
}

func (d *patientDialer) dialContext(ctx context.Context, network, address string) (net.Conn, error) {
	patience := time.NewTimer(d.patience)
	defer patience.Stop()
	for {
		conn, err := d.dial(ctx, network, address)
		if err == nil {
			d.reached.Store(true)
			return conn, nil
		}
		// What a refusal looks like differs by system; a name that nobody has does
		// not come to be in a few seconds.
		var unknown *net.DNSError
		if d.reached.Load() || errors.As(err, &unknown) {
			return nil, err
		}
		pause := time.NewTimer(betweenDials)
		select {
		case <-pause.C:
		case <-patience.C:
			return nil, err
		case <-ctx.Done():
			return nil, err
		}
	}
}

// chat is a customer who talks to a bot.
type chat struct {
	std      *streams
	platform *sandbox.Sandbox
	apiURL   string // where the bot finds the platform
	bot      *url.URL
	linger   time.Duration

	written   chan struct{} // holds an item when a message is there to be shown
	delivered chan sandbox.Delivery
	ended     chan struct{} // closed when nobody reads delivered any more

	roomID   string // "" until the customer has written
	shown    int    // messages of the room that were written out
	answered bool   // the bot has written since the customer did
}

// onDelivery and onMessage are called by the sandbox's goroutines.
func (c *chat) onDelivery(delivery sandbox.Delivery) {
	select {
	case c.delivered <- delivery:
	case <-c.ended:
	}
}

func (c *chat) onMessage(string, sandbox.Message) {
	select {
	case c.written <- struct{}{}:
	default: // one item is enough: all that is new is shown
	}
}

// talk sends the lines of the input, each when the one before was answered, and
// shows what comes meanwhile.
func (c *chat) talk(ctx context.Context) error {
	lines, readErr := c.read()
	for {
		select {
		case line, ok := <-lines:
			if !ok {
				return errors.Join(readErr(), c.settle(ctx, func() time.Duration { return c.linger }))
			}
			if err := c.say(ctx, line); err != nil {
				return err
			}
		case <-c.written:
			c.show()
		case <-c.delivered: // nobody waits for it
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// read reads the input on the side, since reading from a terminal cannot be
// interrupted: the goroutine may stay in it until the program ends. The error is
// there when the channel is closed.
func (c *chat) read() (lines <-chan string, readErr func() error) {
	scanner := bufio.NewScanner(c.std.in)
	found := make(chan string)
	go func() {
		defer close(found)
		for scanner.Scan() {
			if scanner.Text() == "" {
				continue
			}
			select {
			case found <- scanner.Text():
			case <-c.ended:
				return
			}
		}
	}()
	return found, scanner.Err
}

// say writes a line as the customer, and waits for the bot if it is asked.
func (c *chat) say(ctx context.Context, line string) error {
	c.show()
	fmt.Fprintln(c.std.out, "you:", line)
	c.answered = false
	roomID, err := c.platform.CustomerWrites(ctx, sandbox.CustomerMessage{
		Source: "wa", UserID: customerID, Name: "You", Text: line,
	})
	if err != nil {
		return err
	}
	if roomID != c.roomID { // the first, or that of a new session when each has its own
		c.roomID, c.shown = roomID, 0
	}
	if why := c.notForBot(); why != "" {
		c.show()
		fmt.Fprintf(c.std.out, "(the bot is not asked: %s)\n", why)
		return nil
	}
	if err := c.awaitDelivery(ctx); err != nil {
		return err
	}
	return c.settle(ctx, func() time.Duration {
		if c.answered {
			return min(c.linger, betweenWords)
		}
		return c.linger
	})
}

// notForBot says why the bot does not hear what the customer wrote last.
func (c *chat) notForBot() string {
	for _, message := range slices.Backward(c.platform.Messages(c.roomID)) {
		if message.Author == sandbox.AuthorCustomer {
			return message.NotForBot
		}
	}
	return ""
}

// awaitDelivery waits until the bot has taken the message.
func (c *chat) awaitDelivery(ctx context.Context) error {
	for {
		select {
		case delivery := <-c.delivered:
			if delivery.Event != botEvent || delivery.RoomID != c.roomID {
				continue // the bot can have set other webhooks, and made other rooms
			}
			c.show()
			return c.judge(delivery)
		case <-c.written:
			c.show()
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// judge explains a delivery that failed, without the address and its secret.
func (c *chat) judge(delivery sandbox.Delivery) error {
	var failed *url.Error
	switch {
	case errors.Is(delivery.Err, context.DeadlineExceeded):
		return fmt.Errorf("the bot at %s did not answer the webhook in %s; it may answer first, and write later",
			c.bot.Host, delivery.Duration.Round(time.Second))
	case errors.As(delivery.Err, &failed):
		return fmt.Errorf("the bot cannot be reached at %s: %w", c.bot.Host, failed.Err)
	case delivery.Err != nil:
		return fmt.Errorf("the bot cannot be reached at %s: %w", c.bot.Host, delivery.Err)
	case delivery.Status == http.StatusUnauthorized:
		return errors.New("the bot answered the webhook with status 401: " +
			"the last part of --bot's path must be the bot's WEBHOOK_SECRET")
	case delivery.Status == http.StatusInternalServerError:
		config := c.platform.Config()
		return fmt.Errorf("the bot failed (status 500), likely because of its settings. With this sandbox it needs\n"+
			"  QISCUS_APP_ID=%s QISCUS_SECRET_KEY=%s\n  QISCUS_OMNICHANNEL_URL=%s",
			config.AppCode, config.SecretKey, c.apiURL)
	case delivery.Status < 200 || delivery.Status > 299:
		return fmt.Errorf("the bot answered the webhook with status %d", delivery.Status)
	}
	return nil
}

// settle shows what comes until nothing has come for a while.
func (c *chat) settle(ctx context.Context, quiet func() time.Duration) error {
	if c.roomID == "" {
		return nil
	}
	whole := time.NewTimer(chatPatience + c.linger)
	defer whole.Stop()
	silence := time.NewTimer(quiet())
	defer silence.Stop()
	for {
		select {
		case <-c.written:
			if c.show() {
				silence.Reset(quiet())
			}
		case <-c.delivered:
		case <-silence.C:
			return nil
		case <-whole.C:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// show writes out what others than the customer have said since it was last
// called, and tells whether there was anything.
func (c *chat) show() bool {
	messages := c.platform.Messages(c.roomID)
	before := c.shown
	own := 0
	for _, message := range messages[before:] {
		text := message.Text
		if text == "" {
			text = "[" + message.Type + "]"
		}
		switch message.Author {
		case sandbox.AuthorCustomer:
			own++
		case sandbox.AuthorSystem:
			fmt.Fprintf(c.std.out, "(%s)\n", text)
		case sandbox.AuthorBot:
			c.answered = true
			fmt.Fprintln(c.std.out, "bot:", text)
		default:
			fmt.Fprintf(c.std.out, "%s: %s\n", message.Name, text)
		}
		for _, line := range describePayload(message.Type, message.Payload) {
			fmt.Fprintln(c.std.out, "    ", line)
		}
	}
	c.shown = len(messages)
	return len(messages)-before > own
}
