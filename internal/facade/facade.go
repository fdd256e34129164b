// Package facade reads the source of a façade, pkg/qismo or pkg/chat, and knows which of
// its methods leads to which operation of the document. The table of operations
// is made with it, and tests hold the façades against the documents with it.
package facade

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Method is an exported method of a service, such as [qismo.RoomsService.List].
type Method struct {
	// Service is the field of the client that holds the service, such as Rooms. In a
	// façade of several clients it begins with the client: User.Rooms.
	Service string
	// Type is the type of the service, such as RoomsService.
	Type string
	Name string
	// Parameters are the names of the parameters, in order.
	Parameters []string
	// Comment is the doc comment on one line.
	Comment string
	// Operations are the ids of the operations that the method leads to, directly
	// or through other methods of its service.
	Operations []string
	// Asks says that calling the method asks the service: it can fail, at once or
	// while its rows are walked. One that does not may return a job to be waited for.
	Asks bool
}

// String is how a caller writes the method, such as Rooms.List.
func (m Method) String() string { return m.Service + "." + m.Name }

// First is the operation that the comment names first, and so the one that the
// method is for; "" when the comment names none that the method leads to.
func (m Method) First() string {
	for _, sentence := range strings.Split(m.Comment, "Operation ")[1:] {
		id, _, _ := strings.Cut(sentence, ",")
		if slices.Contains(m.Operations, id) {
			return id
		}
	}
	return ""
}

// Source is what the façade offers.
type Source struct {
	// Methods are the services' exported methods, by name.
	Methods []Method
	// Others are the other exported functions and methods, such as New and
	// Client.Do.
	Others []string
}

// Read parses the façade's source in a folder.
func Read(folder string) (*Source, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return nil, err
	}
	found := reading{
		uses: map[string]map[string]bool{}, functions: map[string]*ast.FuncDecl{},
		clients: map[string]bool{}, fields: map[string][2]string{},
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		if err := found.read(file); err != nil {
			return nil, err
		}
	}
	if len(found.functions) == 0 {
		return nil, fmt.Errorf("read the façade: no source in %s", folder)
	}
	return found.source(), nil
}

// Of lists the methods that lead to an operation.
func (s *Source) Of(operationID string) []Method {
	var methods []Method
	for _, method := range s.Methods {
		if slices.Contains(method.Operations, operationID) {
			methods = append(methods, method)
		}
	}
	return methods
}

// Has reports whether the façade has a method or function of that name, such as
// Rooms.List, New or Client.Do.
func (s *Source) Has(name string) bool {
	return slices.Contains(s.Others, name) ||
		slices.ContainsFunc(s.Methods, func(method Method) bool { return method.String() == name })
}

// reading is what was found so far; functions are named as in RoomsService.List.
type reading struct {
	uses      map[string]map[string]bool // function to the names that lead on
	functions map[string]*ast.FuncDecl
	clients   map[string]bool      // types that hold services
	fields    map[string][2]string // of a service, by its type: the client and the field
}

func (r *reading) read(file string) error {
	source, err := os.ReadFile(file) //nolint:gosec // the source of this module
	if err != nil {
		return err
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), file, source, parser.ParseComments)
	if err != nil {
		return err
	}
	for _, declaration := range parsed.Decls {
		switch declaration := declaration.(type) {
		case *ast.GenDecl:
			r.readTypes(declaration)
		case *ast.FuncDecl:
			r.readFunction(declaration)
		}
	}
	return nil
}

func (r *reading) readFunction(function *ast.FuncDecl) {
	if function.Body == nil {
		return
	}
	name := function.Name.Name
	if function.Recv != nil {
		name = receiverOf(function) + "." + name
	}
	r.functions[name] = function
	r.uses[name] = leads(function)
}

// readTypes looks for clients: exported types whose exported fields are services.
func (r *reading) readTypes(declaration *ast.GenDecl) {
	for _, spec := range declaration.Specs {
		named, ok := spec.(*ast.TypeSpec)
		if !ok || !named.Name.IsExported() {
			continue
		}
		members, ok := named.Type.(*ast.StructType)
		if !ok {
			continue
		}
		for _, field := range members.Fields.List {
			service := serviceOf(field)
			for _, name := range field.Names {
				if service != "" && name.IsExported() {
					r.clients[named.Name.Name] = true
					r.fields[service] = [2]string{named.Name.Name, name.Name}
				}
			}
		}
	}
}

