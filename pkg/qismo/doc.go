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
// # Sending is not repeated
//
// The API has no idempotency keys: a repeated message is a second message to the
// customer. The client never repeats a call on its own, but for one case: a call
// that was refused because its token had expired, and so was never carried out,
// is made again with a new token.
//
// # Secrets
//
// No host but the configured one is sent credentials. They, and the tokens inside
// answers, print as "***".
package qismo
