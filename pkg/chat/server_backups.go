package chat

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/internal/paging"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// ServerBackupsService exports and imports users, rooms and messages.
type ServerBackupsService struct{ client *client }

type (
	// Backup is an export or an import: what it is of, its Status and how far it is. Only
	// exports have a Percentage, an ErrorMessage and a DownloadURL, which needs no
	// credential and so prints as ***; only imports have Errors.
	Backup = wire.Backup
	// BackupType is what is exported or imported.
	BackupType = wire.BackupType
)

// What is exported or imported.
const (
	BackupUsers    = wire.BackupTypeUsers
	BackupRooms    = wire.BackupTypeRooms
	BackupMessages = wire.BackupTypeComments
)

// How far an export or import is. Others may exist.
const (
	BackupStarted  = "started"
	BackupFinished = "finished"
)

// ErrBackupFailed is an export or import that came to its end by a failure. Why is in
// its ErrorMessage or Errors, which may tell of what is in the file.
var ErrBackupFailed = errors.New("the export or import failed")

// MaxExportDays is how many days there can be from the first day of an export to the
// last: 30.
const MaxExportDays = 30

// ExportParams say what is exported. All three are needed.
type ExportParams struct {
	Type BackupType
	// From and Until are the first and the last day. A day is taken from its time as it
	// is, in whatever zone that has; which zone the service means is not known.
	From, Until time.Time
}

// Export begins to export users, rooms or messages of some days, and returns the job to
// wait for, whose DownloadURL then leads to the file. An export has 5,000 messages,
// 1,000 users or 1,000 rooms at most, which the service does not tell to have been
// reached; export fewer days then. Of what shape the file is, is not documented, nor how
// long it can be fetched.
//
//	job, err := server.Backups.Export(ctx, chat.ExportParams{Type: chat.BackupMessages, From: from, Until: until})
//	if err != nil {
//		return err
//	}
//	export, err := job.Wait(ctx, chat.WaitParams[chat.Backup]{})
//
// An export that fails ends the wait with [ErrBackupFailed], and is returned beside it.
// What job.State tells has the UniqueID by which [ServerBackupsService.ExportJob] picks
// the export up again. An unknown type, a day that is missing, a last day before the
// first and more than [MaxExportDays] are errors before anything is sent. It is never
// begun twice.
//
// Operation restCreateExport, POST /api/v2.1/rest/exports; documented by the vendor.
// Operation restGetExport, GET /api/v2.1/rest/exports/{unique_id}; documented by the
// vendor.
func (s *ServerBackupsService) Export(
	ctx context.Context, params ExportParams, opts ...Option,
) (*Job[Backup], error) {
	const id = wire.OperationRestCreateExport
	if err := params.check(); err != nil {
		return nil, refuse(id, err)
	}
	begun, _ := s.client.begin(ctx, id, opts)
	out, err := receive[wire.CreateExportResponse](s.client.api.RestCreateExport(begun, wire.CreateExportRequest{
		Type: params.Type, StartDate: params.From.Format(time.DateOnly), EndDate: params.Until.Format(time.DateOnly),
	}))
	if err != nil {
		return nil, err
	}
	if out.Results.UniqueID == "" {
		return nil, missing(begun, "export's id")
	}
	return s.ExportJob(out.Results.UniqueID, opts...), nil
}

func (p ExportParams) check() error {
	switch {
	case !p.Type.Valid():
		return errors.New("the type is none of users, rooms and comments")
	case p.From.IsZero() || p.Until.IsZero():
		return errors.New("a day is missing")
	}
	switch days := dayOf(p.Until).Sub(dayOf(p.From)) / (24 * time.Hour); {
	case days < 0:
		return errors.New("the last day is before the first")
	case days > MaxExportDays:
		return fmt.Errorf("there are %d days from the first to the last, %d are allowed", days, MaxExportDays)
	}
	return nil
}

