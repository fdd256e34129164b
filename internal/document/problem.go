package document

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// Problem is one thing that is wrong with a body.
type Problem struct {
	// Pointer is the JSON pointer of the offending value; "" is the whole body.
	Pointer string `json:"pointer"`
	// Reason says what the document wants. It never holds the value.
	Reason string `json:"reason"`
}

// String writes the problem as one line, "pointer: reason"; the whole body, whose
// pointer is empty, is written as /.
func (p Problem) String() string {
	if p.Pointer == "" {
		return "/: " + p.Reason
	}
	return p.Pointer + ": " + p.Reason
}

// How the reasons begin that tell of something that is not there.
const (
	lackOfMember = "the required member"
	lackOfParts  = "must have at least"
)

// IsLack reports whether the problem is that something is not there, and not that
// something is wrong.
func (p Problem) IsLack() bool {
	return strings.HasPrefix(p.Reason, lackOfMember) || strings.HasPrefix(p.Reason, lackOfParts)
}

// collect gathers the leaves of a failure: the inner nodes only say that
// something below them failed.
func collect(problems []Problem, failure *jsonschema.ValidationError) []Problem {
	switch failure.ErrorKind.(type) {
	case *kind.AnyOf, *kind.OneOf:
		return collectAlternatives(problems, failure)
	}
	if len(failure.Causes) == 0 {
		for _, reason := range reasons(failure.ErrorKind) {
			problems = append(problems, Problem{Pointer: pointer(failure.InstanceLocation...), Reason: reason})
		}
		return problems
	}
	for _, cause := range failure.Causes {
		problems = collect(problems, cause)
	}
	return problems
}

// collectAlternatives tells the failure of a choice in the terms of the branch
// that the value was meant for: the one whose JSON type it has. Without one, the
// types of all branches are what is wanted; with several, nothing more can be
// said.
func collectAlternatives(problems []Problem, failure *jsonschema.ValidationError) []Problem {
	at := pointer(failure.InstanceLocation...)
	var meant [][]Problem
	var wanted []string
	got := ""
	for _, branch := range failure.Causes {
		if mismatch := typeMismatch(branch, len(failure.InstanceLocation)); mismatch != nil {
			wanted = append(wanted, mismatch.Want...)
			got = mismatch.Got
			continue
		}
		meant = append(meant, collect(nil, branch))
	}
	switch {
	case len(meant) == 1:
		return append(problems, meant[0]...)
	case len(meant) == 0 && len(wanted) > 0:
		return append(problems, Problem{Pointer: at, Reason: typeReason(got, wanted)})
	}
	return append(problems, Problem{Pointer: at, Reason: "fits none of the accepted shapes"})
}

// typeMismatch finds the failed type of the branch's own value, below any
// references.
func typeMismatch(failure *jsonschema.ValidationError, depth int) *kind.Type {
	if mismatch, ok := failure.ErrorKind.(*kind.Type); ok && len(failure.InstanceLocation) == depth {
		return mismatch
	}
	for _, cause := range failure.Causes {
		if mismatch := typeMismatch(cause, depth); mismatch != nil {
			return mismatch
		}
	}
	return nil
}

// reasons words a failed keyword from the schema's side only: the kinds carry
// the offending value too, which must not be told.
func reasons(failed jsonschema.ErrorKind) []string {
	switch k := failed.(type) {
	case *kind.Required:
		missing := make([]string, 0, len(k.Missing))
		for _, name := range k.Missing {
			missing = append(missing, fmt.Sprintf(lackOfMember+" %q is missing", name))
		}
		return missing
	case *kind.Type:
		return []string{typeReason(k.Got, k.Want)}
	case *kind.Enum:
		return []string{"must be one of " + joinJSON(k.Want)}
	case *kind.Const:
		return []string{"must be " + joinJSON([]any{k.Want})}
	case *kind.Pattern:
		return []string{"does not match the pattern " + k.Want}
	case *kind.MinLength:
		return []string{fmt.Sprintf(lackOfParts+" %d characters, has %d", k.Want, k.Got)}
	case *kind.MaxLength:
		return []string{fmt.Sprintf("must have at most %d characters, has %d", k.Want, k.Got)}
	case *kind.MinItems:
		return []string{fmt.Sprintf(lackOfParts+" %d items, has %d", k.Want, k.Got)}
	case *kind.MaxItems:
		return []string{fmt.Sprintf("must have at most %d items, has %d", k.Want, k.Got)}
	case *kind.Minimum:
		return []string{"must be at least " + number(k.Want)}
	case *kind.Maximum:
		return []string{"must be at most " + number(k.Want)}
	case *kind.Not:
		return []string{"is what the document rules out"}
	default:
		return []string{"breaks the keyword " + strings.Join(failed.KeywordPath(), "/")}
	}
}

func typeReason(got string, want []string) string {
	return fmt.Sprintf("must be %s, is %s", strings.Join(deduplicate(want), " or "), got)
}

// number writes a bound as the document does.
func number(bound *big.Rat) string {
	value, _ := bound.Float64()
	return strconv.FormatFloat(value, 'f', -1, 64)
}

func joinJSON(values []any) string {
	words := make([]string, 0, len(values))
	for _, value := range values {
		word, err := json.Marshal(value)
		if err != nil {
			word = []byte("?") // a schema's own value; it came from YAML
		}
		words = append(words, string(word))
	}
	return strings.Join(words, ", ")
}

func deduplicate[T comparable](items []T) []T {
	seen := make(map[T]bool, len(items))
	kept := items[:0:0]
	for _, item := range items {
		if !seen[item] {
			seen[item] = true
			kept = append(kept, item)
		}
	}
	return kept
}

// pointer joins segments to a JSON pointer (RFC 6901).
func pointer(segments ...string) string {
	var b strings.Builder
	for _, segment := range segments {
		b.WriteByte('/')
		b.WriteString(escape(segment))
	}
	return b.String()
}

// EscapePointer writes a name as one segment of a JSON pointer.
func EscapePointer(name string) string { return escape(name) }

// Constants, safe for concurrent use. To make a replacer costs more than all else that
// is told of a problem.
var (
	escaper   = strings.NewReplacer("~", "~0", "/", "~1")
	unescaper = strings.NewReplacer("~1", "/", "~0", "~")
)

func escape(segment string) string { return escaper.Replace(segment) }

func unescape(segment string) string { return unescaper.Replace(segment) }
