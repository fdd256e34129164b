package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/qismo-go/qismo/pkg/qismo/qismotest"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

const (
	// triggerVariable is the environment variable with the receiver's secret, which in a
	// flag everybody on the machine could see.
	triggerVariable = "QISMO_TRIGGER_SECRET"
	// secretMark stands for the secret in flags.
	secretMark = "{secret}"
	// redrawProgress is how often a progress bar is drawn at most.
	redrawProgress = 100 * time.Millisecond
)

type triggerCommand struct {
	Event       string        `arg:"" help:"The event's name."`
	To          string        `help:"The receiver's address, with its secret or {secret}." placeholder:"URL"`
	Print       bool          `help:"Write the body instead of sending it."`
	Shape       string        `help:"A form that the event has had; the usual one if not given." placeholder:"NAME"`
	Room        string        `help:"The room of all events." placeholder:"ID"`
	Customer    string        `help:"The customer of all events, by user id." placeholder:"ID"`
	Set         []string      `sep:"none" help:"Put a value at a JSON pointer; repeatable." placeholder:"POINTER=VALUE"`
	Remove      []string      `sep:"none" help:"Take out what is at a JSON pointer; repeatable." placeholder:"POINTER"`
	Repeat      int           `default:"1" help:"How many deliveries, each another event; without --room in another room."`
	Same        bool          `help:"Repeat one delivery, to see whether the receiver notices."`
	Concurrency int           `default:"1" help:"How many deliveries at once."`
	SignHex     string        `help:"Sign with HMAC-SHA256 in hexadecimal digits." placeholder:"HEADER[=SECRET]"`
	SignBase64  string        `name:"sign-base64" help:"Sign with HMAC-SHA256 in Base64." placeholder:"HEADER[=SECRET]"`
	Header      []string      `sep:"none" help:"Send a header, with {secret} or not; repeatable." placeholder:"NAME=VALUE"`
	Timeout     time.Duration `default:"10s" help:"How long the receiver may take to answer."`
}

// Help says more than the one line of the list of commands.
func (triggerCommand) Help() string {
	var events strings.Builder
	for _, name := range webhook.Names() {
		fmt.Fprintf(&events, "\n  %-23s", name)
		for _, shape := range qismotest.Shapes(name) {
			events.WriteString(" " + string(shape))
		}
	}
	return `Sends invented events to your receiver, as the platform would, and tells what it
answered: for one delivery also what was wrong with it, for many a summary.

Events are about invented customers, each in a room of their own, unless --room and
--customer name those that exist, such as the ones that "qismo sandbox" tells of. An
id has the form that the event's shape has, text or a number.

A value of --set is JSON if it can be, else text. --room and --customer come before
all --set, and those before all --remove.
Events of one room are delivered one after the other, but those of --same at once.

A secret in a flag can be seen by everybody on the machine, so it can come from the
environment variable ` + triggerVariable + `: write ` + secretMark + ` in --to and --header, and
leave it out of --sign-hex and --sign-base64.

Exit codes: 0 all were answered with a status of 200 to 299, 1 some were not, 2 wrong
usage.

  export ` + triggerVariable + `=the-secret
  qismo trigger botMessage --to http://127.0.0.1:8080/hooks/bot/{secret}
  qismo trigger botMessage --to http://127.0.0.1:8080/hooks/bot/{secret} --room 98120701
  qismo trigger botMessage --print --set /payload/message/text=halo
  qismo trigger postComment --to http://127.0.0.1:8080/chat --sign-hex ` + webhook.ChatSDKSignatureHeader + `
  qismo trigger botMessage --to http://127.0.0.1:8080/hooks/bot/{secret} --repeat 1000 --concurrency 20

Events and their shapes, the usual one first:` + events.String()
}

func (c triggerCommand) Run(ctx context.Context, std *streams) error {
	payloads, err := c.payloads()
	if err != nil {
		return usageError{err}
	}
	if c.Print {
		return printBodies(std.out, payloads)
	}
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: c.Concurrency}
	defer transport.CloseIdleConnections()
	sender, err := c.sender(transport)
	if err != nil {
		return usageError{err}
	}
	bar := c.progress(std)
	tally := newTally(c.Timeout)
	err = sender.DeliverAll(ctx, payloads, c.Concurrency, func(result qismotest.Result) {
		tally.add(ctx, result)
		_ = bar.Add(1) // a terminal that is gone is not missed
	})
	_ = bar.Finish()
	tally.tell(std.out, c.Event, c.Repeat)
	if err != nil || !tally.allAccepted() {
		return errFoundBad
	}
	return nil
}

