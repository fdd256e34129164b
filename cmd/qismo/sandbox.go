package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"text/tabwriter"
	"time"

	"github.com/qismo-go/qismo/internal/sandbox"
)

// shownRooms is how many rooms are named, to begin with: one of each channel that
// customers write on by themselves.
const shownRooms = 3

// listedCountsLag is how old the numbers of customers are that listAgents tells: some
// seconds, as on the platform.
const listedCountsLag = 3 * time.Second

type sandboxCommand struct {
	Listen string `default:"127.0.0.1:7080" help:"Where the API is served."`
	Rooms  int    `default:"12" help:"How many customers have written already and wait for an agent; each is about 1 KB."`
}

// Help says more than the one line of the list of commands.
func (sandboxCommand) Help() string {
	return `Serves the API of an invented app until it is interrupted, and tells who can log in
and what there is. All is in memory and begins anew each time. Webhooks go where your
program sets them with the API, as long as that is this machine or a network of your
own.`
}

func (c sandboxCommand) Run(ctx context.Context, std *streams) error {
	if c.Rooms < 0 {
		return usageError{errors.New("--rooms must not be negative")}
	}
	platform, err := sandbox.New(sandbox.Config{
		Rooms: c.Rooms, Agents: inventedStaff(), Pace: sandbox.EverydayPace(), CountLag: listedCountsLag,
		OnDelivery: func(delivery sandbox.Delivery) { tellFailure(std, delivery) },
	})
	if err != nil {
		return err
	}
	apiURL, stop, err := servePlatform(ctx, platform, c.Listen)
	if err != nil {
		return usageError{err}
	}
	introduce(std, platform, apiURL)
	<-ctx.Done()
	return stop()
}

// inventedStaff is who works for the invented app beside its admin.
func inventedStaff() []sandbox.Agent {
	return []sandbox.Agent{
		{Name: "Rini Astuti", Email: "rini@example.id"},
		{Name: "Agus Setiawan", Email: "agus@example.id", Divisions: []string{"Keluhan"}},
		{Name: "Putri Rahayu", Email: "putri@example.id", Offline: true},
		{Name: "Bambang Susilo", Email: "bambang@example.id", Type: sandbox.TypeSupervisor},
	}
}

// tellFailure tells of a webhook that did not arrive, without its address's path,
// which may hold a secret.
func tellFailure(std *streams, delivery sandbox.Delivery) {
	why := fmt.Sprintf("it answered %d", delivery.Status)
	var failure *url.Error
	switch {
	case errors.As(delivery.Err, &failure):
		why = failure.Err.Error()
	case delivery.Err != nil:
		why = delivery.Err.Error()
	case delivery.Status < http.StatusBadRequest:
		return
	}
	host := "its address"
	if address, err := url.Parse(delivery.URL); err == nil {
		host = address.Host
	}
	fmt.Fprintf(std.err, "the webhook %s did not reach %s: %s\n", delivery.Event, host, why)
}

// introduce tells what a program needs to know of an app.
func introduce(std *streams, platform *sandbox.Sandbox, apiURL string) {
	config := platform.Config()
	fmt.Fprintf(std.out, `export QISCUS_APP_ID=%s QISCUS_SECRET_KEY=%s
export QISCUS_OMNICHANNEL_URL=%s

`, config.AppCode, config.SecretKey, apiURL)
	table := tabwriter.NewWriter(std.out, 0, 4, 2, ' ', 0)
	fmt.Fprintf(table, "to look at\tinbox\t%s/\n", apiURL)
	fmt.Fprintf(table, "log in as\tadmin\t%s\n", config.AdminEmail)
	for _, agent := range config.Agents {
		state := "available"
		if agent.Offline {
			state = "offline"
		}
		for _, division := range agent.Divisions {
			state += ", also in the division " + division
		}
		fmt.Fprintf(table, "\t%s\t%s, agent id %d, %s\n", agent.Type, agent.Email, agent.ID, state)
	}
	fmt.Fprintf(table, "\t\teach with the password %s\n", config.AdminPassword)
	for i, channel := range config.Channels {
		heading, kind := "", channel.Source
		if i == 0 {
			heading = "channels"
		}
		if channel.Custom {
			kind = "custom, identifier key " + channel.Source
		}
		fmt.Fprintf(table, "%s\t%d\t%s\n", heading, channel.ID, kind)
	}
	fmt.Fprintf(table, "rooms\t%d\ttheir customers wait for an agent\n", config.Rooms)
	for i, room := range platform.FirstRooms(shownRooms) {
		heading := ""
		if i == 0 {
			heading = "such as"
		}
		fmt.Fprintf(table, "%s\t%s\t%s, customer %s\n", heading, room.ID, room.Source, room.UserID)
	}
	_ = table.Flush() // as with every other line, whoever closes the output has seen enough
	fmt.Fprintln(std.out, `
Your receiver gets an invented event in one of the rooms with "qismo trigger --room".
Be a customer in the inbox, with any browser, or with Customer.InitiateChat or
Customer.SendCustomChannelMessage; "qismo chat" has a sandbox of its own. WhatsApp
numbers that end in 00000 cannot be reached. End with Ctrl-C.`)
}
