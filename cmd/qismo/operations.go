package main

import (
	"encoding/json"
	"fmt"
	"iter"
	"text/tabwriter"

	"github.com/qismo-go/qismo/internal/document"
)

type operationsCommand struct {
	JSON bool `help:"Write a JSON array, for other programs."`
}

// Help says more than the one line of the list of commands.
func (operationsCommand) Help() string {
	return `The level of evidence says how sure an operation is: documented (on a page of the
vendor), seen (in two or more public clients, or in one of the vendor), single (in
one public client), assumed (inferred).

Behind those of Omnichannel stand those of the chat server below it, whose ids begin
with rest for servers and with sdk for users.`
}

// listedOperation is an operation as --json writes it.
type listedOperation struct {
	// API is omnichannel, or chat for the chat server below it.
	API      string   `json:"api"`
	ID       string   `json:"id"`
	Method   string   `json:"method"`
	Path     string   `json:"path"`
	Group    string   `json:"group"`
	Evidence string   `json:"evidence"`
	Sources  []string `json:"sources"`
	Note     string   `json:"note,omitempty"`
	// Security lists the accepted combinations of the document's security schemes.
	Security   [][]string `json:"security"`
	Idempotent bool       `json:"idempotent"`
	Summary    string     `json:"summary"`
}

func (c operationsCommand) Run(std *streams) error {
	var listed []listedOperation
	for operation, err := range eachOperation() {
		if err != nil {
			return err
		}
		listed = append(listed, operation.listed())
	}
	if c.JSON {
		encoder := json.NewEncoder(std.out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(listed)
	}
	table := tabwriter.NewWriter(std.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "OPERATION\tMETHOD\tPATH\tGROUP\tEVIDENCE")
	for _, o := range listed {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", o.ID, o.Method, o.Path, o.Group, o.Evidence)
	}
	return table.Flush()
}

// operation is an operation of one of the APIs.
type operation struct {
	*document.Operation

	api string
}

// eachOperation walks the operations of both APIs. It ends with the first error.
func eachOperation() iter.Seq2[operation, error] {
	return func(yield func(operation, error) bool) {
		for _, api := range []struct {
			name string
			read func() (*document.Document, error)
		}{{"omnichannel", document.REST}, {"chat", document.Chat}} {
			read, err := api.read()
			if err != nil {
				yield(operation{}, err)
				return
			}
			for _, o := range read.Operations() {
				if !o.IsWebhook() && !yield(operation{o, api.name}, nil) {
					return
				}
			}
		}
	}
}

// findOperation finds an operation of either API by its id.
func findOperation(id string) (*document.Operation, error) {
	for operation, err := range eachOperation() {
		if err != nil {
			return nil, err
		}
		if operation.ID == id {
			return operation.Operation, nil
		}
	}
	return nil, usageError{fmt.Errorf("no operation %q; qismo operations lists them", id)}
}

func (o operation) listed() listedOperation {
	return listedOperation{
		API: o.api, ID: o.ID, Method: o.Method, Path: o.Path, Group: o.Group, Evidence: o.Evidence.Level,
		Sources: o.Evidence.Sources, Note: o.Evidence.Note,
		Security: append([][]string{}, o.Security...), Idempotent: o.Idempotent, Summary: o.Summary,
	}
}
