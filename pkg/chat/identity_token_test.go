package chat_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash"
	"maps"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/chat"
)

func issuedAt() time.Time { return time.Date(2026, 2, 10, 3, 14, 7, 0, time.UTC) }

// signed makes a token by hand, from its header and claims.
func signed(t *testing.T, header, claims map[string]any, with func() hash.Hash, secret string) string {
	t.Helper()
	var parts []string
	for _, part := range []map[string]any{header, claims} {
		written, err := json.Marshal(part)
		require.NoError(t, err)
		parts = append(parts, base64.RawURLEncoding.EncodeToString(written))
	}
	mac := hmac.New(with, []byte(secret))
	mac.Write([]byte(strings.Join(parts, ".")))
	return strings.Join(append(parts, base64.RawURLEncoding.EncodeToString(mac.Sum(nil))), ".")
}

func goodHeader() map[string]any {
	return map[string]any{"alg": "HS256", "typ": "JWT", "ver": "v2"}
}

func goodClaims() map[string]any {
	at := issuedAt().Unix()
	return map[string]any{
		"iss": testAppID, "iat": at, "nbf": at, "exp": at + 60, "nce": "n0nce", "prn": testUserID,
		"name": "Rina Hartati", "avatar_url": "https://cdn.example.id/avatar/rina.png",
	}
}

func rinasClaims() chat.IdentityClaims {
	return chat.IdentityClaims{
		UserID: testUserID, Nonce: "n0nce", Name: "Rina Hartati", AvatarURL: "https://cdn.example.id/avatar/rina.png",
		IssuedAt: issuedAt(),
	}
}

// A token says what the service wants to hear, is signed as it says, and another
// library takes it.
func TestIdentityTokensAreWhatTheServiceWants(t *testing.T) {
	t.Parallel()
	token, err := chat.NewIdentityToken(testAppID, testSecret, rinasClaims())
	require.NoError(t, err)
	parts := strings.Split(token.Reveal(), ".")
	require.Len(t, parts, 3)
	for i, want := range []map[string]any{goodHeader(), goodClaims()} {
		part, err := base64.RawURLEncoding.DecodeString(parts[i])
		require.NoError(t, err)
		wanted, err := json.Marshal(want)
		require.NoError(t, err)
		assert.JSONEq(t, string(wanted), string(part))
	}
	mac := hmac.New(sha256.New, []byte(testSecret))
	mac.Write([]byte(parts[0] + "." + parts[1]))
	assert.Equal(t, base64.RawURLEncoding.EncodeToString(mac.Sum(nil)), parts[2])

	var claims jwt.MapClaims
	read, err := jwt.NewParser(jwt.WithTimeFunc(issuedAt)).ParseWithClaims(token.Reveal(), &claims, func(*jwt.Token) (any, error) {
		return []byte(testSecret), nil
	})
	require.NoError(t, err)
	assert.Equal(t, "v2", read.Header["ver"])
	assert.Equal(t, testUserID, claims["prn"])

	for _, verb := range []string{"%v", "%s", "%#v"} {
		assert.NotContains(t, fmt.Sprintf(verb, token), parts[2])
	}
}

// Names and pictures are left out where there are none; a token lasts a minute from now
// when nobody says.
func TestIdentityTokensByThemselves(t *testing.T) {
	t.Parallel()
	before := time.Now().Truncate(time.Second)
	token, err := chat.NewIdentityToken(testAppID, testSecret, chat.IdentityClaims{UserID: testUserID, Nonce: "n0nce"})
	require.NoError(t, err)
	claims, err := chat.VerifyIdentityToken(testAppID, testSecret, token.Reveal(), time.Now())
	require.NoError(t, err)
	assert.False(t, claims.IssuedAt.Before(before))
	assert.Equal(t, time.Minute, claims.ExpiresAt.Sub(claims.IssuedAt))
	said, err := base64.RawURLEncoding.DecodeString(strings.Split(token.Reveal(), ".")[1])
	require.NoError(t, err)
	assert.NotContains(t, string(said), "name")
	assert.NotContains(t, string(said), "avatar_url")
}

