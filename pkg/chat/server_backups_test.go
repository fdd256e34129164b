package chat_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/chat"
)

var (
	firstDay = time.Date(2026, time.March, 1, 0, 30, 0, 0, time.FixedZone("WIB", 7*60*60)) // the day before, in UTC
	lastDay  = time.Date(2026, time.March, 31, 23, 0, 0, 0, time.UTC)
	often    = chat.WaitParams[chat.Backup]{First: time.Millisecond, Longest: time.Millisecond}
)

func TestServerBackups(t *testing.T) {
	for _, call := range []serverCall{
		{
			name: "export", method: "POST", path: "exports", body: `{"type":"comments","start_date":"2026-03-01","end_date":"2026-03-31"}`,
			call: func(server *chat.Server) error {
				job, err := server.Backups.Export(t.Context(), chat.ExportParams{
					Type: chat.BackupMessages, From: firstDay, Until: lastDay,
				})
				assert.NotNil(t, job)
				return err
			},
		},
		{
			name: "get an export", method: "GET", path: "exports/c0ffee",
			call: func(server *chat.Server) error {
				export, err := server.Backups.GetExport(t.Context(), "c0ffee")
				require.NoError(t, err)
				assert.Equal(t, chat.BackupFinished, export.Status)
				assert.Equal(t, "***", export.DownloadURL.String())
				return nil
			},
		},
		{
			name: "delete an export", method: "DELETE", path: "exports/c0ffee",
			call: func(server *chat.Server) error {
				export, err := server.Backups.DeleteExport(t.Context(), "c0ffee")
				require.NoError(t, err)
				assert.NotEmpty(t, export.UniqueID)
				return nil
			},
		},
		{
			name: "list exports", method: "GET", path: "exports", query: url.Values{"page": {"2"}},
			call: func(server *chat.Server) error {
				page, err := server.Backups.ListExports(t.Context(), 2)
				require.NoError(t, err)
				assert.NotEmpty(t, page.Items)
				return nil
			},
		},
		{
			name: "list imports", method: "GET", path: "imports",
			call: func(server *chat.Server) error {
				page, err := server.Backups.ListImports(t.Context(), 0)
				require.NoError(t, err)
				assert.NotEmpty(t, page.Items)
				return nil
			},
		},
	} {
		t.Run(call.name, call.test)
	}
}

func TestServerBackupsRefuse(t *testing.T) {
	t.Parallel()
	export := func(params chat.ExportParams) func(server *chat.Server) error {
		return func(server *chat.Server) error {
			_, err := server.Backups.Export(t.Context(), params)
			return err
		}
	}
	imports := func(params chat.ImportParams) func(server *chat.Server) error {
		return func(server *chat.Server) error {
			_, err := server.Backups.Import(t.Context(), params)
			return err
		}
	}
	file := func(text string) chat.ImportParams {
		return chat.ImportParams{Type: chat.BackupUsers, File: strings.NewReader(text)}
	}
	refused(t, map[string]func(server *chat.Server) error{
		"restCreateExport: the type is none of users, rooms and comments": export(chat.ExportParams{Type: "messages", From: firstDay, Until: lastDay}),
		"restCreateExport: a day is missing":                              export(chat.ExportParams{Type: chat.BackupUsers, From: firstDay}),
		"restCreateExport: the last day is before the first":              export(chat.ExportParams{Type: chat.BackupUsers, From: lastDay, Until: firstDay}),
		"restCreateExport: there are 31 days from the first to the last, 30 are allowed": export(
			chat.ExportParams{Type: chat.BackupUsers, From: firstDay, Until: lastDay.AddDate(0, 0, 1)}),
		"restGetExport: the unique id is empty or cannot stand in a path": func(s *chat.Server) error {
			_, err := s.Backups.GetExport(t.Context(), "")
			return err
		},
		"restDeleteExport: the unique id is empty or cannot stand in a path": func(s *chat.Server) error {
			_, err := s.Backups.DeleteExport(t.Context(), "..")
			return err
		},
		"restListExports: the page or the limit is negative": func(s *chat.Server) error {
			_, err := s.Backups.ListExports(t.Context(), -1)
			return err
		},
		"restListImports: the page or the limit is negative": func(s *chat.Server) error {
			_, err := s.Backups.ListImports(t.Context(), -1)
			return err
		},
		"restCreateImport: the type is none of users, rooms and comments": imports(chat.ImportParams{File: strings.NewReader("[]")}),
		"restCreateImport: the file is nil":                               imports(chat.ImportParams{Type: chat.BackupUsers}),
		"restCreateImport: the file has more than 4194304 bytes":          imports(file("[" + strings.Repeat(" ", chat.MaxImportSize) + "]")),
		"restCreateImport: the file is no JSON array":                     imports(file(`{"Email":"a"}`)),
		"restCreateImport: read the file: broken": imports(chat.ImportParams{
			Type: chat.BackupUsers, File: iotest.ErrReader(errors.New("broken")),
		}),
	})
	refused(t, map[string]func(server *chat.Server) error{
		"restCreateImport: the file is no JSON array": imports(file(`[{"Email":"a"}`)),
	})
}

