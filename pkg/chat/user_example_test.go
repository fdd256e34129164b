package chat_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/pkg/chat"
)

// exampleApp is an app on the sandbox.
func exampleApp() (config sandbox.Config, address string, end func()) {
	platform, err := sandbox.New(sandbox.Config{})
	if err != nil {
		log.Fatal(err)
	}
	service := httptest.NewServer(platform)
	return platform.Config(), service.URL, func() {
		service.Close()
		if err := platform.Shutdown(context.Background()); err != nil {
			log.Fatal(err)
		}
	}
}

// Two users write to each other. Each logs in by the first call.
func ExampleUser() {
	app, address, end := exampleApp()
	defer end()
	ctx := context.Background()

	rina, err := chat.NewUser(app.AppCode, chat.Password("rina", "kunci rina"), chat.WithBaseURL(address))
	if err != nil {
		log.Fatal(err)
	}
	bagas, err := chat.NewUser(app.AppCode, chat.Password("bagas", "kunci bagas"), chat.WithBaseURL(address))
	if err != nil {
		log.Fatal(err)
	}
	if _, err := bagas.ID(ctx); err != nil { // he has to be there to be written to
		log.Fatal(err)
	}
	opened, err := rina.Rooms.GetOrCreateWithUser(ctx, chat.RoomWithUserParams{UserID: "bagas"})
	if err != nil {
		log.Fatal(err)
	}
	room := opened.Room.ID
	for _, text := range []string{"Halo, kak", "Kemeja biru masih ada?"} {
		if _, err := rina.Messages.Send(ctx, room, chat.NewText(text)); err != nil {
			log.Fatal(err)
		}
	}
	for message, err := range bagas.Messages.All(ctx, chat.ListMessagesParams{RoomID: room}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(message.Email+":", message.Message)
	}
	// Output:
	// rina: Kemeja biru masih ada?
	// rina: Halo, kak
}

// A back end vouches for its signed-in users, so that the app needs no keys of theirs.
func ExampleIdentityHandler() {
	app, address, end := exampleApp()
	defer end()

	// The back end has sessions of its own, here by a cookie, and the app's secret key.
	handler, err := chat.IdentityHandler(app.AppCode, app.SecretKey, func(request *http.Request) (chat.SignedInUser, error) {
		cookie, err := request.Cookie("session")
		if err != nil || cookie.Value != "sesi-rina" {
			return chat.SignedInUser{}, chat.ErrNotSignedIn
		}
		return chat.SignedInUser{ID: "rina", Name: "Rina Hartati"}, nil
	})
	if err != nil {
		log.Fatal(err)
	}
	backend := httptest.NewServer(handler)
	defer backend.Close()

	// The app has the session, and asks the back end.
	rina, err := chat.NewUser(app.AppCode, chat.IdentityToken(func(ctx context.Context, nonce string) (string, error) {
		body := strings.NewReader(fmt.Sprintf(`{"nonce": %q}`, nonce))
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, backend.URL, body)
		if err != nil {
			return "", err
		}
		request.Header.Set("Content-Type", "application/json")
		request.AddCookie(&http.Cookie{Name: "session", Value: "sesi-rina"})
		response, err := backend.Client().Do(request)
		if err != nil {
			return "", err
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return "", errors.New("the back end says " + response.Status)
		}
		var answer struct {
			IdentityToken string `json:"identity_token"`
		}
		err = json.NewDecoder(response.Body).Decode(&answer)
		return answer.IdentityToken, err
	}), chat.WithBaseURL(address))
	if err != nil {
		log.Fatal(err)
	}
	account, err := rina.Session.Profile(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(account.Email, "is", account.Username)
	// Output: rina is Rina Hartati
}
