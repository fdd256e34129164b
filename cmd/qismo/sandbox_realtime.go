package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/internal/sandbox/broker"
)

// chatFlags say how the chat server treats its clients.
type chatFlags struct {
	MQTT           string        `name:"mqtt" help:"Serve the broker at this address too, over TCP." placeholder:"ADDRESS"`
	MQTTLogin      bool          `name:"mqtt-login" help:"Let only clients with a user name into the broker."`
	RealtimeLookup bool          `help:"Tell clients to ask for the broker's address when they have lost it."`
	ChatTokenLife  time.Duration `help:"How long a chat user's token works; for ever when 0." placeholder:"DURATION"`
}

// configure adds what the flags say to a configuration.
func (f chatFlags) configure(config sandbox.Config) sandbox.Config {
	config.RefuseAnonymous, config.RealtimeLookup = f.MQTTLogin, f.RealtimeLookup
	config.ChatTokenLife = f.ChatTokenLife
	return config
}

// serveRealtime gives a sandbox a broker, which it also serves over TCP unless the address
// is "". The function it returns ends that.
func serveRealtime(
	ctx context.Context, platform *sandbox.Sandbox, address string,
) (stop func() error, err error) {
	live, err := broker.New(platform.RealtimeRules())
	if err != nil {
		return nil, err
	}
	stop = func() error {
		bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), servingPatience)
		defer cancel()
		return live.Close(bounded)
	}
	brokerURL := ""
	if address != "" {
		listens, err := live.Listen(ctx, address)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("--mqtt: %w", err), stop())
		}
		brokerURL = "mqtt://" + reachableByAll(listens)
	}
	platform.SetRealtime(live, brokerURL)
	return stop, nil
}

// reachableByAll is an address without its host when it is every one of the machine: the
// platform tells each client the one that the client has called.
func reachableByAll(listens net.Addr) string {
	if at, isTCP := listens.(*net.TCPAddr); isTCP && at.IP.IsUnspecified() {
		return fmt.Sprintf(":%d", at.Port)
	}
	return listens.String()
}

// introduceRealtime tells where clients connect to the broker.
func introduceRealtime(table io.Writer, platform *sandbox.Sandbox, apiURL string) {
	fmt.Fprintf(table, "broker\t%s\tMQTT of the Chat SDK\n", platform.RealtimeURL(apiURL))
}
