package transport

import (
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	masked     = "***"
	maxMessage = 300 // characters of a message, before what marks a cut
	cut        = "…"
	// Shorter numbers are counts, such as the 24 of "24 hours".
	shortestNumber = 4
)

// Plain keeps the words of a text that messages of failures are made of, and masks
// the others. Numbers that may be a customer's are masked, however their digits are
// grouped, and addresses as a whole: their parts may be such words. What is left is
// cut to a length that can be read.
func Plain(text string) string {
	var pieces []piece
	for run := range strings.FieldsSeq(strings.ToValidUTF8(text, "\uFFFD")) {
		if len(pieces) > 0 {
			pieces = append(pieces, piece{mark, " "})
		}
		pieces = append(pieces, piecesOf(run)...)
	}
	maskNumbers(pieces)
	for rest := pieces; len(rest) > 0; {
		end := slices.Index(rest, piece{mark, " "})
		if end < 0 {
			end = len(rest)
		}
		spread(rest[:end])
		rest = rest[min(end+1, len(rest)):]
	}
	return join(merge(pieces))
}

// piece is a part of a text: a word, a number, a mark such as a comma, or what was
// masked.
type piece struct {
	kind kind
	text string
}

type kind int

const (
	mark kind = iota
	word
	number
	hidden
)

// addressMarks are in addresses, queries and markup, and seldom in messages.
const addressMarks = `/\?&=@%<>`

// piecesOf takes a run of characters without space apart.
func piecesOf(run string) []piece {
	var pieces []piece
	if strings.ContainsAny(run, addressMarks) {
		pointer := strings.TrimRight(run, ".,:;"+cut)
		if !isPointer(pointer) {
			return []piece{{hidden, masked}}
		}
		pieces, run = append(pieces, piece{word, pointer}), run[len(pointer):]
	}
	for run != "" {
		next := nextPiece(run)
		run = run[len(next.text):]
		if next.kind == hidden {
			next.text = masked
		}
		pieces = append(pieces, next)
	}
	return pieces
}

// spread masks what belongs to something masked in the same run: every number, and the
// words that a dot or a hyphen joins to it. INV-001 and www.example.id are names as a
// whole.
func spread(pieces []piece) {
	if !slices.ContainsFunc(pieces, func(p piece) bool { return p.kind == hidden }) {
		return
	}
	for i := range pieces {
		if pieces[i].kind == number {
			pieces[i] = piece{hidden, masked}
		}
	}
	join := func(from, by, to int) {
		joins := pieces[by].text == "." || pieces[by].text == "-"
		if pieces[from].kind == hidden && joins && pieces[to].kind == word {
			pieces[to] = piece{hidden, masked}
		}
	}
	for i := range len(pieces) - 2 {
		join(i, i+1, i+2)
	}
	for i := len(pieces) - 1; i >= 2; i-- {
		join(i, i-1, i-2)
	}
}

// nextPiece is the first piece of a run, as it stands there.
func nextPiece(run string) piece {
	first, length := utf8.DecodeRuneInString(run)
	switch {
	case first == '*': // masked already
		return piece{hidden, run[:len(run)-len(strings.TrimLeft(run, "*"))]}
	case isMark(first):
		return piece{mark, run[:length]}
	}
	end := strings.IndexFunc(run, func(r rune) bool { return r == '*' || isMark(r) })
	if end < 0 {
		end = len(run)
	}
	text := run[:end]
	switch {
	case isDigits(text) && !isMetaCode(text):
		return piece{number, text}
	case isPlain(text):
		return piece{word, text}
	}
	return piece{hidden, text}
}

// isMark tells what stands between words. All else is part of one: also an invisible
// character or an emoji, by which a word would be cut into harmless ones.
func isMark(r rune) bool {
	switch {
	case r > '~':
		return strings.ContainsRune("–—…“”‘’«»", r)
	case r == '_', r == '*':
		return false
	}
	isLetter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	return r > ' ' && !isLetter
}

// isPlain reports whether a word, or each part of a name such as cursor_after, is
// one of messages.
func isPlain(text string) bool {
	digits := 0
	for part := range strings.SplitSeq(strings.ToLower(text), "_") {
		switch {
		case isMetaCode(part), isPlainWord(part):
		case isDigits(part):
			digits += len(part)
		default:
			return false
		}
	}
	return digits < shortestNumber
}

// isDigits reports whether a text has nothing but digits, or nothing at all.
func isDigits(text string) bool { return strings.Trim(text, "0123456789") == "" }

// isMetaCode tells the numbers by which Meta names the failures of WhatsApp.
func isMetaCode(number string) bool {
	return len(number) == 6 && isDigits(number) && "130000" <= number && number < "136000"
}

// isPointer tells a JSON pointer to a member of a request, such as /payload/text, by
// which a validation names it.
func isPointer(run string) bool {
	path, found := strings.CutPrefix(run, "/")
	digits := 0
	for name := range strings.SplitSeq(path, "/") {
		for part := range strings.SplitSeq(name, "_") {
			found = found && (isEnglish(part) || isDigits(part))
			if isDigits(part) {
				digits += len(part)
			}
		}
	}
	return found && digits < shortestNumber
}

// maskNumbers masks numbers whose digits, with at most two marks between them, are
// too many for a count: 812 345 678 is a phone number. A colon ends a group, as in
// "row 2: 35".
func maskNumbers(pieces []piece) {
	digits, last := 0, 0 // of the group, and where its last number is
	var group []int
	flush := func() {
		if digits >= shortestNumber {
			for _, i := range group {
				pieces[i] = piece{hidden, masked}
			}
		}
		digits, group = 0, nil
	}
	for i, p := range pieces {
		if p.kind != mark && p.kind != number || p.text == ":" || p.text == ";" || i-last > 3 {
			flush()
		}
		if p.kind == number {
			digits, last, group = digits+len(p.text), i, append(group, i)
		}
	}
	flush()
}

// merge makes one of what is masked in a row.
func merge(pieces []piece) []piece {
	const light = ` .,:;-'"`
	merged := pieces[:0]
	last := -1 // where something masked is, as long as only light marks follow it
	for _, p := range pieces {
		switch {
		case p.kind == hidden && last >= 0:
			merged = merged[:last+1]
			continue
		case p.kind == hidden:
			last = len(merged)
		case p.kind != mark || !strings.Contains(light, p.text):
			last = -1
		}
		merged = append(merged, p)
	}
	return merged
}

// join writes as many pieces as fit.
func join(pieces []piece) string {
	var b strings.Builder
	left := maxMessage
	for _, p := range pieces {
		left -= utf8.RuneCountInString(p.text)
		if left < 0 {
			return strings.TrimRight(b.String(), " ") + cut
		}
		b.WriteString(p.text)
	}
	return b.String()
}
