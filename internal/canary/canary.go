package canary

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
)

// Kind is what a canary looks like.
type Kind string

// The kinds.
const (
	// Name is a person's name.
	Name Kind = "name"
	// Sentence is an Indonesian sentence with rare words among common ones.
	Sentence Kind = "sentence"
	// Email is an e-mail address.
	Email Kind = "e-mail address"
	// Phone is a phone number of 13 digits.
	Phone Kind = "phone number"
	// Token is a token of letters and digits.
	Token Kind = "token"
	// Hex is a key of 40 hexadecimal digits.
	Hex Kind = "hexadecimal key"
	// UUID is a token in the form of a UUID.
	UUID Kind = "UUID"
	// Address is an address of https with a secret in its path and its query.
	Address Kind = "address"
	// Scripts is a text in several scripts, also of symbols.
	Scripts Kind = "scripts"
	// Ordinary is a sentence made only of words that messages of failures have too. It
	// can be told from such a message only where a request had it.
	Ordinary Kind = "ordinary sentence"
)

// ordinary is the text of the canaries that are Ordinary.
const ordinary = `Please check my "payment" again before today, so nobody can forward my old password`

// Canary is an invented secret, or an invented word of a customer's.
type Canary struct {
	Kind  Kind
	Place string // where it was put
	Text  string
	// secrets are the parts of the text that give it away.
	secrets []string
}

// New invents a canary for a place: always the same one.
func New(kind Kind, place string) Canary {
	inventor := inventor{rand.New(rand.NewChaCha8(sha256.Sum256([]byte(string(kind) + " " + place))))}
	canary := Canary{Kind: kind, Place: place}
	canary.Text, canary.secrets = inventor.invent(kind)
	return canary
}

// String says what it is, and not its text.
func (c Canary) String() string { return fmt.Sprintf("%s (%s)", c.Place, c.Kind) }

type inventor struct{ *rand.Rand }

func (i inventor) invent(kind Kind) (text string, secrets []string) {
	word, other := i.word(), i.word()
	switch kind {
	case Name:
		text = strings.ToUpper(word[:1]) + word[1:] + " " + strings.ToUpper(other[:1]) + other[1:]
		return text, []string{word, other}
	case Sentence:
		return "Tolong antar " + word + " dan " + other + " ke rumah besok", []string{word, other}
	case Email:
		return word + "." + other + "@example.id", []string{word, other}
	case Phone:
		text = "62" + i.from("123456789", 1) + i.from("0123456789", 10)
		return text, append(grouped(text), text)
	case Token:
		text = i.from("abcdefghijkmnopqrstuvwxyzABCDEFGHIJKLMNPQRSTUVWXYZ23456789", 32)
	case Hex:
		text = i.from("0123456789abcdef", 40)
	case UUID:
		digits := i.from("0123456789abcdef", 32)
		text = strings.Join([]string{digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]}, "-")
	case Address:
		token := i.from("abcdefghijkmnopqrstuvwxyz23456789", 24)
		return "https://hooks.example.id/" + word + "/in?key=" + token, []string{word, token}
	case Scripts:
		secrets = i.scripts()
		return strings.Join(secrets, " "), secrets
	case Ordinary:
		return ordinary, nil
	}
	return text, []string{text}
}

// word is none of any language.
func (i inventor) word() string {
	var word strings.Builder
	for range 5 {
		word.WriteString(i.from("dhkpqvxz", 1) + i.from("aeiou", 1))
	}
	return word.String()
}

// scripts are words of letters, and of symbols that can stand for letters and digits.
func (i inventor) scripts() []string {
	words := make([]string, 0, 10)
	for _, alphabet := range []string{
		"абвгдежзиклмнопрстуфхцчшщ", "가나다라마바사아자차카타파하", "春夏秋冬山川海空風雨雪月星", "ابتثجحخدذرزسشصضطظعغ",
		"กขคงจฉชซญดตถทนบปผพฟมยรลว", "ꦏꦒꦔꦕꦗꦚꦛꦝꦟꦠꦢꦤꦥꦧꦩ", "０１２３４５６７８９", "①②③④⑤⑥⑦⑧⑨", "🍎🍌🍇🍓🍒🍑🥭🍍🥥🥝", "⠁⠃⠉⠙⠑⠋⠛⠓⠊⠚",
	} {
		words = append(words, i.from(alphabet, 7))
	}
	return words
}

func (i inventor) from(alphabet string, count int) string {
	letters := []rune(alphabet)
	text := make([]rune, count)
	for at := range text {
		text[at] = letters[i.IntN(len(letters))]
	}
	return string(text)
}

// grouped are the ways in which people write a phone number.
func grouped(digits string) []string {
	var written []string
	for _, size := range []int{3, 4} {
		var groups []string
		for rest := digits; rest != ""; {
			group := rest[:min(size, len(rest))]
			groups, rest = append(groups, group), rest[len(group):]
		}
		for _, between := range []string{" ", "-", "."} {
			written = append(written, strings.Join(groups, between))
		}
	}
	return written
}

// isHex tells text that addresses in memory could look like.
func isHex(text string) bool {
	_, err := hex.DecodeString(strings.ReplaceAll(text, "-", ""))
	return err == nil
}
