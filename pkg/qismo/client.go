package qismo

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/internal/transport"
)

// Client calls the API. Make one with [New] and share it: it is safe for
// concurrent use, and its connections are worth keeping.
type Client struct {
	// Session logs in and out, tells who is signed in and changes their profile.
	Session *SessionService
	// Agents finds agents and divisions, and changes agents.
	Agents *AgentsService
	// Allocation puts agents into rooms and takes them out.
	Allocation *AllocationService
	// Rooms finds, resolves and annotates customers' rooms.
	Rooms *RoomsService
	// Tags tags rooms.
	Tags *TagsService
	// Bot sends messages as the bot.
	Bot *BotService
	// Channels finds the app's channels and changes how they look and answer.
	Channels *ChannelsService
	// App reads and changes the app's settings.
	App *AppService
	// WebhookSettings says where webhooks are sent.
	WebhookSettings *WebhookSettingsService
	// Contacts knows customers across their rooms.
	Contacts *ContactsService
	// Customer acts as the customer, from a widget or a custom channel.
	Customer *CustomerService
	// WhatsApp is WhatsApp as it is behind the inbox.
	WhatsApp *WhatsAppService
	// Broadcasts sends messages that begin a conversation.
	Broadcasts *BroadcastsService
	// Templates manages WhatsApp's message templates.
	Templates *TemplatesService

	settings *transport.Settings
	http     *http.Client
	api      *omnichannel.Client
}

// New makes a client. Without an option that gives credentials it reads
// QISCUS_APP_ID and QISCUS_SECRET_KEY from the environment, and without
// [WithBaseURL] it reads QISCUS_OMNICHANNEL_URL, or takes [DefaultBaseURL]. Unless
// an option says otherwise, proxies are those of the environment (HTTPS_PROXY,
// NO_PROXY and their kin).
//
// Missing credentials, options that contradict each other and values that
// cannot work are errors. New makes no request and changes nothing that it is
// given.
func New(opts ...Option) (*Client, error) {
	client, err := newClient(opts)
	if err != nil {
		return nil, fmt.Errorf("qismo: make a client: %w", err)
	}
	return client, nil
}

func newClient(opts []Option) (*Client, error) {
	settings := defaultSettings()
	if err := settings.Apply(opts); err != nil {
		return nil, err
	}
	if err := readEnvironment(settings); err != nil {
		return nil, err
	}
	client := &Client{settings: settings}
	var err error
	if client.http, err = settings.Connection.HTTPClient(settings.BaseURL); err != nil {
		return nil, err
	}
	// The generated client makes requests without a host; the chain places them on
	// the one that is configured, so that no request can leave it.
	client.api, err = omnichannel.NewClient("/",
		omnichannel.WithHTTPClient(transport.NewChain(client.http)),
		omnichannel.WithRequestEditorFn(dropUnsetParameters))
	if err != nil {
		return nil, err
	}
	login, logsIn := settings.Credentials.(*loginCredentials)
	switch {
	case logsIn:
		login.begin(client)
	case settings.TokenStore != nil:
		return nil, errors.New("a token store keeps the tokens of WithLogin, which was not given")
	}
	client.Session = &SessionService{client}
	client.Agents = &AgentsService{client}
	client.Allocation = &AllocationService{client}
	client.Rooms = &RoomsService{client}
	client.Tags = &TagsService{client}
	client.Bot = &BotService{client}
	client.Channels = &ChannelsService{client}
	client.App = &AppService{client}
	client.WebhookSettings = &WebhookSettingsService{client}
	client.Contacts = &ContactsService{client}
	client.Customer = &CustomerService{client}
	client.WhatsApp = &WhatsAppService{client}
	client.Broadcasts = &BroadcastsService{client}
	client.Templates = &TemplatesService{client}
	return client, nil
}

// AppID returns the App ID that the client acts for, as text.
func (c *Client) AppID() string { return c.settings.AppID }

// CloseIdleConnections closes the connections that no call uses. A client that is
// given up needs no other end; one that goes on being used opens new ones.
func (c *Client) CloseIdleConnections() { c.http.CloseIdleConnections() }

func defaultSettings() *transport.Settings {
	settings := &transport.Settings{
		Name:      "qismo",
		Role:      string(RoleAdmin),
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

// readEnvironment fills in what no option gave.
func readEnvironment(settings *transport.Settings) error {
	if settings.Credentials == nil {
		appID, secretKey := os.Getenv("QISCUS_APP_ID"), os.Getenv("QISCUS_SECRET_KEY")
		if appID == "" || secretKey == "" {
			return errors.New("no credentials: pass an option such as WithSecretKey, " +
				"or set QISCUS_APP_ID and QISCUS_SECRET_KEY")
		}
		if err := WithSecretKey(appID, secretKey)(settings); err != nil {
			return err
		}
	}
	if settings.BaseURL != nil {
		return nil
	}
	address := os.Getenv("QISCUS_OMNICHANNEL_URL")
	if address == "" {
		address = DefaultBaseURL
	}
	return WithBaseURL(address)(settings)
}
