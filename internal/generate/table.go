package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"text/template"

	"github.com/qismo-go/qismo/internal/document"
	"github.com/qismo-go/qismo/internal/facade"
)

const (
	tableFile = "docs/operations.md"
	packages  = "https://pkg.go.dev/github.com/qismo-go/qismo/pkg/qismo#"
)

// writeTable writes the table of operations for people: what each is called here
// and elsewhere.
func writeTable() error {
	_, doc, err := open("api/openapi.yaml")
	if err != nil {
		return err
	}
	ours, err := facade.Read("pkg/qismo")
	if err != nil {
		return err
	}
	source, err := os.ReadFile("docs/peers.yaml")
	if err != nil {
		return err
	}
	page, err := renderTable(doc, ours, source)
	if err != nil {
		return err
	}
	return os.WriteFile(tableFile, []byte(page), 0o644) //nolint:gosec // documentation is for everyone to read
}

func renderTable(doc *document.Document, ours *facade.Source, peersSource []byte) (string, error) {
	peers, err := readPeers(peersSource)
	if err != nil {
		return "", err
	}
	if err := peers.check(doc, ours); err != nil {
		return "", err
	}
	var page strings.Builder
	data := table{Peers: peers.Peers, doc: doc, ours: ours, chat: peers.Chat}
	if err := tablePage.Execute(&page, data); err != nil {
		return "", err
	}
	return page.String(), nil
}

// table is what the page is made of.
type table struct {
	Peers []peer

	doc  *document.Document
	ours *facade.Source
	chat map[string]chatCall
}

// group are the operations of one tag.
type group struct {
	Name, Description string
	Operations        []*document.Operation
}

// Groups are in the document's order, and so are their operations.
func (t table) Groups() []group {
	var groups []group
	tags, _ := t.doc.Tree()["tags"].([]any)
	for _, tag := range tags {
		members, _ := tag.(map[string]any)
		name, _ := members["name"].(string)
		description, _ := members["description"].(string)
		g := group{Name: name, Description: strings.TrimSpace(description)}
		for _, operation := range t.doc.Operations() {
			if operation.Group == name {
				g.Operations = append(g.Operations, operation)
			}
		}
		if len(g.Operations) > 0 {
			groups = append(groups, g)
		}
	}
	return groups
}

// Ours links the façade's methods for an operation.
func (t table) Ours(operation *document.Operation) string {
	var links []string
	for _, method := range t.ours.Of(operation.ID) {
		links = append(links, link(method.String()))
	}
	return cell(links)
}

// Theirs are a peer's methods for an operation.
func (t table) Theirs(peer peer, operation *document.Operation) string {
	var names []string
	for _, method := range peer.Methods {
		if slices.Contains(method.Operations, operation.ID) {
			names = append(names, code(method.Method))
		}
	}
	return cell(names)
}

// Counterpart is what this project has for a peer's method.
func (t table) Counterpart(method peerMethod) string {
	var parts []string
	for _, name := range method.Ours {
		parts = append(parts, link(name))
	}
	for _, id := range method.Operations {
		parts = append(parts, code(id))
	}
	if method.missing() {
		return "none"
	}
	return cell(parts)
}

// Chat are the Chat SDK's calls that a peer's method corresponds to.
func (t table) Chat(method peerMethod) string {
	var calls []string
	for _, name := range method.Chat {
		calls = append(calls, fmt.Sprintf("%s (%s API)", code(t.chat[name].Route), t.chat[name].API))
	}
	return cell(calls)
}

// Missing are a peer's methods that this API has nothing for.
func (t table) Missing(peer peer) []peerMethod {
	return slices.DeleteFunc(slices.Clone(peer.Methods), func(m peerMethod) bool { return !m.missing() })
}

// level is one level of evidence.
type level struct {
	Name, Meaning string
	Count         int
}

// Levels count the operations by how sure they are.
func (t table) Levels() []level {
	levels := []level{
		{Name: "documented", Meaning: "on a page of the vendor"},
		{Name: "seen", Meaning: "in two or more public clients, or in one of the vendor"},
		{Name: "single", Meaning: "in one public client"},
		{Name: "assumed", Meaning: "inferred"},
	}
	for i := range levels {
		for _, operation := range t.doc.Operations() {
			if operation.Evidence.Level == levels[i].Name {
				levels[i].Count++
			}
		}
	}
	return levels
}

// Total is the number of operations.
func (t table) Total() int { return len(t.doc.Operations()) }

// link leads to the documentation of a method, which is a method of a service
// unless it has no service.
func link(name string) string {
	at := name
	if service, method, ok := strings.Cut(name, "."); ok && service != "Client" {
		at = service + "Service." + method
	}
	return "[" + code(name) + "](" + packages + at + ")"
}

func code(text string) string { return "`" + text + "`" }

// cell joins what stands in one cell; a dash tells that there is nothing.
func cell(parts []string) string {
	if len(parts) == 0 {
		return "–"
	}
	return strings.ReplaceAll(strings.Join(parts, ", "), "|", `\|`)
}

var tablePage = template.Must(template.New("table").Funcs(template.FuncMap{
	"code": code,
	"head": func(title string) string { return strings.ToUpper(title[:1]) + title[1:] },
	"cell": func(text string) string { return strings.ReplaceAll(text, "|", `\|`) },
}).Parse(`<!-- Code generated by internal/generate from api/openapi.yaml, docs/peers.yaml and pkg/qismo; DO NOT EDIT. -->

# Operations

Every operation of [the document](../api/openapi.yaml), with the method that calls it and what the same is called in other clients: {{range $i, $peer := .Peers}}{{if $i}}, {{end}}{{$peer.Title}}{{end}}. How sure an operation is, is counted [below](#how-sure); what the others have and this API has not is [listed](#what-the-others-have-and-this-api-has-not).
{{range $group := .Groups}}
## {{$group.Name}}

{{$group.Description}}

| operation | method and path | in Go | evidence |{{range $.Peers}} {{.Column}} |{{end}}
|---|---|---|---|{{range $.Peers}}---|{{end}}
{{range $operation := $group.Operations -}}
| {{code $operation.ID}} | {{code $operation.Method}} {{code $operation.Path}} | {{$.Ours $operation}} | {{$operation.Evidence.Level}} |{{range $.Peers}} {{$.Theirs . $operation}} |{{end}}
{{end}}{{end}}
## How sure

| evidence | what it means | operations |
|---|---|---|
{{range .Levels -}}
| {{.Name}} | {{.Meaning}} | {{.Count}} |
{{end -}}
| together | | {{.Total}} |

## What the others have and this API has not

Some of it the API of the Qiscus Chat SDK has, which lies below Omnichannel and which this project does not describe.
{{range $peer := .Peers}}{{with $.Missing $peer}}
### In {{$peer.Title}}

| method | in the Chat SDK | remark |
|---|---|---|
{{range . -}}
| {{code .Method}} | {{$.Chat .}} | {{cell .Remark}} |
{{end}}{{end}}{{end}}
## Method by method
{{range $peer := .Peers}}
### {{head $peer.Title}}

{{$peer.Note}}
| method | here | in the Chat SDK | remark |
|---|---|---|---|
{{range $peer.Methods -}}
| {{code .Method}} | {{$.Counterpart .}} | {{$.Chat .}} | {{cell .Remark}} |
{{end}}{{end}}`))
