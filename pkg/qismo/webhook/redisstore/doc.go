// Package redisstore keeps in Redis, or in what speaks its protocol, which webhooks
// were handled, so that several processes behind one URL handle each event once.
//
// All processes that share the work must use the same database and the same [Prefix].
// Two handlers that are both to handle the same event, such as a bot and an archive,
// must have different ones: with one Prefix, whichever claims an event keeps it from the
// other.
//
// Each method of the store is one script that touches one key, so a Redis Cluster,
// Sentinel and a ring will do, and so does any Redis since 2.6.12. A call that is
// repeated, as go-redis does when a connection breaks, comes to the same as one.
//
// # What the server must be like
//
// What Redis forgets too early may be handled twice:
//
//   - Its eviction policy must be noeviction. With volatile-ttl there must be memory
//     enough that it never evicts. With noeviction a server that is full refuses new
//     claims, which is an error.
//   - A server without persistence forgets everything when it is restarted; with the
//     append-only file synced every second, the last second.
//   - Replication is asynchronous: after a failover the new master may lack the last
//     claims and commits.
//   - Keys expire by the server's clock. If it jumps ahead, leases and what is
//     remembered end that much earlier.
//
// A key takes about 250 bytes of its memory.
//
// # Contexts
//
// A client of go-redis heeds the deadlines of contexts only if it is told to, with
// ContextTimeoutEnabled; [New] refuses one that does not. A context that is cancelled
// ends a call only when the client's ReadTimeout ends, 3 seconds unless it is set.
//
// A claim that timed out at the client may still be on its way, and be carried out
// after its release. Then it blocks the key until its lease ends: a delivery of the same
// event in that time waits for it.
//
// Nothing in this package logs, and its errors hold no keys. go-redis logs that it
// cannot connect, through what its SetLogger sets.
package redisstore
