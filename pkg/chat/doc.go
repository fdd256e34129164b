// Package chat is a client of the Qiscus chat server: the engine of the Chat SDK, which
// carries the messages of every room of Qiscus Omnichannel.
//
// It has two doors. A [Server] holds the app's secret and acts for anybody:
//
//	server, err := chat.NewServer(appID, secretKey)
//	token, err := server.Users.Token(ctx, "rina@toko.example.id")
//
// A [User] is one chat user, with a token of their own:
//
//	rina, err := chat.NewUser(appID, chat.Password("rina@toko.example.id", key))
//	message, err := rina.Messages.Send(ctx, roomID, chat.NewText("Halo, kak"))
//
// Both are made once and shared; they are safe for concurrent use. What happens in real
// time comes through package realtime.
//
// # Errors, options and what is tried again
//
// They are those of package qismo, by the same names: a call that fails returns an
// [*Error], which sentinels such as [ErrNotFound] sort; the same options serve a client
// and one call; and only what can do no harm is tried again, so that a message is never
// sent twice, see [Backoff].
//
// # Tokens
//
// A user logs in by the first call that needs a token, once for many goroutines. The
// token is renewed before it expires, and when the service says that it has expired:
// then the call is made once more. [WithTokenStore] keeps tokens over restarts.
//
// # Secrets
//
// No host but the configured one is sent credentials. They, and the tokens inside
// answers, print as "***". Errors can be logged.
package chat
