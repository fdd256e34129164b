package document

import (
	"strconv"
	"strings"
)

// nodes are the parts of a document: of one that was read as a whole, or of one in
// pieces.
type nodes interface {
	// at returns what stands at a JSON pointer; nil when nothing does.
	at(pointer string) any
	// whole returns all of the document.
	whole() map[string]any
}

// tree is a document that was read as a whole.
type tree map[string]any

func (t tree) at(pointer string) any { return below(map[string]any(t), pointer) }

func (t tree) whole() map[string]any { return t }

// below returns what stands below a node, at a JSON pointer that begins there; nil when
// nothing does.
func below(node any, pointer string) any {
	if pointer == "" {
		return node
	}
	for segment := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		switch parent := node.(type) {
		case map[string]any:
			node = parent[unescape(segment)]
		case []any:
			i, err := strconv.Atoi(segment)
			if err != nil || i < 0 || i >= len(parent) {
				return nil
			}
			node = parent[i]
		default:
			return nil
		}
	}
	return node
}

func membersOf(node any) map[string]any {
	members, _ := node.(map[string]any)
	return members
}
