package canary

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// pieceKey is how many bytes of a piece it is looked up by.
const pieceKey = 8

// Net finds canaries in text. It must not change once it is searched with; then it is
// safe for concurrent use.
type Net struct {
	canaries []Canary
	pieces   map[uint64][]caught
	sieve    []uint64 // bits: which keys may be there
	count    int
}

// caught is what a piece is of.
type caught struct {
	piece

	canary int
}

const sieveBits = 1 << 23

// NewNet makes a net for canaries.
func NewNet(canaries ...Canary) *Net {
	net := &Net{canaries: canaries, pieces: map[uint64][]caught{}, sieve: make([]uint64, sieveBits/64)}
	for number, canary := range canaries {
		for _, piece := range pieces(canary) {
			key := binary.LittleEndian.Uint64([]byte(piece.text))
			bit := sieveBit(key)
			net.sieve[bit/64] |= 1 << (bit % 64)
			net.pieces[key] = append(net.pieces[key], caught{piece, number})
			net.count++
		}
	}
	return net
}

func sieveBit(key uint64) uint64 { return key * 0x9e3779b97f4a7c15 >> 41 }

// Catch is a canary that was found.
type Catch struct {
	Canary Canary
	Form   string // in which it was found
	Near   string // what stands around it
}

func (c Catch) String() string { return fmt.Sprintf("%s, %s: …%s…", c.Canary, c.Form, c.Near) }

// Search finds the canaries in a text, each once.
func (n *Net) Search(text string) []Catch { return n.search(strings.ToLower(text)) }

// SearchWords finds the canaries in the words of a text, whatever stands between them.
func (n *Net) SearchWords(text string) []Catch { return n.search(plainWords(text)) }

func (n *Net) search(text string) []Catch {
	var catches []Catch
	seen := map[int]bool{}
	bytes := []byte(text)
	for at := 0; at+pieceKey <= len(bytes); at++ {
		key := binary.LittleEndian.Uint64(bytes[at:])
		bit := sieveBit(key)
		if n.sieve[bit/64]&(1<<(bit%64)) == 0 {
			continue
		}
		for _, piece := range n.pieces[key] {
			if !seen[piece.canary] && strings.HasPrefix(text[at:], piece.text) {
				seen[piece.canary] = true
				near := text[max(0, at-40):min(len(text), at+len(piece.text)+40)]
				catches = append(catches, Catch{n.canaries[piece.canary], piece.form, near})
			}
		}
	}
	return catches
}
