package chat

import (
	"github.com/qismo-go/qismo/internal/transport"
	"github.com/qismo-go/qismo/pkg/qismo"
)

// Option sets something of a client, or of one call: the same options serve both. Each
// says if it serves only one of them. Given twice, those that say where to call are an
// error; of the others the last one holds. It is the type of package qismo's options,
// which work the same way here, except those that say who calls.
type Option = transport.Option

// WithBaseURL sets the service's address, such as that of the sandbox or of one's own
// installation; [DefaultBaseURL] otherwise. It must be https, except on loopback. It is
// an option of a client, not of a call.
func WithBaseURL(address string) Option { return qismo.WithBaseURL(address) }

// WithApplication names the program that calls, before this library, in the User-Agent
// of each request. The version may be "".
func WithApplication(name, version string) Option { return qismo.WithApplication(name, version) }

// WithHeader sets a header of each request. Headers that carry credentials, that belong
// to the body or the connection, or that make net/http send a request again by itself,
// are refused.
func WithHeader(name, value string) Option { return qismo.WithHeader(name, value) }

// TokenStore keeps the tokens of one user where restarts, and other processes, find
// them; see [WithTokenStore] and [qismo.TokenStore].
type TokenStore = transport.TokenStore

// TokenFile is a [TokenStore] that keeps the tokens in a file, which only the user of
// the process can read; see [qismo.TokenFile].
func TokenFile(path string) TokenStore { return qismo.TokenFile(path) }

// WithTokenStore keeps the tokens of a [User] in a store, so that a restart, or another
// process with the same store, does not log in anew; [TokenFile] is one. Each user has
// a store of their own. It is an error for a [Server], and for a user whose identity is
// a [Token], which nobody renews. It is an option of a client, not of a call.
func WithTokenStore(store TokenStore) Option { return qismo.WithTokenStore(store) }
