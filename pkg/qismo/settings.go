package qismo

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/qismo-go/qismo/gen/omnichannel"
)

// settings are what options set. Those of a client never change; a call with
// options has a changed copy.
type settings struct {
	baseURL     *url.URL
	httpClient  *http.Client
	credentials credentials
	appID       string
	role        Role
	timeout     time.Duration
	header      http.Header // of every request; replaced and never changed
	now         func() time.Time
	inspector   Inspector // nil for none

	forOneCall bool
	given      map[string]bool // options that must not be given twice
}

func newSettings(opts []Option) (*settings, error) {
	s := &settings{
		role:    RoleAdmin,
		timeout: DefaultTimeout,
		header: http.Header{
			"Accept":     {"application/json"},
			"User-Agent": {"qismo-go/" + Version},
		},
		now:   time.Now,
		given: map[string]bool{},
	}
	if err := s.apply(opts); err != nil {
		return nil, err
	}
	if s.credentials == nil {
		appID, secretKey := os.Getenv("QISCUS_APP_ID"), os.Getenv("QISCUS_SECRET_KEY")
		if appID == "" || secretKey == "" {
			return nil, errors.New("no credentials: pass an option such as WithSecretKey, " +
				"or set QISCUS_APP_ID and QISCUS_SECRET_KEY")
		}
		if err := WithSecretKey(appID, secretKey)(s); err != nil {
			return nil, err
		}
	}
	if s.baseURL == nil {
		address := os.Getenv("QISCUS_OMNICHANNEL_URL")
		if address == "" {
			address = DefaultBaseURL
		}
		if err := WithBaseURL(address)(s); err != nil {
			return nil, err
		}
	}
	if s.httpClient == nil {
		s.httpClient = &http.Client{Transport: defaultTransport()}
	}
	s.httpClient.CheckRedirect = guardRedirects(s.httpClient.CheckRedirect)
	return s, nil
}

// forCall returns a copy with the options of one call applied.
func (s *settings) forCall(opts []Option) (*settings, error) {
	changed := *s
	changed.forOneCall = true
	changed.given = map[string]bool{}
	if err := changed.apply(opts); err != nil {
		return nil, err
	}
	return &changed, nil
}

// apply applies options, and tells of all that cannot work.
func (s *settings) apply(opts []Option) error {
	var problems []error
	for _, option := range opts {
		if option == nil {
			problems = append(problems, errors.New("an option is nil"))
			continue
		}
		problems = append(problems, option(s))
	}
	return errors.Join(problems...)
}

// once refuses an option that was given before: which of the two is meant would
// be a guess.
func (s *settings) once(what string) error {
	if s.given[what] {
		return fmt.Errorf("%s given twice", what)
	}
	s.given[what] = true
	return nil
}

// roleFor is the role that an operation's path takes. Supervisors have no path of
// their own in these; what they use instead was seen in one client.
func (s *settings) roleFor(id omnichannel.OperationID) Role {
	if s.role != RoleSupervisor {
		return s.role
	}
	switch id {
	case omnichannel.OperationAssignAgent, omnichannel.OperationBlockCustomer, omnichannel.OperationUnblockCustomer,
		omnichannel.OperationSendBroadcast, omnichannel.OperationSendHsm24Template:
		return RoleAdmin
	case omnichannel.OperationResolveRoom, omnichannel.OperationGetProfile,
		omnichannel.OperationUpdateProfile, omnichannel.OperationChangePassword:
		return RoleAgent
	}
	return s.role
}
