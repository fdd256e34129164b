package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/internal/sandbox/boltstore"
	"github.com/qismo-go/qismo/internal/sandbox/world"
)

// worldFlags say with which world a sandbox begins, and where that is kept.
type worldFlags struct {
	Data string `help:"Keep the world in this file, and go on from what it holds." placeholder:"FILE"`
	Seed string `help:"Begin with the world that this YAML file describes." placeholder:"FILE" xor:"world"`
	Demo bool   `help:"Begin with a world to look at: customers on all channels and in each state." xor:"world"`
}

// openedWorld is the world of a sandbox that is being made.
type openedWorld struct {
	store *boltstore.Store // nil when nothing is kept
	said  string           // what is told of it
	seed  *world.World     // nil for the invented one, or that of the store
	flag  string           // where the seed is from
}

// open opens the file and reads the world. A file that holds a world goes before
// whatever else is asked for: the same command begins a world and goes on with it.
func (f worldFlags) open() (opened openedWorld, err error) {
	if f.Data != "" {
		if opened.store, err = boltstore.Open(f.Data); err != nil {
			return opened, fmt.Errorf("--data: %w", err)
		}
		opened.said = "kept in " + f.Data
		holds, err := holdsWorld(opened.store)
		if err != nil || holds {
			opened.said = "goes on, " + opened.said
			if f.Seed != "" || f.Demo {
				opened.said += "; --seed and --demo are for a new file"
			}
			return opened, errors.Join(err, opened.closeAfter(err))
		}
	}
	switch {
	case f.Demo:
		opened.flag = "--demo"
		opened.seed, err = world.Demo()
		opened.say("that of --demo")
	case f.Seed != "":
		opened.flag = "--seed " + f.Seed
		opened.seed, err = readSeed(f.Seed)
		opened.say("that of " + f.Seed)
	}
	return opened, errors.Join(err, opened.closeAfter(err))
}

// say adds to what is told of the world.
func (o *openedWorld) say(what string) {
	if o.said != "" {
		what += ", " + o.said
	}
	o.said = what
}

// errHolds ends the reading of a store that holds something.
var errHolds = errors.New("there is a world")

// holdsWorld tells whether a store holds a world already.
func holdsWorld(store *boltstore.Store) (bool, error) {
	err := store.Read("app", func(string, []byte) error { return errHolds })
	if errors.Is(err, errHolds) {
		return true, nil
	}
	return false, err
}

func readSeed(path string) (*world.World, error) {
	file, err := os.Open(path) //nolint:gosec // whoever calls the command names the file
	if err != nil {
		return nil, fmt.Errorf("--seed: %w", err)
	}
	defer file.Close() //nolint:errcheck // it was only read
	seed, err := world.Read(file)
	if err != nil {
		return nil, fmt.Errorf("--seed %s: %w", path, err)
	}
	return seed, nil
}

// configure adds the world to a configuration.
func (o openedWorld) configure(ctx context.Context, config sandbox.Config) (sandbox.Config, error) {
	if o.store != nil { // a nil *Store in an interface would be one
		config.Store = o.store
	}
	if o.seed == nil {
		return config, nil
	}
	configured, err := o.seed.Configure(ctx, config)
	if err != nil {
		return config, fmt.Errorf("%s: %w", o.flag, err)
	}
	return configured, nil
}

// close lets go of the file.
func (o openedWorld) close() error {
	if o.store == nil {
		return nil
	}
	return o.store.Close()
}

// closeAfter lets go of the file after a failure.
func (o openedWorld) closeAfter(failure error) error {
	if failure == nil {
		return nil
	}
	return o.close()
}

// introduce tells what world it is, if there is anything to tell.
func (o openedWorld) introduce(table io.Writer) {
	if o.said != "" {
		fmt.Fprintf(table, "world\t%s\t\n", o.said)
	}
}