// dayOf is the day of a time as it is written, for counting.
func dayOf(at time.Time) time.Time {
	year, month, day := at.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// ExportJob picks up an export that was begun elsewhere or before a restart. It makes
// no request. See [ServerBackupsService.Export].
//
// Operation restGetExport, GET /api/v2.1/rest/exports/{unique_id}; documented by the
// vendor.
func (s *ServerBackupsService) ExportJob(uniqueID string, opts ...Option) *Job[Backup] {
	return newJob(func(ctx context.Context) (Backup, bool, error) {
		export, err := s.GetExport(ctx, uniqueID, opts...)
		if err != nil {
			return Backup{}, false, err
		}
		return stateOf(*export)
	})
}

// stateOf tells of an export or import whether it is over, and how.
func stateOf(backup Backup) (state Backup, done bool, err error) {
	failed := backup.ErrorMessage != "" || backup.Errors != nil && backup.Errors.Message != ""
	if failed {
		return backup, true, fmt.Errorf("%s: wait for the job: %w", owner, ErrBackupFailed)
	}
	return backup, backup.Status == BackupFinished, nil
}

// GetExport looks once at an export. One that does not exist is presumably
// [ErrNotFound].
//
// Operation restGetExport, GET /api/v2.1/rest/exports/{unique_id}; documented by the
// vendor.
func (s *ServerBackupsService) GetExport(ctx context.Context, uniqueID string, opts ...Option) (*Backup, error) {
	ctx, _ = s.client.begin(ctx, wire.OperationRestGetExport, opts)
	out, err := receive[wire.BackupResponse](s.client.api.RestGetExport(ctx, uniqueID))
	return backupOf(ctx, out, err)
}

// DeleteExport deletes an export, presumably with its file, and returns it as it was.
// What was exported stays. A repeat does no harm.
//
// Operation restDeleteExport, DELETE /api/v2.1/rest/exports/{unique_id}; documented by
// the vendor.
func (s *ServerBackupsService) DeleteExport(ctx context.Context, uniqueID string, opts ...Option) (*Backup, error) {
	ctx, _ = s.client.begin(ctx, wire.OperationRestDeleteExport, opts)
	out, err := receive[wire.BackupResponse](s.client.api.RestDeleteExport(ctx, uniqueID))
	return backupOf(ctx, out, err)
}

func backupOf(ctx context.Context, out *wire.BackupResponse, err error) (*Backup, error) {
	if err != nil {
		return nil, err
	}
	if out.Results.BackupHistory.UniqueID == "" {
		return nil, missing(ctx, "id of the export or import")
	}
	return &out.Results.BackupHistory, nil
}

// ListExports returns one page of the exports, 20 of them and the newest first. Whether
// there are further pages is not documented. Zero is the first page; a negative one is
// an error before anything is sent.
//
// Operation restListExports, GET /api/v2.1/rest/exports; documented by the vendor.
func (s *ServerBackupsService) ListExports(ctx context.Context, page int64, opts ...Option) (*Page[Backup], error) {
	return s.exportPager(page, opts).page(ctx, paging.Number(page))
}

// AllExports walks the exports, page by page, and ends with the first error. See
// [ServerBackupsService.ListExports].
//
// Operation restListExports, GET /api/v2.1/rest/exports; documented by the vendor.
func (s *ServerBackupsService) AllExports(ctx context.Context, opts ...Option) iter.Seq2[Backup, error] {
	return s.exportPager(0, opts).all(ctx, "")
}

func (s *ServerBackupsService) exportPager(first int64, opts []Option) pager[Backup] {
	return func(ctx context.Context, at flex.ID) (*Page[Backup], error) {
		const id = wire.OperationRestListExports
		if err := checkPage(id, first, 0); err != nil {
			return nil, err
		}
		params := &wire.RestListExportsParams{Page: paging.NumberOf(at)}
		ctx, _ = s.client.begin(ctx, id, opts)
		out, err := receive[wire.BackupsResponse](s.client.api.RestListExports(ctx, params))
		return backupPage(ctx, out, params.Page, err)
	}
}

// backupPage makes a page of either list.
func backupPage(ctx context.Context, out *wire.BackupsResponse, page int64, err error) (*Page[Backup], error) {
	if err != nil {
		return nil, err
	}
	if out.Results.BackupHistories == nil {
		return nil, missing(ctx, "list of exports or imports")
	}
	return paging.Numbered(out.Results.BackupHistories, page, 0, 0), nil
}
