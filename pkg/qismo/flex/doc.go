// Package flex holds types for JSON whose form is not settled.
//
// The Qiscus Omnichannel API writes one and the same member in several forms:
// an id as a number here and as text there, a time with a zone, without one or
// as a PHP date object, an object plain or packed into a string. The types of
// this package read all the forms that have been met and give the program one:
//
//   - [ID], an identifier, from text or a number
//   - [NumberID], an identifier in a request that is sent as a number
//   - [Int], an integer, from a number or text
//   - [Bool], a flag, from a boolean, a number or text
//   - [Time], a moment, from text, a Unix time or a date object
//   - [JSON], nested JSON, plain or inside a string
//   - [Secret], a credential that does not show when it is printed
//   - [SecretJSON], nested JSON that holds credentials and does not show either
//
// # Null and absent
//
// Null, an absent member and, except where a type says otherwise, an empty
// string all give the zero value. Null sets a value back to zero: it does not
// leave the old value in place, as it does with the plain Go types.
//
// # Tolerance and its limits
//
// The types are generous about form and strict about content: what cannot be
// read without a guess is an error. A method UnmarshalJSON that returns an
// error leaves its receiver as it was.
//
// # Errors
//
// An error names the form of what could not be read, such as
// "flex: cannot read a JSON object as an id", and never the value, which may be
// a secret or a customer's words. Errors are therefore safe to log.
package flex
