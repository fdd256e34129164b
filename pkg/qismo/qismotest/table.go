package qismotest

import (
	"strings"
	"text/tabwriter"
)

// table is text in columns.
type table struct {
	written strings.Builder
	columns *tabwriter.Writer
}

// newTable makes a table whose lines are moved in.
func newTable() *table {
	t := &table{}
	t.columns = tabwriter.NewWriter(&t.written, 0, 0, 2, ' ', 0)
	return t
}

func (t *table) row(cells ...string) {
	// A builder takes everything.
	_, _ = t.columns.Write([]byte(strings.Join(cells, "\t") + "\n"))
}

// String returns the lines, none of which ends with a space or the text with a break.
func (t *table) String() string {
	_ = t.columns.Flush()
	lines := strings.Split(strings.TrimRight(t.written.String(), "\n"), "\n")
	for i, line := range lines {
		lines[i] = "  " + strings.TrimRight(line, " ")
	}
	return strings.Join(lines, "\n")
}
