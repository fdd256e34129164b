package qismotest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"time"

	"github.com/qismo-go/qismo/internal/sandbox"
)

// Option sets something of [New].
type Option func(*settings) error

// settings are what a Server starts with.
type settings struct {
	world    sandbox.Config
	patience time.Duration
	now      func() time.Time // nil for the real time
	seed     uint64
	troubles []Trouble
}

// defaultPatience is how long a wait takes at most.
const defaultPatience = 5 * time.Second

// seedVariable is the environment's variable with a seed to replay.
const seedVariable = "QISMOTEST_SEED"

func newSettings(options []Option) (settings, error) {
	s := settings{patience: defaultPatience, seed: rand.Uint64()}
	s.world.Remember = remembered
	if written := os.Getenv(seedVariable); written != "" {
		seed, err := strconv.ParseUint(written, 10, 64)
		if err != nil {
			return s, errors.New(seedVariable + " is not a number")
		}
		s.seed = seed
	}
	for _, option := range options {
		if option == nil {
			return s, errors.New("an option is nil")
		}
		if err := option(&s); err != nil {
			return s, err
		}
	}
	return s, nil
}

// remembered is how many calls and deliveries a Server tells of, the newest ones.
const remembered = 10_000

// WithPatience sets how long a wait takes before it fails, such as [Customer.Hears]:
// 5 seconds otherwise, and never longer than the test may take.
func WithPatience(patience time.Duration) Option {
	return func(s *settings) error {
		if patience <= 0 {
			return errors.New("WithPatience: it is not positive")
		}
		s.patience = patience
		return nil
	}
}

// WithRooms begins with customers who have written once and wait for an agent. The same
// number always gives the same rooms.
func WithRooms(count int) Option {
	return func(s *settings) error {
		s.world.Rooms = count
		return nil
	}
}

// WithStaff sets who works for the app beside its admin, with any number of [Staff].
// Without it there are five agents, the last of whom is offline.
func WithStaff(staff ...Staff) Option {
	return func(s *settings) error {
		s.world.Agents = []sandbox.Agent{}
		for _, member := range staff {
			configured, err := member.configured()
			if err != nil {
				return fmt.Errorf("WithStaff: %w", err)
			}
			s.world.Agents = append(s.world.Agents, configured)
		}
		return nil
	}
}

// WithAgents sets who works for the app beside its admin: agents with these names, who
// are online. See [WithStaff] for more of them.
func WithAgents(names ...string) Option {
	var staff []Staff
	for _, name := range names {
		staff = append(staff, Staff{Name: name})
	}
	return WithStaff(staff...)
}

// WithChannels sets where customers write; the first one is where [Server.Customer]
// does. Without it there are one each for WhatsApp (wa), live chat (qiscus) and
// Instagram (ig), and a custom one with the identifier key ik-2207.
func WithChannels(channels ...Channel) Option {
	return func(s *settings) error {
		if len(channels) == 0 {
			return errors.New("WithChannels: there is none")
		}
		s.world.Channels = nil
		for _, channel := range channels {
			s.world.Channels = append(s.world.Channels, channel.configured())
		}
		return nil
	}
}

// WithTime lets the app's time begin at a moment; from there it goes on as the real time
// does, and as [Server.Advance] moves it.
func WithTime(start time.Time) Option {
	return func(s *settings) error {
		begun := time.Now()
		s.now = func() time.Time { return start.Add(time.Since(begun)) }
		return nil
	}
}

// WithTrouble lets things fail from the beginning; see [Server.Fail].
func WithTrouble(troubles ...Trouble) Option {
	return func(s *settings) error {
		s.troubles = troubles
		return nil
	}
}

// WithSeed sets what decides where [Trouble] of a rate strikes; otherwise it is the
// number in the environment's QISMOTEST_SEED, or a new one each time. With the seed that
// a failed test told, all rooms meet with the same trouble again.
func WithSeed(seed uint64) Option {
	return func(s *settings) error {
		s.seed = seed
		return nil
	}
}
