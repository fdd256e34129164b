package qismo

import (
	"context"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/internal/transport"
)

// call is one call of an operation: what every service has of it, and what this one
// does in its own way.
type call struct {
	transport.Call

	operation omnichannel.Operation
	role      Role
	appID     string
	ownToken  secret // in place of the client's credential, where the operation wants another
}

// begin opens a call of an operation. It returns the context that carries the
// call, and the call for what goes into the request itself, such as the role in its
// path. An option that cannot work is reported when the request is made.
func (c *Client) begin(
	ctx context.Context, id omnichannel.OperationID, opts []Option,
) (context.Context, *call) {
	operation, _ := id.Operation()
	return c.beginOperation(ctx, operation, opts)
}

func (c *Client) beginOperation(
	ctx context.Context, operation omnichannel.Operation, opts []Option,
) (context.Context, *call) {
	current := &call{operation: operation}
	current.Context = ctx
	current.Operation = transport.Operation{
		ID: string(operation.ID), Method: operation.Method, Path: operation.Path, Idempotent: operation.Idempotent,
	}
	current.Protocol = current
	current.Settings = c.settings
	if len(opts) > 0 {
		changed, err := c.settings.ForCall(opts)
		if err != nil {
			current.Problem = err
		} else {
			current.Settings = changed
		}
	}
	current.role, current.appID = Role(current.Settings.Role), current.Settings.AppID
	return current, current
}

// beginStream opens a call, as begin does, whose success the caller reads as it
// arrives. Failures are still read here and become an *Error.
func (c *Client) beginStream(
	ctx context.Context, id omnichannel.OperationID, opts []Option,
) (context.Context, *call) {
	ctx, current := c.begin(ctx, id, opts)
	current.Streams = true
	return ctx, current
}

// roleFor is the role that an operation's path takes. Supervisors have no path of
// their own in these; what they use instead was seen in one client.
func (c *call) roleFor(id omnichannel.OperationID) Role {
	if c.role != RoleSupervisor {
		return c.role
	}
	switch id {
	case omnichannel.OperationAssignAgent, omnichannel.OperationBlockCustomer, omnichannel.OperationUnblockCustomer,
		omnichannel.OperationSendBroadcast, omnichannel.OperationSendHsm24Template:
		return RoleAdmin
	case omnichannel.OperationResolveRoom, omnichannel.OperationGetProfile,
		omnichannel.OperationUpdateProfile, omnichannel.OperationChangePassword:
		return RoleAgent
	}
	return c.role
}

// Explain reads what a failing answer says, in whichever of the service's shapes.
func (c *call) Explain(answer transport.Answer) transport.Explanation {
	message, trace := messageOf(answer)
	code := metaCode(answer.Body)
	return transport.Explanation{
		Message: message,
		Code:    code,
		TraceID: trace,
		Kinds:   append(kindsOf(answer.Status, message), kindsOfCode(code)...),
		Hint:    c.credentialHint(answer.Status),
	}
}

// credentialHint tells whoever was refused that another credential has been seen to
// work.
func (c *call) credentialHint(status int) string {
	wanted := c.operation.OnlyWith
	if !isRefusal(status) || wanted == "" || c.Settings.Credentials == nil {
		return ""
	}
	sent := c.Settings.Credentials.Proof()
	if sent == "" || sent == wanted {
		return ""
	}
	return "a " + sent + " was sent; the operation has been seen with a " + wanted + " only"
}
