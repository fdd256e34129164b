package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"golang.org/x/term"
)

// screen shows lines above the one that is being typed, if somebody types on a terminal.
type screen struct {
	terminal *term.Terminal // nil when lines come from elsewhere
	lines    *bufio.Scanner
	begun    func() // is told that somebody types
	restore  func() error
}

// openScreen takes over the terminal, if there is one. The function is called when somebody
// begins to type a line.
func openScreen(begun func()) (*screen, error) {
	in := int(os.Stdin.Fd())
	if !term.IsTerminal(in) {
		return &screen{lines: bufio.NewScanner(os.Stdin), begun: begun}, nil
	}
	before, err := term.MakeRaw(in)
	if err != nil {
		return nil, fmt.Errorf("take over the terminal: %w", err)
	}
	s := &screen{restore: func() error { return term.Restore(in, before) }}
	s.terminal = term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{os.Stdin, os.Stdout}, "> ")
	s.terminal.AutoCompleteCallback = func(line string, _ int, key rune) (string, int, bool) {
		if line == "" && key != '\r' {
			begun()
		}
		return "", 0, false
	}
	return s, nil
}

// show shows a line.
func (s *screen) show(line string) {
	if s.terminal == nil {
		fmt.Println(line)
		return
	}
	fmt.Fprintln(s.terminal, line)
}

// typed are the lines that somebody types, until they end it.
func (s *screen) typed() iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for {
			line, err := s.read()
			if errors.Is(err, io.EOF) { // Ctrl-C, Ctrl-D, or the last line
				return
			}
			if (err != nil || line != "") && !yield(line, err) {
				return
			}
		}
	}
}

func (s *screen) read() (string, error) {
	if s.terminal != nil {
		return s.terminal.ReadLine()
	}
	if !s.lines.Scan() {
		return "", cmp.Or(s.lines.Err(), io.EOF)
	}
	s.begun()
	return s.lines.Text(), nil
}

// close gives the terminal back.
func (s *screen) close() error {
	if s.restore == nil {
		return nil
	}
	return s.restore()
}
