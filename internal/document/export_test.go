package document

import "github.com/santhosh-tekuri/jsonschema/v6"

// WithTree returns a document of another tree, for tests that change a schema
// and ask what that changes. Only Schema and Tree work on it.
func WithTree(tree map[string]any) (*Document, error) {
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(noLoader{})
	if err := compiler.AddResource(location, tree); err != nil {
		return nil, err
	}
	return &Document{tree: tree, compiler: compiler}, nil
}
