package demo

import (
	"fmt"
	"io"
	"strings"
)

// narrator writes the transcript.
type narrator struct {
	out      io.Writer
	sections int
}

func (n *narrator) section(title string) {
	n.sections++
	fmt.Fprintf(n.out, "\n%d. %s\n", n.sections, title)
}

func (n *narrator) say(format string, values ...any) {
	line := fmt.Sprintf("   "+format, values...)
	fmt.Fprintln(n.out, strings.TrimRight(line, " "))
}

// quote sets what somebody wrote apart from the story.
func (n *narrator) quote(who, text string) {
	fmt.Fprintf(n.out, "     ┌ %s\n     └ “%s”\n", who, text)
}
