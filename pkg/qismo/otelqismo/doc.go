// Package otelqismo tells OpenTelemetry of a client's calls, in spans and in metrics
// that follow its semantic conventions for HTTP, version 1.43.0.
//
//	client, err := qismo.New(otelqismo.WithTelemetry(), qismo.WithSecretKey(appID, secretKey))
//
// It is a package of its own, so that a program that does not want it does not link
// it. It links the API of OpenTelemetry alone: where spans and metrics go is for the
// program to say, with an SDK, and until it does they go nowhere.
//
// # Spans
//
// Each call has a span of kind internal, named after the operation: qismo.getRoom, or
// qismo.do for [qismo.Client.Do]. Its attributes are
//
//   - qismo.operation: the operation, such as getRoom
//   - qismo.attempts: how often a request was begun; 0 when none was, such as after a
//     wait for the limiter that ended without a turn
//   - error.type: see below
//
// Below it, each attempt has a span of kind client, named by the method and the
// template of the path: GET /api/v2/customer_rooms/{room_id}, or the method alone for
// [qismo.Client.Do]. Its attributes are
//
//   - http.request.method, and http.request.method_original where that is _OTHER
//   - server.address and server.port: those of the base URL
//   - url.template: the operation's, without a path of the base URL
//   - http.request.resend_count: from the second attempt on
//   - http.response.status_code, network.protocol.name and network.protocol.version,
//     when an answer came
//   - error.type: see below
//
// An attempt ends when its answer was read whole; one of which the caller reads the
// answer as a stream ends with the answer's header. Redirects that are followed are
// part of their attempt. A log-in that an attempt has to wait for is a call of its
// own below it.
//
// The status of a span is an error where a call or an attempt failed, so for each
// HTTP status from 400 on, and unset otherwise. Its description is the failure in a
// word, unless the HTTP status says it all. An answer that turns out, after its
// attempt, not to be of the type that was wanted still counts as a success.
//
// # Metrics
//
//   - http.client.request.duration, a histogram in seconds: how long each attempt
//     took, by what its span has, but for http.request.method_original and
//     http.request.resend_count
//   - qismo.client.call.duration, a histogram in seconds: how long each call took with
//     its attempts and waits, by qismo.operation and error.type
//   - qismo.client.call.attempts, a histogram: how many attempts a call made, by the
//     same
//
// There are as many series as the program uses operations, times the ways in which
// they end. The url.template is an attribute that the conventions leave to those who
// want it; a view of the SDK leaves it out.
//
// # What failed
//
// The attribute error.type is there when a call or an attempt failed, and only then:
// it is also the way to count failures. It is the HTTP status where the service
// refused, such as 404 or 503, and otherwise the [qismo.Reason], with underscores:
// not_connected, not_trusted, timeout, connection_broken, cancelled, held_back,
// no_credential, unusable_answer. It is _OTHER for what a panic ended.
//
// # What is not told
//
// No secret, no id, no query, no header, no message and no word of a customer or of
// the service: attributes are the closed list above, and errors are not recorded with
// their text. That is also why there is no url.full, which the conventions want: most
// paths hold ids of rooms and customers, queries hold what was searched for.
package otelqismo
