// Package otelwebhook tells OpenTelemetry of the webhooks that a handler receives, in
// spans and in metrics.
//
//	handler, err := webhook.NewHandler(authenticator, callbacks, otelwebhook.WithTelemetry())
//
// It is a package of its own, so that a program that does not want it does not link
// it. It links the API of OpenTelemetry alone: where spans and metrics go is for the
// program to say, with an SDK, and until it does they go nowhere.
//
// # Spans
//
// Each request has a span of kind internal, webhook delivery, until it is answered.
// Its attributes are
//
//   - http.response.status_code: the status of the answer
//   - qismo.webhook.reason: why it is not 200, in words of package webhook
//   - qismo.webhook.event.names: what the body was read as, if it was read; unknown is
//     one of the names
//   - http.request.body.size: the bytes of the body, if it was read and not empty
//   - error.type: the status, from 500 on
//   - qismo.webhook.handler: see [WithName]
//
// Below it, each event that somebody waits for has a span of kind consumer, named after
// it, such as webhook botMessage, from its turn until it was handled. Of the
// conventions for messaging it has what is true of a webhook: messaging.system, which
// is qiscus, messaging.operation.type, which is process, and messaging.operation.name,
// which is webhook. There is no broker, no queue and no destination to name. Its other
// attributes are
//
//   - qismo.webhook.event.name
//   - qismo.webhook.event.waited: how long it waited for its turn, in seconds
//   - qismo.webhook.event.outcome: the [webhook.Outcome], such as succeeded or duplicate
//   - error.type: see below
//   - qismo.webhook.handler
//
// With [webhook.AnswerAtOnce] the span of an event outlives that of its delivery, and
// is its child all the same: what came of a request is in its trace. A collector that
// decides about whole traces must wait for it.
//
// The status of an event's span is an error unless it was handled, now or before; that
// of a delivery's span from 500 on, as the conventions have it for servers. A request
// that was refused otherwise, such as a stranger's, is no failure of the program's.
//
// # Traces from outside
//
// Hooks are told no headers, so nothing here reads a trace from a request, and there is
// no propagator to set. That, and the span of kind server, is for what stands around
// the handler: otelhttp, as in otelhttp.NewHandler(handler, "bot webhook"), or a few
// lines, as the example has them. Spans of this package are below whatever span
// the request's context has.
//
// Spans of servers hold the path, and may hold the query; with [webhook.PathSecret] or
// [webhook.QuerySecret] the secret is in them. So stand outside of what makes such spans
// with [webhook.HideSecret]:
//
//	webhook.HideSecret(authenticator, otelhttp.NewHandler(handler, "bot webhook"))
//
// # Metrics
//
//   - qismo.webhook.delivery.duration, a histogram in seconds: how long requests took
//     until they were answered, by http.response.status_code, qismo.webhook.reason,
//     error.type and qismo.webhook.event.name; the name is missing where no body was
//     read, and several where a body is two events of WhatsApp
//   - qismo.webhook.delivery.body.size, a histogram in bytes, by
//     qismo.webhook.event.name
//   - qismo.webhook.event.duration, a histogram in seconds: how long the handling of
//     events took, by qismo.webhook.event.name, qismo.webhook.event.outcome and
//     error.type
//   - qismo.webhook.event.wait_time, a histogram in seconds: how long events waited for
//     their turn, by qismo.webhook.event.name
//   - qismo.webhook.event.count, a sum that is observed: how many events wait and how many
//     are being handled, by qismo.webhook.event.state; see [ObserveLoad]
//
// Each has qismo.webhook.handler too, if the handler has a name. Histograms count: the
// share of outcome duplicate in qismo.webhook.event.duration is how much is delivered
// again, the status 401 in qismo.webhook.delivery.duration is who knocks without the
// secret, and its 503, by reason, is what had to be turned away.
//
// An event that is turned away, and one that still waits when [webhook.Handler.Shutdown]
// gives up, never has its turn, and so neither a span nor a measurement of its own;
// [webhook.OnError] is told.
//
// # What failed
//
// The attribute error.type of an event is there when it was not handled, and only
// then: timeout or cancelled where the callback's error says that its context ended so,
// else the outcome with underscores, such as failed, panicked, store_failed or
// claimed_elsewhere.
//
// # What is not told
//
// No secret, no id, no address, no header and no word of a customer: attributes are the
// closed list above, with values of closed lists, and errors are not recorded with
// their text, which may hold anything.
package otelwebhook
