// Package canary proves that nothing shows what must not be shown. It calls every
// operation of a façade and lets each fail in every way there is, with invented
// secrets and invented words of customers, the canaries, in all that is sent and all
// that is answered; and it searches for them in everything that a program could show
// of it: errors in every form that they print in, log lines, what hooks are told,
// contexts, stacks of panics, and what the process itself writes.
//
// Each place has canaries of its own, so that a finding says where it came from. They
// are searched for in pieces and in the forms that text takes on its way, such as
// JSON, base64 and the bytes that package fmt prints.
//
// [Drive] does it all. Whoever watches calls in a further way, such as with traces
// and metrics, hands over an [Observer], which makes options and tells what came of
// them:
//
//	report := canary.Drive(t, canary.Plan{Observers: []canary.Observer{func() canary.Watched {
//		spans := newRecorder()
//		return canary.Watched{
//			Options: []qismo.Option{qismo.WithHooks(hooksFor(spans))},
//			Sinks:   []canary.Sink{{Name: "a span", Take: spans.texts}},
//		}
//	}}})
//	assert.Empty(t, report.Findings)
package canary
