package qismo

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/internal/transport"
	"github.com/qismo-go/qismo/internal/version"
)

const (
	// DefaultBaseURL is the service's address, as its current documentation has it.
	DefaultBaseURL = "https://omnichannel.qiscus.com"
	// DefaultTimeout bounds a call with all its attempts.
	DefaultTimeout = 30 * time.Second
	// Version is this library's, and goes into the User-Agent.
	Version = version.Number

	userAgent = "qismo-go/" + Version
)

// Option sets something of a client, or of one call: the same options serve
// both. Each says if it serves only one of them. Given twice, those that say who
// calls, or where, are an error; of the others the last one holds.
type Option = transport.Option

// Role is the role that some paths name: that of the token's user. With the
// secret key it is [RoleAdmin].
type Role = omnichannel.Role

// The roles.
const (
	RoleAdmin      = omnichannel.RoleAdmin
	RoleAgent      = omnichannel.RoleAgent
	RoleSupervisor = omnichannel.RoleSpv
)

// WithBaseURL sets the service's address, such as that of the sandbox or of an
// older host name. It must be https, except on loopback. It is an option of a
// client, not of a call.
func WithBaseURL(address string) Option {
	return func(s *transport.Settings) error {
		if err := s.OnlyForClients("WithBaseURL"); err != nil {
			return err
		}
		if err := s.Once("base URL"); err != nil {
			return err
		}
		base, err := transport.ParseBaseURL(address)
		s.BaseURL = base
		return err
	}
}

// WithRole sets the role of the token's user, which some paths name; [RoleAdmin]
// otherwise, which is also right with the secret key.
//
// Few paths exist for supervisors. For the others a supervisor's token goes where
// it was seen to go, and the client sees to that: to the path of agents for
// resolving a room and for profile and password, to that of admins for assigning,
// blocking and broadcasts.
func WithRole(role Role) Option {
	return func(s *transport.Settings) error {
		if !role.Valid() {
			return fmt.Errorf("the role is none of %s, %s and %s", RoleAdmin, RoleAgent, RoleSupervisor)
		}
		s.Role = string(role)
		return nil
	}
}

// WithApplication names the program that calls, before this library, in the
// User-Agent of each request: WithApplication("crm-bridge", "1.4") is
// "crm-bridge/1.4 qismo-go/0.1.0". The version may be "".
func WithApplication(name, version string) Option {
	return func(s *transport.Settings) error {
		// The parts of a User-Agent have the grammar of a header's name.
		if !transport.IsHeaderName(name) || version != "" && !transport.IsHeaderName(version) {
			return errors.New("the application's name and version must consist of letters, digits and marks such as -")
		}
		if err := s.Once("user agent"); err != nil {
			return err
		}
		application := name
		if version != "" {
			application += "/" + version
		}
		header := s.Header.Clone()
		header.Set(headerUserAgent, application+" "+userAgent)
		s.Header = header
		return nil
	}
}

// WithHeader sets a header of each request. Headers that carry credentials, that
// belong to the body or the connection, or that make net/http send a request
// again by itself, are refused.
func WithHeader(name, value string) Option {
	return func(s *transport.Settings) error {
		canonical := http.CanonicalHeaderKey(name)
		switch {
		case !transport.IsHeaderName(name) || !transport.IsHeaderValue(value):
			return errors.New("the header is not a valid one")
		case carriesCredential(canonical):
			return fmt.Errorf("the header %s carries a credential; use an option for credentials", canonical)
		case transport.IsReservedHeader(canonical):
			return fmt.Errorf("the header %s is the client's own to set", canonical)
		}
		if canonical == headerUserAgent {
			if err := s.Once("user agent"); err != nil {
				return err
			}
		}
		header := s.Header.Clone()
		header.Set(canonical, value)
		s.Header = header
		return nil
	}
}
