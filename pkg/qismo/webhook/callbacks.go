package webhook

import (
	"context"
	"fmt"
	"slices"
)

// errUnreadable is what OnError is told of an event that nobody was there for.
func errUnreadable(event *UnknownEvent) error {
	return fmt.Errorf("webhook: the body cannot be read as %s, and there is no callback for unknown events: %s",
		event.LooksLike, event.Reason)
}

// Callbacks are the functions that events go to. One that is nil is not
// interested: its events are answered with 200.
//
// A callback gets a context with the values of the request's that does not end when
// the platform hangs up: what has begun is carried out. It ends at the deadline, see
// [Deadline], and when [Handler.Shutdown] gives up.
//
// An error makes the answer 500, and the event is handled when it comes again, if it
// does: whether the platform sends again what failed is not known. Nobody else learns
// of the error: set [OnError], as the bot in the project's README does. A panic is an
// error too, a [PanicError]. Callbacks must be safe for concurrent use; the events of
// one room are handed to them one after the other.
//
// Of a WhatsApp forward with several messages or statuses the callback is called for
// each, with an event that has one. [Event.Raw] has all of them.
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
	// they cannot be read even without the members that do not fit; these say in
	// LooksLike what they were taken for. Set it if no event may be lost.
	//
	// Without it, a body of an unknown kind is answered with 200. One that looks like
	// an event that has a callback is answered with 500, and OnError is told.
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
		if c.unreadable(event) {
			return errUnreadable(event)
		}
		return call(ctx, c.Unknown, event)
	}
	return nil
}

// unreadable reports whether an event has a callback, and cannot be read as what that
// takes.
func (c *Callbacks) unreadable(event Event) bool {
	unknown, ok := event.(*UnknownEvent)
	return ok && c.Unknown == nil && c.has(unknown.LooksLike)
}

// has reports whether the event has a callback.
func (c *Callbacks) has(name Name) bool {
	switch name {
	case BotMessage:
		return c.BotMessage != nil
	case CustomAgentAllocation:
		return c.CustomAgentAllocation != nil
	case CustomButton:
		return c.CustomButton != nil
	case MarkAsResolved:
		return c.MarkAsResolved != nil
	case NewSession:
		return c.NewSession != nil
	case UserLogout:
		return c.UserLogout != nil
	case CustomChannelMessage:
		return c.CustomChannelMessage != nil
	case WhatsAppForwardMessage:
		return c.WhatsAppForwardMessage != nil
	case WhatsAppForwardStatus:
		return c.WhatsAppForwardStatus != nil
	case PostComment:
		return c.PostComment != nil
	}
	return false
}

// Events lists those that the handler has callbacks for, in the order of [Names]; with
// [Only] no other than that one. There is none when Callbacks.Unknown or a function of
// [Use] takes all that come.
func (h *Handler) Events() []Name {
	return slices.DeleteFunc(Names(), func(name Name) bool {
		return !h.callbacks.has(name) || h.only != "" && h.only != name
	})
}

// none reports whether there is no callback at all.
func (c *Callbacks) none() bool {
	return c.Unknown == nil && !slices.ContainsFunc(Names(), c.has)
}

func call[E Event](ctx context.Context, callback func(context.Context, E) error, event E) error {
	if callback == nil {
		return nil
	}
	return callback(ctx, event)
}
