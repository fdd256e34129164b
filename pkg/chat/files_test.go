package chat_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

const (
	receiptFile = "nota 118: 2 kemeja biru"
	stored      = `{"results":{"file":{"name":"nota-118.pdf","pages":1,"size":23,"url":"https://cdn.example.id/upload/nota-118.pdf"}},"status":200}`
)

// readForm is the one file of a form.
func readForm(t *testing.T, header http.Header, body string) (name, contentType, content string) {
	t.Helper()
	mediaType, parameters, err := mime.ParseMediaType(header.Get("Content-Type"))
	require.NoError(t, err)
	require.Equal(t, "multipart/form-data", mediaType)
	form, err := multipart.NewReader(strings.NewReader(body), parameters["boundary"]).ReadForm(1 << 20)
	require.NoError(t, err)
	require.Empty(t, form.Value)
	require.Len(t, form.File, 1)
	require.Len(t, form.File["file"], 1)
	file := form.File["file"][0]
	opened, err := file.Open()
	require.NoError(t, err)
	read, err := io.ReadAll(opened)
	require.NoError(t, err)
	return file.Filename, file.Header.Get("Content-Type"), string(read)
}

// A file is sent as it is read, with its name and its type, and its size where somebody
// knows it.
func TestUpload(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		params      chat.UploadParams
		contentType string
		knowsLength bool
	}{
		"a text":        {chat.UploadParams{File: strings.NewReader(receiptFile), FileName: "nota-118.pdf"}, "application/pdf", true},
		"a buffer":      {chat.UploadParams{File: bytes.NewBufferString(receiptFile), FileName: "nota"}, "application/octet-stream", true},
		"a stream":      {chat.UploadParams{File: io.LimitReader(strings.NewReader(receiptFile), 99), FileName: "nota.png"}, "image/png", false},
		"a known size":  {chat.UploadParams{File: io.LimitReader(strings.NewReader(receiptFile), 99), FileName: "nota.png", Size: int64(len(receiptFile))}, "image/png", true},
		"its own type":  {chat.UploadParams{File: strings.NewReader(receiptFile), FileName: "nota.png", ContentType: "image/webp"}, "image/webp", true},
		"an odd name":   {chat.UploadParams{File: strings.NewReader(receiptFile), FileName: `nota "118" é.pdf`}, "application/pdf", true},
		"an empty file": {chat.UploadParams{File: strings.NewReader(""), FileName: "nota.pdf"}, "application/pdf", true},
	} {
		var length int64
		service := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
			length = request.ContentLength
			answerJSON(200, stored)(w, request)
		})
		file, err := service.user(t).Files.Upload(t.Context(), test.params)
		require.NoError(t, err, name)
		assert.Equal(t, &chat.UploadedFile{Name: "nota-118.pdf", Pages: 1, Size: 23, URL: "https://cdn.example.id/upload/nota-118.pdf"}, file, name)
		request := service.seen()[0]
		assert.Equal(t, "POST /api/v2/sdk/upload", request.Method+" "+request.URI, name)
		gotName, gotType, content := readForm(t, request.Header, request.Body)
		assert.Equal(t, test.params.FileName, gotName, name)
		assert.Equal(t, test.contentType, gotType, name)
		if name != "an empty file" {
			assert.Equal(t, receiptFile, content, name)
		}
		assert.Equal(t, test.knowsLength, length == int64(len(request.Body)), name)
	}
}

// Whoever wants to know is told how far the upload is.
func TestUploadProgress(t *testing.T) {
	t.Parallel()
	const size = 1 << 20
	var told []int64
	service := newRecorder(t, answerJSON(200, stored))
	_, err := service.user(t).Files.Upload(t.Context(), chat.UploadParams{
		File: bytes.NewReader(make([]byte, size)), FileName: "nota.bin",
		Progress: func(sent, of int64) {
			assert.EqualValues(t, size, of)
			told = append(told, sent)
		},
	})
	require.NoError(t, err)
	assert.Greater(t, len(told), 2)
	assert.IsIncreasing(t, told)
	assert.EqualValues(t, size, told[len(told)-1])
}

// endless is a file without an end, which counts what was read of it.
type endless struct{ read int64 }

func (e *endless) Read(into []byte) (int, error) {
	clear(into)
	e.read += int64(len(into))
	return len(into), nil
}

