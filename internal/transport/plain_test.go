package transport

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
)

// What messages of failures really say, in English and in Indonesian: what helps must
// stay readable, and what may be a customer's must not.
func TestPlain(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		// As the service words it.
		"Unauthorized":                                  "Unauthorized",
		"Cant join room, exceed max agents":             "Cant join room, exceed max agents",
		"No approved 24 Hours Message Template":         "No approved 24 Hours Message Template",
		"authentication failed: token_expired":          "authentication failed: token_expired",
		"jwt: token_expired at gate":                    "jwt: token_expired at gate",
		"You cannot consume this service":               "You cannot *** this service",
		"(#131047) Re-engagement message":               "(#131047) *** message",
		"(#100) Invalid parameter":                      "(#100) Invalid parameter",
		"(#131047) 24 hours have passed":                "(#131047) 24 hours have ***",
		"/payload/text is required":                     "/payload/text is required",
		"/messages/0/text: must not be empty":           "/messages/0/text: must not be empty",
		"cursor_after must be an integer":               "cursor_after must be an integer",
		"row 2 of 100: not a valid number":              "row 2 of 100: not a valid number",
		"error 100: 33, 5":                              "error 100: 33, 5",
		"limit must be between 1 and 100":               "limit must be between 1 and 100",
		"can't be blank":                                "can't be blank",
		"ruang sudah penuh":                             "ruang sudah penuh",
		"Ruangan tidak ditemukan, silakan coba lagi.":   "Ruangan tidak ditemukan, silakan coba lagi.",
		"kredit habis":                                  "kredit habis",
		"nomor telepon tidak terdaftar di WhatsApp":     "nomor telepon tidak terdaftar di WhatsApp",
		"template name is not found (status: rejected)": "template name is not found (status: rejected)",
		"":      "",
		"   \n": "",
		// Names.
		"agent Sari Wulandari is offline":    "agent *** is offline",
		"pelanggan Bu Dewi Lestari diblokir": "pelanggan *** diblokir",
		"O'Brien is not an agent":            "*** is not an agent",
		"room of dewi_lestari is closed":     "room of *** is closed",
		"agent Ñandú Ángel is offline":       "agent *** is offline",
		"agent Dewi\u200bLestari":            "agent ***",
		"agent de\u200bwi":                   "agent ***",
		"agent 李明 is offline":                "agent *** is offline",
		"agent 🅳🅴🆆🅸 is offline":              "agent *** is offline",
		"agent ｄｅｗｉ is offline":              "agent *** is offline",
		"the room\x00room":                   "the ***",
		"agent \xff\xfe is offline":          "agent *** is offline",
		// Phone numbers.
		"6281234567890 is not a valid number": "*** is not a valid number",
		"+62 812-3456-7890 is not valid":      "+*** is not valid",
		"+62 812 345 678 is not valid":        "+*** is not valid",
		"0812.345.678 is not valid":           "*** is not valid",
		"(021) 555 123 is not valid":          "(***) *** is not valid",
		"12 --- 345":                          "12 --- 345",
		"812 345 678":                         "***",
		"812_345_678":                         "***",
		"81-23-45":                            "***",
		"number: 62 (812) 345-678":            "number: *** (***) ***",
		"٠٨١٢ is not valid":                   "*** is not valid",
		"①②③④ is not valid":                   "*** is not valid",
		"8\u200b1\u200b2\u200b3 is not valid": "*** is not valid",
		"/812/345/678 is not valid":           "*** is not valid",
		// E-mail addresses, URLs and other addresses.
		"user sari@example.id not found":          "user *** not found",
		"user admin@user.id not found":            "user *** not found",
		"mailto:admin not found":                  "***:admin not found",
		"https://qiscus.com/room/5 is invalid":    "*** is invalid",
		"see www.example.id":                      "see ***",
		"redirect to //room.user/token":           "redirect to ***",
		"GET /api/v2/rooms/98120734?token=secret": "GET ***",
		"token=secret":                            "***",
		`C:\user\token`:                           "***",
		"<b>error</b>":                            "***",
		// Tokens and keys.
		"token eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyIjo1fQ.c2lnbmF0dXJl is invalid": "token *** is invalid",
		"key 550e8400-e29b-41d4-a716-446655440000":                          "key ***",
		"secret sk_live_51H8xYz is wrong":                                   "secret *** is wrong",
		"nonce: 7f3a9c":                                                     "nonce: ***",
		"code 1234 is wrong":                                                "code *** is wrong",
		// Order numbers.
		"order INV-001 does not exist":      "order *** does not exist",
		"order INV/2026/001 does not exist": "order *** does not exist",
		"order #98120734 does not exist":    "order #*** does not exist",
		"order #12 does not exist":          "order #12 does not exist",
		"order 7B does not exist":           "order *** does not exist",
		// What is masked already, and marks.
		"cannot send *** with ***": "cannot send *** with ***",
		"wrong value *** *** and":  "wrong value *** and",
		"*penting* pesan":          "*** pesan",
		"Dewi, Sari - \"Budi\"":    "***\"",
		"«salah» – “gagal” …":      "«salah» – “gagal” …",
	} {
		got := Plain(said)
		assert.Equal(t, want, got, "%q", said)
		assert.Equal(t, got, Plain(got), "%q, once more", said)
	}
}

// A long message is cut between words, so that what is left of one says nothing.
func TestPlainIsCut(t *testing.T) {
	t.Parallel()
	long := Plain(strings.Repeat("gagal ", 1000))
	assert.Equal(t, strings.TrimRight(strings.Repeat("gagal ", 50), " ")+"…", long)
	assert.Equal(t, long, Plain(long))
	assert.Equal(t, strings.Repeat("gagal ", 49)+"gagal…", Plain(strings.Repeat("gagal ", 50)+"message"))
	just := strings.Repeat("gagal ", 49) + "gagals"
	assert.NotContains(t, Plain(just), "gagals")
	assert.Equal(t, masked, Plain(strings.Repeat("rahasia ", 1000)), "what is masked takes no room")
	assert.Equal(t, masked, Plain(strings.Repeat("x", 1<<20)))
}

// Whatever is said, nothing but words of messages is left of it, it is no longer than
// it may be, and there is nothing more to mask.
func FuzzPlain(f *testing.F) {
	for _, said := range []string{
		"Cant join room, exceed max agents", "agent Sari (sari@example.id) +62 812 345 678 is offline", "****.*****", "a***b",
		"/payload/text/0, /812/345", "12 34; 5: 6", strings.Repeat("/room/1 ", 60), strings.Repeat("(1)-", 99), "_ __ 1_2_3 12_34",
		"\xff room\u200broom ‘1’ 2", strings.Repeat("gagal ", 49) + "gaga /room/text", "’t ’s *room*12",
	} {
		f.Add(said)
	}
	f.Fuzz(func(t *testing.T, said string) {
		got := Plain(said)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > maxMessage+1 {
			t.Errorf("%q gave %d characters, %q", said, utf8.RuneCountInString(got), got)
		}
		if again := Plain(got); again != got {
			t.Errorf("%q gave %q, and that %q", said, got, again)
		}
		for run := range strings.FieldsSeq(got) {
			if isPointer(strings.TrimRight(run, ".,:;"+cut)) {
				continue
			}
			notPlain := func(r rune) bool { return r == '*' || isMark(r) }
			for word := range strings.FieldsFuncSeq(run, notPlain) {
				if !isPlain(word) {
					t.Errorf("%q gave %q, with the word %q", said, got, word)
				}
			}
		}
	})
}
