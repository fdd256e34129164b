package redisstore

import "errors"

// DefaultPrefix is what the keys begin with unless [Prefix] sets something else.
const DefaultPrefix = "qismo:webhook:"

// Option sets something of a store.
type Option func(*Store) error

// Prefix sets what all keys of the store begin with. Whatever else is in the database
// must not begin with it, and two programs that each handle the same events must not
// share one.
func Prefix(text string) Option {
	return func(s *Store) error {
		switch {
		case text == "":
			return errors.New("Prefix: the prefix is empty")
		case s.prefix != "":
			return errors.New("Prefix: it was given twice")
		}
		s.prefix = text
		return nil
	}
}
