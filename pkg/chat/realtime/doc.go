// Package realtime is a chat user in real time: messages, receipts, typing and presence
// as they happen, over MQTT.
//
//	conn, err := realtime.Connect(ctx, user)
//	defer conn.Close(context.WithoutCancel(ctx))
//	for event, err := range conn.Events(ctx) {
//		if err != nil {
//			return err
//		}
//		switch event := event.(type) {
//		case *realtime.NewMessage:
//			…
//		}
//	}
//
// or, with a function for each type, [Connection.Handle].
//
// # Each message once, and in order
//
// The broker is fast, and loses what happens while it is not connected. Sync, over HTTP,
// is slower and has everything. A connection puts the two together: every message is told
// once, and those of a room in the order of their ids, whatever is lost, doubled or out
// of order in between. A message that becomes visible after a later one of its room is
// still told, as Late.
//
// That is so within the life of a connection and beyond: [Connection.Position] is what to
// store, and [From] goes on from it. A position covers what the consumer has taken, so a
// program that stores it after each event, or as often as it likes, handles no message
// twice but those since.
//
// Deleted messages and cleared rooms are told once as well, receipts at least once after a
// restart. They come with sync if the app's configuration does not switch it off.
//
// # What is not told
//
//   - Edits that happened while the broker was not connected: sync does not know of them.
//     Whoever shows messages loads them anew after [Connected] and [Dropped].
//   - Typing, presence and custom events of that time: nobody keeps them.
//   - Messages of channels in which the user takes no part, of that time: sync does not
//     have them.
//
// # Slow consumers
//
// Events wait in a buffer, see [WithBuffer]. Messages that find no room are let go and
// fetched again when there is, so that memory is bounded and none is lost. What only the
// broker tells is counted, and told of as [Dropped].
//
// # The connection
//
// Where the broker is says the app's configuration, or [WithBroker]. A connection that
// breaks is made anew, with random waits; [Connected] and [Disconnected] tell of it. When
// the user's token changes, the topics do: the new ones are heard before the old ones are
// left. Only when the service refuses the user for good is it over, with [ErrRefused].
package realtime
