package qismotest

import (
	"errors"
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

// WithTime lets the app's time begin at a moment; from there it goes on as the real time
// does, and as [AppClock.Advance] moves it.
func WithTime(start time.Time) Option {
	return func(s *settings) error {
		begun := time.Now()
		s.world.Now = func() time.Time { return start.Add(time.Since(begun)) }
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
// a failed test told, all customers meet with the same trouble again.
func WithSeed(seed uint64) Option {
	return func(s *settings) error {
		s.seed = seed
		return nil
	}
}
