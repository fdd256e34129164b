package sandbox

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/qismo-go/qismo/internal/sandbox/trouble"
)

// gatewayPage is what a gateway says in place of the platform.
var gatewayPage = content{
	"text/html", []byte("<html><head><title>Error</title></head><body><center><h1>The server did not answer</h1>" +
		"</center><hr><center>gateway</center></body></html>\n"),
}

// SetTrouble replaces all rules and begins anew from a seed, as [trouble.Maker.Set]
// does. It refuses what [Sandbox.CheckTrouble] does, and then changes nothing.
func (s *Sandbox) SetTrouble(seed uint64, rules ...trouble.Rule) error {
	var set []trouble.Rule
	for _, rule := range rules {
		if err := s.CheckTrouble(rule); err != nil {
			return fmt.Errorf("sandbox: %w", err)
		}
		set = append(set, s.able(rule)...)
	}
	if err := s.config.Trouble.Set(seed, set...); err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	return nil
}

// CheckTrouble says what is wrong with a rule. One that is only for what is no operation
// or event would never strike.
func (s *Sandbox) CheckTrouble(rule trouble.Rule) error {
	if err := rule.Check(); err != nil {
		return err
	}
	if len(s.able(rule)) > 0 {
		return nil
	}
	what, is := map[trouble.Scope]string{
		trouble.Calls: "an operation", trouble.Webhooks: "an event", trouble.Realtime: "told by the broker",
	}[s.scopeOf(rule.Only)]
	if !is {
		return fmt.Errorf("%s can strike nothing: %s is no such operation or event", rule.Kind, rule.Only)
	}
	return fmt.Errorf("%s strikes %s only, and %s is %s", rule.Kind, rule.Of(), rule.Only, what)
}

// scopeOf tells what the name of an operation, of an event or of what the broker tells is;
// "" for none of them.
func (s *Sandbox) scopeOf(name string) trouble.Scope {
	switch {
	case s.handlers[name] != nil:
		return trouble.Calls
	case name == postComment || slices.Contains(eventNames(), name):
		return trouble.Webhooks
	case slices.Contains(chatEventKinds(), chatEventKind(name)):
		return trouble.Realtime
	default:
		return ""
	}
}

// able is a rule, or the rules that it stands for, without those that can strike
// nothing.
func (s *Sandbox) able(rule trouble.Rule) []trouble.Rule {
	scope := s.scopeOf(rule.Only)
	return slices.DeleteFunc(rule.Each(), func(r trouble.Rule) bool { return r.Only != "" && r.Of() != scope })
}

// strike draws the trouble that a call has.
func (s *Sandbox) strike(request *request) trouble.Strikes {
	s.mu.Lock()
	subject, canExpire := s.state.subject(request), s.state.canExpire(request.caller)
	s.mu.Unlock()
	var leftOut []trouble.Kind
	if !canExpire {
		leftOut = append(leftOut, trouble.ExpiredToken)
	}
	return s.config.Trouble.Call(request.operation.ID, subject, leftOut...)
}

// subject is what a call is about: the values in its path, and whose room it names, or who
// calls the chat server. A room's own id would not do, since rooms are numbered as their
// customers come.
func (s *state) subject(request *request) string {
	whose := s.customerOf(request.roomID())
	for _, customer := range []string{"user_id", "to", "phone_number"} {
		whose = orDefault(whose, text(request.body[customer]))
	}
	about := []string{whose}
	if user := request.caller.chatUser; user != nil {
		about = []string{user.userID}
	}
	for _, parameter := range request.operation.Parameters {
		if parameter.In == "path" && parameter.Name != "room_id" {
			about = append(about, text(request.parameters[parameter.Name]))
		}
	}
	return strings.Join(about, " ")
}

// customerOf is whose room it is, in words; the room's id when there is no such room.
func (s *state) customerOf(roomID string) string {
	if room, ok := s.rooms.find(roomID); ok {
		return room.customer().String()
	}
	return roomID
}

// canExpire tells whether a caller has sent a token that can.
func (s *state) canExpire(who caller) bool {
	_, can := s.tokens[who.token]
	return can || who.chatUser != nil
}

// fail lets a call fail before anything is done, as the trouble that strikes it
// says.
func (s *Sandbox) fail(ctx context.Context, call *call) error {
	if late, has := call.strikes[trouble.Latency]; has {
		if err := pass(ctx, late.Delay); err != nil {
			call.strikes = trouble.Strikes{trouble.Latency: late}
			return err
		}
	}
	switch strikes := call.strikes; {
	case strikes.Has(trouble.ExpiredToken):
		return s.change(func() error {
			if user := call.caller.chatUser; user != nil {
				s.state.expireChatToken(user, call.caller.token, s.now())
				return chatTokenExpired()
			}
			s.state.voidToken(call.caller.token)
			return tokenExpired()
		})
	case strikes.Has(trouble.RateLimit):
		refused := refuse(http.StatusTooManyRequests, "too many requests")
		wait := math.Ceil(strikes[trouble.RateLimit].Delay.Seconds())
		refused.header = map[string]string{"Retry-After": strconv.Itoa(int(wait))}
		return refused
	case strikes.Has(trouble.ServerError):
		return refuse(strikes[trouble.ServerError].Status, "the service failed")
	case strikes.Has(trouble.HTMLError):
		return &refusedError{status: strikes[trouble.HTMLError].Status, page: gatewayPage}
	}
	return nil
}

// pass lets real time pass. A network is slow in the caller's time, and not in that of
// the world, which may stand still.
func pass(ctx context.Context, delay time.Duration) error {
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
