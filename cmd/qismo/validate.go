package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/qismo-go/qismo/internal/document"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// maxInput bounds what is read: no body of the platform comes near it.
const maxInput = 16 << 20

type validateCommand struct {
	Webhook  validateWebhookCommand  `cmd:"" help:"Check a webhook's body; tells which event it is."`
	Response validateResponseCommand `cmd:"" help:"Check the body of a response."`
	Request  validateRequestCommand  `cmd:"" help:"Check the body of a request."`
}

const validateHelp = `Each problem is written as "JSON-pointer: reason", never with the value, which may
be a secret or a customer's words: the output can be pasted into a bug report.`

type validateWebhookCommand struct {
	Event string `help:"The event's name, if it is known; otherwise the content tells." placeholder:"NAME"`
	File  string `arg:"" help:"File with the JSON body; - for the standard input."`
}

// Help says more than the one line of the list of commands.
func (validateWebhookCommand) Help() string {
	names := make([]string, 0, len(webhook.Names()))
	for _, name := range webhook.Names() {
		names = append(names, string(name))
	}
	return "Writes the event's name when the body is valid.\n" + validateHelp +
		"\n\nEvents: " + strings.Join(names, ", ") + ". The chat server sends " + string(webhook.PostComment) + "."
}

func (c validateWebhookCommand) Run(std *streams) error {
	body, err := read(c.File, std.in)
	if err != nil {
		return err
	}
	names := []webhook.Name{webhook.Name(c.Event)}
	var problems []webhook.Problem
	if c.Event != "" {
		problems, err = webhook.ValidateAs(names[0], body)
	} else {
		names, problems, err = webhook.Validate(body)
	}
	switch {
	case errors.Is(err, webhook.ErrNotObject):
		return report(std, []document.Problem{{Reason: "is not a JSON object"}})
	case err != nil:
		return usageError{fmt.Errorf("%w; the events are in --help", err)}
	case len(names) == 0:
		return report(std, []document.Problem{{
			Reason: "is no event that is known; name one with --event to see what it lacks",
		}})
	}
	if len(problems) > 0 {
		found := make([]document.Problem, 0, len(problems))
		for _, problem := range problems {
			found = append(found, document.Problem(problem))
		}
		return report(std, found)
	}
	for _, name := range names {
		fmt.Fprintln(std.out, name)
	}
	return nil
}

type validateResponseCommand struct {
	Operation string `required:"" help:"The operation's id; qismo operations lists them." placeholder:"ID"`
	Status    int    `default:"200" help:"The HTTP status of the response."`
	File      string `arg:"" help:"File with the JSON body; - for the standard input."`
}

// Help says more than the one line of the list of commands.
func (validateResponseCommand) Help() string { return validateHelp }

func (c validateResponseCommand) Run(std *streams) error {
	operation, err := findOperation(c.Operation)
	if err != nil {
		return err
	}
	response, ok := operation.Response(c.Status)
	if !ok {
		return usageError{fmt.Errorf("the document has no answer of %s with status %d", operation.ID, c.Status)}
	}
	body, ok := response.Content["application/json"]
	if !ok {
		fmt.Fprintf(std.out, "%s %d: the document knows no body, so anything is valid\n", operation.ID, c.Status)
		return nil
	}
	return check(std, c.File, body, fmt.Sprintf("%s %d", operation.ID, c.Status))
}

type validateRequestCommand struct {
	Operation string `required:"" help:"The operation's id; qismo operations lists them." placeholder:"ID"`
	File      string `arg:"" help:"File with the JSON body, a form as an object of its fields; - for the standard input."`
}

// Help says more than the one line of the list of commands.
func (validateRequestCommand) Help() string { return validateHelp }

func (c validateRequestCommand) Run(std *streams) error {
	operation, err := findOperation(c.Operation)
	if err != nil {
		return err
	}
	body, ok := operation.JSON()
	if !ok {
		return usageError{fmt.Errorf("%s has no request body", operation.ID)}
	}
	return check(std, c.File, body, operation.ID)
}

// check validates a file's body, and writes a name for it when it is valid.
func check(std *streams, file string, against document.Body, name string) error {
	content, err := read(file, std.in)
	if err != nil {
		return err
	}
	var value any
	if err := json.Unmarshal(content, &value); err != nil {
		return report(std, []document.Problem{{Reason: "is not JSON"}})
	}
	if problems := against.Schema.Validate(value); len(problems) > 0 {
		return report(std, problems)
	}
	fmt.Fprintf(std.out, "%s: valid\n", name)
	return nil
}

func report(std *streams, problems []document.Problem) error {
	for _, problem := range problems {
		fmt.Fprintln(std.out, problem)
	}
	return errFoundBad
}

func read(file string, stdin io.Reader) ([]byte, error) {
	source := stdin
	if file != "-" {
		opened, err := os.Open(file) //nolint:gosec // the user's own command line
		if err != nil {
			return nil, usageError{err}
		}
		defer func() { _ = opened.Close() }() // it was only read
		source = opened
	}
	content, err := io.ReadAll(io.LimitReader(source, maxInput+1))
	if err != nil {
		return nil, usageError{fmt.Errorf("read the body: %w", err)}
	}
	if len(content) > maxInput {
		return nil, usageError{fmt.Errorf("the body is larger than %d bytes", maxInput)}
	}
	return content, nil
}
