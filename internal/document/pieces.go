package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// A document in pieces is text of one line a piece. The first line is the table of
// contents; each further one is a JSON pointer, a space, and what stands there as JSON:
//
//	[{"id":"getRoom","at":"/paths/~1rooms~1{id}/get"}, ...]
//	/components/schemas/Room {"type":"object", ...}
//	/info {"title": ...}
//	/paths/~1rooms~1{id}/get {"operationId":"getRoom", ...}
//
// Lines are found at once, whatever their length, and a piece is decoded when somebody
// asks for it. To read the YAML takes a hundred times as long.

// cutSections are the members of a document that are cut into pieces two steps further
// down, which is where operations and components stand. All others are a piece each.
var cutSections = []string{"components", "paths", "webhooks"}

// Pieces writes the document in pieces. The same document always gives the same text.
func (d *Document) Pieces() ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(d.contents); err != nil {
		return nil, fmt.Errorf("write the table of contents: %w", err)
	}
	pieces := map[string]any{}
	for name, node := range d.whole() {
		if !slices.Contains(cutSections, name) {
			pieces[pointer(name)] = node
			continue
		}
		for group, entries := range membersOf(node) {
			for entry, node := range membersOf(entries) {
				pieces[pointer(name, group, entry)] = node
			}
		}
	}
	for _, at := range slices.Sorted(maps.Keys(pieces)) {
		if strings.ContainsAny(at, " \n") {
			return nil, fmt.Errorf("write the piece at %q: it has a space in its pointer", at)
		}
		out.WriteString(at + " ")
		if err := encoder.Encode(pieces[at]); err != nil { // it ends the line
			return nil, fmt.Errorf("write the piece at %s: %w", at, err)
		}
	}
	return out.Bytes(), nil
}

// readPieces reads a document in pieces.
func readPieces(text string) (*Document, error) {
	contents, lines, _ := strings.Cut(text, "\n")
	var entries []*entry
	if err := json.Unmarshal([]byte(contents), &entries); err != nil {
		return nil, fmt.Errorf("read the document's table of contents: %w", err)
	}
	p := pieces{}
	for line := range strings.Lines(lines) {
		at, encoded, found := strings.Cut(line, " ")
		if !found {
			return nil, errors.New("read the document's pieces: a line is none")
		}
		p[at] = &piece{encoded: encoded}
	}
	d := newDocument(p)
	for _, entry := range entries {
		entry.path, entry.method = pathAndMethod(entry.At)
		entry.operation = sync.OnceValue(func() *Operation {
			// It cannot fail: whoever wrote the piece had read the operation.
			operation, _ := d.readOperation(entry.At, membersOf(p.at(entry.At)))
			return operation
		})
	}
	if err := d.fill(entries); err != nil {
		return nil, err
	}
	return d, nil
}

// pieces are the pieces of a document, by where they stand.
type pieces map[string]*piece

// piece is a part of a document, decoded when it is first asked for.
type piece struct {
	encoded string
	decode  sync.Once
	decoded any
}

func (p *piece) node() any {
	p.decode.Do(func() {
		decoder := json.NewDecoder(strings.NewReader(p.encoded))
		decoder.UseNumber()
		if decoder.Decode(&p.decoded) != nil {
			p.decoded = nil // as if nothing stood there
		}
		p.decoded = asYAML(p.decoded)
	})
	return p.decoded
}

// asYAML gives the numbers of a JSON value the types that they have out of YAML.
func asYAML(node any) any {
	switch node := node.(type) {
	case json.Number:
		if whole, err := node.Int64(); err == nil {
			return int(whole)
		}
		fraction, _ := node.Float64()
		return fraction
	case map[string]any:
		for name, member := range node {
			node[name] = asYAML(member)
		}
	case []any:
		for i, item := range node {
			node[i] = asYAML(item)
		}
	}
	return node
}

// at finds the piece that a pointer leads to or into.
func (p pieces) at(pointer string) any {
	for cut := len(pointer); cut > 0; cut = strings.LastIndexByte(pointer[:cut], '/') {
		if piece, ok := p[pointer[:cut]]; ok {
			return below(piece.node(), pointer[cut:])
		}
	}
	return nil
}

// whole puts the pieces together.
func (p pieces) whole() map[string]any {
	all := map[string]any{}
	for at, piece := range p {
		steps := strings.Split(strings.TrimPrefix(at, "/"), "/")
		parent := all
		for _, step := range steps[:len(steps)-1] {
			name := unescape(step)
			if parent[name] == nil {
				parent[name] = map[string]any{}
			}
			parent = membersOf(parent[name])
		}
		parent[unescape(steps[len(steps)-1])] = piece.node()
	}
	return all
}
