package qismotest

import (
	"strconv"
	"strings"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/pkg/qismo"
)

// Agent is a member of the app's staff, who does what people do on the platform's own
// pages. Get one with [Server.Agent] or [Server.Admin]. What cannot be done ends the
// test.
type Agent struct {
	ID       string
	Name     string
	Email    string
	Password string
	Role     Role

	server *Server
	number int64
}

// Agent finds a member of the staff by name, by e-mail address or by id. A first name is
// enough when nobody else has it.
func (s *Server) Agent(name string) *Agent {
	s.t.Helper()
	var called []*Agent
	var known []string
	for _, member := range s.sandbox.Staff() {
		agent := s.agent(member)
		first, _, _ := strings.Cut(agent.Name, " ")
		switch name {
		case agent.Name, agent.Email, agent.ID:
			return agent
		case first:
			called = append(called, agent)
		}
		known = append(known, agent.Name)
	}
	if len(called) != 1 {
		s.t.Fatalf("qismotest: %d agents are called %q; there are %s", len(called), name, strings.Join(known, ", "))
		return nil
	}
	return called[0]
}

// Admin returns the app's first admin, whom every app has.
func (s *Server) Admin() *Agent { return s.agent(s.sandbox.Staff()[0]) }

func (s *Server) agent(member sandbox.AgentSnapshot) *Agent {
	app := s.sandbox.Config()
	agent := &Agent{
		ID: strconv.FormatInt(member.ID, 10), Name: member.Name, Email: member.Email, Password: app.AdminPassword,
		Role: Role(member.Type.String()), server: s, number: member.ID,
	}
	for _, configured := range app.Agents {
		if configured.ID == member.ID {
			agent.Password = configured.Password
		}
	}
	return agent
}

// Client makes a client that logs in as the agent when it first needs to, and has the
// agent's role; see [Server.Client]. It does not know of a password that was changed
// since the beginning.
func (a *Agent) Client(options ...qismo.Option) *qismo.Client {
	a.server.t.Helper()
	role := qismo.RoleAgent
	switch a.Role {
	case RoleAdmin:
		role = qismo.RoleAdmin
	case RoleSupervisor:
		role = qismo.RoleSupervisor
	}
	login := qismo.WithLogin(a.server.AppID, a.Email, a.Password)
	return a.server.client(login, append([]qismo.Option{qismo.WithRole(role)}, options...))
}

// Says lets the agent write a text into a room, whether they serve it or not.
func (a *Agent) Says(room Room, text string) {
	a.server.t.Helper()
	a.can("write", a.server.sandbox.AgentWrites(a.server.t.Context(), sandbox.AgentMessage{
		RoomID: room.ID, AgentID: a.number, Text: text,
	}))
}

// TakesOver puts the agent into a room, whether they are online or not.
func (a *Agent) TakesOver(room Room) {
	a.server.t.Helper()
	a.can("take the room over", a.server.sandbox.TakeOver(a.server.t.Context(), room.ID, a.number))
}

// Resolves lets the agent resolve a room's session, with notes, which may be "".
func (a *Agent) Resolves(room Room, notes string) {
	a.server.t.Helper()
	a.can("resolve the room", a.server.sandbox.Resolve(a.server.t.Context(), room.ID, a.number, notes))
}

// Leaves takes the agent out of a room that they serve.
func (a *Agent) Leaves(room Room) {
	a.server.t.Helper()
	a.can("leave the room", a.server.sandbox.Leave(a.server.t.Context(), room.ID, a.number))
}

// GoesOffline takes the agent offline: no allocation finds them.
func (a *Agent) GoesOffline() {
	a.server.t.Helper()
	a.can("go offline", a.server.sandbox.SetAvailable(a.server.t.Context(), a.number, false))
}

// ComesOnline takes the agent online.
func (a *Agent) ComesOnline() {
	a.server.t.Helper()
	a.can("come online", a.server.sandbox.SetAvailable(a.server.t.Context(), a.number, true))
}

// PressesButton lets the agent press a custom button in a room; see [WithButtons]. It
// must be sent to somebody: see [Of].
func (a *Agent) PressesButton(room Room, button string) {
	a.server.t.Helper()
	a.can("press the button", a.server.sandbox.PressButton(a.server.t.Context(), room.ID, a.number, button))
}

// MostAtOnce tells how many customers the agent served at one moment at most, since the
// app began: exactly, also if it was for an instant.
func (a *Agent) MostAtOnce() int {
	for _, member := range a.server.sandbox.Staff() {
		if member.ID == a.number {
			return member.MostCustomers
		}
	}
	return 0 // who was removed
}

// can ends the test when something could not be done.
func (a *Agent) can(do string, err error) {
	a.server.t.Helper()
	if err != nil {
		a.server.t.Fatalf("qismotest: %s could not %s: %v", a.Name, do, err)
	}
}
