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
//		"errors"
//		"log"
//		"net/http"
//		"os"
//		"os/signal"
//		"strings"
//		"syscall"
//		"time"
//
//		"github.com/qismo-go/qismo/pkg/qismo/webhook"
//	)
//
//	func main() {
//		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
//		defer stop()
//		secrets := strings.Split(os.Getenv("WEBHOOK_SECRETS"), ",") // "new,old" while it is changed
//		lock := webhook.PathSecret(secrets...)
//		bot, err := webhook.NewHandler(lock, webhook.Callbacks{
//			BotMessage: func(ctx context.Context, event *webhook.BotMessageEvent) error {
//				if event.FromPlatform() {
//					return nil // or the bot would talk to itself
//				}
//				log.Printf("room %s: a message of %d bytes", event.RoomID(), len(event.Text()))
//				return nil
//			},
//		}, webhook.Only(webhook.BotMessage), webhook.OnError(func(_ context.Context, event webhook.Event, err error) {
//			log.Printf("%v: %v", event, err) // the event prints as its name and size
//		}))
//		if err != nil {
//			log.Fatal(err)
//		}
//		mux := http.NewServeMux()
//		mux.Handle("/hooks/bot/", bot) // the platform calls /hooks/bot/<secret>
//		server := &http.Server{
//			Addr:         ":8080",
//			Handler:      webhook.HideSecret(lock, mux), // around what logs and traces
//			ReadTimeout:  10 * time.Second,
//			WriteTimeout: webhook.DefaultDeadline + 25*time.Second, // reading, and 12 seconds for the store
//			IdleTimeout:  2 * time.Minute, // longer than the load balancer's
//		}
//		go func() {
//			if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
//				log.Println(err)
//				stop()
//			}
//		}()
//		<-ctx.Done()
//		ending, cancel := context.WithTimeout(context.Background(), webhook.DefaultDeadline+25*time.Second)
//		defer cancel()
//		if err := errors.Join(server.Shutdown(ending), bot.Shutdown(ending)); err != nil {
//			log.Println(err)
//		}
//	}
//
// The project's page docs/webhooks.md goes on from here, with examples/receiver:
// several processes that share a store, a load balancer and its health checks, and how
// the secret is changed without losing an event.
//
// # Who may call
//
// Whether Omnichannel signs its webhooks is unconfirmed, so the common lock is a long
// random secret in the URL: [PathSecret] or [QuerySecret], kept out of access logs by
// [HideSecret]. [HMAC] is for the Chat SDK, which signs, and [HeaderSecret] for a
// gateway that adds a header. [FromNetworks] is a second lock; [AllOf] and [AnyOf]
// combine several. Those with secrets take several, so that one can be changed without a
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
//	401  the request is not authentic; no reason is told (if the authenticator does
//	     not need the body)
//	413  the body is larger than the limit (see MaxBody)
//	400  the body could not be read
//	401  the request is not authentic; no reason is told (if it needs the body, as
//	     HMAC and authenticators of one's own do)
//	400  the body is nested too deeply (see MaxDepth)
//	413  a text in the body is too long (see MaxText)
//	415  the body is not a JSON object, and its content type or encoding says as much
//	400  the body is not a JSON object
//	400  the body does not fit the document, in the mode Strict only (see Validation)
//	503  too many events wait (see Waiting), the handler is being shut down, the store
//	     failed, another process is handling the event, or the event still waits for its
//	     room, 12 seconds after the Deadline
//	500  a callback failed, panicked or does not end at its deadline; or the body looks
//	     like an event that has a callback, cannot be read as it, and there is no
//	     callback Unknown (see Callbacks)
//	200  anything else, also a repetition, an event that nobody handles and one of an
//	     unknown kind
//
// # What happens when
//
//   - a callback fails: the answer is 500, [OnError] is told, and the event is handled
//     again if it comes again.
//   - a callback has sent something and does not know whether it arrived: if its error
//     says so, as the client's does, the event counts as handled. See [Uncertain].
//   - a callback is slow: the other events of its room wait, those of other rooms do
//     not. If the platform hangs up, the callback is carried out all the same. Its
//     context ends at the [Deadline].
//   - a callback panics: that is an error, a [PanicError]. The program goes on.
//   - an event comes twice: the second is answered with 200 and handled by nobody. While
//     the first is being handled the second waits for what comes of it. What is the
//     same is said in [Event], how long it is remembered in [RememberFor].
//   - too many come: see [Workers] and [Waiting].
//   - the platform adds a field: the event is read as before, and [Event.Raw] has it.
//   - the program ends: [Handler.Shutdown] lets what was accepted be handled.
//
// With [AnswerAtOnce] the answer does not wait for the callback.
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
// members or more than 64 levels is not fully validated; that it is so large is its
// problem. One of more than 10,000 values is not decoded either: it is an
// [UnknownEvent].
//
// # What a receiver must be ready for
//
// The platform delivers at least once, in no promised order, and does not say whether
// it repeats a delivery that was not answered with 200, or how long it waits. What must
// not be lost, a callback stores before it returns. What must not be done twice, such as
// a payment, it does under a key of the event's ([Event.DeduplicationKey]): a process
// that dies between handling an event and remembering that handles it again.
//
// # What nobody sees
//
// Bodies hold personal data, and some hold credentials. The errors, problems, answers,
// log lines, hooks and keys of this package name places and forms and never values. An
// event prints as its name and size, and a credential in one as "***". The bytes of
// [Event.Raw] are as they came: do not log them. What the errors of callbacks say is up
// to the callbacks.
package webhook
