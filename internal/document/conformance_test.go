//go:build conformance

package document_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/document"
)

// refusedSamples are the samples that the documents refuse with good reason,
// beside those in the folder of negative ones, which all must be refused.
var refusedSamples = map[string]string{
	"requests/broadcastClient-cut-off.json":                 "marked as partial; the page breaks off after the first members",
	"requests/broadcastClientAsAgent-form-field-names.json": "marked as a template; a form's names without any value",
	"requests/listCustomerRooms-get-with-body.json":         "the body of a GET, which the document leaves out: many proxies drop such bodies",
	"responses/getCustomerRoom-room-id-only.json":           "a test's mock with one member; real rooms have many",
	"responses/getMessageTemplate-detail-id.json":           "made up of the members that a client reads; real templates have more",
	"responses/initiateChat-suspect-keys.json":              "marked as suspect; its room lacks what every known room has",
	"responses/listAgentsV2-two-keys.json":                  "a test's mock with two members; real agents have many",
	"responses/setMarkAsResolvedWebhook-minimal.json":       "a test's mock with one member; the real answer is the whole app",
	"webhooks/customAgentAllocation-2-cut-off-2025.json":    "marked as partial; the page breaks off after the first members",
}

// A sample is a reference body with what the manifest beside it says of it.
type sample struct {
	file string // with its folder
	of   string // method and path, or the event
}

// The documents and the generated types are held against reference samples,
// which are no part of the repository: QISMO_SAMPLES says where they lie.
func TestConformance(t *testing.T) {
	folder := os.Getenv("QISMO_SAMPLES")
	require.NotEmpty(t, folder, "QISMO_SAMPLES does not say where the reference samples lie")
	require.DirExists(t, folder, "QISMO_SAMPLES names a folder that is not there")
	var accepted, negative, others int
	refused := map[string]bool{}
	for _, part := range []string{"requests", "responses", "negative", "webhooks"} {
		for _, s := range manifest(t, folder, part) {
			c, b, known := s.subject(t, part)
			if !known {
				assert.True(t, strings.HasPrefix(s.of, "none"), "%s: the document has no operation %s", s.file, s.of)
				others++ // the content of a QR code, and the like
				continue
			}
			b.value = readSample(t, filepath.Join(folder, s.file))
			problems := judge(t, c.doc, b.schema, b.value)
			reason, listed := refusedSamples[s.file]
			switch {
			case part == "negative":
				negative++
				assert.NotEmpty(t, problems, "%s is accepted", s.file)
			case problems == nil && listed:
				assert.Fail(t, "a sample is accepted after all", "%s, listed because it is %s", s.file, reason)
			case problems == nil:
				accepted++
				c.check(t, b)
			case !listed:
				assert.Fail(t, "a sample is refused", "%s as %s of %s: %v", s.file, b.part, b.operation, problems)
			default:
				refused[s.file] = true
			}
		}
	}
	assert.Len(t, refused, len(refusedSamples), "refusedSamples lists a sample that does not exist")
	t.Logf("%d samples accepted, %d negative ones refused, %d others refused with a reason; "+
		"%d are of no operation", accepted, negative, len(refused), others)
}

// manifest reads the table of a folder of samples, and sees to it that it lists
// every one of them.
func manifest(t *testing.T, folder, part string) []sample {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, part, "MANIFEST.md"))
	require.NoError(t, err)
	var samples []sample
	for line := range strings.Lines(string(text)) {
		// A bar within a cell is escaped.
		cells := strings.Split(strings.ReplaceAll(line, `\|`, "\x00"), "|")
		if len(cells) < 3 || !strings.HasSuffix(strings.TrimSpace(cells[1]), ".json") {
			continue
		}
		samples = append(samples, sample{
			file: part + "/" + strings.TrimSpace(cells[1]),
			of:   strings.ReplaceAll(strings.TrimSpace(cells[2]), "\x00", "|"),
		})
	}
	files, err := filepath.Glob(filepath.Join(folder, part, "*.json"))
	require.NoError(t, err)
	require.Len(t, samples, len(files), "the manifest of %s lists every sample once", part)
	return samples
}

func readSample(t *testing.T, file string) any {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	value, err := decode(data)
	require.NoError(t, err, file)
	return value
}

// subject finds out what a sample is a body of; false when it is of no operation
// of the document.
func (s sample) subject(t *testing.T, part string) (contract, body, bool) {
	t.Helper()
	both := contracts(t)
	rest, webhooks := both[0], both[1]
	b := body{name: s.file, part: "request"}
	if part == "webhooks" {
		b.operation = s.of
		event := webhooks.doc.Operation(s.of)
		require.NotNil(t, event, "%s: no event %s", s.file, s.of)
		content, _ := event.JSON()
		b.schema = place(content.Pointer)
		return webhooks, b, true
	}
	if strings.HasPrefix(filepath.Base(s.file), "error-") {
		refused, _ := rest.doc.Operations()[0].Response(400)
		b.part, b.schema = "error", place(refused.Content["application/json"].Pointer)
		return rest, b, true
	}
	operation := findOperation(rest.doc, s.of)
	if operation == nil {
		return rest, b, false
	}
	b.operation = operation.ID
	content, _ := operation.JSON()
	if part == "responses" || operation.Method == http.MethodGet {
		b.part, content = "response", operation.Responses["200"].Content["application/json"]
	}
	require.NotEmpty(t, content.Pointer, "%s: %s has no %s", s.file, operation.ID, b.part)
	b.schema = place(content.Pointer)
	return rest, b, true
}

// findOperation finds the operation with a method and a path, such as
// "POST /api/v1/{admin|agent}/service/assign_agent".
func findOperation(doc *document.Document, methodAndPath string) *document.Operation {
	method, path, _ := strings.Cut(methodAndPath, " ")
	for _, operation := range doc.Operations() {
		if operation.Method == method && samePath(operation.Path, path) {
			return operation
		}
	}
	return nil
}

// samePath reports whether a path of the manifest is one that a template of the
// document stands for. The manifest writes a role as itself or as a choice, and
// other parameters by names of its own.
func samePath(template, path string) bool {
	path, _, _ = strings.Cut(path, " ") // "(HTTP 400)" may follow
	want, got := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		switch want[i] {
		case got[i]:
		case "{role}":
			for role := range strings.SplitSeq(strings.Trim(got[i], "{}"), "|") {
				if role != "admin" && role != "agent" && role != "spv" {
					return false
				}
			}
		default:
			if !strings.HasPrefix(want[i], "{") || !strings.HasPrefix(got[i], "{") {
				return false
			}
		}
	}
	return true
}
