package qismo

import (
	"context"
	"fmt"
	"maps"
	"net/http"

	"github.com/qismo-go/qismo/gen/omnichannel"
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

	settings *settings
	api      *omnichannel.Client
}

// New makes a client. Without an option that gives credentials it reads
// QISCUS_APP_ID and QISCUS_SECRET_KEY from the environment, and without
// [WithBaseURL] it reads QISCUS_OMNICHANNEL_URL, or takes [DefaultBaseURL].
//
// Missing credentials, options that contradict each other and values that
// cannot work are errors. New makes no request and changes nothing that it is
// given.
func New(opts ...Option) (*Client, error) {
	s, err := newSettings(opts)
	if err != nil {
		return nil, fmt.Errorf("qismo: make a client: %w", err)
	}
	client := &Client{settings: s}
	// The generated client makes requests without a host; the chain places them on
	// the one that is configured, so that no request can leave it.
	client.api, err = omnichannel.NewClient("/",
		omnichannel.WithHTTPClient(client.chain()),
		omnichannel.WithRequestEditorFn(dropUnsetParameters))
	if err != nil {
		return nil, fmt.Errorf("qismo: make a client: %w", err)
	}
	if source, ok := s.credentials.(*loginCredentials); ok {
		source.session = client.openSession
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
func (c *Client) AppID() string { return c.settings.appID }

// A doer is one link of a request's way. Each does one thing and can be tested
// alone.
type doer interface {
	Do(request *http.Request) (*http.Response, error)
}

// chain builds a request's way below the generated client, from the inside out.
// What concerns one attempt, such as watching it, belongs below credentialsDoer;
// what concerns the call, such as making further attempts, above it.
func (c *Client) chain() doer {
	var way doer = c.settings.httpClient
	way = &answerDoer{next: way}      // failures become *Error
	way = &credentialsDoer{next: way} // each attempt carries a credential that is good now
	way = &operationDoer{next: way}   // the call as a whole
	return way
}

// call is what the links of the chain know about the call that a request belongs
// to. It is the request's context, on top of the caller's.
type call struct {
	context.Context //nolint:containedctx // it is one

	operation omnichannel.Operation
	settings  *settings
	err       error // an option of the call that cannot work
	attempts  int   // how often the service was asked
	streams   bool  // a success is not read here, but by the caller
}

// callKey finds the call in a context that was made from it.
type callKey struct{}

func (c *call) Value(key any) any {
	if key == (callKey{}) {
		return c
	}
	return c.Context.Value(key)
}

// begin opens a call of an operation. It returns the context that carries the
// call, and the settings for what goes into the request itself, such as the role
// in its path. An option that cannot work is reported when the request is made.
func (c *Client) begin(
	ctx context.Context, id omnichannel.OperationID, opts []Option,
) (context.Context, *settings) {
	operation, _ := id.Operation()
	return c.beginOperation(ctx, operation, opts)
}

func (c *Client) beginOperation(
	ctx context.Context, operation omnichannel.Operation, opts []Option,
) (context.Context, *settings) {
	current := &call{Context: ctx, operation: operation, settings: c.settings}
	if len(opts) > 0 {
		changed, err := c.settings.forCall(opts)
		if err != nil {
			current.err = err
		} else {
			current.settings = changed
		}
	}
	return current, current.settings
}

func callOf(request *http.Request) *call {
	if current, ok := request.Context().Value(callKey{}).(*call); ok {
		return current
	}
	return &call{Context: request.Context(), settings: &settings{}}
}

// operationDoer opens and closes a call as a whole: it checks that the request
// goes where the operation is, places it on the service's host, and bounds the
// time of all attempts together.
type operationDoer struct{ next doer }

func (d *operationDoer) Do(request *http.Request) (*http.Response, error) {
	current := callOf(request)
	if current.err != nil {
		return nil, fmt.Errorf("qismo: %s: %w", current.name(), current.err)
	}
	if err := checkPath(request.URL, current.operation.Path); err != nil {
		return nil, fmt.Errorf("qismo: %s: %w", current.name(), err)
	}
	placeOn(current.settings.baseURL, request)
	maps.Copy(request.Header, current.settings.header)
	if current.streams {
		return stream(d.next, request)
	}
	if timeout := current.settings.timeout; timeout > 0 {
		// Answers are read whole below, so nothing needs the context afterwards.
		ctx, cancel := context.WithTimeout(request.Context(), timeout)
		defer cancel()
		request = request.WithContext(ctx)
	}
	return d.next.Do(request)
}

// name is what errors call the call.
func (c *call) name() string {
	if c.operation.ID != "" {
		return string(c.operation.ID)
	}
	return c.operation.Method + " " + c.operation.Path
}
