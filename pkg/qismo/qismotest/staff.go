package qismotest

import (
	"errors"
	"fmt"

	"github.com/qismo-go/qismo/internal/sandbox"
)

// Staff is somebody who works for the app, for [WithStaff].
type Staff struct {
	Name string
	// Email is made of the name when it is empty: Rini Astuti is rini.astuti@example.id.
	Email string
	// Password is that of the app's admin when it is empty.
	Password string
	// Role is RoleAgent when it is empty.
	Role Role
	// Offline lets them begin offline.
	Offline bool
	// Divisions are those besides the default one, which everybody is in.
	Divisions []string
}

// Role is a kind of staff.
type Role string

// The roles.
const (
	RoleAdmin      Role = "admin"
	RoleAgent      Role = "agent"
	RoleSupervisor Role = "supervisor"
)

func (m Staff) configured() (sandbox.Agent, error) {
	if m.Name == "" {
		return sandbox.Agent{}, errors.New("somebody has no name")
	}
	agent := sandbox.Agent{
		Name: m.Name, Email: m.Email, Password: m.Password, Offline: m.Offline, Divisions: m.Divisions,
	}
	if m.Email == "" {
		agent.Email = addressable(m.Name) + "@example.id"
	}
	switch m.Role {
	case RoleAdmin:
		agent.Type = sandbox.TypeAdmin
	case RoleAgent, "":
		agent.Type = sandbox.TypeAgent
	case RoleSupervisor:
		agent.Type = sandbox.TypeSupervisor
	default:
		return agent, fmt.Errorf("%s has the role %q, which there is not", m.Name, m.Role)
	}
	return agent, nil
}

// Channel is where customers write, for [WithChannels].
type Channel struct {
	// ID is unique among the channels of one source.
	ID int64
	// Source is the code of the channel's kind, such as wa, qiscus or ig. For a custom
	// channel it is the identifier key.
	Source string
	Name   string
	// Custom tells a custom channel, for whose customers another program speaks.
	Custom bool
}

func (c Channel) configured() sandbox.Channel {
	return sandbox.Channel{ID: c.ID, Source: c.Source, Name: c.Name, Custom: c.Custom}
}
