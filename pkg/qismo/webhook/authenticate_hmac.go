package webhook

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
)

const (
	// OmnichannelSignatureHeader is the header in which two public programs expect
	// a signature of Omnichannel; see [HMAC] for how unsure that is.
	OmnichannelSignatureHeader = "qiscus-signature-key"
	// ChatSDKSignatureHeader is the header of the Chat SDK's signature.
	ChatSDKSignatureHeader = "QISCUS-SDK-SIGNATURE"
)

// HMAC accepts requests that carry, in a header, the HMAC-SHA256 of the raw body
// with one of the secrets as its key: as hexadecimal digits in either case, or as
// Base64 with or without its padding. The header must be there once.
//
// For the Chat SDK the vendor documents a signature, in hexadecimal digits:
//
//	webhook.HMAC(webhook.ChatSDKSignatureHeader, token)
//
// That Omnichannel signs at all is not confirmed: no page of the vendor says so, one
// author expects Base64 in [OmnichannelSignatureHeader] and another hexadecimal
// digits, and two who looked for a signature found none. Requests without one are
// refused, so try it on a live account first, and else use [PathSecret].
//
// A signature has no time in it: whoever has seen a request can send it again, and
// only telling events that were handled from new ones helps.
//
// Several secrets are for changing one without a gap: add the new one in front,
// change the secret in the dashboard, and when nothing comes that the old one has
// signed take it out. No secret at all, an empty one, one with white space around it
// or a header whose name is none is an error of [NewHandler].
func HMAC(header string, secrets ...string) Authenticator {
	keys := make([][]byte, len(secrets))
	for i, secret := range secrets {
		keys[i] = []byte(secret)
	}
	return &authenticator{
		name:      "HMAC",
		misuse:    cmp.Or(headerMisuse(header), secretsMisuse(secrets)),
		needsBody: true,
		accepts: func(request *http.Request, body []byte) bool {
			sent, ok := decodeSum(only(request.Header.Values(header)))
			if !ok { // the sender knows how long it is, so that this tells nothing
				return false
			}
			return signedByAny(keys, sent, body)
		},
	}
}

// signedByAny tries all keys, also when one of the first was right.
func signedByAny(keys [][]byte, sent, body []byte) bool {
	signed := false
	for _, key := range keys {
		hash := hmac.New(sha256.New, key)
		hash.Write(body)
		equal := hmac.Equal(sent, hash.Sum(nil))
		signed = signed || equal
	}
	return signed
}

// decodeSum reads a SHA-256 sum. The length tells the encodings apart, and leaves no
// room for the line breaks that the decoder of Base64 would skip. What is read may be
// one byte too long, and then equals no sum.
func decodeSum(text string) ([]byte, bool) {
	var decode func(string) ([]byte, error)
	switch len(text) {
	case hex.EncodedLen(sha256.Size):
		decode = hex.DecodeString
	case base64.StdEncoding.EncodedLen(sha256.Size):
		decode = base64.StdEncoding.Strict().DecodeString
	case base64.RawStdEncoding.EncodedLen(sha256.Size):
		decode = base64.RawStdEncoding.Strict().DecodeString
	default:
		return nil, false
	}
	sum, err := decode(text)
	return sum, err == nil
}
