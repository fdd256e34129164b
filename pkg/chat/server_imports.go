package chat

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/internal/paging"
	"github.com/qismo-go/qismo/internal/upload"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// ImportParams are a file to import. Type and File are needed.
type ImportParams struct {
	// Type is what the rows of the file are.
	Type BackupType
	// File is a JSON array of rows, of up to [MaxImportSize] bytes; [ImportFile] writes
	// one. It is read to its end, and not closed.
	File io.Reader
	// FileName is what the service sees it called, such as "users.json" when empty.
	FileName string
	// Progress, unless it is nil, is told how many bytes of the form with the file are on
	// their way, and how many there are. It begins anew when the request is made again.
	// The request waits for it, in a goroutine of its own.
	Progress func(sent, size int64)
}

// Import begins to import users, rooms or messages from a file, and returns the job to
// wait for. What rows refer to has to be there: import users first, then rooms, then
// messages, each when the one before it is done.
//
// The service cannot be asked for one import, so each look reads the list of imports
// until it is found. An import that fails ends the wait with [ErrBackupFailed], and is
// returned beside it, with its Errors; what was imported of it by then is not known.
// What job.State tells has the UniqueID by which [ServerBackupsService.ImportJob] picks
// the import up again.
//
// An unknown type, a file that is too large and one that is no JSON array are errors
// before anything is sent. No file is ever imported twice. The timeout bounds the
// upload as well.
//
// Operation restCreateImport, POST /api/v2.1/rest/imports; documented by the vendor.
// Operation restListImports, GET /api/v2.1/rest/imports; documented by the vendor.
func (s *ServerBackupsService) Import(
	ctx context.Context, params ImportParams, opts ...Option,
) (*Job[Backup], error) {
	const id = wire.OperationRestCreateImport
	form, err := newImportForm(params)
	if err != nil {
		return nil, refuse(id, err)
	}
	begun, _ := s.client.begin(ctx, id, opts)
	out, err := receive[wire.BackupResponse](
		s.client.api.RestCreateImportWithBody(begun, form.contentType, http.NoBody, form.attach),
	)
	started, err := backupOf(begun, out, err)
	if err != nil {
		return nil, err
	}
	return s.ImportJob(started.UniqueID, opts...), nil
}

// ImportJob picks up an import that was begun elsewhere or before a restart. It makes no
// request. One that is not in the list, as nobody began it, is never done: bound the
// context that it is waited for with. See [ServerBackupsService.Import].
//
// Operation restListImports, GET /api/v2.1/rest/imports; documented by the vendor.
func (s *ServerBackupsService) ImportJob(uniqueID string, opts ...Option) *Job[Backup] {
	return newJob(func(ctx context.Context) (Backup, bool, error) {
		for found, err := range s.AllImports(ctx, opts...) {
			if err != nil {
				return Backup{}, false, err
			}
			if found.UniqueID == uniqueID {
				return stateOf(found)
			}
		}
		return Backup{UniqueID: uniqueID}, false, nil
	})
}

// ListImports returns one page of the imports, presumably the newest first. Zero is the
// first page; a negative one is an error before anything is sent.
//
// Operation restListImports, GET /api/v2.1/rest/imports; documented by the vendor.
func (s *ServerBackupsService) ListImports(ctx context.Context, page int64, opts ...Option) (*Page[Backup], error) {
	return s.importPager(page, opts).page(ctx, paging.Number(page))
}

// AllImports walks the imports, page by page, and ends with the first error. See
// [ServerBackupsService.ListImports].
//
// Operation restListImports, GET /api/v2.1/rest/imports; documented by the vendor.
func (s *ServerBackupsService) AllImports(ctx context.Context, opts ...Option) iter.Seq2[Backup, error] {
	return s.importPager(0, opts).all(ctx, "")
}

func (s *ServerBackupsService) importPager(first int64, opts []Option) pager[Backup] {
	return func(ctx context.Context, at flex.ID) (*Page[Backup], error) {
		const id = wire.OperationRestListImports
		if err := checkPage(id, first, 0); err != nil {
			return nil, err
		}
		params := &wire.RestListImportsParams{Page: paging.NumberOf(at)}
		ctx, _ = s.client.begin(ctx, id, opts)
		out, err := receive[wire.BackupsResponse](s.client.api.RestListImports(ctx, params))
		return backupPage(ctx, out, params.Page, err)
	}
}

// importForm is a form with a file that is small enough to be kept: so it can be sent
// again where the service has taken nothing of it.
type importForm struct {
	contentType string
	body        []byte
	progress    func(sent, size int64)
}

func newImportForm(params ImportParams) (*importForm, error) {
	switch {
	case !params.Type.Valid():
		return nil, errors.New("the type is none of users, rooms and comments")
	case params.File == nil:
		return nil, errors.New("the file is nil")
	}
	file, err := readImport(params.File)
	if err != nil {
		return nil, err
	}
	form, err := upload.New(upload.File{
		Field: "file", Name: cmp.Or(params.FileName, string(params.Type)+".json"), ContentType: "application/json",
		Reader: bytes.NewReader(file),
	}, "type", string(params.Type))
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(form.Body)
	if err != nil {
		return nil, err
	}
	return &importForm{contentType: form.ContentType, body: body, progress: params.Progress}, nil
}

// readImport reads a file to import, if it can be one.
func readImport(from io.Reader) ([]byte, error) {
	file, err := io.ReadAll(io.LimitReader(from, MaxImportSize+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read the file: %w", err)
	case len(file) > MaxImportSize:
		return nil, fmt.Errorf("the file has more than %d bytes", MaxImportSize)
	case !bytes.HasPrefix(bytes.TrimSpace(file), []byte("[")) || !json.Valid(file):
		return nil, errors.New("the file is no JSON array")
	}
	return file, nil
}

// attach gives a request the form for its body, as often as it is made.
func (f *importForm) attach(_ context.Context, request *http.Request) error {
	size := int64(len(f.body))
	open := func() (io.ReadCloser, error) {
		return io.NopCloser(upload.Watch(bytes.NewReader(f.body), size, f.progress)), nil
	}
	request.ContentLength, request.GetBody = size, open
	var err error
	request.Body, err = open()
	return err
}
