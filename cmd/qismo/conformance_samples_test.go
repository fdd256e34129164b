//go:build conformance

package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/document"
)

// unusable begins the notes in the samples' tables on those that are no complete
// and valid bodies, and on mocks that tests made up of a few members.
var unusable = []string{"template", "partial", "suspect", "test mock: only", "test mock: far fewer"}

// mocks are further samples that lack what every real body has, and one that is
// the body of a GET, which the document leaves out.
var mocks = []string{
	"getCustomerRoom-room-id-only.json", "getMessageTemplate-detail-id.json", "listCustomerRooms-get-with-body.json",
}

// "qismo validate" accepts the reference samples, and refuses the negative ones.
// They are no part of the repository: QISMO_SAMPLES says where they lie.
func TestConformanceOfValidate(t *testing.T) {
	folder := os.Getenv("QISMO_SAMPLES")
	require.NotEmpty(t, folder, "QISMO_SAMPLES does not say where the reference samples lie")
	rest, err := document.REST()
	require.NoError(t, err)
	router := document.NewRouter(rest.Operations())
	accepted, refused, mocked := 0, 0, 0
	for _, part := range []string{"requests", "responses", "webhooks", "negative"} {
		table, err := os.ReadFile(filepath.Join(folder, part, "MANIFEST.md"))
		require.NoError(t, err)
		for line := range strings.Lines(string(table)) {
			cells := strings.Split(strings.ReplaceAll(line, `\|`, ","), "|")
			if len(cells) < 5 || !strings.HasSuffix(strings.TrimSpace(cells[1]), ".json") {
				continue
			}
			name, of, note := strings.TrimSpace(cells[1]), strings.TrimSpace(cells[2]), strings.TrimSpace(cells[4])
			command := validation(router, part, of, note)
			if command == nil {
				assert.True(t, strings.HasPrefix(of, "none"), "%s: the document has no operation %s", name, of)
				continue
			}
			code, out, _ := call(t, "", append(command, filepath.Join(folder, part, name))...)
			if slices.Contains(mocks, name) {
				assert.NotEqual(t, exitGood, code, "%s is listed, and valid after all", name)
				mocked++
				continue
			}
			if isUnusable(note) {
				continue
			}
			if part == "negative" {
				assert.Equal(t, exitBad, code, "%s: %s", name, out)
				refused++
				continue
			}
			assert.Equal(t, exitGood, code, "%s: %s", name, out)
			accepted++
		}
	}
	assert.Equal(t, 2, refused)
	assert.Equal(t, len(mocks), mocked, "a sample that is listed does not exist")
	assert.Greater(t, accepted, 90)
	t.Logf("%d samples accepted, %d refused", accepted, refused)
}

func isUnusable(note string) bool {
	return slices.ContainsFunc(unusable, func(beginning string) bool {
		return strings.HasPrefix(strings.ToLower(note), beginning)
	})
}

// validation is how a sample is validated: one of a webhook by its event, another
// by its operation. It is nil for what no operation has.
func validation(router document.Router, part, of, note string) []string {
	if part == "webhooks" {
		return []string{"validate", "webhook", "--event", of}
	}
	method, path, _ := strings.Cut(of, " ")
	path, status, _ := strings.Cut(path, " ") // "(HTTP 400)" may follow
	path = strings.NewReplacer("{admin,agent}", "admin").Replace(path)
	operation, _, _ := router.Find(method, path)
	switch {
	case operation == nil && strings.HasPrefix(of, "any "):
		return []string{"validate", "response", "--operation", "getRoom", "--status", "400"}
	case operation == nil:
		return nil
	case part == "requests" || strings.HasPrefix(note, "REQUEST"):
		return []string{"validate", "request", "--operation", operation.ID}
	case status == "(HTTP 400)" || strings.HasPrefix(note, "non-200"):
		return []string{"validate", "response", "--operation", operation.ID, "--status", "400"}
	}
	return []string{"validate", "response", "--operation", operation.ID}
}
