package chat_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/chat"
)

// whoIs knows its users by a cookie.
func whoIs(request *http.Request) (chat.SignedInUser, error) {
	cookie, err := request.Cookie("sesi")
	if err != nil {
		return chat.SignedInUser{}, chat.ErrNotSignedIn
	}
	switch cookie.Value {
	case "rina":
		return chat.SignedInUser{ID: testUserID, Name: "Rina Hartati"}, nil
	case "kosong":
		return chat.SignedInUser{}, nil
	case "bukan teks":
		return chat.SignedInUser{ID: "rina\xff"}, nil
	}
	return chat.SignedInUser{}, errors.New("rahasia: the database is gone")
}

func identityHandler(t *testing.T, who func(*http.Request) (chat.SignedInUser, error)) http.Handler {
	t.Helper()
	handler, err := chat.IdentityHandler(testAppID, testSecret, who)
	require.NoError(t, err)
	return handler
}

// asked is a request for an identity token, of whoever has the cookie.
func asked(method, contentType, body, cookie string) *http.Request {
	request := httptest.NewRequestWithContext(context.Background(), method, "/chat/identity", strings.NewReader(body))
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	if cookie != "" {
		request.AddCookie(&http.Cookie{Name: "sesi", Value: cookie})
	}
	return request
}

func multipartNonce(t testing.TB, fields ...string) (contentType, body string) {
	t.Helper()
	var written bytes.Buffer
	form := multipart.NewWriter(&written)
	for i := 0; i < len(fields); i += 2 {
		require.NoError(t, form.WriteField(fields[i], fields[i+1]))
	}
	require.NoError(t, form.Close())
	return form.FormDataContentType(), written.String()
}

// A signed-in user gets a token for the nonce, in whichever form it is sent.
func TestIdentityHandlerSigns(t *testing.T) {
	t.Parallel()
	multipartType, multipartBody := multipartNonce(t, "other", "x", "nonce", "n0nce")
	for name, test := range map[string]struct{ contentType, body string }{
		"JSON":              {"application/json", `{"nonce":"n0nce","other":7}`},
		"JSON in a charset": {"application/json; charset=utf-8", `{"nonce":"n0nce"}`},
		"a form":            {"application/x-www-form-urlencoded", url.Values{"nonce": {"n0nce"}, "other": {"x"}}.Encode()},
		"a multipart form":  {multipartType, multipartBody},
	} {
		recorder := httptest.NewRecorder()
		identityHandler(t, whoIs).ServeHTTP(recorder, asked("POST", test.contentType, test.body, "rina"))
		require.Equal(t, 200, recorder.Code, name)
		assert.Equal(t, "application/json", recorder.Header().Get("Content-Type"), name)
		assert.Equal(t, "no-store", recorder.Header().Get("Cache-Control"), name)
		var said map[string]string
		require.NoError(t, json.Unmarshal(recorder.Body.Bytes(), &said), name)
		require.Len(t, said, 1, name)
		claims, err := chat.VerifyIdentityToken(testAppID, testSecret, said["identity_token"], time.Now())
		require.NoError(t, err, name)
		assert.Equal(t, testUserID, claims.UserID, name)
		assert.Equal(t, "n0nce", claims.Nonce, name)
		assert.Equal(t, "Rina Hartati", claims.Name, name)
	}
}

