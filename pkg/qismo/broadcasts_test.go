package qismo_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

func aBroadcast() qismo.SendBroadcastParams {
	return qismo.SendBroadcastParams{PhoneNumber: testCustomer, TemplateDetailID: "30602", Variables: []string{"Dewi Lestari"}}
}

func toMany(numbers ...string) qismo.SendToManyParams {
	return qismo.SendToManyParams{ChannelID: "5120", TemplateName: "promo", Namespace: "ns", Language: "id", PhoneNumbers: numbers}
}

func TestBroadcastsThatAreRefused(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"data":{}}`))
	b := service.client(t).Broadcasts
	send := func(change func(*qismo.SendBroadcastParams)) error {
		params := aBroadcast()
		change(&params)
		_, err := b.Send(t.Context(), params)
		return err
	}
	many := func(change func(*qismo.SendToManyParams)) error {
		params := toMany(testCustomer)
		change(&params)
		_, err := b.SendToMany(t.Context(), params)
		return err
	}
	file := func(template, file flex.ID, name string) error {
		_, err := b.SendFile(t.Context(), qismo.SendBroadcastFileParams{TemplateDetailID: template, BroadcastFileID: file, Name: name})
		return err
	}
	upload := func(params qismo.UploadBroadcastCSVParams) error {
		_, err := b.UploadCSV(t.Context(), params)
		return err
	}
	for want, failures := range map[string][]error{
		"qismo: sendBroadcast: ": {
			send(func(p *qismo.SendBroadcastParams) { p.PhoneNumber = "" }),
			send(func(p *qismo.SendBroadcastParams) { p.PhoneNumber = "++628115550123" }),
			send(func(p *qismo.SendBroadcastParams) { p.TemplateDetailID = "" }),
			send(func(p *qismo.SendBroadcastParams) {
				p.TemplateDetailID, p.TemplateName, p.Language = "0", "promo", "id"
			}),
		},
		"qismo: sendBroadcastV2: ": {
			many(func(p *qismo.SendToManyParams) { p.PhoneNumbers = nil }),
			many(func(p *qismo.SendToManyParams) { p.PhoneNumbers = []string{testCustomer, "08 11"} }),
			many(func(p *qismo.SendToManyParams) { p.ChannelID = "" }),
			many(func(p *qismo.SendToManyParams) { p.Language = "" }),
			many(func(p *qismo.SendToManyParams) { p.TemplateName = "" }),
		},
		"qismo: sendBroadcastFile: ":  {file("", "1", "a"), file("1", "", "a"), file("1", "1", "")},
		"qismo: sendHsm24Template: ":  {b.SendHSM24(t.Context(), "", "1"), b.SendHSM24(t.Context(), "1", "")},
		"qismo: uploadBroadcastCSV: ": {upload(qismo.UploadBroadcastCSVParams{TemplateDetailID: "1"}), upload(qismo.UploadBroadcastCSVParams{File: strings.NewReader("x")})},
	} {
		for i, err := range failures {
			require.ErrorContains(t, err, want, "%d", i)
			assert.NotContains(t, err.Error(), "628115550123")
		}
	}
	_, err := b.Job(t.Context(), "")
	require.ErrorContains(t, err, "the broadcast job id is empty")
	assert.Empty(t, service.seen())
}

func TestBroadcastsOnTheWire(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"data":{"broadcast_job":{"name":"promo"}}}`))
	client := service.client(t)
	one, given := aBroadcast(), []string{"+" + testCustomer}
	one.PhoneNumber = given[0]
	_, err := client.Broadcasts.Send(t.Context(), one)
	require.NoError(t, err)
	_, err = client.Broadcasts.SendToMany(t.Context(), toMany(given...))
	require.NoError(t, err)
	assert.Equal(t, []string{"+" + testCustomer}, given, "what the caller handed in stays as it is")
	job, err := client.Broadcasts.SendFile(t.Context(), qismo.SendBroadcastFileParams{TemplateDetailID: "30602", BroadcastFileID: "7", Name: "promo"})
	require.NoError(t, err)
	assert.Equal(t, "promo", job.Name)
	assert.Empty(t, job.BroadcastJobID)
	seen := service.seen()
	assert.JSONEq(t, `{"phone_number":"628115550123","template_detail_id":30602,"variables":["Dewi Lestari"]}`, seen[0].Body)
	assert.JSONEq(t, `{"channel_id":5120,"template_name":"promo","namespace":"ns","language":"id","phone_numbers":["628115550123"]}`, seen[1].Body)
	assert.Equal(t, map[string]string{"template_detail_id": "30602", "broadcast_file_id": "7", "name": "promo"}, formOf(t, seen[2].Header, seen[2].Body))
}

