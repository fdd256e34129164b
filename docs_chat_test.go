package qismo_test

import (
	"go/ast"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/document"
	"github.com/qismo-go/qismo/internal/facade"
)

// What the tables of docs/chat.md name exists: calls of both doors and of a connection,
// functions and types, and the operations under them. Each row says what lies under it.
func TestChatPageNamesWhatExists(t *testing.T) {
	page, err := os.ReadFile("docs/chat.md")
	require.NoError(t, err)
	_, tables, found := strings.Cut(string(page), "\n## From the JavaScript SDK\n")
	require.True(t, found)
	known := namesOfChat(t)
	chat, err := document.Chat()
	require.NoError(t, err)
	rows := 0
	for line := range strings.Lines(tables) {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| JavaScript") {
			continue
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		if !assert.Len(t, cells, 3, line) || strings.Contains(cells[2], "under it") {
			continue
		}
		rows++
		assert.NotEmpty(t, strings.TrimSpace(cells[2]), line)
		for _, name := range regexp.MustCompile("`((?:user|server|conn|chat|realtime)\\.[A-Za-z.]+)").FindAllStringSubmatch(cells[1], -1) {
			assert.Contains(t, known, name[1], line)
		}
		for _, id := range regexp.MustCompile("`((?:rest|sdk)[A-Z][A-Za-z]+)`").FindAllStringSubmatch(cells[2], -1) {
			assert.NotNil(t, chat.Operation(id[1]), line)
		}
	}
	assert.Greater(t, rows, 60)
}

// namesOfChat are what callers write, such as user.Rooms.Get or realtime.NewMessage.
func namesOfChat(t *testing.T) []string {
	t.Helper()
	source, err := facade.Read("pkg/chat")
	require.NoError(t, err)
	var names []string
	for _, method := range source.Methods { // such as User.Rooms.Get
		names = append(names, strings.ToLower(method.String()[:1])+method.String()[1:])
	}
	for _, folder := range []string{"pkg/chat", "pkg/chat/realtime"} {
		for _, declaration := range declarations(t, folder) {
			names = append(names, namesIn(declaration, filepath.Base(folder))...)
		}
	}
	return names
}

// namesIn are those of the functions and types in a declaration, and of what the clients
// do by themselves, such as conn.Close.
func namesIn(declaration ast.Decl, pkg string) []string {
	clients := map[string]string{"*User": "user", "*Server": "server", "*Connection": "conn"}
	switch declaration := declaration.(type) {
	case *ast.FuncDecl:
		if declaration.Recv != nil {
			pkg = clients[types.ExprString(declaration.Recv.List[0].Type)]
		}
		return []string{pkg + "." + declaration.Name.Name}
	case *ast.GenDecl:
		var names []string
		for _, spec := range declaration.Specs {
			if named, ok := spec.(*ast.TypeSpec); ok {
				names = append(names, pkg+"."+named.Name.Name)
			}
		}
		return names
	}
	return nil
}
