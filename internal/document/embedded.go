package document

import (
	_ "embed"
	"sync"
)

// The documents of this module, as [Document.Pieces] writes them. Programs that
// ask for one of them only do not link the others.
var (
	//go:embed openapi.pieces
	openAPIPieces string
	//go:embed webhooks.pieces
	webhooksPieces string
	//go:embed chat.pieces
	chatPieces string
)

// embedded is a document that never changes, read when it is first asked for.
type embedded struct {
	read     sync.Once
	document *Document
	err      error
}

var rest, webhooks, chat embedded

// REST returns the document of the REST API.
func REST() (*Document, error) { return rest.load(openAPIPieces) }

// Webhooks returns the document of the webhooks. Its operations are the events:
// the id of one is the event's name, and its request is the event's body.
func Webhooks() (*Document, error) { return webhooks.load(webhooksPieces) }

// Chat returns the document of the chat server: what it answers, and its webhooks.
func Chat() (*Document, error) { return chat.load(chatPieces) }

func (e *embedded) load(pieces string) (*Document, error) {
	e.read.Do(func() { e.document, e.err = readPieces(pieces) })
	return e.document, e.err
}
