package contract

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
)

// Kind says in what way an answer differs from the document.
type Kind string

// The kinds.
const (
	// UnknownField is a field that the document does not list beside the others.
	UnknownField Kind = "unknown field"
	// WrongType is a value of a JSON type that the document does not have there.
	WrongType Kind = "wrong type"
	// MissingField is a field that the document requires.
	MissingField Kind = "missing field"
	// BrokenRule is a value of the right type that is not in the document's list of
	// values, does not match its pattern, or fits none of several shapes.
	BrokenRule Kind = "broken rule"
	// UndeclaredStatus is a status that the document does not have.
	UndeclaredStatus Kind = "undeclared status"
	// UndeclaredContentType is a success of a content type that the document does
	// not have. Failures come in any, which the document says of them.
	UndeclaredContentType Kind = "undeclared content type"
	// NotJSON is a body that should be JSON and is not.
	NotJSON Kind = "not JSON"
)

// Finding is one way in which answers differ from the document. It holds no value
// of an answer; see the package's comment.
type Finding struct {
	Operation string `json:"operation"`
	Status    int    `json:"status"`
	Kind      Kind   `json:"kind"`
	// Pointer is the place in the body, with * for indexes and free names and ? for a
	// name that is not told; "" is the whole body.
	Pointer string `json:"pointer"`
	// Expected and Found are JSON types, such as "null or string" and "integer"; of an
	// undeclared content type, content types. They are "" where there is nothing to
	// say.
	Expected string `json:"expected,omitempty"`
	Found    string `json:"found,omitempty"`
	// Count is how often it was found.
	Count int `json:"count"`
}

// String tells the finding in one line, without its count.
func (f Finding) String() string {
	text := fmt.Sprintf("%s %d: %s", f.Operation, f.Status, f.Kind)
	if f.Pointer != "" {
		text += " at " + f.Pointer
	}
	if types := f.Types(); types != "" {
		text += ": " + types
	}
	return text
}

// Types tells what was expected and what was found; "" where there is nothing to
// say.
func (f Finding) Types() string {
	switch {
	case f.Expected != "" && f.Found != "":
		return f.Expected + " expected, " + f.Found + " found"
	case f.Expected != "":
		return f.Expected + " expected"
	}
	return f.Found
}

// Report is what a [Reporter] has found so far.
type Report struct {
	// Findings are in the order of operation, status and pointer.
	Findings []Finding `json:"findings"`
	// Checked is how many answers were held against the document.
	Checked int `json:"checked"`
	// Skipped is how many could not be: they were larger than Config.MaxBody, or did
	// not come whole.
	Skipped int `json:"skipped"`
	// Dropped is how many there was no room for in the queue.
	Dropped int `json:"dropped"`
	// Beyond is how often something was found that is not among the findings, since
	// there were Config.MaxFindings already.
	Beyond int `json:"beyond"`
}

// String tells the report as a table.
func (r Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "answers checked: %d, skipped: %d, dropped: %d; findings: %d, beyond the limit: %d\n",
		r.Checked, r.Skipped, r.Dropped, len(r.Findings), r.Beyond)
	if len(r.Findings) == 0 {
		return b.String()
	}
	table := tabwriter.NewWriter(&b, 0, 4, 2, ' ', 0)
	var lines strings.Builder
	lines.WriteString("COUNT\tOPERATION\tSTATUS\tKIND\tPOINTER\tTYPES\n")
	for _, f := range r.Findings {
		fmt.Fprintf(&lines, "%d\t%s\t%d\t%s\t%s\t%s\n", f.Count, f.Operation, f.Status, f.Kind, f.Pointer, f.Types())
	}
	_, _ = table.Write([]byte(lines.String())) // into memory
	_ = table.Flush()
	return b.String()
}

// findings are findings with their counts, up to a limit. It is not safe for
// concurrent use.
type findings struct {
	limit  int
	counts map[Finding]int // by the finding without its count
	beyond int
}

func newFindings(limit int) *findings {
	return &findings{limit: limit, counts: map[Finding]int{}}
}

// add counts a finding that was made some times, and tells whether it is a new
// one.
func (f *findings) add(finding Finding, times int) bool {
	finding.Count = 0
	_, known := f.counts[finding]
	if !known && len(f.counts) >= f.limit {
		f.beyond += times
		return false
	}
	f.counts[finding] += times
	return !known
}

func (f *findings) list() []Finding {
	list := make([]Finding, 0, len(f.counts))
	for finding, count := range f.counts {
		finding.Count = count
		list = append(list, finding)
	}
	slices.SortFunc(list, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.Status, b.Status),
			cmp.Compare(a.Pointer, b.Pointer), cmp.Compare(a.Kind, b.Kind),
			cmp.Compare(a.Expected, b.Expected), cmp.Compare(a.Found, b.Found))
	})
	return list
}

// maxName is the length of the longest name that is told.
const maxName = 40

// nameOf is the name of an unknown field of the object at a pointer, if it looks
// like one that a programmer of the service gave, and ? otherwise: it may be a
// customer's id, or a customer. In extras, whoever builds on the service puts names
// of their own beside the known ones.
func nameOf(at, name string) string {
	const masked = "?"
	if strings.Contains(at+"/", "extras/") || name == "" || len(name) > maxName || name[0] < 'a' || 'z' < name[0] {
		return masked
	}
	for _, char := range name {
		if (char < 'a' || 'z' < char) && (char < 'A' || 'Z' < char) && char != '_' {
			return masked
		}
	}
	return name
}
