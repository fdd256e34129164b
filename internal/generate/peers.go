package main

import (
	"bytes"
	"errors"
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/qismo-go/qismo/internal/document"
	"github.com/qismo-go/qismo/internal/facade"
)

// peersFile says what the methods of other clients correspond to.
type peersFile struct {
	Peers []peer              `yaml:"peers"`
	Chat  map[string]chatCall `yaml:"chat"`
}

// peer is another client.
type peer struct {
	Key     string       `yaml:"key"`
	Title   string       `yaml:"title"`
	Column  string       `yaml:"column"` // its name at the head of a column
	Note    string       `yaml:"note"`
	Methods []peerMethod `yaml:"methods"`
}

// peerMethod is a method of another client and what corresponds to it.
type peerMethod struct {
	Method     string   `yaml:"method"`
	Operations []string `yaml:"operations"`
	Ours       []string `yaml:"ours"`
	Chat       []string `yaml:"chat"`
	Remark     string   `yaml:"remark"`
}

// missing reports whether this API has nothing that does the same.
func (m peerMethod) missing() bool { return len(m.Operations) == 0 && len(m.Ours) == 0 }

// chatCall is a call of the Chat SDK's API.
type chatCall struct {
	API   string `yaml:"api"` // server or client
	Route string `yaml:"route"`
}

func readPeers(source []byte) (*peersFile, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(source))
	decoder.KnownFields(true)
	var file peersFile
	if err := decoder.Decode(&file); err != nil {
		return nil, fmt.Errorf("read the peers: %w", err)
	}
	return &file, nil
}

// check refuses what does not exist: operations of the document, methods of the
// façade, calls of the Chat SDK. All that is wrong is told at once.
func (f *peersFile) check(doc *document.Document, ours *facade.Source) error {
	var problems []error
	for _, peer := range f.Peers {
		seen := map[string]bool{}
		for _, method := range peer.Methods {
			where := peer.Key + ": " + method.Method
			if seen[method.Method] {
				problems = append(problems, fmt.Errorf("%s stands twice", where))
			}
			seen[method.Method] = true
			problems = append(problems, f.checkMethod(where, method, doc, ours)...)
		}
	}
	return errors.Join(problems...)
}

func (f *peersFile) checkMethod(
	where string, method peerMethod, doc *document.Document, ours *facade.Source,
) (problems []error) {
	for _, id := range method.Operations {
		if doc.Operation(id) == nil {
			problems = append(problems, fmt.Errorf("%s: the document has no operation %s", where, id))
		}
	}
	for _, name := range method.Ours {
		if !ours.Has(name) {
			problems = append(problems, fmt.Errorf("%s: the façade has no method %s", where, name))
		}
	}
	for _, name := range method.Chat {
		if _, known := f.Chat[name]; !known {
			problems = append(problems, fmt.Errorf("%s: no call of the Chat SDK %s", where, name))
		}
	}
	return problems
}
