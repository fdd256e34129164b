package canary

import (
	"github.com/qismo-go/qismo/internal/document"
	"github.com/qismo-go/qismo/pkg/qismo"
)

// front is what is driven: a façade with its document.
type front struct {
	folder   string // of the façade's source
	document func() (*document.Document, error)
	wrapper  string // the member of a success that holds all the rest
	// known are arguments that no example of the document has; typed adds those of a
	// method that JSON cannot make, and inTyped are the canaries in these.
	known   func() map[string]any
	typed   func(method string, all map[string]any)
	inTyped func() []Canary
	// credentials are what its clients prove themselves with.
	credentials func() []Canary
	// doors are how its clients are made, for failures that do not say it.
	doors func() doors
	// failures are ways of failing that only this façade has.
	failures func() []failure
}

// caller is a client of a façade, whose methods are called by their names.
type caller interface{ CloseIdleConnections() }

// doors make the clients of a façade: the one that proves itself with the app's secret,
// and the one that does with a user's token.
type doors struct {
	byKey, byToken func(options ...qismo.Option) (caller, error)
}

// frontOf is the façade that a plan wants.
func frontOf(plan Plan) *front {
	if plan.Chat {
		return chatFront()
	}
	return omnichannelFront()
}

const appID = "wangi-qjxw1k2m3n4o"

// What clients prove themselves with.
func secretKey() Canary { return New(Hex, "the secret key") }
func userToken() Canary { return New(UUID, "the user token") }
func email() Canary     { return New(Email, "the log-in") }
func password() Canary  { return New(Sentence, "the password") }
