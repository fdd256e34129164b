// Package webhook receives the webhooks of Qiscus Omnichannel and of the Qiscus
// Chat SDK: it authenticates a request, tells which event its body is, validates
// the body against the project's document of the webhooks, and hands it on as a
// typed event.
//
// A whole program:
//
//	package main
//
//	import (
//		"context"
//		"log"
//		"net/http"
//		"os"
//		"time"
//
//		"github.com/qismo-go/qismo/pkg/qismo/webhook"
//	)
//
//	func main() {
//		handler, err := webhook.NewHandler(
//			webhook.PathSecret(os.Getenv("WEBHOOK_SECRET")),
//			webhook.Callbacks{
//				BotMessage: func(ctx context.Context, event *webhook.BotMessageEvent) error {
//					if event.FromPlatform() {
//						return nil // or the bot would talk to itself
//					}
//					log.Printf("room %s: a message of %d bytes", event.RoomID(), len(event.Text()))
//					return nil
//				},
//			},
//			webhook.Only(webhook.BotMessage),
//			webhook.OnError(func(_ context.Context, event webhook.Event, err error) {
//				log.Printf("%v: %v", event, err) // the event prints as its name and size
//			}),
//		)
//		if err != nil {
//			log.Fatal(err)
//		}
//		http.Handle("/hooks/bot/", handler) // the platform calls /hooks/bot/<secret>
//		server := &http.Server{Addr: ":8080", ReadTimeout: 10 * time.Second}
//		log.Fatal(server.ListenAndServe())
//	}
//
// # Who may call
//
// Whether Omnichannel signs its webhooks is unconfirmed, so the common lock is a long
// random secret in the URL: [PathSecret] or [QuerySecret], kept out of access logs by
// [HideSecret]. [HMAC] is for the Chat SDK, which signs, and [HeaderSecret] for a
// gateway that adds a header. [FromNetworks] is a second lock; [AllOf] and [AnyOf]
// combine several. Each takes several secrets, so that one can be changed without a
// gap. An authenticator that is not set up well refuses everything, and [NewHandler]
// says what is wrong with it.
//
// # Which event it is
//
// No header names the event, so the body's content tells: see [Parse]. Content
// cannot tell for certain whether a message is a [BotMessage], a
// [CustomChannelMessage] or a [PostComment], which share one form. Give every
// event a URL of its own, and its handler the option [Only].
//
// # What a request is answered
//
// In this order:
//
//	405  the method is not POST
//	415  the content type is there and is not JSON (see AcceptAnyContentType)
//	401  the request is not authentic; no reason is told (if the authenticator does
//	     not need the body)
//	413  the body is larger than the limit (see MaxBody)
//	400  the body could not be read
//	401  the request is not authentic; no reason is told (if it needs the body, as
//	     HMAC and authenticators of one's own do)
//	400  the body is not a JSON object
//	400  the body does not fit the document, in the mode Strict only
//	500  a callback failed; or the body looks like an event that has a callback,
//	     cannot be read as it, and there is no callback Unknown (see Callbacks)
//	200  anything else, also an event that nobody handles and one of an unknown kind
//
// # Bodies that do not fit
//
// The vendor changes forms without notice. A member that cannot be read does not
// lose the event: in every mode but Strict the callback gets it without that
// member, and OnProblems is told. Only when something that the document requires is
// gone with it does the body become an [UnknownEvent]. [Event.Raw] always has the
// bytes as they came. See [Validation].
//
// A member that stands twice, and one whose name differs from a known one in case
// alone, would be read differently by encoding/json and by the document. It is a
// problem, and the exactly named last member counts for both. Not looked at are
// objects of free form and JSON inside text.
//
// A body with an array of more than 1,000 items, an object of more than 1,000
// members, more than 64 levels or more than 10,000 values is not fully validated;
// that it is so large is its problem.
//
// # What a receiver must be ready for
//
// The platform delivers at least once, in no promised order, and does not say
// whether it repeats a delivery that was not answered with 200. So a callback
// does best to store the event and return, and to recognise one that it has seen.
//
// Bodies hold personal data, and some hold credentials. Nothing in this package
// logs; its errors, problems and answers name places and forms and never values. An
// event prints as its name and size, and a credential in one as "***". The bytes
// of [Event.Raw] are as they came: do not log them.
package webhook
