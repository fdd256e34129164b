//go:build conformance

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// docs/peers.yaml says of every method of every peer what the reference table
// says, which is no part of the repository: QISMO_FACTS says where it lies.
func TestConformanceOfPeers(t *testing.T) {
	t.Parallel()
	folder := os.Getenv("QISMO_FACTS")
	require.NotEmpty(t, folder, "QISMO_FACTS does not say where the tables of operations lie")
	text, err := os.ReadFile(filepath.Join(folder, "parity.md"))
	require.NoError(t, err)
	source, err := os.ReadFile("../../docs/peers.yaml")
	require.NoError(t, err)
	peers, err := readPeers(source)
	require.NoError(t, err)

	rows := parityRows(string(text))
	for i, section := range []string{"(a)", "(b)", "(c)"} {
		peer := peers.Peers[i]
		require.NotEmpty(t, rows[section], "no rows in section %s", section)
		for method, want := range rows[section] {
			at := slices.IndexFunc(peer.Methods, func(m peerMethod) bool { return m.Method == method })
			if assert.GreaterOrEqual(t, at, 0, "%s: no row for %s", peer.Key, method) {
				assert.ElementsMatch(t, want, peer.Methods[at].Operations, "%s: %s", peer.Key, method)
			}
		}
		assert.Len(t, peer.Methods, len(rows[section]), "%s has rows of its own", peer.Key)
	}
}

// parityRows maps section and method to the ids of operations.
func parityRows(text string) map[string]map[string][]string {
	quoted := regexp.MustCompile("`([^`]+)`")
	rows := map[string]map[string][]string{}
	section := ""
	for line := range strings.Lines(text) {
		if heading, ok := strings.CutPrefix(line, "## "); ok {
			section, _, _ = strings.Cut(heading, " ")
			rows[section] = map[string][]string{}
		}
		cells := strings.Split(line, "|")
		if len(cells) < 4 {
			continue
		}
		ids := []string{}
		for _, name := range quoted.FindAllStringSubmatch(cells[2], -1) {
			// The others are calls of the Chat SDK and names of parameters.
			if regexp.MustCompile(`^[a-z]+[A-Z][A-Za-z0-9]*$|^login$|^signUp$`).MatchString(name[1]) {
				ids = append(ids, name[1])
			}
		}
		for _, name := range quoted.FindAllStringSubmatch(cells[1], -1) {
			rows[section][name[1]] = ids
		}
	}
	return rows
}