// Ids go out as the numbers that clients send, an id of 0 does not go out, and a
// namespace can be empty where the service has none.
func TestBroadcastsSendIDsAsNumbers(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"data":{}}`))
	b := service.client(t).Broadcasts
	detail := qismo.TemplateDetail{ID: "30602"}
	_, err := b.Send(t.Context(), qismo.SendBroadcastParams{
		PhoneNumber: testCustomer, TemplateDetailID: flex.NumberID(detail.ID), ChannelID: "5120",
	})
	require.NoError(t, err)
	_, err = b.Send(t.Context(), qismo.SendBroadcastParams{
		PhoneNumber: testCustomer, TemplateDetailID: "0", TemplateName: "promo", Namespace: "ns", Language: "id",
	})
	require.NoError(t, err)
	require.NoError(t, b.SendHSM24(t.Context(), "98120734", detail.ID))
	many := toMany(testCustomer)
	many.Namespace = ""
	_, err = b.SendToMany(t.Context(), many)
	require.NoError(t, err)
	seen := service.seen()
	assert.JSONEq(t, `{"phone_number":"628115550123","template_detail_id":30602,"channel_id":5120}`, seen[0].Body)
	assert.JSONEq(t, `{"phone_number":"628115550123","template_name":"promo","namespace":"ns","language":"id"}`, seen[1].Body)
	assert.JSONEq(t, `{"room_id":"98120734","template_detail_id":30602}`, seen[2].Body)
	assert.JSONEq(t, `{"channel_id":5120,"template_name":"promo","namespace":"","language":"id","phone_numbers":["628115550123"]}`, seen[3].Body)
}

// formOf reads the fields of a multipart form; files by their names and contents.
func formOf(t *testing.T, header http.Header, body string) map[string]string {
	t.Helper()
	_, options, err := mime.ParseMediaType(header.Get("Content-Type"))
	require.NoError(t, err)
	fields := map[string]string{}
	reader := multipart.NewReader(strings.NewReader(body), options["boundary"])
	for part, err := reader.NextPart(); err == nil; part, err = reader.NextPart() {
		value, err := io.ReadAll(part)
		require.NoError(t, err)
		fields[part.FormName()] = string(value)
		if part.FileName() != "" {
			fields[part.FormName()] = part.FileName() + ": " + part.Header.Get("Content-Type") + ": " + string(value)
		}
	}
	return fields
}

// A refusal may name the customer in the service's own spelling.
func TestRefusedBroadcastsDoNotTellTheNumber(t *testing.T) {
	for _, spelling := range []string{"628115550123", "+628115550123", "08115550123", "8115550123"} {
		service := newRecorder(t, answerJSON(400, `{"error":"`+spelling+` has blocked the sender, see case ***"}`))
		_, err := service.client(t).Broadcasts.Send(t.Context(), aBroadcast())
		require.ErrorIs(t, err, qismo.ErrBadRequest)
		assert.NotContains(t, err.Error(), "5550123", spelling)
		assert.Contains(t, err.Error(), "has blocked the sender, see case ***")
	}
}

// A 200 whose log failed is an error, and the answer comes with it.
func TestSendThatFailsUnder200(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"data":{"broadcast_logs":[{"status":"failed","notes":"number 628115550123 of Dewi Lestari, call 0811222333, code 131026"}]},"message":"halo"}`))
	sent, err := service.client(t).Broadcasts.Send(t.Context(), aBroadcast())
	require.NotNil(t, sent)
	require.ErrorIs(t, err, qismo.ErrNotSent)
	require.ErrorIs(t, err, qismo.ErrUnexpectedAnswer)
	var failure *qismo.Error
	require.ErrorAs(t, err, &failure)
	assert.Equal(t, http.StatusOK, failure.Status)
	assert.Equal(t, "sendBroadcast", failure.Operation)
	assert.Equal(t, 1, failure.Attempts)
	assert.Equal(t, "qismo: sendBroadcast: status 200 OK: not sent to 1 of 1: ***123 (number *** of ***, call ***, code 131026)", err.Error())
	var notSent *qismo.NotSentError
	require.ErrorAs(t, err, &notSent)
	require.Len(t, notSent.Failed(), 1)
	assert.Equal(t, testCustomer, notSent.Failed()[0].PhoneNumber, "the row left it out; there is one recipient")
	assert.Contains(t, notSent.Failed()[0].Notes, "Dewi Lestari")
	assert.Len(t, service.seen(), 1, "nothing is repeated")
	assert.Contains(t, string(failure.Body()), "131026")

	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Error("failed", "err", err, "inner", notSent)
	encoded, jsonErr := json.Marshal([]any{failure, notSent})
	require.NoError(t, jsonErr)
	printed := log.String() + string(encoded)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d"} {
		printed += sprint(verb, err) + sprint(verb, notSent)
	}
	assert.Contains(t, printed, "***123")
	assert.NotContains(t, printed, testCustomer)
	assert.NotContains(t, printed, "Lestari")
}

