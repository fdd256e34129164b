package webhook

import "context"

// Callbacks are the functions that events go to. One that is nil is not
// interested: its events are answered with 200.
//
// A callback gets the request's context, which ends when the client hangs up. An
// error makes the answer 500, and whether the platform then sends the event again
// is not known. Callbacks must be safe for concurrent use.
type Callbacks struct {
	BotMessage             func(context.Context, *BotMessageEvent) error
	CustomAgentAllocation  func(context.Context, *CustomAgentAllocationEvent) error
	CustomButton           func(context.Context, *CustomButtonEvent) error
	MarkAsResolved         func(context.Context, *MarkAsResolvedEvent) error
	NewSession             func(context.Context, *NewSessionEvent) error
	UserLogout             func(context.Context, *UserLogoutEvent) error
	CustomChannelMessage   func(context.Context, *CustomChannelMessageEvent) error
	WhatsAppForwardMessage func(context.Context, *WhatsAppForwardMessageEvent) error
	WhatsAppForwardStatus  func(context.Context, *WhatsAppForwardStatusEvent) error
	PostComment            func(context.Context, *PostCommentEvent) error

	// Unknown gets what is no known event, and also events that changed so much that
	// they could not be read: set it if no event may be lost.
	Unknown func(context.Context, *UnknownEvent) error
}

// call hands an event to its callback.
func (c *Callbacks) call(ctx context.Context, event Event) error {
	switch event := event.(type) {
	case *BotMessageEvent:
		return call(ctx, c.BotMessage, event)
	case *CustomAgentAllocationEvent:
		return call(ctx, c.CustomAgentAllocation, event)
	case *CustomButtonEvent:
		return call(ctx, c.CustomButton, event)
	case *MarkAsResolvedEvent:
		return call(ctx, c.MarkAsResolved, event)
	case *NewSessionEvent:
		return call(ctx, c.NewSession, event)
	case *UserLogoutEvent:
		return call(ctx, c.UserLogout, event)
	case *CustomChannelMessageEvent:
		return call(ctx, c.CustomChannelMessage, event)
	case *WhatsAppForwardMessageEvent:
		return call(ctx, c.WhatsAppForwardMessage, event)
	case *WhatsAppForwardStatusEvent:
		return call(ctx, c.WhatsAppForwardStatus, event)
	case *PostCommentEvent:
		return call(ctx, c.PostComment, event)
	case *UnknownEvent:
		return call(ctx, c.Unknown, event)
	}
	return nil
}

func call[E Event](ctx context.Context, callback func(context.Context, E) error, event E) error {
	if callback == nil {
		return nil
	}
	return callback(ctx, event)
}