func TestIdentityTokensThatCannotBe(t *testing.T) {
	t.Parallel()
	for want, test := range map[string]struct {
		appID, secret string
		change        func(*chat.IdentityClaims)
	}{
		"the user id is empty":                            {testAppID, testSecret, func(c *chat.IdentityClaims) { c.UserID = "" }},
		"the nonce is empty":                              {testAppID, testSecret, func(c *chat.IdentityClaims) { c.Nonce = "" }},
		"the user id or the nonce is no text":             {testAppID, testSecret, func(c *chat.IdentityClaims) { c.UserID = "rina\xff" }},
		"the App ID is empty":                             {"", testSecret, func(*chat.IdentityClaims) {}},
		"the secret key is empty":                         {testAppID, "", func(*chat.IdentityClaims) {}},
		"it would have expired when it begins to be good": {testAppID, testSecret, func(c *chat.IdentityClaims) { c.ExpiresAt = c.IssuedAt.Add(time.Second / 2) }},
	} {
		claims := rinasClaims()
		test.change(&claims)
		_, err := chat.NewIdentityToken(test.appID, test.secret, claims)
		require.EqualError(t, err, "chat: sign an identity token: "+want)
	}
}

// otherwise writes the end of a token in another way, of which the bits that do not count
// differ.
func otherwise(token string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := len(token) - 1
	return token[:last] + string(alphabet[strings.IndexByte(alphabet, token[last])+1])
}

func TestVerifyIdentityToken(t *testing.T) {
	t.Parallel()
	without := func(of map[string]any, member string) map[string]any {
		changed := maps.Clone(of)
		delete(changed, member)
		return changed
	}
	with := func(of map[string]any, member string, value any) map[string]any {
		changed := maps.Clone(of)
		changed[member] = value
		return changed
	}
	good := signed(t, goodHeader(), goodClaims(), sha256.New, testSecret)
	for name, test := range map[string]struct {
		token string
		at    time.Time
		good  bool
	}{
		"as it should be":          {good, issuedAt(), true},
		"just before its end":      {good, issuedAt().Add(time.Minute - 1), true},
		"another HMAC":             {signed(t, with(goodHeader(), "alg", "HS512"), goodClaims(), sha512.New, testSecret), issuedAt(), true},
		"at its end":               {good, issuedAt().Add(time.Minute), false},
		"before its beginning":     {good, issuedAt().Add(-1), false},
		"of a later time":          {signed(t, goodHeader(), with(goodClaims(), "iat", issuedAt().Unix()+1), sha256.New, testSecret), issuedAt(), false},
		"written otherwise":        {otherwise(good), issuedAt(), false},
		"another secret":           {signed(t, goodHeader(), goodClaims(), sha256.New, "kunci-lain"), issuedAt(), false},
		"another App ID":           {signed(t, goodHeader(), with(goodClaims(), "iss", "toko-lain"), sha256.New, testSecret), issuedAt(), false},
		"not signed":               {signed(t, with(goodHeader(), "alg", "none"), goodClaims(), sha256.New, testSecret), issuedAt(), false},
		"without its signature":    {good[:strings.LastIndex(good, ".")+1], issuedAt(), false},
		"of an old version":        {signed(t, with(goodHeader(), "ver", "v1"), goodClaims(), sha256.New, testSecret), issuedAt(), false},
		"without a version":        {signed(t, without(goodHeader(), "ver"), goodClaims(), sha256.New, testSecret), issuedAt(), false},
		"without a type":           {signed(t, without(goodHeader(), "typ"), goodClaims(), sha256.New, testSecret), issuedAt(), false},
		"without an App ID":        {signed(t, goodHeader(), without(goodClaims(), "iss"), sha256.New, testSecret), issuedAt(), false},
		"without an end":           {signed(t, goodHeader(), without(goodClaims(), "exp"), sha256.New, testSecret), issuedAt(), false},
		"without a beginning":      {signed(t, goodHeader(), without(goodClaims(), "nbf"), sha256.New, testSecret), issuedAt(), false},
		"without its time":         {signed(t, goodHeader(), without(goodClaims(), "iat"), sha256.New, testSecret), issuedAt(), false},
		"without a user":           {signed(t, goodHeader(), without(goodClaims(), "prn"), sha256.New, testSecret), issuedAt(), false},
		"without a nonce":          {signed(t, goodHeader(), with(goodClaims(), "nce", ""), sha256.New, testSecret), issuedAt(), false},
		"with a nonce of no text":  {signed(t, goodHeader(), with(goodClaims(), "nce", 7), sha256.New, testSecret), issuedAt(), false},
		"with a fourth part":       {good + ".e30", issuedAt(), false},
		"with padding":             {good + "=", issuedAt(), false},
		"empty":                    {"", issuedAt(), false},
		"no token":                 {"rahasia", issuedAt(), false},
		"in a space":               {" " + good, issuedAt(), false},
		"claims that are no claim": {"e30.bnVsbA.e30", issuedAt(), false},
	} {
		claims, err := chat.VerifyIdentityToken(testAppID, testSecret, test.token, test.at)
		if !test.good {
			require.ErrorIs(t, err, chat.ErrInvalidIdentityToken, name)
			assert.Nil(t, claims, name)
			continue
		}
		require.NoError(t, err, name)
		want := rinasClaims()
		want.ExpiresAt = want.IssuedAt.Add(time.Minute)
		claims.IssuedAt, claims.ExpiresAt = claims.IssuedAt.UTC(), claims.ExpiresAt.UTC()
		assert.Equal(t, want, *claims, name)
	}
	_, err := chat.VerifyIdentityToken("", testSecret, signed(t, goodHeader(), with(goodClaims(), "iss", ""), sha256.New, testSecret), issuedAt())
	require.ErrorIs(t, err, chat.ErrInvalidIdentityToken)
	_, err = chat.VerifyIdentityToken(testAppID, "", signed(t, goodHeader(), goodClaims(), sha256.New, ""), issuedAt())
	require.ErrorIs(t, err, chat.ErrInvalidIdentityToken, "an empty secret is no secret")
}

