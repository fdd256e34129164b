package qismotest

import (
	"math/rand/v2"
	"time"

	"github.com/qismo-go/qismo/internal/sandbox"
)

// Option sets something of [New].
type Option func(*settings)

// settings are what a Server starts with.
type settings struct {
	world    sandbox.Config
	patience time.Duration
	now      func() time.Time
	seed     uint64
	troubles []Trouble
}

// defaultPatience is how long a wait takes at most.
const defaultPatience = 5 * time.Second

func newSettings() settings {
	return settings{patience: defaultPatience, seed: rand.Uint64()}
}

// WithPatience sets how long a wait takes before it fails, 5 seconds otherwise, and how
// long the test's end waits for webhooks that are under way.
func WithPatience(patience time.Duration) Option {
	return func(s *settings) { s.patience = patience }
}

// WithRooms begins with customers who have written already and wait for an agent. The
// same number always gives the same rooms.
func WithRooms(count int) Option {
	return func(s *settings) { s.world.Rooms = count }
}

// WithStaff sets who works for the app beside its admin. Without it there are five
// agents, the last of whom is offline.
func WithStaff(staff ...Staff) Option {
	return func(s *settings) {
		s.world.Agents = []sandbox.Agent{}
		for _, member := range staff {
			s.world.Agents = append(s.world.Agents, member.configured())
		}
	}
}

// WithChannels sets where customers write. Without it there are one each for WhatsApp,
// live chat and Instagram, and a custom one with the identifier key ik-2207.
func WithChannels(channels ...Channel) Option {
	return func(s *settings) {
		s.world.Channels = []sandbox.Channel{}
		for _, channel := range channels {
			s.world.Channels = append(s.world.Channels, sandbox.Channel{
				ID: channel.ID, Source: channel.Source, Name: channel.Name, Custom: channel.Custom,
			})
		}
	}
}

// WithTime lets the app's time begin at a moment; it goes on as the real time does.
func WithTime(start time.Time) Option {
	return func(s *settings) {
		begun := time.Now()
		s.now = func() time.Time { return start.Add(time.Since(begun)) }
	}
}

// WithTrouble lets things fail from the beginning; see [Server.Fail].
func WithTrouble(troubles ...Trouble) Option {
	return func(s *settings) { s.troubles = troubles }
}

// WithSeed sets what decides where trouble of a rate strikes: the seed that a failed
// test printed lets it fail in the same way again.
func WithSeed(seed uint64) Option {
	return func(s *settings) { s.seed = seed }
}
