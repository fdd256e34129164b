package main

import (
	"encoding/json"
	"fmt"
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
one public client), assumed (inferred).`
}

// listedOperation is an operation as --json writes it.
type listedOperation struct {
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
	rest, err := document.REST()
	if err != nil {
		return err
	}
	var listed []listedOperation
	for _, o := range rest.Operations() {
		listed = append(listed, listedOperation{
			ID: o.ID, Method: o.Method, Path: o.Path, Group: o.Group, Evidence: o.Evidence.Level,
			Sources: o.Evidence.Sources, Note: o.Evidence.Note,
			Security: append([][]string{}, o.Security...), Idempotent: o.Idempotent, Summary: o.Summary,
		})
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
