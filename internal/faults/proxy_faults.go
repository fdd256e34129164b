package faults

import (
	"bytes"
	"context"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"time"
)

// Latency delays all that passes in the direction by a time, in whole milliseconds.
// It takes the place of an earlier latency.
func (p *Proxy) Latency(direction Direction, delay time.Duration) {
	p.tb.Helper()
	p.poison(direction, "latency", map[string]int64{"latency": delay.Milliseconds()})
}

// Bandwidth lets no more pass in the direction than so many thousand bytes a second.
// It takes the place of an earlier bandwidth.
func (p *Proxy) Bandwidth(direction Direction, kilobytesPerSecond int64) {
	p.tb.Helper()
	p.poison(direction, "bandwidth", map[string]int64{"rate": kilobytesPerSecond})
}

// Slice cuts what passes in the direction into pieces of about so many bytes, as
// networks do. It takes the place of an earlier slicing.
func (p *Proxy) Slice(direction Direction, bytes int64) {
	p.tb.Helper()
	p.poison(direction, "slicer", map[string]int64{"average_size": bytes})
}

// poison puts one of toxiproxy's toxics in the way, in the place of an earlier one of
// its kind.
func (p *Proxy) poison(direction Direction, kind string, attributes map[string]int64) {
	p.tb.Helper()
	p.shaping.Lock()
	defer p.shaping.Unlock()
	name := kind + " " + direction.String()
	p.remove(name)
	toxic, err := json.Marshal(map[string]any{
		"name": name, "type": kind, "stream": direction.String(), "attributes": attributes,
	})
	if err == nil {
		_, err = p.toxics.AddToxicJson(bytes.NewReader(toxic))
	}
	if err != nil {
		p.tb.Errorf("add the toxic %s: %v", name, err)
		return
	}
	p.shapes = append(p.shapes, name)
}

// passFreely takes all toxics out of the way, the last first: what an earlier one
// holds back would have to pass a later one otherwise.
func (p *Proxy) passFreely() {
	p.shaping.Lock()
	defer p.shaping.Unlock()
	for _, name := range slices.Backward(slices.Clone(p.shapes)) {
		p.remove(name)
	}
}

// remove takes a toxic out of the way, if it is there. Who calls it holds shaping.
func (p *Proxy) remove(name string) {
	at := slices.Index(p.shapes, name)
	if at < 0 {
		return
	}
	p.shapes = slices.Delete(p.shapes, at, at+1)
	if err := p.toxics.RemoveToxic(context.Background(), name); err != nil {
		p.tb.Errorf("remove the toxic %s: %v", name, err)
	}
}

// Stall lets nothing more pass in the direction, and keeps all connections open:
// upstream, no request arrives; downstream, no answer does, while the server acts.
func (p *Proxy) Stall(direction Direction) { p.stalled[direction].Store(true) }

// ResetAfter resets each connection that is made from now on when so many bytes have
// passed in the direction; 0 resets it at once. A reset overtakes what its receiver
// has not been sent yet, so that fewer may come through.
func (p *Proxy) ResetAfter(direction Direction, bytes int64) {
	p.decide(func(int) fate {
		return fate{breaks: true, resets: true, direction: direction, bytes: bytes}
	})
}

// CutAfter closes each connection that is made from now on in good order, to both
// sides, when so many bytes have passed in the direction; 0 closes it at once.
func (p *Proxy) CutAfter(direction Direction, bytes int64) {
	p.decide(func(int) fate { return fate{breaks: true, direction: direction, bytes: bytes} })
}

// Chances tells how often connections are reset at random, and when.
type Chances struct {
	// Seed makes the same chances again. They are drawn by the connection's number, so
	// that they do not depend on which of two is faster.
	Seed uint64
	// Probability, from 0 to 1, is that of a connection to be reset.
	Probability float64
	// Bytes is how many bytes a connection carries at most, in one direction, before it
	// is reset; 0 leaves it to Time. With both, either decides as often.
	Bytes int64
	// Time is how long a connection lasts at most before it is reset; 0 leaves it to
	// Bytes.
	Time time.Duration
}

// ResetRandomly resets connections that are made from now on by chance.
func (p *Proxy) ResetRandomly(chances Chances) { p.decide(chances.fate) }

// fate draws the fate of a connection.
func (c Chances) fate(connection int) fate {
	draw := rand.New(rand.NewPCG(c.Seed, uint64(connection))) //nolint:gosec // it counts up from 1
	if draw.Float64() >= c.Probability {
		return fate{}
	}
	drawn := fate{breaks: true, resets: true, direction: Direction(draw.IntN(2))}
	isByTime := c.Bytes <= 0 || draw.IntN(2) == 0
	if c.Time > 0 && isByTime {
		drawn.pause = time.Duration(1 + draw.Int64N(int64(c.Time)))
	} else if c.Bytes > 0 {
		drawn.bytes = draw.Int64N(c.Bytes)
	}
	return drawn
}

// Cut breaks the network: all connections are reset, and so is each that is made, at
// once, until it heals.
func (p *Proxy) Cut() {
	p.ResetAfter(Upstream, 0)
	for _, pair := range p.open() {
		pair.breakUp(true)
	}
}

// Heal undoes all that the proxy was told. Connections that were stalled have lost
// bytes, and connections that are bound to break still do.
func (p *Proxy) Heal() {
	p.decide(unharmed)
	p.stalled[Upstream].Store(false)
	p.stalled[Downstream].Store(false)
	p.passFreely()
}

func (p *Proxy) decide(fates func(connection int) fate) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fates = fates
}