// A large file is in memory at no time, and an upload ends when the service has heard
// enough.
func TestUploadsAreStreamed(t *testing.T) {
	t.Parallel()
	const enough = 8 << 20
	server := newPlainServer(t, func(w http.ResponseWriter, request *http.Request) {
		heard, err := io.CopyN(io.Discard, request.Body, enough)
		assert.NoError(t, err)
		assert.EqualValues(t, enough, heard, "while it is still being read")
		answerJSON(http.StatusRequestEntityTooLarge, `{"error":{"message":"file is too large"},"status":413}`)(w, request)
	})
	user, err := chat.NewUser(testAppID, chat.Token(testUserID, testToken), chat.WithBaseURL(server.URL))
	require.NoError(t, err)
	t.Cleanup(user.CloseIdleConnections)
	_, err = user.Files.Upload(t.Context(), chat.UploadParams{File: &endless{}, FileName: "besar.bin"})
	require.Error(t, err)
}

// Whatever goes wrong, a file is sent once: it may be read once only. A token that has
// expired is renewed all the same, for the next time.
func TestUploadsAreNeverRepeated(t *testing.T) {
	t.Parallel()
	for name, failure := range map[string]struct {
		status int
		body   string
		renews bool
	}{
		"a failure":                        {503, ``, false},
		"too much":                         {429, ``, false},
		"an expired token":                 {403, saysExpired, true},
		"an expired token, told as others": {422, `{"error":{"message":"Unauthorized. Token is expired"}}`, true},
	} {
		service := &loginService{}
		service.refuse("/api/v2/sdk/upload", failure.status, failure.body)
		user := service.user(t, rina(), chat.WithRetries(chat.Backoff{Attempts: 5, RepeatWrites: true}))
		_, err := user.Files.Upload(t.Context(), chat.UploadParams{File: strings.NewReader(receiptFile), FileName: "nota.pdf"})
		require.Error(t, err, name)
		wanted := []string{loggedIn, "v2/sdk/upload"}
		if failure.renews {
			wanted = append(wanted, loggedIn)
			require.ErrorIs(t, err, chat.ErrTokenExpired, name)
		}
		assert.Equal(t, wanted, service.called(), name)
	}
}

// A reader that fails ends the upload, and its error can be found.
func TestUploadsOfABrokenFile(t *testing.T) {
	t.Parallel()
	broken := errors.New("the disk is gone")
	service := newRecorder(t, answerJSON(200, stored))
	_, err := service.user(t).Files.Upload(t.Context(), chat.UploadParams{
		File: io.MultiReader(strings.NewReader(receiptFile), failingReader{broken}), FileName: "nota.pdf",
	})
	require.ErrorIs(t, err, broken)
}

type failingReader struct{ err error }

func (r failingReader) Read([]byte) (int, error) { return 0, r.err }

// An upload ends with its context, whatever the service does with it.
func TestUploadsEndWithTheirContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	server := newPlainServer(t, func(_ http.ResponseWriter, request *http.Request) {
		_, _ = io.CopyN(io.Discard, request.Body, 1<<20)
		cancel()
		_, _ = io.Copy(io.Discard, request.Body) // until it breaks off
	})
	user, err := chat.NewUser(testAppID, chat.Token(testUserID, testToken), chat.WithBaseURL(server.URL))
	require.NoError(t, err)
	t.Cleanup(user.CloseIdleConnections)
	_, err = user.Files.Upload(ctx, chat.UploadParams{File: &endless{}, FileName: "besar.bin"})
	require.ErrorIs(t, err, context.Canceled)
}

