// Command generate writes what the code generator leaves out: the table of the
// REST document's operations, which the façade needs to know, for instance,
// whether a repeat can do harm; in each generated package the checksum of its
// document, so that not one line of a document can change without the check for
// stale files noticing; the documents in pieces, as programs read them; and the tables
// of operations in docs/. It is run by go generate, from the repository's root.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"go/format"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/template"

	"github.com/qismo-go/qismo/internal/document"
)

func main() {
	for _, write := range []func() error{writeOperations, writeChatOperations, writeWebhooks, writePieces, writeTable, writeChatTable} {
		if err := write(); err != nil {
			fmt.Fprintln(os.Stderr, "generate:", err)
			os.Exit(1)
		}
	}
}

// writeChatOperations writes the table of the chat server's operations.
func writeChatOperations() error {
	sum, doc, err := open("api/chat.yaml")
	if err != nil {
		return err
	}
	var rows []row
	for _, operation := range doc.Operations() {
		if operation.IsWebhook() {
			continue
		}
		row := rowOf(operation)
		row.Credential = chatCredentialOf(operation)
		rows = append(rows, row)
	}
	return write("gen/chat/operations.gen.go", chatPage, map[string]any{"Sum": sum, "Rows": rows})
}

// chatCredentialOf is what an operation of the chat server authenticates with.
func chatCredentialOf(operation *document.Operation) string {
	if len(operation.Security) == 0 {
		return "CredentialNone"
	}
	switch first := operation.Security[0]; {
	case slices.Contains(first, "sdkSecret"):
		return "CredentialSecret"
	case slices.Contains(first, "userToken"):
		return "CredentialUserToken"
	default:
		return "CredentialAppID"
	}
}

// writeOperations writes the table of the REST document's operations.
func writeOperations() error {
	sum, doc, err := open("api/openapi.yaml")
	if err != nil {
		return err
	}
	var rows []row
	for _, operation := range doc.Operations() {
		rows = append(rows, rowOf(operation))
	}
	return write("gen/omnichannel/operations.gen.go", operationsPage, map[string]any{"Sum": sum, "Rows": rows})
}

// writeWebhooks writes the checksum of the webhooks' document.
func writeWebhooks() error {
	sum, _, err := open("api/webhooks.yaml")
	if err != nil {
		return err
	}
	return write("gen/webhooks/document.gen.go", webhooksPage, map[string]any{"Sum": sum})
}

// writePieces writes all documents in the form in which programs read them.
func writePieces() error {
	for _, name := range []string{"openapi", "webhooks", "chat"} {
		_, doc, err := open("api/" + name + ".yaml")
		if err != nil {
			return err
		}
		pieces, err := doc.Pieces()
		if err != nil {
			return err
		}
		file := "internal/document/" + name + ".pieces"
		if err := os.WriteFile(file, pieces, 0o644); err != nil { //nolint:gosec // for everyone to read
			return err
		}
	}
	return nil
}

// open reads the file and not the embedded copy, which is as old as this binary.
func open(file string) (sum string, doc *document.Document, err error) {
	content, err := os.ReadFile(file) //nolint:gosec // one of the documents
	if err != nil {
		return "", nil, err
	}
	digest := sha256.Sum256(content)
	doc, err = document.Parse(content)
	return hex.EncodeToString(digest[:]), doc, err
}

func write(file string, page *template.Template, data any) error {
	var out bytes.Buffer
	if err := page.Execute(&out, data); err != nil {
		return err
	}
	formatted, err := format.Source(out.Bytes())
	if err != nil {
		return fmt.Errorf("format %s: %w", file, err)
	}
	return os.WriteFile(file, formatted, 0o644) //nolint:gosec // source code is for everyone to read
}

// row is one operation as the template writes it.
type row struct {
	Name, ID, Method, Path, Group, Summary, Evidence, Credential, OnlyWith string
	Idempotent, AnswersJSON, WrapsData, WrapsResults                       bool
}

