package broker

import (
	"context"
	"errors"
	"fmt"
	"net"
)

// Listen takes connections over TCP at an address, such as 127.0.0.1:1883, or port 0 for
// a free one, until the Broker is closed, and tells which address that is. The context is
// that of asking for it.
func (b *Broker) Listen(ctx context.Context, address string) (net.Addr, error) {
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("broker: %w", err)
	}
	if !b.listensAt(listener) {
		return nil, errors.Join(ErrClosed, listener.Close())
	}
	go func() {
		if err := b.accept(listener); err != nil {
			b.noteFailure(err)
		}
		b.running.Done()
	}()
	return listener.Addr(), nil
}

// Serve takes connections from a listener until the Broker is closed, and then returns
// [ErrClosed]. The listener is the Broker's from now on.
func (b *Broker) Serve(listener net.Listener) error {
	if !b.listensAt(listener) {
		return errors.Join(ErrClosed, listener.Close())
	}
	defer b.running.Done()
	if err := b.accept(listener); err != nil {
		return err
	}
	return ErrClosed
}

// listensAt notes a listener, unless the Broker is closed.
func (b *Broker) listensAt(listener net.Listener) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.isClosed {
		return false
	}
	b.listeners[listener] = struct{}{}
	b.running.Add(1)
	return true
}

// accept takes connections until there are no more. It returns nil when that is because
// the Broker was closed.
func (b *Broker) accept(listener net.Listener) error {
	for {
		conn, err := listener.Accept()
		if err != nil {
			if b.closed() {
				return nil
			}
			return errors.Join(fmt.Errorf("broker: accept: %w", err), b.unlisten(listener))
		}
		if entered, ok := b.enter(conn); ok {
			go b.hold(entered)
			continue
		}
		_ = conn.Close() // nothing was said yet
	}
}

func (b *Broker) unlisten(listener net.Listener) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.listeners, listener)
	return listener.Close()
}

func (b *Broker) noteFailure(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failures = append(b.failures, err)
}
