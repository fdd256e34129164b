// Package qismo is a client of the Qiscus Omnichannel REST API.
//
// A client is made once and shared; it is safe for concurrent use:
//
//	client, err := qismo.New(qismo.WithSecretKey(appID, secretKey))
//	room, err := client.Rooms.Get(ctx, "98120734")
//	for room, err := range client.Rooms.All(ctx, qismo.ListRoomsParams{Status: qismo.RoomUnresolved}) {
//		…
//	}
//
// Methods are grouped by resource, as in [Client.Rooms] and [Client.Agents].
// Each names its operation, its method and path, and how sure that is: there is
// no official description of this API, so the comment of a method says whether
// the operation is documented by the vendor, seen in several public clients, in a
// single one, or assumed.
//
// # Where to begin
//
//   - To answer a customer in a room, make a [Message] and send it as the bot with
//     [BotService.SendMessage]; [WhatsAppService.Send] sends what only WhatsApp has.
//   - To begin a conversation, send a template with [BroadcastsService.Send], or to a
//     whole list with [BroadcastsService.UploadCSV] and [BroadcastsService.SendFile].
//   - To give a room to an agent, see [Client.Allocation]; to find the room of a
//     customer, [RoomsService.FindByCustomer].
//   - To be told what happens, say where the webhooks go with
//     [WebhookSettingsService.SetAll] and take them with package webhook.
//   - A route that has no method is reached by [Client.Do].
//
// # Lists
//
// What the service pages has two methods: List returns one [Page], which leads on to
// the next, and All walks all rows, page by page, as an iterator. What it does not
// page is returned as a slice.
//
// # Jobs
//
// Work that goes on after its call was answered is a [Job], whose Wait looks at it
// until it is done: [AllocationService.StartBulkResolve], [RoomsService.ExportJob]
// and [BroadcastsService.JobProgress].
//
// # Options
//
// The same options serve a client and one call: [New] takes them for all calls, and
// every method takes them last. A call has 30 seconds with all its attempts, see
// [WithTimeout], and ends with its context; [WithTimeouts] bounds connecting, writing
// and reading. Proxies are those of the environment, unless [WithProxy] says
// otherwise.
//
// # Errors
//
// A call that the service refuses, or that fails on its way, returns an [*Error],
// whatever shape the answer had; one that cannot be made, as an id or an option is
// no good, returns a plain error before anything is sent. Branch on the sentinels
// with errors.Is:
//
//	switch {
//	case errors.Is(err, qismo.ErrMaxAgents): // the room has its agents already
//	case errors.Is(err, qismo.ErrRateLimited): // come back later
//	}
//
// # What is tried again
//
// The API has no idempotency keys: a message that is sent twice reaches its customer
// twice. So a failed attempt is followed by another, three in all, only where that
// can do no harm; see [Backoff]. What was never sent, or refused as too much, is
// tried again whatever it is. After a server error, a timeout or a broken connection
// only reads are, and writes that the project's document marks as doing, carried out
// twice, what once does. All others are never carried out twice, unless the caller
// asks for it by Backoff.RepeatWrites, and the failure's [Error.Uncertain] reports
// whether they may have been carried out once.
//
// A call that was refused because its token had expired is made once more with a new
// one. [WithRetries] sets another policy, and [WithoutRetries] none. [WithLimiter]
// keeps all attempts within what the service takes; package ratelimit has a limiter.
// [Job.Wait] goes on looking after a failure that passes.
//
// # Secrets
//
// No host but the configured one is sent credentials. They, and the tokens inside
// answers, print as "***". Errors can be logged: of the service's message they show
// only words that messages of failures are made of.
//
// # Watching calls and the service
//
// Nothing is logged unless [WithLogger] says where: a line for each call and each
// failed attempt, which holds no secret and no word of a customer. [WithHooks] has
// functions told of the same, for metrics and traces.
//
// The service may change without notice. An [Inspector], see [WithInspector], is
// shown every answer as it came; package contract has one that reports where the
// answers differ from the project's document, without telling a value.
//
// # Watching the client
//
// [WithLogger] writes a line for each call, [WithHooks] lets a program watch calls
// and their attempts, and package otelqismo makes spans and metrics of them for
// OpenTelemetry. None of them is told a value.
package qismo
