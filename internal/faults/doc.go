// Package faults makes networks and services misbehave on purpose, over real
// connections on loopback, so that tests can see what a client makes of it. Only
// tests import it; nothing that is built for users links it.
//
//   - A [Server] answers each request as its [Script] says: properly, or with a
//     [Fault], such as a reset in the middle of the request or an answer that never
//     ends. It tells how many requests it saw, over how many connections.
//   - A [Dial] fails where a connection is made: a name that nobody knows, a port
//     that nobody listens on.
//   - A [Proxy] stands between a client and any server, and delays, throttles and
//     breaks what passes.
//   - A [Sink] stands before a handler and tells which messages came in twice.
//
// A test of a client is a row with a fault and what is to come of it:
//
//	server := faults.NewServer(t, faults.First(2, faults.ResetUnanswered()), handler)
//	err := call(server.URL)
//	assert.Equal(t, 3, server.Counts().Received)
//
// Everything ends with the test that made it, and is waited for.
package faults