// payloads are what is to be delivered. What is wrong with the events is told first,
// and before the first of them is delivered.
func (c triggerCommand) payloads() (iter.Seq[qismotest.Payload], error) {
	events := qismotest.NewEvents()
	first, err := c.invent(events)
	if err != nil {
		return nil, err
	}
	body, err := first.Body()
	if err != nil {
		return nil, inWords(err)
	}
	switch {
	case c.Repeat < 1:
		return nil, errors.New("--repeat must be at least 1")
	case c.Concurrency < 1:
		return nil, errors.New("--concurrency must be at least 1")
	case c.Timeout <= 0:
		return nil, errors.New("--timeout must be positive")
	case c.Print == (c.To != ""):
		return nil, errors.New("either --to or --print is needed")
	}
	return func(yield func(qismotest.Payload) bool) {
		var payload qismotest.Payload = first
		for sent := range c.Repeat {
			switch {
			case c.Same:
				payload = qismotest.Raw(body)
			case sent > 0:
				payload, _ = c.invent(events) // the first could be invented, too
			}
			if !yield(payload) {
				return
			}
		}
	}, nil
}

// invent makes an event as the flags want it.
func (c triggerCommand) invent(events *qismotest.Events) (*qismotest.Event, error) {
	event := events.New(webhook.Name(c.Event))
	if c.Shape != "" {
		event.Shape(qismotest.Shape(c.Shape))
	}
	if c.Room != "" {
		event.Room(c.Room)
	}
	if c.Customer != "" {
		event.CustomerID(c.Customer)
	}
	for _, set := range c.Set {
		pointer, text, ok := strings.Cut(set, "=")
		switch {
		case !ok:
			return nil, errors.New("--set needs a pointer, =, and a value")
		case json.Valid([]byte(text)):
			event.Set(pointer, json.RawMessage(text))
		default:
			event.Set(pointer, text)
		}
	}
	for _, pointer := range c.Remove {
		event.Remove(pointer)
	}
	return event, nil
}

// sender makes what delivers to the receiver. Its errors do not tell the secret.
func (c triggerCommand) sender(transport http.RoundTripper) (*qismotest.Sender, error) {
	var options []qismotest.DeliveryOption
	for _, header := range c.Header {
		name, value, ok := strings.Cut(header, "=")
		if !ok {
			return nil, errors.New("--header needs a name, =, and a value")
		}
		value, err := withSecret("--header", value, func(secret string) string { return secret })
		if err != nil {
			return nil, err
		}
		options = append(options, qismotest.WithHeader(name, value))
	}
	for _, signature := range []struct {
		flag, given string
		sign        func(header, secret string) qismotest.DeliveryOption
	}{{"--sign-hex", c.SignHex, qismotest.SignHex}, {"--sign-base64", c.SignBase64, qismotest.SignBase64}} {
		if signature.given == "" {
			continue
		}
		header, secret, ok := strings.Cut(signature.given, "=")
		if !ok {
			if secret = os.Getenv(triggerVariable); secret == "" {
				return nil, fmt.Errorf("%s needs a secret, in it or in %s", signature.flag, triggerVariable)
			}
		}
		options = append(options, signature.sign(header, secret))
	}
	address, err := withSecret("--to", c.To, url.PathEscape)
	if err != nil {
		return nil, err
	}
	client := &http.Client{
		Transport:     transport,
		Timeout:       c.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	sender, err := qismotest.NewHTTPSender(client, address, options...)
	if err != nil {
		return nil, inWords(err)
	}
	return sender, nil
}

// withSecret puts the secret of the environment where a flag has a mark for it.
func withSecret(flag, text string, escape func(string) string) (string, error) {
	if !strings.Contains(text, secretMark) {
		return text, nil
	}
	secret := os.Getenv(triggerVariable)
	if secret == "" {
		return "", fmt.Errorf("%s has %s in it, and %s is not set", flag, secretMark, triggerVariable)
	}
	return strings.ReplaceAll(text, secretMark, escape(secret)), nil
}

// progress draws how far many deliveries are, for somebody who watches.
func (c triggerCommand) progress(std *streams) *progressbar.ProgressBar {
	return progressbar.NewOptions(c.Repeat,
		progressbar.OptionSetWriter(std.err),
		progressbar.OptionSetVisibility(std.isWatched && c.Repeat > 1),
		progressbar.OptionSetDescription(c.Event),
		progressbar.OptionThrottle(redrawProgress),
		progressbar.OptionShowCount(),
		progressbar.OptionShowIts(),
		progressbar.OptionClearOnFinish(),
	)
}

// printBodies writes bodies to be read by people, and by programs too.
func printBodies(to io.Writer, payloads iter.Seq[qismotest.Payload]) error {
	for payload := range payloads {
		body, err := payload.Body()
		if err != nil {
			return inWords(err)
		}
		var indented bytes.Buffer
		if err := json.Indent(&indented, body, "", "  "); err != nil {
			return fmt.Errorf("print the body: %w", err)
		}
		fmt.Fprintln(to, &indented)
	}
	return nil
}

// inWords leaves out of an error's text which package it is of.
func inWords(err error) error { return errors.New(strings.ReplaceAll(err.Error(), "qismotest: ", "")) }
