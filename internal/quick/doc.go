// Package quick reads the bytes of a JSON body in ways that encoding/json does not
// offer. Above all it answers most validations at once: it checks the bytes against
// a schema, in one pass and without allocating. It only ever says yes, or that it
// does not know.
//
// The full validator remains the judge. It needs the body decoded into maps,
// which with the validation itself takes several times as long as all else that a
// receiver does, and nearly every body is valid. So what is accepted here is
// valid, and anything else, be it invalid or merely unusual (a number with an
// exponent, a key with an escape, a key that stands twice), goes to the full
// validator, which also words the reasons.
//
// Two readers of one body must not see different things: encoding/json takes a
// name in any case and merges what stands twice, a schema does neither.
// [Schema.Ambiguous] finds such members, and [Cut] takes them out. [Excess] keeps
// bodies from the full validator on which it would spend seconds.
package quick
