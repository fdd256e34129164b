package chat

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"

	"github.com/qismo-go/qismo/internal/transport"
)

const (
	// maxNonceRequest bounds the body of a request for an identity token, which may hold
	// the caller's own credentials beside the nonce.
	maxNonceRequest = 64 << 10
	// maxNonce is many times what a nonce of the service has.
	maxNonce = 512
)

// SignedInUser is whom a back end knows to be behind a request.
type SignedInUser struct {
	// ID is the user's id, which must never change and never be another's.
	ID string
	// Name and AvatarURL are what the user is shown as; "" for none.
	Name, AvatarURL string
}

// ErrNotSignedIn is what a back end answers [IdentityHandler] for a request of nobody it
// knows.
var ErrNotSignedIn = errors.New("nobody is signed in")

// IdentityHandler gives signed-in users of a back end their identity tokens: it answers
// a POST with a nonce, as a member of JSON or a field of a form, by
// {"identity_token": "…"}. Whom the request is of is for the back end to tell, by its
// own sign-in, such as a cookie of its session: whoIs must not take it from what the
// request merely says. The request's body can be read by it, too.
//
// [ErrNotSignedIn] of whoIs is answered by 401, and so is a user without an id; any
// other error by 500, without a word of it. A request without a usable nonce gets 400,
// one that is too large 413, of another method 405. No answer is to be kept by caches,
// and nothing is logged.
//
// Empty credentials and a function that is nil are an error.
func IdentityHandler(
	appID, secret string, whoIs func(request *http.Request) (SignedInUser, error),
) (http.Handler, error) {
	err := errors.Join(
		transport.CheckHeaderText("App ID", appID),
		transport.CheckHeaderText("secret key", secret),
	)
	if whoIs == nil {
		err = errors.Join(err, errors.New("there is nobody to ask who is signed in"))
	}
	if err != nil {
		return nil, fmt.Errorf("%s: make a handler of identity tokens: %w", owner, err)
	}
	return &identityHandler{appID: appID, secret: transport.Hide(secret), whoIs: whoIs}, nil
}

type identityHandler struct {
	appID  string
	secret transport.Hidden[string]
	whoIs  func(request *http.Request) (SignedInUser, error)
}

func (h *identityHandler) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if request.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		refuseRequest(w, http.StatusMethodNotAllowed)
		return
	}
	nonce, err := readNonce(w, request)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		refuseRequest(w, http.StatusRequestEntityTooLarge)
		return
	case err != nil:
		refuseRequest(w, http.StatusBadRequest)
		return
	}
	user, err := h.whoIs(request)
	switch {
	case errors.Is(err, ErrNotSignedIn), err == nil && user.ID == "":
		refuseRequest(w, http.StatusUnauthorized)
		return
	case err != nil:
		refuseRequest(w, http.StatusInternalServerError)
		return
	}
	token, err := NewIdentityToken(h.appID, h.secret.Reveal(), IdentityClaims{
		UserID: user.ID, Nonce: nonce, Name: user.Name, AvatarURL: user.AvatarURL,
	})
	if err != nil {
		refuseRequest(w, http.StatusInternalServerError)
		return
	}
	answerIdentity(w, http.StatusOK, map[string]string{"identity_token": token.Reveal()})
}

// refuseRequest answers in the words of the standard alone.
func refuseRequest(w http.ResponseWriter, status int) {
	answerIdentity(w, status, map[string]any{
		"error": map[string]string{"message": http.StatusText(status)}, "status": status,
	})
}

func answerIdentity(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // whoever asked is gone then
}

// readNonce takes the nonce out of a request, and leaves the body to be read once more.
func readNonce(w http.ResponseWriter, request *http.Request) (string, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, request.Body, maxNonceRequest))
	if err != nil {
		return "", err
	}
	nonce, err := nonceIn(request, body)
	request.Body = io.NopCloser(bytes.NewReader(body))
	switch {
	case err != nil:
		return "", err
	case nonce == "" || len(nonce) > maxNonce:
		return "", errors.New("the nonce is missing or too long")
	}
	for _, char := range nonce {
		if char <= ' ' || char > '~' {
			return "", errors.New("the nonce has a character that no nonce has")
		}
	}
	return nonce, nil
}

func nonceIn(request *http.Request, body []byte) (string, error) {
	mediaType, _, err := mime.ParseMediaType(request.Header.Get("Content-Type"))
	if err != nil {
		return "", errors.New("the content type is missing or malformed")
	}
	switch mediaType {
	case "application/json":
		var members struct {
			Nonce string `json:"nonce"`
		}
		if err := json.Unmarshal(body, &members); err != nil {
			return "", errors.New("the body is not an object with a nonce")
		}
		return members.Nonce, nil
	case "application/x-www-form-urlencoded", "multipart/form-data":
		request.Body = io.NopCloser(bytes.NewReader(body))
		// All of it is in memory already. What was parsed before stays as it is.
		err := request.ParseMultipartForm(maxNonceRequest) //nolint:gosec // the body is bounded
		if err != nil && !errors.Is(err, http.ErrNotMultipart) {
			return "", errors.New("the form cannot be read")
		}
		return request.PostForm.Get("nonce"), nil
	}
	return "", errors.New("the body is neither JSON nor a form")
}
