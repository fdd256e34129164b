// Package api holds the contract: three OpenAPI 3.1 documents, written by hand: of
// the REST API, of the webhooks, and of the chat server. Everything else in this module is generated
// from them or checked against them.
package api

import _ "embed"

//go:embed openapi.yaml
var openAPI []byte

//go:embed webhooks.yaml
var webhooks []byte

//go:embed chat.yaml
var chat []byte

// OpenAPI returns the document of the REST API as YAML. The caller owns the
// copy.
func OpenAPI() []byte { return append([]byte(nil), openAPI...) }

// Webhooks returns the document of the webhooks as YAML; its events are under
// the key "webhooks". The caller owns the copy.
func Webhooks() []byte { return append([]byte(nil), webhooks...) }

// Chat returns the document of the chat server as YAML. The caller owns the copy.
func Chat() []byte { return append([]byte(nil), chat...) }
