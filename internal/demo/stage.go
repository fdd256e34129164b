package demo

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// brokenWebhook is a message that was cut in three places.
const brokenWebhook = `{"type":"post_comment_mobile","payload":{
	"from":{"name":"Dewi Lestari"},"room":{"id":true},"message":{"text":"halo"}}}`

// stage is what the story plays on: the platform, a receiver, and a client that
// connects them.
type stage struct {
	platform                 *sandbox.Sandbox
	client                   *qismo.Client
	platformURL, receiverURL string

	secret   string
	received chan received
	failures chan error
	servers  []*http.Server
	running  sync.WaitGroup
}

// open starts both servers on free loopback ports.
func open(ctx context.Context) (*stage, error) {
	s := &stage{
		secret:   rand.Text(),
		received: make(chan received, 16),
		failures: make(chan error, 16),
	}
	var listen net.ListenConfig
	hooks, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	api, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, hooks.Close())
	}
	s.receiverURL, s.platformURL = "http://"+hooks.Addr().String(), "http://"+api.Addr().String()
	if err := s.furnish(); err != nil {
		return nil, errors.Join(err, hooks.Close(), api.Close())
	}
	handler, err := s.newReceiver()
	if err != nil {
		return nil, errors.Join(err, hooks.Close(), api.Close(), s.platform.Shutdown(ctx))
	}
	s.serve(hooks, handler)
	s.serve(api, s.platform)
	return s, nil
}

// furnish makes the platform and the client that talks to it.
func (s *stage) furnish() error {
	platform, err := sandbox.New(sandbox.Config{
		AgentCount: agents,
		Rooms:      rooms,
		Webhooks:   sandbox.Webhooks{Bot: s.hookURL()},
		OnDelivery: s.checkDelivery,
	})
	if err != nil {
		return err
	}
	config := platform.Config()
	s.platform = platform
	s.client, err = qismo.New(qismo.WithSecretKey(config.AppCode, config.SecretKey), qismo.WithBaseURL(s.platformURL))
	return err
}

// checkDelivery notes a webhook that its receiver did not take.
func (s *stage) checkDelivery(delivery sandbox.Delivery) {
	if delivery.Err == nil && delivery.Status == http.StatusOK {
		return
	}
	err := delivery.Err
	if err == nil {
		err = fmt.Errorf("status %d", delivery.Status)
	}
	s.fail(fmt.Errorf("the webhook %s was not taken: %w", delivery.Event, err))
}

// fail notes what went wrong behind the story's back.
func (s *stage) fail(err error) {
	select {
	case s.failures <- err:
	default: // the first ones are enough
	}
}

// failed tells what went wrong behind the story's back.
func (s *stage) failed() error {
	select {
	case err := <-s.failures:
		return err
	default:
		return nil
	}
}

func (s *stage) hookURL() string { return s.receiverURL + "/hooks/" + s.secret }

func (s *stage) serve(listener net.Listener, handler http.Handler) {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: patience}
	s.servers = append(s.servers, server)
	s.running.Go(func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.fail(err)
		}
	})
}

func (s *stage) close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	err := s.platform.Shutdown(ctx)
	for _, server := range s.servers {
		err = errors.Join(err, server.Shutdown(ctx))
	}
	s.running.Wait()
	return err
}

// await waits for an event that the receiver handled.
func (s *stage) await(ctx context.Context, name webhook.Name) (received, error) {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case event := <-s.received:
		if event.name != name {
			return received{}, fmt.Errorf("%s came where %s was expected", event.name, name)
		}
		return event, nil
	case err := <-s.failures:
		return received{}, err
	case <-timer.C:
		return received{}, fmt.Errorf("no %s came within %s", name, patience)
	case <-ctx.Done():
		return received{}, context.Cause(ctx)
	}
}

// post plays a visitor who is not the platform.
func post(ctx context.Context, address, body string) (status int, answer []byte, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	client := &http.Client{Timeout: patience}
	response, err := client.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(response.Body, 64<<10))
	return response.StatusCode, answer, err
}

// reasonsIn reads the problems that a receiver answers with.
func reasonsIn(answer []byte) []string {
	var body struct {
		Problems []webhook.Problem `json:"problems"`
	}
	if err := json.Unmarshal(answer, &body); err != nil {
		return []string{"(the answer is not JSON)"}
	}
	lines := make([]string, 0, len(body.Problems))
	for _, problem := range body.Problems {
		lines = append(lines, problem.String())
	}
	return lines
}
