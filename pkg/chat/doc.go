// Package chat is a client of the Qiscus chat server: the engine of the Chat SDK, which
// carries the messages of every room of Qiscus Omnichannel.
//
// It has two doors. A [Server] holds the app's secret and acts for anybody:
//
//	server, err := chat.NewServer(appID, secretKey)
//	room, err := server.Rooms.GetOrCreateWithTarget(ctx, chat.ServerRoomWithTargetParams{UserIDs: ids})
//
// A [User] is one chat user, with a token of their own:
//
//	rina, err := chat.NewUser(appID, chat.Password("rina@toko.example.id", key))
//	message, err := rina.Messages.Send(ctx, roomID, chat.NewText("Halo, kak"))
//
// Both are made once and shared; they are safe for concurrent use. What happens in real
// time comes through package realtime.
//
// Each method names its operation, its method and path, and how sure that is: of the
// users' door there is no description by the vendor, but the source of the vendor's own
// clients.
//
// # Names
//
// A user's id is what the app calls them. Where a type of the users' door has both ID and
// Email, Email is that id, and ID is an internal number. A message has two ids: ID is the
// service's number, by which messages are ordered, and UniqueTempID what its sender made
// up, by which it is changed and deleted. A room has its ID and a UniqueID, which some
// calls want instead.
//
// # Lists
//
// What the service pages has two methods: List returns one [Page], which leads on to the
// next, and All walks all rows, page by page, as an iterator. A room's messages are
// walked from the newest to the oldest by [MessagesService.All], and onwards from one of
// them by [MessagesService.After].
//
// # Tokens
//
// A user logs in by the first call that needs a token, once for many goroutines. The
// token is renewed before it expires, and when the service says that it has expired:
// then the call is made once more. [WithTokenStore] keeps tokens over restarts.
// [User.Token] and [User.WatchToken] are for whatever else has to know it.
//
// An app that runs where others can look into it has no secret key, and had better have
// no keys of its users either: its back end vouches for them with an [IdentityHandler],
// and the user is one of [IdentityToken].
//
// # Errors, options and what is tried again
//
// They are those of package qismo, by the same names: a call that fails returns an
// [*Error], which sentinels such as [ErrNotFound] sort; the same options serve a client
// and one call; and only what can do no harm is tried again, so that a message is never
// sent twice, see [Backoff].
//
// # Secrets
//
// No host but the configured one is sent credentials. They, and the tokens inside
// answers, print as "***". Errors can be logged.
package chat
