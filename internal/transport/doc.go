// Package transport is the way to the network that the façades share: it gives a
// call its credentials, its time, its further attempts and its bounds, turns
// whatever comes back into a success that was read whole or an [*Error], and lets
// loggers and hooks watch.
//
// A façade makes a chain by [NewChain] and hands it to its generated client; for each
// call it puts a [Call] into the request's context, with a [Protocol] that knows what the
// service behind the façade does in its own way: how it is told who calls, and in
// which shapes it refuses. The types that callers see, such as [Error] and
// [Backoff], are named anew by the façades.
//
// The links of the chain, from the outside in, each in a file of its own: the call
// as a whole (call.go), its attempts (retry.go), one attempt (attempt.go), its
// answer (answer.go), its time (timeouts.go), and the http.Client below
// (connection.go).
package transport
