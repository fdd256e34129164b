package realtime

import (
	"context"

	wire "github.com/qismo-go/qismo/gen/chat"
)

// service is what a connection needs of a chat user.
type service interface {
	appID() string
	id(ctx context.Context) (string, error)
	// token is the user's token, and watchToken tells when it has become another.
	token(ctx context.Context) (string, error)
	watchToken() (changed <-chan struct{}, end func())
	// newest tells the newest message and the newest event there are.
	newest(ctx context.Context) (Position, error)
	config(ctx context.Context) (*wire.GetConfigResult, error)
	// credentials are for the broker; both are "" when it wants none.
	credentials(ctx context.Context) (userName, password string, err error)
	// messages and events read a page of what came after an id. Where the next page of
	// messages begins is 0 when the service does not say.
	messages(ctx context.Context, after int64, limit int) (page []wire.Message, next int64, err error)
	events(ctx context.Context, after int64) ([]wire.Notification, error)
	markDelivered(ctx context.Context, room string, message int64) error
	// locate asks an address which broker has room.
	locate(ctx context.Context, address string) (*wire.BrokerLocation, error)
	// isCloud reports whether the service is the vendor's own.
	isCloud() bool
}
