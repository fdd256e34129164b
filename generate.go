// Package qismo is the root of the module. It holds no code of its own: the
// façade is in pkg/qismo, and this file says how the generated packages are
// made from the documents in api/.
package qismo

//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config gen/omnichannel/oapi-codegen.yaml api/openapi.yaml
//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config gen/webhooks/oapi-codegen.yaml api/webhooks.yaml
//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config gen/chat/oapi-codegen.yaml api/chat.yaml
//go:generate go run ./internal/generate
