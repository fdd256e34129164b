package document

// WithTree returns a document of another tree, for tests that change a schema
// and ask what that changes. Only Schema and Tree work on it.
func WithTree(changed map[string]any) *Document { return newDocument(tree(changed)) }

// ReadPieces reads a document in pieces.
func ReadPieces(text string) (*Document, error) { return readPieces(text) }
