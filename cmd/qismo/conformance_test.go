//go:build conformance

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// alsoSecretKey are the operations that the table has with a user's token alone.
// The vendor's Ruby gem has a method for each and no credential but the secret
// key, so the document accepts that too.
var alsoSecretKey = []string{"deleteRoomTag", "listRoomBroadcasts", "listRoomTags"}

// "operations --json" lists the operations of the reference table, which is no
// part of the repository: QISMO_FACTS says where it lies.
func TestConformanceOfOperations(t *testing.T) {
	folder := os.Getenv("QISMO_FACTS")
	require.NotEmpty(t, folder, "QISMO_FACTS does not say where the tables of operations lie")
	table, err := os.ReadFile(filepath.Join(folder, "operations.tsv"))
	require.NoError(t, err)
	want := map[string]listedOperation{}
	for line := range strings.Lines(string(table)) {
		cells := strings.Split(strings.TrimSpace(line), "\t")
		require.Len(t, cells, 7, line)
		want[cells[0]] = listedOperation{
			ID: cells[0], Method: cells[1], Path: cells[2], Group: cells[3], Evidence: cells[4],
			Security: [][]string{strings.Split(cells[5], "|")},
		}
	}
	delete(want, "operation_id") // the heading

	code, out, _ := call(t, "", "operations", "--json")
	require.Equal(t, exitGood, code)
	var listed []listedOperation
	require.NoError(t, json.Unmarshal([]byte(out), &listed))
	for _, got := range listed {
		if got.API == "chat" {
			continue // which another table lists
		}
		expected, known := want[got.ID]
		if !assert.True(t, known, "the table has no %s", got.ID) {
			continue
		}
		delete(want, got.ID)
		schemes := schemesOf(t, expected.Security[0])
		if slices.Contains(alsoSecretKey, got.ID) {
			schemes = append(schemes, "secretKey")
		}
		assert.ElementsMatch(t, schemes, strongest(got.Security), "the security of %s", got.ID)
		expected.Security = nil
		assert.Equal(t, expected, listedOperation{
			ID: got.ID, Method: got.Method, Path: got.Path, Group: got.Group, Evidence: got.Evidence,
		})
	}
	assert.Empty(t, want, "operations that are not listed")
}

// schemesOf translates the table's words for credentials.
func schemesOf(t *testing.T, words []string) (schemes []string) {
	t.Helper()
	names := map[string]string{
		"secret": "secretKey", "token": "userToken", "long_token": "longLivedToken", "app_id": "appID",
		"sdk_secret": "sdkSecret", "sdk_token": "sdkToken", "auth_secret": "secretInAuthorization",
	}
	for _, word := range words {
		if word == "none" {
			continue
		}
		require.Contains(t, names, word, "the document has no scheme for it")
		schemes = append(schemes, names[word])
	}
	return schemes
}

// strongest takes of each combination the scheme that proves something: beside
// another one the App ID only says for which app, and a token in the query only
// repeats the one in the header.
func strongest(combinations [][]string) []string {
	schemes := []string{}
	for _, combination := range combinations {
		proofs := slices.DeleteFunc(slices.Clone(combination), func(scheme string) bool {
			return scheme == "appID" || scheme == "userTokenInQuery"
		})
		if len(proofs) == 0 {
			proofs = combination
		}
		schemes = append(schemes, proofs...)
	}
	slices.Sort(schemes)
	return slices.Compact(schemes)
}
