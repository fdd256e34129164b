package chat

import (
	"cmp"
	"errors"
	"net/http"
	"os"
	"time"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/internal/transport"
	"github.com/qismo-go/qismo/pkg/qismo"
)

const (
	// DefaultBaseURL is the service's address in the cloud. It is taken when neither
	// [WithBaseURL] nor QISCUS_CHAT_URL in the environment says another.
	DefaultBaseURL = "https://api.qiscus.com"
	// DefaultTimeout bounds a call with all its attempts.
	DefaultTimeout = qismo.DefaultTimeout

	owner     = "chat" // begins the text of errors and log lines
	userAgent = "qismo-go/" + qismo.Version
)

// client is what both doors are made of: settings, and the way to the service.
type client struct {
	settings    *transport.Settings
	http        *http.Client
	api         *wire.Client
	credentials credentials
}

// credentials put into a request what proves its caller, beside the App ID.
type credentials interface {
	authorize(request *http.Request) error
	// renew gets another proof when the service refused the one that the request
	// carried, and reports whether there is one to try.
	renew(refused *http.Request, failure *Error) (bool, error)
	// kind is what operations may want that these credentials have.
	kind() wire.CredentialKind
}

func newClient(appID string, opts []Option) (*client, error) {
	if err := transport.CheckHeaderText("App ID", appID); err != nil {
		return nil, err
	}
	settings := defaultSettings()
	settings.AppID = appID
	if err := settings.Apply(opts); err != nil {
		return nil, err
	}
	if settings.BaseURL == nil {
		if err := WithBaseURL(cmp.Or(os.Getenv("QISCUS_CHAT_URL"), DefaultBaseURL))(settings); err != nil {
			return nil, err
		}
	}
	if err := checkCredentials(settings); err != nil {
		return nil, err
	}
	made := &client{settings: settings}
	var err error
	if made.http, err = settings.Connection.HTTPClient(settings.BaseURL); err != nil {
		return nil, err
	}
	// The generated client makes requests without a host; the chain places them on
	// the one that is configured, so that no request can leave it.
	made.api, err = wire.NewClient("/",
		wire.WithHTTPClient(transport.NewChain(made.http)),
		wire.WithRequestEditorFn(dropUnsetParameters))
	return made, err
}

// checkCredentials refuses options of the other façade that say who calls.
func checkCredentials(settings *transport.Settings) error {
	if settings.Credentials != nil {
		return errors.New("who calls is said when the client is made, and not by an option")
	}
	return nil
}

func defaultSettings() *transport.Settings {
	settings := &transport.Settings{
		Name:      owner,
		Retries:   Backoff{},
		MaxAnswer: transport.DefaultMaxAnswer,
		Header: http.Header{
			"Accept":     {"application/json"},
			"User-Agent": {userAgent},
		},
		Now: time.Now,
	}
	settings.SetTimeout(DefaultTimeout)
	return settings
}