// serviceOf is the type of the service that a field points to, "" for another field.
func serviceOf(field *ast.Field) string {
	pointer, ok := field.Type.(*ast.StarExpr)
	if !ok {
		return ""
	}
	name, ok := pointer.X.(*ast.Ident)
	if !ok || !strings.HasSuffix(name.Name, "Service") {
		return ""
	}
	return name.Name
}

// serviceNamed is where callers find a service, by its type.
func (r *reading) serviceNamed(service string) string {
	field, ok := r.fields[service]
	switch {
	case !ok:
		return strings.TrimSuffix(service, "Service")
	case len(r.clients) > 1:
		return field[0] + "." + field[1]
	}
	return field[1]
}

// leads are the names in a function that lead on: operations, and the methods of
// its own receiver. A member of an answer can have a method's name.
func leads(function *ast.FuncDecl) map[string]bool {
	receiver := ""
	if function.Recv != nil && len(function.Recv.List[0].Names) == 1 {
		receiver = function.Recv.List[0].Names[0].Name
	}
	names := map[string]bool{}
	ast.Inspect(function.Body, func(node ast.Node) bool {
		if selector, ok := node.(*ast.SelectorExpr); ok {
			of, _ := selector.X.(*ast.Ident)
			if strings.HasPrefix(selector.Sel.Name, "Operation") || of != nil && of.Name == receiver {
				names[selector.Sel.Name] = true
			}
		}
		return true
	})
	return names
}

func (r *reading) source() *Source {
	source := &Source{}
	for _, name := range slices.Sorted(maps.Keys(r.functions)) {
		function := r.functions[name]
		owner, method, isMethod := strings.Cut(name, ".")
		isService := strings.HasSuffix(owner, "Service")
		switch {
		case !ast.IsExported(function.Name.Name), !ast.IsExported(owner):
		case isMethod && isService:
			source.Methods = append(source.Methods, Method{
				Service:    r.serviceNamed(owner),
				Type:       owner,
				Name:       method,
				Parameters: parametersOf(function),
				Comment:    strings.Join(strings.Fields(function.Doc.Text()), " "),
				Operations: r.operations(owner, name),
				Asks:       canFail(function),
			})
		default:
			source.Others = append(source.Others, name)
		}
	}
	return source
}

// operations lists the operations that a method reaches.
func (r *reading) operations(service, name string) []string {
	ids := map[string]bool{}
	for used := range r.reached(service, name, map[string]bool{}) {
		if constant, ok := strings.CutPrefix(used, "Operation"); ok && constant != "" && constant != "ID" {
			ids[strings.ToLower(constant[:1])+constant[1:]] = true
		}
	}
	return slices.Sorted(maps.Keys(ids))
}

// reached follows what a method names through the methods of its service.
func (r *reading) reached(service, name string, seen map[string]bool) map[string]bool {
	all := map[string]bool{}
	if seen[name] {
		return all
	}
	seen[name] = true
	for used := range r.uses[name] {
		all[used] = true
		maps.Copy(all, r.reached(service, service+"."+used, seen))
	}
	return all
}

func parametersOf(function *ast.FuncDecl) []string {
	var names []string
	for _, field := range function.Type.Params.List {
		for _, name := range field.Names {
			names = append(names, name.Name)
		}
	}
	return names
}

// canFail reports whether an error is among the results, by itself or as what an
// iterator yields.
func canFail(function *ast.FuncDecl) bool {
	found := false
	if function.Type.Results != nil {
		ast.Inspect(function.Type.Results, func(node ast.Node) bool {
			name, ok := node.(*ast.Ident)
			found = found || ok && name.Name == "error"
			return true
		})
	}
	return found
}

func receiverOf(function *ast.FuncDecl) string {
	receiver := function.Recv.List[0].Type
	if pointer, ok := receiver.(*ast.StarExpr); ok {
		receiver = pointer.X
	}
	switch receiver := receiver.(type) {
	case *ast.Ident:
		return receiver.Name
	case *ast.IndexExpr: // of a generic type
		if name, ok := receiver.X.(*ast.Ident); ok {
			return name.Name
		}
	}
	return ""
}