func rowOf(operation *document.Operation) row {
	answer, answersJSON := operation.Responses["200"].Content["application/json"]
	return row{
		Name:         strings.ToUpper(operation.ID[:1]) + operation.ID[1:],
		ID:           operation.ID,
		Method:       operation.Method,
		Path:         operation.Path,
		Group:        operation.Group,
		Summary:      operation.Summary,
		Evidence:     operation.Evidence.Level,
		Credential:   credentialOf(operation),
		OnlyWith:     onlyWith(operation),
		Idempotent:   operation.Idempotent,
		AnswersJSON:  answersJSON,
		WrapsData:    answersJSON && requires(answer.Schema, "data"),
		WrapsResults: answersJSON && requires(answer.Schema, "results"),
	}
}

// requires asks a schema whether it wants a member, by showing it an object that has
// none.
func requires(schema *document.Schema, member string) bool {
	for _, problem := range schema.Validate(map[string]any{}) {
		if strings.Contains(problem.Reason, strconv.Quote(member)) {
			return true
		}
	}
	return false
}

// credentialOf sums up the security of an operation. Which of the app's
// credentials an account accepts where is not the operation's to say, so the
// table only tells the operations apart that want none of them or another one.
func credentialOf(operation *document.Operation) string {
	if len(operation.Security) == 0 {
		return "CredentialNone"
	}
	switch first := strings.Join(operation.Security[0], "+"); first {
	case "appID":
		return "CredentialAppID"
	case "appID+longLivedToken":
		return "CredentialLongLivedToken"
	case "longLivedToken":
		return "CredentialLongLivedTokenAlone"
	case "appID+sdkToken":
		return "CredentialSDKToken"
	case "secretInAuthorization":
		return "CredentialSecretInAuthorization"
	case "appID+userToken+userTokenInQuery":
		return "CredentialUserTokenInQuery"
	default:
		return "CredentialApp"
	}
}

// onlyWith is the one of the app's credentials that an operation has been seen to
// take, "" when it has been seen to take both or wants another one.
func onlyWith(operation *document.Operation) string {
	var key, token bool
	for _, schemes := range operation.Security {
		key = key || slices.Contains(schemes, "secretKey")
		token = token || slices.Contains(schemes, "userToken")
	}
	switch {
	case key && !token:
		return "secret key"
	case token && !key:
		return "user token"
	}
	return ""
}

// operationNames and operationList are what the tables of both documents have alike.
const (
	operationNames = `// DocumentSHA256 is the checksum of the document that this package was made from.
const DocumentSHA256 = "{{.Sum}}"

// OperationID names an operation of the document.
type OperationID string

// The operations of the document.
const (
{{- range .Rows}}
	// Operation{{.Name}} is {{.Method}} {{.Path}}: {{.Summary}}.
	Operation{{.Name}} OperationID = {{printf "%q" .ID}}
{{- end}}
)
`
	operationList = `// OperationIDs lists every operation of the document, by path and method.
func OperationIDs() []OperationID {
	return []OperationID{
{{- range .Rows}}
		Operation{{.Name}},
{{- end}}
	}
}
`
)

