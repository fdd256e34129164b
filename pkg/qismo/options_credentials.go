package qismo

import (
	"errors"

	"github.com/qismo-go/qismo/internal/transport"
)

// WithSecretKey authenticates with the App ID and the app's secret key, both from
// the dashboard's page on app information.
func WithSecretKey(appID, secretKey string) Option {
	key := &secretKeyCredentials{appID: []string{appID}, secretKey: []string{secretKey}}
	return proven("secret key", secretKey, withCredentials(appID, key))
}

// WithToken authenticates with a user's token, which lasts 30 days. See
// [WithLogin] for one that is renewed.
func WithToken(appID, token string) Option {
	credentials := &tokenCredentials{appID: []string{appID}, token: []string{token}}
	return proven("token", token, withCredentials(appID, credentials))
}

// WithTokenSource authenticates with the user tokens that a source of the
// caller's supplies.
func WithTokenSource(appID string, source TokenSource) Option {
	return func(s *transport.Settings) error {
		if source == nil {
			return errors.New("the token source is nil")
		}
		credentials := &sourceCredentials{appID: appID, from: "get a token from the token source: ", source: source}
		return withCredentials(appID, credentials)(s)
	}
}

// WithLogin authenticates by logging in with e-mail and password, once for all
// goroutines, when the first call needs a token. The token is renewed before its
// 30 days are over, and when the service says that it has expired; [WithTokenStore]
// keeps it. It is an option of a client, not of a call.
func WithLogin(appID, email, password string) Option {
	return func(s *transport.Settings) error {
		if err := s.OnlyForClients("WithLogin"); err != nil {
			return err
		}
		if email == "" {
			return errors.New("the e-mail address is empty")
		}
		login := &loginCredentials{
			sourceCredentials: sourceCredentials{appID: appID}, email: email, password: secret(password),
		}
		return proven("password", password, withCredentials(appID, login))(s)
	}
}

// WithAppID gives the App ID alone, for the few operations that need no
// credential: logging in, starting a live chat and posting into a custom
// channel. Any other operation fails.
func WithAppID(appID string) Option {
	return withCredentials(appID, &appIDCredentials{appID: appID})
}

func withCredentials(appID string, value transport.Credentials) Option {
	return func(s *transport.Settings) error {
		if err := s.Once("credentials"); err != nil {
			return err
		}
		if err := transport.CheckHeaderText("App ID", appID); err != nil {
			return err
		}
		s.Credentials, s.AppID = value, appID
		return nil
	}
}

// proven checks the proof that credentials rest on before it sets them.
func proven(name, proof string, set Option) Option {
	return func(s *transport.Settings) error {
		if err := transport.CheckHeaderText(name, proof); err != nil {
			return err
		}
		return set(s)
	}
}

// WithTokenStore keeps the tokens of [WithLogin] in a store, so that a restart, or
// another process with the same store, does not log in anew; [TokenFile] is one. Tokens
// of another log-in are not used: each has a store of its own. Without WithLogin it is
// an error. It is an option of a client, not of a call.
func WithTokenStore(store TokenStore) Option {
	return func(s *transport.Settings) error {
		if err := s.OnlyForClients("WithTokenStore"); err != nil {
			return err
		}
		if store == nil {
			return errors.New("the token store is nil")
		}
		if err := s.Once("token store"); err != nil {
			return err
		}
		s.TokenStore = store
		return nil
	}
}
