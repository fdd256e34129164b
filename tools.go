//go:build tools

// Package tools pins the code generator in go.mod, so that go generate needs
// no installation and gives everyone the same output.
package tools

import (
	_ "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen"
)
