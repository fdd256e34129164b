package realtime

import (
	"context"
	"errors"
	"strconv"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// userService is the service of a chat user.
type userService struct{ *chat.User }

func newUserService(user *chat.User) service { return userService{user} }

func (u userService) appID() string                          { return u.AppID() }
func (u userService) id(ctx context.Context) (string, error) { return u.ID(ctx) }
func (u userService) isCloud() bool                          { return u.BaseURL() == chat.DefaultBaseURL }
func (u userService) watchToken() (<-chan struct{}, func())  { return u.WatchToken() }

func (u userService) token(ctx context.Context) (string, error) {
	token, err := u.Token(ctx)
	return token.Reveal(), err
}

func (u userService) newest(ctx context.Context) (Position, error) {
	account, err := u.Session.Profile(ctx)
	if err != nil {
		return Position{}, err
	}
	return Position{MessageID: numberOf(account.LastCommentID), EventID: numberOf(account.LastSyncEventID)}, nil
}

// numberOf is an id as a number, 0 when there is none.
func numberOf(id flex.ID) int64 {
	number, err := id.Int64()
	if err != nil {
		return 0
	}
	return number
}

// config is the app's, or what it is as a rule, where the service has none.
func (u userService) config(ctx context.Context) (*wire.GetConfigResult, error) {
	config, err := u.Session.Config(ctx)
	if errors.Is(err, chat.ErrNotFound) {
		return &wire.GetConfigResult{EnableRealtime: true, EnableSync: true, EnableSyncEvent: true}, nil
	}
	return config, err
}

func (u userService) credentials(ctx context.Context) (userName, password string, err error) {
	credentials, err := u.Session.RealtimeCredentials(ctx)
	if err != nil || credentials == nil {
		return "", "", err
	}
	return credentials.Username, credentials.Password.Reveal(), nil
}

func (u userService) messages(ctx context.Context, after int64, limit int) ([]wire.Message, int64, error) {
	missed, err := u.Sync.Messages(ctx, idOf(after), int64(limit))
	if err != nil {
		return nil, 0, err
	}
	return missed.Messages, numberOf(missed.LastID), nil
}

func (u userService) events(ctx context.Context, after int64) ([]wire.Notification, error) {
	missed, err := u.Sync.Events(ctx, idOf(after))
	if err != nil {
		return nil, err
	}
	return missed.Events, nil
}

func (u userService) markDelivered(ctx context.Context, room string, message int64) error {
	_, err := u.Messages.MarkDelivered(ctx, flex.ID(room), idOf(message))
	return err
}

func (u userService) locate(ctx context.Context, address string) (*wire.BrokerLocation, error) {
	return u.Sync.LocateBroker(ctx, address)
}

func idOf(number int64) flex.ID { return flex.ID(strconv.FormatInt(number, 10)) }