// Whatever is not in order gets no token, and is told why in no more than a word.
func TestIdentityHandlerRefuses(t *testing.T) {
	t.Parallel()
	const isJSON, good = "application/json", `{"nonce":"n0nce"}`
	for name, test := range map[string]struct {
		method, contentType, body, cookie string
		status                            int
	}{
		"another method":            {"GET", isJSON, good, "rina", 405},
		"a preflight":               {"OPTIONS", "", "", "rina", 405},
		"nobody":                    {"POST", isJSON, good, "", 401},
		"a user without an id":      {"POST", isJSON, good, "kosong", 401},
		"a failure of the back end": {"POST", isJSON, good, "lain", 500},
		"an id that is no text":     {"POST", isJSON, good, "bukan teks", 500},
		"no content type":           {"POST", "", good, "rina", 400},
		"a malformed content type":  {"POST", "application/", good, "rina", 400},
		"another content type":      {"POST", "text/plain", good, "rina", 400},
		"no body":                   {"POST", isJSON, "", "rina", 400},
		"no object":                 {"POST", isJSON, `"n0nce"`, "rina", 400},
		"half of an object":         {"POST", isJSON, `{"nonce":"n0`, "rina", 400},
		"no nonce":                  {"POST", isJSON, `{}`, "rina", 400},
		"a nonce of no text":        {"POST", isJSON, `{"nonce":7}`, "rina", 400},
		"a nonce too long":          {"POST", isJSON, `{"nonce":"` + strings.Repeat("n", 513) + `"}`, "rina", 400},
		"a nonce of two lines":      {"POST", isJSON, `{"nonce":"a\nb"}`, "rina", 400},
		"a nonce of another script": {"POST", isJSON, `{"nonce":"ñ"}`, "rina", 400},
		"a nonce in the address":    {"POST", "application/x-www-form-urlencoded", "", "rina", 400},
		"a form that is none":       {"POST", "application/x-www-form-urlencoded", "nonce=%zz", "rina", 400},
		"a multipart without parts": {"POST", "multipart/form-data; boundary=x", "n0nce", "rina", 400},
		"too large":                 {"POST", isJSON, `{"nonce":"n0nce","more":"` + strings.Repeat("x", 64<<10) + `"}`, "rina", 413},
	} {
		request := asked(test.method, test.contentType, test.body, test.cookie)
		request.URL.RawQuery = "nonce=n0nce"
		recorder := httptest.NewRecorder()
		identityHandler(t, whoIs).ServeHTTP(recorder, request)
		assert.Equal(t, test.status, recorder.Code, name)
		assert.Equal(t, "no-store", recorder.Header().Get("Cache-Control"), name)
		assert.NotContains(t, recorder.Body.String(), "identity_token", name)
		assert.NotContains(t, recorder.Body.String(), "rahasia", name)
		assert.Contains(t, recorder.Body.String(), http.StatusText(test.status), name)
		assert.Equal(t, test.status == 405, recorder.Header().Get("Allow") == "POST", name)
	}
}

// The back end can read the request as it came, and may have read its form before.
func TestIdentityHandlerLeavesTheBody(t *testing.T) {
	t.Parallel()
	const body = "nonce=n0nce&sesi=rina"
	read := ""
	handler := identityHandler(t, func(request *http.Request) (chat.SignedInUser, error) {
		whole, err := io.ReadAll(request.Body)
		read = string(whole)
		return chat.SignedInUser{ID: request.PostFormValue("sesi")}, err
	})
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, asked("POST", "application/x-www-form-urlencoded", body, ""))
	assert.Equal(t, 200, recorder.Code)
	assert.Equal(t, body, read)

	request := asked("POST", "application/x-www-form-urlencoded", body, "")
	require.NoError(t, request.ParseForm())
	recorder = httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	assert.Equal(t, 200, recorder.Code)
}

func TestIdentityHandlersThatCannotBe(t *testing.T) {
	t.Parallel()
	for want, test := range map[string]struct {
		appID, secret string
		who           func(*http.Request) (chat.SignedInUser, error)
	}{
		"the App ID is empty":                     {"", testSecret, whoIs},
		"the secret key is empty":                 {testAppID, "", whoIs},
		"there is nobody to ask who is signed in": {testAppID, testSecret, nil},
	} {
		_, err := chat.IdentityHandler(test.appID, test.secret, test.who)
		require.EqualError(t, err, "chat: make a handler of identity tokens: "+want)
	}
}

// Whatever is sent, nobody who is not signed in gets a token, and whoever is gets one of
// their own or none.
func FuzzIdentityHandler(f *testing.F) {
	multipartType, multipartBody := multipartNonce(f, "nonce", "n0nce")
	f.Add("application/json", `{"nonce":"n0nce"}`, "rina")
	f.Add("application/x-www-form-urlencoded", "nonce=n0nce", "rina")
	f.Add(multipartType, multipartBody, "")
	f.Add("application/json", `{"nonce":"n0nce","nonce":"lain","prn":"budi"}`, "lain")
	handler, err := chat.IdentityHandler(testAppID, testSecret, whoIs)
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, contentType, body, cookie string) {
		request := asked("POST", "", body, "")
		request.Header.Set("Content-Type", contentType)
		request.Header.Set("Cookie", "sesi="+cookie)
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, request)
		var said map[string]any
		require.NoError(t, json.Unmarshal(recorder.Body.Bytes(), &said))
		if recorder.Code != http.StatusOK {
			assert.NotContains(t, said, "identity_token")
			return
		}
		token, _ := said["identity_token"].(string)
		claims, err := chat.VerifyIdentityToken(testAppID, testSecret, token, time.Now())
		require.NoError(t, err)
		assert.Equal(t, testUserID, claims.UserID)
		assert.NotEmpty(t, claims.Nonce)
	})
}
