package main

import (
	"fmt"
	"io"
	"net/url"
	"text/tabwriter"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/internal/sandbox/control"
)

// shownRooms is how many rooms are named, to begin with: one of each channel that
// customers write on by themselves.
const shownRooms = 3

// introduce tells what a program and its author need to know of an app.
func introduce(std *streams, platform *sandbox.Sandbox, opened openedWorld, apiURL string) {
	config := platform.Config()
	fmt.Fprintf(std.out, `export QISCUS_APP_ID=%s QISCUS_SECRET_KEY=%s
export QISCUS_OMNICHANNEL_URL=%s
export QISCUS_CHAT_URL=%[3]s

`, config.AppCode, config.SecretKey, apiURL)
	table := tabwriter.NewWriter(std.out, 0, 4, 2, ' ', 0)
	fmt.Fprintf(table, "inbox\t%s/\tplay customers and agents; see all calls and webhooks\n", apiURL)
	fmt.Fprintf(table, "control\t%s%s\tclock, trouble, timeline, as JSON; docs/sandbox.md\n", apiURL, control.Home)
	introduceRealtime(table, platform, apiURL)
	opened.introduce(table)
	introduceWebhooks(table, platform)
	introduceTrouble(table, platform)
	_ = table.Flush() // as with every other line, whoever closes the output has seen enough
	fmt.Fprintln(std.out)
	table = tabwriter.NewWriter(std.out, 0, 4, 2, ' ', 0)
	fmt.Fprintf(table, "log in as\tadmin\t%s\n", config.AdminEmail)
	for _, agent := range config.Agents {
		state := "available"
		if agent.Offline {
			state = "offline"
		}
		for _, division := range agent.Divisions {
			state += ", also in the division " + division
		}
		if agent.Password != config.AdminPassword {
			state += ", password " + agent.Password
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
	what := "their customers wait for an agent"
	if opened.said != "" {
		what = ""
	}
	fmt.Fprintf(table, "rooms\t%d\t%s\n", platform.CountRooms(), what)
	for i, room := range platform.FirstRooms(shownRooms) {
		heading := ""
		if i == 0 {
			heading = "such as"
		}
		fmt.Fprintf(table, "%s\t%s\t%s, customer %s\n", heading, room.ID, room.Source, room.UserID)
	}
	_ = table.Flush()
	fmt.Fprintln(std.out, `
Your receiver gets an invented event in one of the rooms with "qismo trigger --room".
Be a customer in the inbox, with any browser, or with Customer.InitiateChat or
Customer.SendCustomChannelMessage; "qismo chat" has a sandbox of its own. WhatsApp
numbers that end in 00000 cannot be reached. End with Ctrl-C.`)
}

// introduceWebhooks tells where events go, without the addresses' paths, which may hold
// secrets.
func introduceWebhooks(table io.Writer, platform *sandbox.Sandbox) {
	heading := "webhooks"
	for _, target := range platform.WebhookTargets() {
		if address, err := url.Parse(target.URL); err == nil && target.On {
			fmt.Fprintf(table, "%s\t%s\tto %s\n", heading, target.Name, address.Host)
			heading = ""
		}
	}
}

// introduceTrouble tells what is going to fail on purpose.
func introduceTrouble(table io.Writer, platform *sandbox.Sandbox) {
	seed, rules := platform.Trouble().Rules()
	for i, rule := range rules {
		if i == 0 {
			fmt.Fprintf(table, "trouble\twith --trouble-seed %d the same fails again:\n", seed)
		}
		fmt.Fprintf(table, "\t%s\n", rule)
	}
}