func TestServerBackupsMiss(t *testing.T) {
	t.Parallel()
	incomplete(t, map[string][]func(server *chat.Server) error{
		"export's id": {func(s *chat.Server) error {
			_, err := s.Backups.Export(t.Context(), chat.ExportParams{Type: chat.BackupUsers, From: firstDay, Until: firstDay})
			return err
		}},
		"id of the export or import": {
			func(s *chat.Server) error { _, err := s.Backups.GetExport(t.Context(), "a"); return err },
			func(s *chat.Server) error {
				_, err := s.Backups.Import(t.Context(), chat.ImportParams{Type: chat.BackupUsers, File: strings.NewReader("[]")})
				return err
			},
		},
		"list of exports or imports": {
			func(s *chat.Server) error { _, err := s.Backups.ListExports(t.Context(), 0); return err },
			func(s *chat.Server) error { _, err := s.Backups.ListImports(t.Context(), 0); return err },
			func(s *chat.Server) error { _, _, err := s.Backups.ImportJob("a").State(t.Context()); return err },
		},
	})
}

func TestServerBackupsAreBegunOnce(t *testing.T) {
	t.Parallel()
	neverRepeated(t, func(s *chat.Server) error {
		_, err := s.Backups.Export(t.Context(), chat.ExportParams{Type: chat.BackupUsers, From: firstDay, Until: firstDay})
		return err
	})
	neverRepeated(t, func(s *chat.Server) error {
		_, err := s.Backups.Import(t.Context(), chat.ImportParams{Type: chat.BackupUsers, File: strings.NewReader("[]")})
		return err
	})
}

// backupJSON is a row as the service has it.
func backupJSON(id, status, more string) string {
	return fmt.Sprintf(`{"unique_id":%q,"resource_name":"users","status":%q%s}`, id, status, more)
}

// exporting is a service that has finished an export after some looks.
func exporting(t *testing.T, looks int32, end string) (*recorder, *atomic.Int32) {
	t.Helper()
	var looked atomic.Int32
	service := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		results := backupJSON("c0ffee", "started", "")
		if request.Method == http.MethodGet {
			assert.Equal(t, "/api/v2.1/rest/exports/c0ffee", request.URL.Path)
			if looked.Add(1) >= looks {
				results = end
			}
			results = `{"backup_history":` + results + `}`
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"results":`+results+`,"status":200}`)
	})
	return service, &looked
}

func TestServerExportsAreWaitedFor(t *testing.T) {
	t.Parallel()
	service, looked := exporting(t, 3, backupJSON("c0ffee", "finished", `,"download_url":"https://files.example.id/x.json","percentage":100`))
	job, err := service.server(t).Backups.Export(t.Context(), chat.ExportParams{Type: chat.BackupUsers, From: firstDay, Until: firstDay})
	require.NoError(t, err)
	assert.Zero(t, looked.Load())
	var told []string
	params := often
	params.Progress = func(export chat.Backup) { told = append(told, export.UniqueID+" "+export.Status) }
	export, err := job.Wait(t.Context(), params)
	require.NoError(t, err)
	assert.Equal(t, "https://files.example.id/x.json", export.DownloadURL.Reveal())
	assert.Equal(t, []string{"c0ffee started", "c0ffee started", "c0ffee finished"}, told)
}

func TestServerExportsFail(t *testing.T) {
	t.Parallel()
	service, looked := exporting(t, 2, backupJSON("c0ffee", "failed", `,"error_message":"rahasia pelanggan"`))
	export, err := service.server(t).Backups.ExportJob("c0ffee").Wait(t.Context(), often)
	require.ErrorIs(t, err, chat.ErrBackupFailed)
	assert.NotContains(t, err.Error(), "rahasia")
	assert.Equal(t, "rahasia pelanggan", export.ErrorMessage)
	assert.EqualValues(t, 2, looked.Load())

	_, err = newRecorder(t, answerJSON(http.StatusNotFound, `{"error":{"message":"not found"},"status":404}`)).server(t).
		Backups.ExportJob("c0ffee").Wait(t.Context(), often)
	require.ErrorIs(t, err, chat.ErrNotFound)
}

// importing is a service that takes a file, and has imported it after some looks at the
// second page of its list.
func importing(t *testing.T, looks int32, end string) *recorder {
	t.Helper()
	var looked atomic.Int32
	return newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		var results string
		switch {
		case request.Method == http.MethodPost:
			results = `{"backup_history":` + backupJSON("beef", "started", `,"errors":{"Message":"","Data":null}`) + `}`
		case request.URL.Query().Get("page") == "":
			results = `{"backup_histories":[` + backupJSON("other", "finished", `,"errors":{}`) + `]}`
		case request.URL.Query().Get("page") == "2":
			row := backupJSON("beef", "started", `,"errors":{"Message":"","Data":null}`)
			if looked.Add(1) >= looks {
				row = end
			}
			results = `{"backup_histories":[` + row + `]}`
		default:
			results = `{"backup_histories":[]}`
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"results":`+results+`,"status":200}`)
	})
}

