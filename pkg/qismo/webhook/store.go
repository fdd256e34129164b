package webhook

import (
	"context"
	"errors"
	"time"
)

// Store remembers which events were handled, so that one that is delivered twice is
// handled once. A handler has one of its own in memory, see [NewMemoryStore]; several
// processes behind one URL need one that they share, such as that of package
// redisstore.
//
// Whoever wants to handle an event claims its key. A claim ends in one of three ways:
// it is committed when the event was handled, it is released when that failed, and it
// lapses when its owner has died. A store must be safe for concurrent use, honour
// contexts, and carry out each method as one step that no other can get into. A lease
// and a time to keep that are not positive are errors. After any error but
// [ErrClaimLost] it is open whether the step was carried out.
type Store interface {
	// Claim takes a key for an owner, if it is free, and renews the owner's claim if it
	// is the owner's already, so that a call whose answer was lost can be repeated. The
	// claim lapses after the lease. An owner is a text that no other claim has.
	Claim(ctx context.Context, key, owner string, lease time.Duration) (Claim, error)

	// Commit remembers, for as long as is said, that the key's event was handled. It
	// does so too if the key is free, as it is when the claim has lapsed, and if the
	// owner has committed it before. It is [ErrClaimLost], and changes nothing, if
	// somebody else has claimed or committed the key.
	Commit(ctx context.Context, key, owner string, keep time.Duration) error

	// Release frees the key. If it is not claimed, or not by the owner, nothing happens,
	// and it is no error.
	Release(ctx context.Context, key, owner string) error

	// Forget frees the key if it was committed, by whomever. A claim stays: somebody is
	// handling the event.
	Forget(ctx context.Context, key string) error
}

// Claim is what became of a try to claim a key.
type Claim int

// What a try to claim a key can come to. The zero value is none of them.
const (
	// Claimed is a key that was free, and is the owner's now.
	Claimed Claim = iota + 1
	// Busy is a key that somebody else has claimed.
	Busy
	// Handled is a key whose event was handled.
	Handled
)

// ErrClaimLost says that a claim had lapsed and somebody else took the key, so that
// the event may be handled twice.
var ErrClaimLost = errors.New("webhook: the claim had lapsed, and somebody else has taken it")
