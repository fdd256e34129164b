package document

import "strings"

// entry is an operation in a document's table of contents: what a router needs to know
// of all operations to find one.
type entry struct {
	ID string `json:"id"`
	At string `json:"at"` // where the operation stands
	// Values are the lists of those of the path's parameters that have one.
	Values map[string][]string `json:"values,omitempty"`

	path, method string
	operation    func() *Operation
}

func entryOf(operation *Operation) *entry {
	return &entry{
		ID: operation.ID, At: operation.pointer, Values: listedValues(operation),
		path: operation.Path, method: operation.Method, operation: func() *Operation { return operation },
	}
}

// listedValues are the lists of those of the path's parameters that have one.
func listedValues(operation *Operation) map[string][]string {
	values := map[string][]string{}
	for _, parameter := range operation.Parameters {
		if parameter.In == "path" && len(parameter.Enum) > 0 {
			values[parameter.Name] = parameter.Enum
		}
	}
	return values
}

func (e *entry) order() string { return e.path + " " + e.method }

// pathAndMethod reads them out of the pointer to an operation.
func pathAndMethod(at string) (path, method string) {
	at, method = cutLast(at)
	_, path = cutLast(at)
	return unescape(path), strings.ToUpper(method)
}

// cutLast splits the last step off a pointer.
func cutLast(pointer string) (before, last string) {
	slash := strings.LastIndexByte(pointer, '/')
	return pointer[:max(slash, 0)], pointer[slash+1:]
}
