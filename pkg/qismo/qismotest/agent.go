package qismotest

import (
	"fmt"
	"strings"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/pkg/qismo"
)

// Staff is somebody who works for the app, for [WithStaff].
type Staff struct {
	Name      string
	Email     string   // made of the name when empty
	Password  string   // that of the app's admin when empty
	Role      Role     // RoleAgent when empty
	Offline   bool     // whether they begin offline
	Divisions []string // besides the default one, which everybody is in
}

// Role is a kind of staff.
type Role string

// The roles.
const (
	RoleAdmin      Role = "admin"
	RoleAgent      Role = "agent"
	RoleSupervisor Role = "supervisor"
)

func (m Staff) configured() sandbox.Agent {
	agent := sandbox.Agent{
		Name: m.Name, Email: m.Email, Password: m.Password, Offline: m.Offline, Divisions: m.Divisions,
	}
	if agent.Email == "" {
		agent.Email = strings.ReplaceAll(strings.ToLower(m.Name), " ", ".") + "@example.id"
	}
	switch m.Role {
	case RoleAdmin:
		agent.Type = sandbox.TypeAdmin
	case RoleSupervisor:
		agent.Type = sandbox.TypeSupervisor
	default:
		agent.Type = sandbox.TypeAgent
	}
	return agent
}

// Channel is where customers write, for [WithChannels].
type Channel struct {
	// ID is unique among the channels of one source.
	ID int64
	// Source is the code of the channel's kind, such as wa, qiscus or ig. For a custom
	// channel it is the identifier key.
	Source string
	Name   string
	Custom bool
}

// Agent is a member of the app's staff, who does what people do on the platform's own
// pages. Get one with [Server.Agent] or [Server.Admin].
type Agent struct {
	ID, Name, Email, Password string

	server *Server
	number int64
}

// Agent finds a member of the staff by name, e-mail address or id; a first name is
// enough when only one has it. It fails the test when there is none.
func (s *Server) Agent(name string) *Agent {
	s.t.Helper()
	var found []sandbox.AgentSnapshot
	var known []string
	for _, member := range s.sandbox.Staff() {
		first, _, _ := strings.Cut(member.Name, " ")
		switch name {
		case member.Name, member.Email, fmt.Sprint(member.ID):
			return s.agent(member)
		case first:
			found = append(found, member)
		}
		known = append(known, member.Name)
	}
	if len(found) != 1 {
		s.t.Fatalf("qismotest: %d agents are called %q; there are %s", len(found), name, strings.Join(known, ", "))
		return nil
	}
	return s.agent(found[0])
}

// Admin returns the app's first admin.
func (s *Server) Admin() *Agent { return s.agent(s.sandbox.Staff()[0]) }

func (s *Server) agent(member sandbox.AgentSnapshot) *Agent {
	agent := &Agent{
		ID: fmt.Sprint(member.ID), Name: member.Name, Email: member.Email, server: s, number: member.ID,
		Password: s.sandbox.Config().AdminPassword,
	}
	for _, configured := range s.sandbox.Config().Agents {
		if configured.ID == member.ID {
			agent.Password = configured.Password
		}
	}
	return agent
}

// Client makes a client that logs in as the agent when it needs to; see [Server.Client].
func (a *Agent) Client(options ...qismo.Option) *qismo.Client {
	a.server.t.Helper()
	login := qismo.WithLogin(a.server.AppID, a.Email, a.Password)
	return a.server.client(append([]qismo.Option{login}, options...))
}

// Says lets the agent write a text into a room, whether they serve it or not.
func (a *Agent) Says(room Room, text string) {
	a.server.t.Helper()
	a.did("write", a.server.sandbox.AgentWrites(a.server.t.Context(), sandbox.AgentMessage{
		RoomID: room.ID, AgentID: a.number, Text: text,
	}))
}

// TakesOver puts the agent into a room, whether they are online or not.
func (a *Agent) TakesOver(room Room) {
	a.server.t.Helper()
	a.did("take over a room", a.server.sandbox.TakeOver(a.server.t.Context(), room.ID, a.number))
}

// Resolves lets the agent resolve a room's session with notes, which may be "".
func (a *Agent) Resolves(room Room, notes string) {
	a.server.t.Helper()
	a.did("resolve a room", a.server.sandbox.Resolve(a.server.t.Context(), room.ID, a.number, notes))
}

func (a *Agent) did(what string, err error) {
	a.server.t.Helper()
	if err != nil {
		a.server.t.Fatalf("qismotest: %s could not %s: %v", a.Name, what, err)
	}
}