// A file is sent into a room by uploading it, and then saying where it is.
func TestSendFile(t *testing.T) {
	t.Parallel()
	service := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		if request.URL.Path == "/api/v2/sdk/upload" {
			answerJSON(200, strings.Replace(stored, `"name":"nota-118.pdf",`, "", 1))(w, request)
			return
		}
		answerJSON(200, `{"results":{"comment":`+posted(7)+`}}`)(w, request)
	})
	user := service.user(t)
	sent, err := user.Messages.SendFile(t.Context(), "60418822", chat.UploadParams{File: strings.NewReader(receiptFile), FileName: "nota.pdf"}, "Notanya, kak")
	require.NoError(t, err)
	assert.Equal(t, flex.ID("7"), sent.ID)
	seen := service.seen()
	require.Len(t, seen, 2)
	checkRequest(t, seen[1])
	assert.Contains(t, seen[1].Body, `"payload":{"caption":"Notanya, kak","file_name":"nota.pdf","pages":1,"size":23,"url":"https://cdn.example.id/upload/nota-118.pdf"}`)

	failing := newRecorder(t, answerJSON(500, ``))
	_, err = failing.user(t).Messages.SendFile(t.Context(), "60418822", chat.UploadParams{File: strings.NewReader(receiptFile), FileName: "nota.pdf"}, "")
	require.ErrorIs(t, err, chat.ErrServer)
	assert.Len(t, failing.seen(), 1, "nothing is sent that is not there")
}

func TestListingFiles(t *testing.T) {
	t.Parallel()
	testUserCalls(t, []userCall{{
		"list", func(ctx context.Context, user *chat.User) (any, error) {
			page, err := user.Files.List(ctx, chat.ListFilesParams{
				RoomIDs: []flex.ID{"60418822"}, Sender: "rina", IncludeExtensions: []string{"pdf"}, Page: 2, Limit: 5,
			})
			return idsOf(page.Items), err
		},
		"POST", "file_list", `{"room_ids":["60418822"],"sender":"rina","include_extensions":["pdf"],"page":2,"limit":5}`,
		`{"results":{"comments":[` + posted(7) + `],"limit":5,"page":2,"total":"6"}}`, []flex.ID{"7"},
	}})
	turn := 0
	service := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		turn++
		answerJSON(200, []string{
			`{"results":{"comments":[` + posted(9) + `],"total":"2"}}`, `{"results":{"comments":[` + posted(8) + `],"total":"2"}}`,
		}[turn-1])(w, request)
	})
	files := service.user(t).Files.All(t.Context(), chat.ListFilesParams{})
	assert.Equal(t, []string{"9", "8"}, collected(t, files, func(message chat.PostedMessage) string { return message.ID.String() }))
}

func TestUnusableFiles(t *testing.T) {
	t.Parallel()
	testUnusableAnswers(t, `{"results":{"file":{"name":"x"}},"status":200}`, []unusable{
		{"the answer has no address of the file", func(ctx context.Context, user *chat.User) error {
			return second(user.Files.Upload(ctx, chat.UploadParams{File: strings.NewReader("x"), FileName: "x"}))
		}},
		{"the answer has no list of messages", func(ctx context.Context, user *chat.User) error {
			return second(user.Files.List(ctx, chat.ListFilesParams{}))
		}},
	})
}

func TestFilesRefuse(t *testing.T) {
	t.Parallel()
	upload := func(params chat.UploadParams) func(context.Context, *chat.User) error {
		return func(ctx context.Context, user *chat.User) error { return second(user.Files.Upload(ctx, params)) }
	}
	file := strings.NewReader("x")
	testRefusals(t, map[string]func(context.Context, *chat.User) error{
		"sdkUpload: the file is nil":                     upload(chat.UploadParams{FileName: "x"}),
		"sdkUpload: the file's name is empty":            upload(chat.UploadParams{File: file}),
		"sdkUpload: the file's size is negative":         upload(chat.UploadParams{File: file, FileName: "x", Size: -1}),
		"sdkUpload: find the length of the file: no end": upload(chat.UploadParams{File: noEnd{}, FileName: "x"}),
		"sdkPostComment: the room id is empty": func(ctx context.Context, user *chat.User) error {
			return second(user.Messages.SendFile(ctx, "", chat.UploadParams{File: file, FileName: "x"}, ""))
		},
		"sdkListFiles: a room id is empty": func(ctx context.Context, user *chat.User) error {
			return second(user.Files.List(ctx, chat.ListFilesParams{RoomIDs: []flex.ID{""}}))
		},
		"sdkListFiles: the page or the limit is negative": func(ctx context.Context, user *chat.User) error {
			return firstError(user.Files.All(ctx, chat.ListFilesParams{Limit: -1}))
		},
	})
}

// noEnd is a reader that does not tell where its end is.
type noEnd struct{ io.Reader }

func (noEnd) Seek(_ int64, whence int) (int64, error) {
	if whence == io.SeekEnd {
		return 0, fmt.Errorf("no end")
	}
	return 0, nil
}
