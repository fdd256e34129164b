package chat_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/pkg/chat"
)

const (
	benchmarkUser = `{"results":{"user":{"user_id":"rina@toko.example.id","username":"Rina Hartati",
"avatar_url":"https://cdn.example.id/avatar/rina.png","extras":{"segment":"grosir"}}},"status":200}`
	benchmarkMessage = `{"results":{"comment":{"id":5520118843,"id_str":"5520118843","room_id":60418822,"type":"text",
"message":"Masih ada, Kak","email":"rina@toko.example.id","username":"Rina Hartati","unique_temp_id":"go-1",
"timestamp":"2026-11-20T02:59:42Z","unix_timestamp":1795143582,"payload":{},"extras":{}}},"status":200}`
)

// newBenchmarkService answers as soon as it can.
func newBenchmarkService(b *testing.B, answer string) string {
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		_, _ = io.Copy(io.Discard, request.Body)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, answer)
	}))
	b.Cleanup(service.Close)
	return service.URL
}

// clientByHand is as a careful program would make it.
func clientByHand() *http.Client {
	return &http.Client{Timeout: 30 * time.Second, Transport: http.DefaultTransport.(*http.Transport).Clone()}
}

// byHand makes a request and decodes the answer, as a careful program would with net/http.
func byHand(
	ctx context.Context, client *http.Client, method, address string, header http.Header, in, out any,
) error {
	body := io.Reader(http.NoBody)
	if in != nil {
		written, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(written)
	}
	request, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return err
	}
	request.Header = header.Clone()
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, 32<<20))
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return errors.New(response.Status)
	}
	return json.Unmarshal(answer, out)
}

// generatedClient is the generated package by itself.
func generatedClient(b *testing.B, address string, header http.Header) *wire.ClientWithResponses {
	client, err := wire.NewClientWithResponses(address, wire.WithHTTPClient(clientByHand()),
		wire.WithRequestEditorFn(func(_ context.Context, request *http.Request) error {
			maps.Copy(request.Header, header)
			return nil
		}))
	require.NoError(b, err)
	return client
}

// way is a way of making a call, which returns a text of the answer.
type way struct {
	name string
	call func(ctx context.Context) (text string, err error)
}

func compare(b *testing.B, want string, ways []way) {
	for _, way := range ways {
		b.Run("client="+way.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if text, err := way.call(b.Context()); err != nil || text != want {
					b.Fatal("the answer was read wrongly:", text, err)
				}
			}
		})
	}
}

// BenchmarkChatUser fetches a user by the server's door: by hand, through the generated
// client and through the façade.
func BenchmarkChatUser(b *testing.B) {
	address := newBenchmarkService(b, benchmarkUser)
	header := http.Header{
		"Qiscus-Sdk-App-Id": {testAppID}, "Qiscus-Sdk-Secret": {testSecret}, "Accept": {"application/json"},
	}
	plain, generated := clientByHand(), generatedClient(b, address, header)
	server, err := chat.NewServer(testAppID, testSecret, chat.WithBaseURL(address))
	require.NoError(b, err)
	compare(b, "Rina Hartati", []way{{"nethttp", func(ctx context.Context) (string, error) {
		var out wire.ServerUserResponse
		asked := address + "/api/v2.1/rest/user_profile?user_id=" + url.QueryEscape(testUserID)
		err := byHand(ctx, plain, http.MethodGet, asked, header, nil, &out)
		return out.Results.User.Username, err
	}}, {"generated", func(ctx context.Context) (string, error) {
		out, err := generated.RestGetUserProfileWithResponse(ctx, &wire.RestGetUserProfileParams{UserID: testUserID})
		if err != nil {
			return "", err
		}
		return out.JSON200.Results.User.Username, nil
	}}, {"qismo", func(ctx context.Context) (string, error) {
		user, err := server.Users.Get(ctx, testUserID)
		if err != nil {
			return "", err
		}
		return user.Username, nil
	}}})
}

// BenchmarkChatMessage posts a message by the user's door, in the same ways.
func BenchmarkChatMessage(b *testing.B) {
	address := newBenchmarkService(b, benchmarkMessage)
	header := http.Header{
		"Qiscus-Sdk-App-Id": {testAppID}, "Qiscus-Sdk-Token": {testToken}, "Qiscus-Sdk-User-Id": {testUserID},
		"Accept": {"application/json"},
	}
	plain, generated := clientByHand(), generatedClient(b, address, header)
	user, err := chat.NewUser(testAppID, chat.Token(testUserID, testToken), chat.WithBaseURL(address))
	require.NoError(b, err)
	posted := wire.PostCommentRequest{
		TopicID: "60418822", Type: chat.MessageText, Comment: "Masih ada, Kak", UniqueTempID: "go-1",
	}
	compare(b, "Masih ada, Kak", []way{{"nethttp", func(ctx context.Context) (string, error) {
		var out wire.MessageResponse
		err := byHand(ctx, plain, http.MethodPost, address+"/api/v2/sdk/post_comment", header, posted, &out)
		return out.Results.Comment.Message, err
	}}, {"generated", func(ctx context.Context) (string, error) {
		out, err := generated.SdkPostCommentWithResponse(ctx, posted)
		if err != nil {
			return "", err
		}
		return out.JSON200.Results.Comment.Message, nil
	}}, {"qismo", func(ctx context.Context) (string, error) {
		message, err := user.Messages.Send(ctx, "60418822", chat.NewText("Masih ada, Kak"))
		if err != nil {
			return "", err
		}
		return message.Message, nil
	}}})
}
