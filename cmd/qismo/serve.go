package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/internal/sandbox/control"
	"github.com/qismo-go/qismo/internal/sandbox/inbox"
)

// servingPatience bounds how long a request's header and the end may take.
const servingPatience = 10 * time.Second

// servePlatform serves a sandbox's API, its page and its control at an address, with its
// broker, and tells the URL that clients call. The broker is also served over TCP, unless
// the address for that is "". The function it returns ends all of it.
func servePlatform(
	ctx context.Context, platform *sandbox.Sandbox, address, brokerAddress string,
) (apiURL string, stop func() error, err error) {
	stopRealtime, err := serveRealtime(ctx, platform, brokerAddress)
	if err != nil {
		return "", nil, err
	}
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", address)
	if err != nil {
		return "", nil, errors.Join(err, stopRealtime())
	}
	page := inbox.New(platform)
	server := &http.Server{Handler: routes(platform, page, address), ReadHeaderTimeout: servingPatience}
	server.RegisterOnShutdown(page.Close) // browsers that wait for news would hold it up
	var running sync.WaitGroup
	var serveErr error
	running.Go(func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			serveErr = err
		}
	})
	stop = func() error {
		// Whoever interrupts does not wait for what is still under way.
		bounded, cancel := context.WithTimeout(ctx, servingPatience)
		defer cancel()
		err := errors.Join(platform.Shutdown(bounded), server.Shutdown(bounded))
		if ctx.Err() != nil {
			err = nil // the interruption was told already
		}
		err = errors.Join(err, stopRealtime(), server.Close())
		running.Wait()
		return errors.Join(err, serveErr)
	}
	return "http://" + reachable(listener.Addr().String()), stop, nil
}

// routes put a sandbox, its page and its control together. They answer to the name that
// the server listens at, and to those that nobody else can have: who can log in, and with
// what, is no secret.
func routes(platform *sandbox.Sandbox, page *inbox.Inbox, address string) http.Handler {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = "" // it listens already, so there is one
	}
	mux := http.NewServeMux()
	mux.Handle("/", control.GuardHost(platform, host))
	mux.Handle("/{$}", control.Guard(page, host))
	mux.Handle(inbox.Home, control.Guard(page, host))
	mux.Handle(control.Home, control.New(platform, host))
	return mux
}

// reachable is an address to connect to: a server may listen on every one.
func reachable(address string) string {
	host, port, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsUnspecified() {
		return address
	}
	return net.JoinHostPort("127.0.0.1", port)
}
