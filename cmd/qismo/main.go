// Command qismo works with Qiscus Omnichannel from the command line: it shows the
// library at work, serves a sandbox to write against, sends invented webhooks to a
// receiver, validates webhooks, requests and responses against the project's
// documents, and holds the live service against them. Try "qismo --help".
//
// It exits with 0 when all is good, 1 when it found something bad, and 2 when it
// was called the wrong way.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/alecthomas/kong"
	"golang.org/x/term"
)

// The exit codes.
const (
	exitGood  = 0
	exitBad   = 1
	exitUsage = 2
)

// program is what the command line can be.
type program struct {
	Demo       demoCommand       `cmd:"" help:"Play a whole conversation against the sandbox: no account, no network."`
	Chat       chatCommand       `cmd:"" help:"Be the customer: talk to your own bot through the sandbox."`
	Sandbox    sandboxCommand    `cmd:"" help:"Serve an invented app's API, to write and test programs against."`
	Trigger    triggerCommand    `cmd:"" help:"Send invented webhooks to your receiver."`
	Validate   validateCommand   `cmd:"" help:"Check a body against the project's OpenAPI documents."`
	Doctor     doctorCommand     `cmd:"" help:"Hold what your account answers against the document; only reads."`
	Operations operationsCommand `cmd:"" help:"List every operation of both APIs, and how sure each is."`
}

const description = `Work with Qiscus Omnichannel from the command line.

Exit codes: 0 all is good, 1 something bad was found, 2 wrong usage.

Examples:
  qismo demo
  qismo chat --bot http://127.0.0.1:8080/the-secret
  qismo sandbox
  QISMO_TRIGGER_SECRET=the-secret qismo trigger botMessage --to http://127.0.0.1:8080/{secret}
  qismo validate webhook captured.json
  pbpaste | qismo validate webhook -
  qismo validate response --operation getRoom answer.json
  qismo validate request --operation sendBotMessage message.json
  qismo validate request --operation restPostComment message.json
  qismo doctor --report drift.md
  qismo operations --json | jq '.[] | select(.evidence == "assumed")'`

// streams are what a command reads from and writes to.
type streams struct {
	in        io.Reader
	out, err  io.Writer
	isWatched bool // err is a terminal
}

// errFoundBad ends a command that found something bad and has said what.
var errFoundBad = errors.New("something bad was found")

// usageError is a call that cannot be carried out as it is.
type usageError struct{ error }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], &streams{
		in: os.Stdin, out: os.Stdout, err: os.Stderr, isWatched: term.IsTerminal(int(os.Stderr.Fd())),
	})
	stop()
	os.Exit(code)
}

// exitRequest is how kong asks for an exit, as it does after --help.
type exitRequest struct{ code int }

func run(ctx context.Context, args []string, std *streams) (code int) {
	defer func() {
		if request := recover(); request != nil {
			asked, ok := request.(exitRequest)
			if !ok {
				panic(request)
			}
			code = asked.code
		}
	}()
	parser, err := kong.New(&program{},
		kong.Name("qismo"),
		kong.Description(description),
		kong.Writers(std.out, std.err),
		kong.Exit(func(code int) { panic(exitRequest{code}) }),
		kong.UsageOnError(),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(std),
	)
	if err != nil {
		fmt.Fprintln(std.err, "qismo:", err)
		return exitUsage
	}
	command, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(std.err, "qismo: %v\nTry \"qismo --help\".\n", err)
		return exitUsage
	}
	err = command.Run()
	var usage usageError
	switch {
	case err == nil:
		return exitGood
	case errors.Is(err, errFoundBad):
		return exitBad
	case errors.As(err, &usage):
		fmt.Fprintln(std.err, "qismo:", err)
		return exitUsage
	}
	fmt.Fprintln(std.err, "qismo:", err)
	return exitBad
}