func TestServerImports(t *testing.T) {
	t.Parallel()
	var file bytes.Buffer
	users := chat.NewImportFile[chat.ImportUser](&file)
	for number := range 5_000 {
		user := importUser()
		user.Email, user.AuthenticationToken = fmt.Sprintf("pelanggan-%d", number), ""
		require.NoError(t, users.Write(user))
	}
	require.NoError(t, users.Close())
	want := file.String()

	service := importing(t, 2, backupJSON("beef", "finished", `,"total_rows":5000,"errors":{}`))
	var mu sync.Mutex // progress is told by another goroutine
	var total int64
	var sent []int64
	job, err := service.server(t).Backups.Import(t.Context(), chat.ImportParams{
		Type: chat.BackupUsers, File: iotest.HalfReader(&file),
		Progress: func(soFar, size int64) {
			mu.Lock()
			defer mu.Unlock()
			assert.Greater(t, size, int64(len(want)))
			total, sent = size, append(sent, soFar)
		},
	})
	require.NoError(t, err)
	mu.Lock()
	defer mu.Unlock()
	assert.Equal(t, total, sent[len(sent)-1])
	assert.Len(t, service.seen()[0].Body, int(total))
	assert.IsIncreasing(t, sent)
	assert.Greater(t, len(sent), 2)
	kind, name, got := formOf(t, service.seen()[0])
	assert.Equal(t, "users", kind)
	assert.Equal(t, "users.json", name)
	assert.Equal(t, want, got)
	assert.NotEmpty(t, service.seen()[0].Header.Get("Content-Length"), "the size is sent ahead")

	done, err := job.Wait(t.Context(), often)
	require.NoError(t, err)
	assert.EqualValues(t, 5000, done.TotalRows)
}

// formOf reads what a file to import was sent as.
func formOf(t *testing.T, request recorded) (kind, name, file string) {
	t.Helper()
	_, params, err := mime.ParseMediaType(request.Header.Get("Content-Type"))
	require.NoError(t, err)
	form, err := multipart.NewReader(strings.NewReader(request.Body), params["boundary"]).ReadForm(1 << 23)
	require.NoError(t, err)
	part := form.File["file"][0]
	assert.Equal(t, "application/json", part.Header.Get("Content-Type"))
	opened, err := part.Open()
	require.NoError(t, err)
	read, err := io.ReadAll(opened)
	require.NoError(t, err)
	require.NoError(t, opened.Close())
	return form.Value["type"][0], part.Filename, string(read)
}

func TestServerImportsFail(t *testing.T) {
	t.Parallel()
	service := importing(t, 1, backupJSON("beef", "finished", `,"errors":{"Message":"rahasia pelanggan","Data":["baris"]}`))
	server := service.server(t)
	found, err := server.Backups.ImportJob("beef").Wait(t.Context(), often)
	require.ErrorIs(t, err, chat.ErrBackupFailed)
	assert.NotContains(t, err.Error(), "rahasia")
	assert.Equal(t, "rahasia pelanggan", found.Errors.Message)

	found, done, err := server.Backups.ImportJob("unknown").State(t.Context())
	require.NoError(t, err)
	assert.False(t, done)
	assert.Equal(t, "unknown", found.UniqueID)
}

// A file that the service did not look at, as it had too much to do, is sent again from
// its beginning.
func TestServerImportsAreSentAgainWhereNothingWasTaken(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	taken := importing(t, 1, "")
	service := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		if asked.Add(1) == 1 {
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		taken.Config.Handler.ServeHTTP(w, request)
	})
	server, err := chat.NewServer(testAppID, testSecret, chat.WithBaseURL(service.URL))
	require.NoError(t, err)
	t.Cleanup(server.CloseIdleConnections)
	var last atomic.Int64
	_, err = server.Backups.Import(t.Context(), chat.ImportParams{
		Type: chat.BackupRooms, File: strings.NewReader(` [{"Name":"x"}]`), FileName: "kamar.json",
		Progress: func(sent, _ int64) { last.Store(sent) },
	})
	require.NoError(t, err)
	seen := service.seen()
	require.Len(t, seen, 2)
	assert.Len(t, seen[1].Body, int(last.Load()))
	assert.Equal(t, seen[0].Body, seen[1].Body)
	_, name, _ := formOf(t, seen[1])
	assert.Equal(t, "kamar.json", name)
}

func TestServerExportsPageByPage(t *testing.T) {
	t.Parallel()
	service := pages(t, `{"backup_histories":[]}`,
		`{"backup_histories":[`+backupJSON("c", "started", "")+`,`+backupJSON("b", "finished", "")+`]}`,
		`{"backup_histories":[`+backupJSON("a", "finished", "")+`]}`)
	var found []string
	for export, err := range service.server(t).Backups.AllExports(t.Context()) {
		require.NoError(t, err)
		found = append(found, export.UniqueID)
	}
	assert.Equal(t, []string{"c", "b", "a"}, found)
}
