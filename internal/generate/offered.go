package main

import (
	"slices"
	"strings"

	"github.com/qismo-go/qismo/internal/document"
	"github.com/qismo-go/qismo/internal/facade"
)

// offered are the operations of a document and a façade's methods for them, as a page
// shows them.
type offered struct {
	doc      *document.Document
	ours     *facade.Source
	packages string // where the façade's documentation is
}

// operations are what can be called: all but the events.
func (o offered) operations() []*document.Operation {
	return slices.DeleteFunc(o.doc.Operations(), (*document.Operation).IsWebhook)
}

// group are the operations of one tag.
type group struct {
	Name, Description string
	Operations        []*document.Operation
}

// Groups are in the document's order, and so are their operations.
func (o offered) Groups() []group {
	var groups []group
	tags, _ := o.doc.Tree()["tags"].([]any)
	for _, tag := range tags {
		members, _ := tag.(map[string]any)
		name, _ := members["name"].(string)
		description, _ := members["description"].(string)
		g := group{Name: name, Description: strings.TrimSpace(description)}
		for _, operation := range o.operations() {
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
func (o offered) Ours(operation *document.Operation) string {
	var links []string
	for _, method := range o.ours.Of(operation.ID) {
		links = append(links, "["+code(method.String())+"]("+o.packages+method.Type+"."+method.Name+")")
	}
	return cell(links)
}

// level is one level of evidence.
type level struct {
	Name, Meaning string
	Count         int
}

// Levels count the operations by how sure they are.
func (o offered) Levels() []level {
	levels := []level{
		{Name: "documented", Meaning: "on a page of the vendor"},
		{Name: "seen", Meaning: "in two or more public clients, or in one of the vendor"},
		{Name: "single", Meaning: "in one public client"},
		{Name: "assumed", Meaning: "inferred"},
	}
	for i := range levels {
		for _, operation := range o.operations() {
			if operation.Evidence.Level == levels[i].Name {
				levels[i].Count++
			}
		}
	}
	return levels
}

// Total is the number of operations.
func (o offered) Total() int { return len(o.operations()) }

func code(text string) string { return "`" + text + "`" }

// cell joins what stands in one cell; a dash tells that there is nothing.
func cell(parts []string) string {
	if len(parts) == 0 {
		return "–"
	}
	return strings.ReplaceAll(strings.Join(parts, ", "), "|", `\|`)
}

// howSure is the section of a page that counts the operations by their evidence.
const howSure = `## How sure

| evidence | what it means | operations |
|---|---|---|
{{range .Levels -}}
| {{.Name}} | {{.Meaning}} | {{.Count}} |
{{end -}}
| together | | {{.Total}} |
`
