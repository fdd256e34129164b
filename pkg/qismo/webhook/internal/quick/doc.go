// Package quick answers most validations at once: it checks the bytes of a JSON
// body against a schema, in one pass and without allocating. It only ever says
// yes, or that it does not know.
//
// The full validator remains the judge. It needs the body decoded into maps,
// which with the validation itself takes several times as long as all else that a
// receiver does, and nearly every body is valid. So what is accepted here is
// valid, and anything else, be it invalid or merely unusual (a number with an
// exponent, a key with an escape, a key that stands twice), goes to the full
// validator, which also words the reasons.
package quick
