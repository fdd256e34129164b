// Package contract tells where the service has drifted from the OpenAPI document
// that this library is made from: fields that the document does not know, values
// of another type, statuses that it does not declare. Nobody outside of Qiscus
// knows the API for sure, so what it really answers is worth reporting.
//
// A [Reporter] is an option of a client. It looks at a sample of the answers, off
// the way of the calls:
//
//	reporter, err := contract.New(contract.Config{Sample: 0.1})
//	…
//	client, err := qismo.New(qismo.WithSecretKey(appID, secretKey), reporter.Option())
//	…
//	fmt.Print(reporter.Report())
//	err = reporter.Close(ctx)
//
// # What a report holds
//
// A [Finding] is made of the operation, the status, a place and the names of JSON
// types. It never holds a value, so that a report can be published. A place is a
// JSON pointer of names that the document lists; the index of an item, and a name
// that is free, such as the key of a map, are written as *. Below an object of
// which the document lists no members, such as a message's payload, nothing is
// reported: all names there are the customer's.
//
// The name of an unknown field is the service's own where the document lists the
// fields beside it, but the document may have taken a map for such an object. So
// the name is told only if it looks like one that a programmer gave, which begins
// with a small letter, goes on with letters and underscores, and has at most 40
// characters; it is ? otherwise. That leaves out numbers, e-mail addresses, phone
// numbers, tokens, and names of people as they are written. In an object whose name
// ends in extras it is always ?, as customers and integrators put names of their
// own beside those that the document lists.
//
// Calls of [qismo.Client.Do] are not looked at: they have no operation to be held
// against.
//
// A program that does not import this package links neither the document nor the
// validator.
package contract
