// Package ratelimit keeps a program within the number of requests that the service
// takes. It is for programs that make many calls: a walk over all rooms, a bulk
// change, a bot in a busy hour. What such a program sends too much comes back
// refused, and each refusal costs a round trip and the patience of the service;
// a [Limiter] lets the attempts wait here instead.
//
//	limiter, err := ratelimit.New(ratelimit.Config{PerSecond: 20, Burst: 5})
//	client, err := qismo.New(qismo.WithLimiter(limiter))
//
// One Limiter is made for each app and shared by all that call in its name, by all
// goroutines and several clients too. It knows nothing of other processes: if
// three share an app, each is given a third of the rate.
//
// # What it learns
//
// Qiscus does not publish how much an account may do, so the rate is a guess, and
// the Limiter learns from the answers what it is told of:
//
//   - A 429, or a 503, that says in Retry-After how long to wait holds all attempts
//     back for so long, but never longer than [Config.LongestPause]: a service, or
//     a gateway with a wrong clock, cannot stop the program for a day. The rate
//     stays, because the service has said all that it wants.
//   - A 429 that does not say so holds all attempts back for [Config.Pause], and
//     halves the rate, down to [Config.SlowestPerSecond].
//   - A success raises a lowered rate by a two-hundredth of [Config.PerSecond], until
//     it is that again, and never above.
//   - Any other answer says nothing about the rate.
//
// A pause ends with one attempt, whatever the burst, and the others follow at the
// rate. Answers that come after a pause began and before that attempt belong to
// attempts from before the pause: many that were under way together and were
// refused together lower the rate once.
//
// # What it promises
//
// Attempts go in the order in which they asked, also over pauses. In no stretch of
// time do more pass than the burst and the rate allow together. Whoever stops
// waiting leaves at once, takes nothing from the rate, and holds nobody up.
// Whoever has a deadline that comes before their turn can is told so at once, see
// [ErrTooLate], instead of waiting in vain.
package ratelimit
