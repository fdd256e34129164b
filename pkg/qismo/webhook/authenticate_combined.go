package webhook

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
)

// AllOf accepts requests that every one of the authenticators accepts. All of them
// are always asked, so that the time it takes does not tell which one refused. None,
// a nil one, or one that is not set up well is an error of [NewHandler].
//
// If one of them needs the body, all are asked when it has been read.
func AllOf(authenticators ...Authenticator) Authenticator {
	return combined("AllOf", authenticators, func(accepting int) bool { return accepting == len(authenticators) })
}

// AnyOf accepts requests that at least one of the authenticators accepts, as for a
// move from one kind of authentication to another. All of them are always asked, so
// that the time it takes does not tell which one accepted. None, a nil one, or one
// that is not set up well is an error of [NewHandler], and nothing is accepted then.
//
// If one of them needs the body, all are asked when it has been read.
func AnyOf(authenticators ...Authenticator) Authenticator {
	return combined("AnyOf", authenticators, func(accepting int) bool { return accepting > 0 })
}

// combined makes an authenticator of several, which asks all and accepts when enough
// of them do.
func combined(name string, authenticators []Authenticator, enough func(accepting int) bool) Authenticator {
	members := slices.Clone(authenticators) // the caller's slice may change
	return &authenticator{
		name:      name,
		misuse:    membersMisuse(members),
		needsBody: slices.ContainsFunc(members, needsBody),
		accepts: func(request *http.Request, body []byte) bool {
			accepting := 0
			for _, member := range members {
				if member.Authenticate(request, body) == nil {
					accepting++
				}
			}
			return enough(accepting)
		},
		hide: hideAll(members),
	}
}

func membersMisuse(members []Authenticator) error {
	if len(members) == 0 {
		return errors.New("there is no authenticator in it")
	}
	for i, member := range members {
		if isNil(member) {
			return fmt.Errorf("authenticator %d is nil", i+1)
		}
		if err := misuseOf(member); err != nil {
			return err
		}
	}
	return nil
}

// hideAll masks the secrets of all members; it is nil if none can have one in the URL.
func hideAll(members []Authenticator) func(*url.URL) {
	var hides []func(*url.URL)
	for _, member := range members {
		own, ok := member.(*authenticator)
		switch {
		case !ok:
			hides = append(hides, hideUnknown)
		case own.hide != nil:
			hides = append(hides, own.hide)
		}
	}
	if len(hides) == 0 {
		return nil
	}
	return func(target *url.URL) {
		for _, hide := range hides {
			hide(target)
		}
	}
}
