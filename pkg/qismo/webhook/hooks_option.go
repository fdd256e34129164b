package webhook

import (
	"errors"
	"fmt"
)

// HooksOption is for packages that have hooks to offer, as otelwebhook has: the hooks
// are made with the handler, and what keeps them from being made is an error of
// [NewHandler], with the option's name in front. An option of one name may be given
// once.
func HooksOption(name string, newHooks func() (Hooks, error)) Option {
	return func(s *settings) error {
		if name == "" || newHooks == nil {
			return errors.New("HooksOption: the name is empty, or the function is nil")
		}
		if err := s.once(name); err != nil {
			return err
		}
		hooks, err := newHooks()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return WithHooks(hooks)(s)
	}
}