// A reason of any length makes an error that can be read.
func TestALongReasonIsCut(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"data":{"broadcast_logs":[{"status":"failed","notes":"`+strings.Repeat("panjang ", 100)+`"}]}}`))
	_, err := service.client(t).Broadcasts.Send(t.Context(), aBroadcast())
	require.ErrorIs(t, err, qismo.ErrNotSent)
	require.ErrorContains(t, err, "panjang…)")
	assert.Less(t, len(err.Error()), 400)
}

// Of several recipients, those who failed are listed, and only they.
func TestSendToManyThatFailsInPart(t *testing.T) {
	var rows, numbers []string
	for i := range 9 {
		numbers = append(numbers, fmt.Sprintf("62811555010%d", i))
		rows = append(rows, fmt.Sprintf(`{"id":%d,"phone_number":"+%s","status":%q}`, i, numbers[i], map[bool]string{true: "sent", false: "Failed"}[i < 2]))
	}
	service := newRecorder(t, answerJSON(200, `{"data":{"broadcast_job_id":5,"broadcast_logs":[`+strings.Join(rows, ",")+`]}}`))
	sent, err := service.client(t).Broadcasts.SendToMany(t.Context(), toMany(numbers...))
	require.ErrorIs(t, err, qismo.ErrNotSent)
	assert.Equal(t, flex.ID("5"), sent.BroadcastJobID)
	assert.Len(t, sent.BroadcastLogs, 9)
	assert.Contains(t, err.Error(), "not sent to 7 of 9: ***102, ***103, ***104, ***105, ***106, 2 more")
	var failure *qismo.NotSentError
	require.ErrorAs(t, err, &failure)
	require.Len(t, failure.Failed(), 7)
	failure.Failed()[0].PhoneNumber = "x"
	assert.Equal(t, "+628115550102", failure.Failed()[0].PhoneNumber, "a copy")

	service = newRecorder(t, answerJSON(200, `{"data":{"broadcast_logs":[{"status":"failed"},{"status":"failed","phone_number":"911"}]}}`))
	_, err = service.client(t).Broadcasts.SendToMany(t.Context(), toMany(numbers[:2]...))
	assert.ErrorContains(t, err, "not sent to 2 of 2: ***, ***")
}

// The answer of the older version is not known: whatever it is, it is no failure.
func TestSendToManyWithAnyAnswer(t *testing.T) {
	for _, body := range []string{``, `ok`, `[]`, `{"data":[]}`, `{"data":{"broadcast_logs":{}}}`, `{"data":{"broadcast_logs":[{"status":"queued"},{"status":4}]}}`} {
		sent, err := newRecorder(t, answer(200, "text/plain", body)).client(t).Broadcasts.SendToMany(t.Context(), toMany(testCustomer))
		require.NoError(t, err, body)
		assert.NotNil(t, sent, body)
	}
	_, err := newRecorder(t, answerJSON(402, `{"error":"kredit habis"}`)).client(t).Broadcasts.SendToMany(t.Context(), toMany(testCustomer))
	require.ErrorIs(t, err, qismo.ErrPaymentRequired)
}

func TestBroadcastAnswersWithoutTheirContent(t *testing.T) {
	b := newRecorder(t, answerJSON(200, `{"data":{}}`)).client(t)
	_, jobErr := b.Broadcasts.Job(t.Context(), "5")
	_, fileErr := b.Broadcasts.SendFile(t.Context(), qismo.SendBroadcastFileParams{TemplateDetailID: "1", BroadcastFileID: "1", Name: "a"})
	_, jobsErr := b.Broadcasts.ListJobs(t.Context(), qismo.ListBroadcastJobsParams{})
	_, logsErr := b.Broadcasts.ListLogs(t.Context(), "5", qismo.ListBroadcastLogsParams{})
	_, roomErr := b.Rooms.ListBroadcasts(t.Context(), "5", qismo.ListRoomBroadcastsParams{})
	for i, err := range []error{jobErr, fileErr, jobsErr, logsErr, roomErr} {
		require.ErrorIs(t, err, qismo.ErrUnexpectedAnswer, i)
	}
	server := newRecorder(t, answerJSON(500, ``))
	refusing := server.client(t)
	_, sendErr := refusing.Broadcasts.Send(t.Context(), aBroadcast())
	_, uploadErr := refusing.Broadcasts.UploadCSV(t.Context(), qismo.UploadBroadcastCSVParams{TemplateDetailID: "1", File: strings.NewReader("x")})
	upload := server.seen()[1]
	assert.Equal(t, "broadcast.csv: text/csv: x", formOf(t, upload.Header, upload.Body)["file"], "the name that a file has without one")
	_, jobsErr = refusing.Broadcasts.ListJobs(t.Context(), qismo.ListBroadcastJobsParams{})
	for i, err := range []error{sendErr, uploadErr, jobsErr} {
		require.ErrorIs(t, err, qismo.ErrServer, i)
	}
}

// A broadcast is over when it was cancelled, or when nothing of it is pending.
func TestWhenABroadcastIsOver(t *testing.T) {
	for body, want := range map[string]bool{
		`{}`:                                     false,
		`{"broadcast_logs":[]}`:                  false,
		`{"canceled_at":null}`:                   false,
		`{"canceled_at":"2026-11-20T03:00:00Z"}`: true,
		`{"broadcast_logs":[{"status":"sent"},{"status":"failed"}]}`:         true,
		`{"broadcast_logs":[{"status":"sent"},{"status":"pending"}]}`:        false,
		`{"broadcast_logs":[{"status":4,"sent_at":"2026-11-20T03:00:00Z"}]}`: true,
		`{"broadcast_logs":[{"status":5,"notes":"ditolak"}]}`:                true,
		`{"broadcast_logs":[{"status":1}]}`:                                  false,
	} {
		service := newRecorder(t, answerJSON(200, `{"data":{"broadcast_job":`+body+`}}`))
		_, done, err := service.client(t).Broadcasts.JobProgress("5").State(t.Context())
		require.NoError(t, err)
		assert.Equal(t, want, done, body)
	}
}

// endless is a file of a size that no memory should hold.
type endless struct{ left int64 }

func (e *endless) Read(into []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n := min(int64(len(into)), e.left)
	e.left -= n
	for i := range into[:n] {
		into[i] = '7'
	}
	return int(n), nil
}

// A file goes through as it is read, however large.
func TestUploadsAreStreamed(t *testing.T) {
	const size = 64 << 20
	var arrived int64
	var chunked []string
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		arrived, _ = io.Copy(io.Discard, request.Body)
		chunked = request.TransferEncoding
		answerJSON(200, `{"data":{"id":9}}`)(w, request)
	}))
	defer service.Close()
	client, err := qismo.New(qismo.WithSecretKey(testAppID, testSecretKey), qismo.WithBaseURL(service.URL))
	require.NoError(t, err)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	file, err := client.Broadcasts.UploadCSV(t.Context(), qismo.UploadBroadcastCSVParams{TemplateDetailID: "30602", File: &endless{size}})
	runtime.ReadMemStats(&after)
	require.NoError(t, err)
	assert.Equal(t, flex.ID("9"), file.ID)
	assert.Greater(t, arrived, int64(size))
	assert.Equal(t, []string{"chunked"}, chunked, "nobody knows its size")
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(size/16))
}

// The size is sent ahead where it is known, also of what was begun to be read.
func TestUploadsTellTheirLength(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.csv")
	require.NoError(t, os.WriteFile(path, []byte("xx628115550123\n"), 0o600))
	onDisk, err := os.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, onDisk.Close()) })
	_, err = onDisk.Seek(2, io.SeekStart)
	require.NoError(t, err)
	output, input, err := os.Pipe()
	require.NoError(t, err)
	_, err = io.WriteString(input, "628115550123\n")
	require.NoError(t, err)
	require.NoError(t, input.Close())
	t.Cleanup(func() { assert.NoError(t, output.Close()) })
	for name, test := range map[string]struct {
		file  io.Reader
		known bool
	}{
		"text":   {strings.NewReader("628115550123\n"), true},
		"bytes":  {bytes.NewReader([]byte("628115550123\n")), true},
		"buffer": {bytes.NewBufferString("628115550123\n"), true},
		"file":   {onDisk, true},
		"pipe":   {output, false},
		"any":    {io.LimitReader(strings.NewReader("628115550123\nyyy"), 13), false},
	} {
		t.Run(name, func(t *testing.T) {
			var length int64
			service := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
				length = request.ContentLength
				answerJSON(200, `{"data":{"id":9}}`)(w, request)
			})
			_, err := service.client(t).Broadcasts.UploadCSV(t.Context(), qismo.UploadBroadcastCSVParams{
				TemplateDetailID: "30602", File: test.file, FileName: `nov"ember.csv`,
			})
			require.NoError(t, err)
			request := service.seen()[0]
			assert.Equal(t, test.known, length == int64(len(request.Body)), "%d", length)
			assert.Equal(t, !test.known, length == -1)
			assert.Equal(t, map[string]string{
				"template_detail_id": "30602", "file": "nov\"ember.csv: text/csv: 628115550123\n",
			}, formOf(t, request.Header, request.Body))
		})
	}
}

