// Package api holds the contract: two OpenAPI 3.1 documents, written by hand, one of
// the REST API and one of the webhooks. Everything else in this module is generated
// from them or checked against them.
package api

import _ "embed"

//go:embed openapi.yaml
var openAPI []byte

//go:embed webhooks.yaml
var webhooks []byte

// OpenAPI returns the document of the REST API as YAML. The caller owns the
// copy.
func OpenAPI() []byte { return append([]byte(nil), openAPI...) }

// Webhooks returns the document of the webhooks as YAML; its events are under
// the key "webhooks". The caller owns the copy.
func Webhooks() []byte { return append([]byte(nil), webhooks...) }