// Whatever a token says comes out as it went in, and with one character changed nobody
// takes it.
func FuzzIdentityToken(f *testing.F) {
	f.Add("rina@toko.example.id", "n0nce", "Rina Hartati", "https://cdn.example.id/a.png", int64(1770693247), int64(60), 3, byte(1))
	f.Add("a", "b", "\xff", "\u2028", int64(0), int64(1), 0, byte(0x20))
	f.Add("<>&", "\x00", `"`, "\\", int64(-62135596800), int64(1<<40), 999, byte(0xff))
	f.Fuzz(func(t *testing.T, userID, nonce, name, picture string, issued, lasts int64, at int, by byte) {
		const latest = 253402300799 // the last second of the year 9999
		if issued < 1 || issued > latest || lasts < 1 || lasts > latest {
			return
		}
		claims := chat.IdentityClaims{
			UserID: userID, Nonce: nonce, Name: name, AvatarURL: picture,
			IssuedAt: time.Unix(issued, 0), ExpiresAt: time.Unix(issued+lasts, 0),
		}
		token, err := chat.NewIdentityToken(testAppID, testSecret, claims)
		if userID == "" || nonce == "" || !utf8.ValidString(userID) || !utf8.ValidString(nonce) {
			require.Error(t, err)
			return
		}
		require.NoError(t, err)
		said, err := chat.VerifyIdentityToken(testAppID, testSecret, token.Reveal(), claims.IssuedAt)
		require.NoError(t, err)
		assert.Equal(t, userID, said.UserID)
		assert.Equal(t, nonce, said.Nonce)
		assert.Equal(t, string([]rune(name)), said.Name)
		assert.Equal(t, string([]rune(picture)), said.AvatarURL)
		assert.True(t, said.IssuedAt.Equal(claims.IssuedAt))
		assert.True(t, said.ExpiresAt.Equal(claims.ExpiresAt))

		changed := []byte(token.Reveal())
		if at < 0 || by == 0 {
			return
		}
		changed[at%len(changed)] ^= by
		_, err = chat.VerifyIdentityToken(testAppID, testSecret, string(changed), claims.IssuedAt)
		require.ErrorIs(t, err, chat.ErrInvalidIdentityToken)
	})
}

// Whatever comes in place of a token is refused, and breaks nothing.
func FuzzVerifyIdentityToken(f *testing.F) {
	for _, seed := range []string{"", "a.b.c", "e30.e30.", "eyJhbGciOiJub25lIiwidHlwIjoiSldUIiwidmVyIjoidjIifQ.e30.", strings.Repeat(".", 99)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		_, err := chat.VerifyIdentityToken(testAppID, testSecret, token, issuedAt())
		require.ErrorIs(t, err, chat.ErrInvalidIdentityToken, "nobody guesses a signature")
		assert.NotContains(t, err.Error(), testSecret)
	})
}