// brokenSeeker loses its place.
type brokenSeeker struct{ io.Reader }

func (brokenSeeker) Seek(_ int64, whence int) (int64, error) {
	if whence == io.SeekCurrent {
		return 0, nil
	}
	return 0, errors.New("disk is gone")
}

func TestUploadsThatCannotBe(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"data":{"id":9}}`))
	params := qismo.UploadBroadcastCSVParams{TemplateDetailID: "1", File: brokenSeeker{strings.NewReader("x")}}
	_, err := service.client(t).Broadcasts.UploadCSV(t.Context(), params)
	require.ErrorContains(t, err, "qismo: uploadBroadcastCSV: find the length of the file: disk is gone")
	assert.Empty(t, service.seen())
}

func TestTheIDOfAnUpload(t *testing.T) {
	for body, want := range map[string]flex.ID{
		`{"data":{"id":9}}`:                              "9",
		`{"data":{"broadcast_file_id":"9","id":1}}`:      "9",
		`{"data":{"broadcast_file":{"id":9}}}`:           "9",
		`{"data":9}`:                                     "9",
		`{"data":"9"}`:                                   "9",
		`{"data":{"id":null,"broadcast_file":{"id":9}}}`: "9",
		`{"data":{"nomor":9}}`:                           "",
		`{"data":0}`:                                     "",
		`{"data":{"id":0}}`:                              "",
		`{"data":[9]}`:                                   "",
		`{"data":{"broadcast_file":{"broadcast_file":true}}}`: "",
	} {
		file, err := newRecorder(t, answerJSON(200, body)).client(t).Broadcasts.UploadCSV(t.Context(), qismo.UploadBroadcastCSVParams{
			TemplateDetailID: "1", File: strings.NewReader("x"),
		})
		require.NotNil(t, file, body)
		assert.Equal(t, want, file.ID, body)
		assert.NotEmpty(t, file.Answer.Raw(), body)
		if want == "" {
			require.ErrorIs(t, err, qismo.ErrUnexpectedAnswer, body)
		} else {
			require.NoError(t, err, body)
		}
	}
}

// A file is gone once it was sent: it is not sent again, and the numbers in it that
// the service quotes are masked all the same.
func TestUploadsAreNotRepeated(t *testing.T) {
	service := newRecorder(t, answerJSON(401, `{"errors":"row 2 of 100: 628115550123 and +6281155501241 (id)"}`))
	source := &countingSource{}
	client := service.client(t, qismo.WithTokenSource(testAppID, source))
	_, err := client.Broadcasts.UploadCSV(t.Context(), qismo.UploadBroadcastCSVParams{TemplateDetailID: "1", File: strings.NewReader("628115550123")})
	require.ErrorIs(t, err, qismo.ErrUnauthorized)
	assert.Contains(t, err.Error(), "row 2 of 100: *** and +*** (id)")
	assert.Len(t, service.seen(), 1)
	assert.EqualValues(t, 1, source.expired.Load())
}
