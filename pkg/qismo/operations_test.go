package qismo_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/gen/omnichannel"
)

// evidenceWords are how a method's comment says how sure its operation is.
var evidenceWords = map[string]string{
	"documented": "documented by the vendor",
	"seen":       "seen in public clients",
	"single":     "seen in a single public client",
	"assumed":    "assumed",
}

// Every operation of the document has a method: an exported one, on a service of
// the client, that calls the operation and whose comment says its id, method,
// path and evidence.
func TestEveryOperationHasAMethod(t *testing.T) {
	methods := facadeMethods(t)
	for _, id := range omnichannel.OperationIDs() {
		operation, ok := id.Operation()
		require.True(t, ok)
		found := methods["Operation"+strings.ToUpper(string(id[:1]))+string(id[1:])]
		if !assert.NotEmpty(t, found, "no method of the façade calls %s", id) {
			continue
		}
		for name, comment := range found {
			want := "Operation " + string(id) + ", " + operation.Method + " " + operation.Path + "; " + evidenceWords[operation.Evidence] + "."
			assert.Contains(t, comment, want, "the comment of %s", name)
		}
	}
}

// facadeMethods maps the name of an operation's constant to the exported methods
// that lead to it, directly or through an unexported one, with their comments on
// one line.
func facadeMethods(t *testing.T) map[string]map[string]string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	uses := map[string]map[string]bool{} // method to the operations and methods it names
	comments := map[string]string{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		parsed, err := parser.ParseFile(token.NewFileSet(), file, source, parser.ParseComments)
		require.NoError(t, err)
		for _, declaration := range parsed.Decls {
			function, ok := declaration.(*ast.FuncDecl)
			if !ok || function.Recv == nil || !strings.HasSuffix(receiverOf(function), "Service") {
				continue
			}
			name := receiverOf(function) + "." + function.Name.Name
			comments[name] = strings.Join(strings.Fields(function.Doc.Text()), " ")
			uses[name] = map[string]bool{}
			ast.Inspect(function.Body, func(node ast.Node) bool {
				if selector, ok := node.(*ast.SelectorExpr); ok && leads(function, selector) {
					uses[name][selector.Sel.Name] = true
				}
				return true
			})
		}
	}
	found := map[string]map[string]string{}
	for name := range uses {
		service, method, _ := strings.Cut(name, ".")
		if !ast.IsExported(method) {
			continue
		}
		for used := range reached(uses, service, name, map[string]bool{}) {
			if strings.HasPrefix(used, "Operation") {
				if found[used] == nil {
					found[used] = map[string]string{}
				}
				found[used][name] = comments[name]
			}
		}
	}
	return found
}

// leads tells whether a selector names an operation, or a method of the service's
// own: a member of an answer can have a method's name.
func leads(function *ast.FuncDecl, selector *ast.SelectorExpr) bool {
	if strings.HasPrefix(selector.Sel.Name, "Operation") {
		return true
	}
	of, ok := selector.X.(*ast.Ident)
	names := function.Recv.List[0].Names
	return ok && len(names) == 1 && of.Name == names[0].Name
}

// reached follows what a method names through the methods of its service.
func reached(uses map[string]map[string]bool, service, name string, seen map[string]bool) map[string]bool {
	all := map[string]bool{}
	if seen[name] {
		return all
	}
	seen[name] = true
	for used := range uses[name] {
		all[used] = true
		for further := range reached(uses, service, service+"."+used, seen) {
			all[further] = true
		}
	}
	return all
}

func receiverOf(function *ast.FuncDecl) string {
	receiver := function.Recv.List[0].Type
	if pointer, ok := receiver.(*ast.StarExpr); ok {
		receiver = pointer.X
	}
	if name, ok := receiver.(*ast.Ident); ok {
		return name.Name
	}
	return ""
}