var operationsPage = template.Must(template.New("operations").Parse(`// Code generated by internal/generate from api/openapi.yaml; DO NOT EDIT.

package omnichannel

` + operationNames + `
// CredentialKind says what an operation authenticates with.
type CredentialKind string

// The credentials that operations want.
const (
	// CredentialApp is the app's secret key or a user's token, with the App ID.
	CredentialApp CredentialKind = "app"
	// CredentialAppID is the App ID alone.
	CredentialAppID CredentialKind = "app-id"
	// CredentialLongLivedToken is the long-lived token of a log-in, with the App ID.
	CredentialLongLivedToken CredentialKind = "long-lived-token"
	// CredentialLongLivedTokenAlone is a long-lived token without the App ID.
	CredentialLongLivedTokenAlone CredentialKind = "long-lived-token-alone"
	// CredentialSDKToken is a user's Chat SDK token, with the App ID.
	CredentialSDKToken CredentialKind = "sdk-token"
	// CredentialSecretInAuthorization is the app's secret key where a token would be.
	CredentialSecretInAuthorization CredentialKind = "secret-in-authorization"
	// CredentialUserTokenInQuery is a user's token with the App ID, and again in the
	// query.
	CredentialUserTokenInQuery CredentialKind = "user-token-in-query"
	// CredentialNone is none at all.
	CredentialNone CredentialKind = "none"
)

// Operation is what the document says about an operation as a whole.
type Operation struct {
	ID      OperationID
	Method  string
	Path    string // the template, such as /bot/{room_id}/activate
	Group   string
	Summary string
	// Evidence is the level of certainty: documented, seen, single or assumed.
	Evidence   string
	Credential CredentialKind
	// OnlyWith is "secret key" or "user token" when the operation has been seen with
	// that one of the app's credentials only. The other one may work all the same.
	OnlyWith string
	// Idempotent says that a repeat can do no harm.
	Idempotent bool
	// AnswersJSON says that a success holds JSON. Of the other operations the
	// body is unknown: it may be empty, JSON or text.
	AnswersJSON bool
	// WrapsData says that a success always holds the member data, and is none
	// without it.
	WrapsData bool
}

` + operationList + `
// Operation looks an operation up; false when the document has none of that id.
func (id OperationID) Operation() (Operation, bool) {
	switch id {
{{- range .Rows}}
	case Operation{{.Name}}:
		return Operation{
			ID:          id,
			Method:      {{printf "%q" .Method}},
			Path:        {{printf "%q" .Path}},
			Group:       {{printf "%q" .Group}},
			Summary:     {{printf "%q" .Summary}},
			Evidence:    {{printf "%q" .Evidence}},
			Credential:  {{.Credential}},
			OnlyWith:    {{printf "%q" .OnlyWith}},
			Idempotent:  {{.Idempotent}},
			AnswersJSON: {{.AnswersJSON}},
			WrapsData:   {{.WrapsData}},
		}, true
{{- end}}
	}
	return Operation{}, false
}
`))

var webhooksPage = template.Must(template.New("webhooks").Parse(`// Code generated by internal/generate from api/webhooks.yaml; DO NOT EDIT.

package webhooks

// DocumentSHA256 is the checksum of the document that this package was made from.
const DocumentSHA256 = "{{.Sum}}"
`))

var chatPage = template.Must(template.New("chat").Parse(`// Code generated by internal/generate from api/chat.yaml; DO NOT EDIT.

package chat

` + operationNames + `
// CredentialKind says what an operation authenticates with.
type CredentialKind string

// The credentials that operations want, each with the App ID.
const (
	// CredentialSecret is the app's secret key.
	CredentialSecret CredentialKind = "secret"
	// CredentialUserToken is a user's token.
	CredentialUserToken CredentialKind = "user-token"
	// CredentialAppID is the App ID alone.
	CredentialAppID CredentialKind = "app-id"
	// CredentialNone is none at all, not even the App ID.
	CredentialNone CredentialKind = "none"
)

// Operation is what the document says about an operation as a whole.
type Operation struct {
	ID      OperationID
	Method  string
	Path    string // the template, such as /api/v2.1/rest/exports/{unique_id}
	Group   string
	Summary string
	// Evidence is the level of certainty: documented, seen, single or assumed.
	Evidence   string
	Credential CredentialKind
	// Idempotent says that a repeat can do no harm.
	Idempotent bool
	// AnswersJSON says that a success holds JSON. Of the other operations the
	// body is unknown: it may be empty, JSON or text.
	AnswersJSON bool
	// WrapsResults says that a success always holds the member results, and is none
	// without it.
	WrapsResults bool
}

` + operationList + `
// Operation looks an operation up; false when the document has none of that id.
func (id OperationID) Operation() (Operation, bool) {
	switch id {
{{- range .Rows}}
	case Operation{{.Name}}:
		return Operation{
			ID:           id,
			Method:       {{printf "%q" .Method}},
			Path:         {{printf "%q" .Path}},
			Group:        {{printf "%q" .Group}},
			Summary:      {{printf "%q" .Summary}},
			Evidence:     {{printf "%q" .Evidence}},
			Credential:   {{.Credential}},
			Idempotent:   {{.Idempotent}},
			AnswersJSON:  {{.AnswersJSON}},
			WrapsResults: {{.WrapsResults}},
		}, true
{{- end}}
	}
	return Operation{}, false
}
`))
