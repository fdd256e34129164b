package sandbox

import (
	"slices"
	"time"
)

// maxBackups is how many exports, and how many imports, are remembered; it is also how
// many are listed.
const maxBackups = 20

// The greatest import, and the longest export.
const (
	maxImport     = 4 << 20
	maxExportDays = 30
)

// chatBackup is an export or an import.
type chatBackup struct {
	number   int64
	uniqueID string
	isImport bool
	resource string    // users, rooms or comments
	from, to time.Time // what is exported: from the first on, before the second
	fileName string
	// file is what was exported, or what is to be imported.
	file     []byte
	size     int // of the file, which is gone when it was imported
	rows     int
	problem  string // why it failed
	finished bool
	created  time.Time
}

func (s *Sandbox) chatBackupHandlers() map[string]handler {
	return map[string]handler{
		"restListExports":  func(r *request) (any, error) { return s.listBackups(r, false) },
		"restCreateExport": s.restCreateExport,
		"restGetExport":    s.restGetExport,
		"restDeleteExport": s.restDeleteExport,
		"restListImports":  func(r *request) (any, error) { return s.listBackups(r, true) },
		"restCreateImport": s.restCreateImport,
	}
}

func (s *Sandbox) restCreateExport(r *request) (any, error) {
	from, err := time.Parse(time.DateOnly, text(r.body["start_date"]))
	if err != nil {
		return nil, badRequest("start_date is no day")
	}
	to, err := time.Parse(time.DateOnly, text(r.body["end_date"]))
	if err != nil {
		return nil, badRequest("end_date is no day")
	}
	to = to.AddDate(0, 0, 1)
	if days := to.Sub(from) / (24 * time.Hour); days < 1 || days > maxExportDays {
		return nil, badRequest("the days must be from one to " + text(int64(maxExportDays)))
	}
	resource := text(r.body["type"])
	begun := s.beginBackup(chatBackup{
		resource: resource, from: from, to: to,
		fileName: jakarta(s.now()) + "_exported_" + resource + ".json",
	})
	return results(s.backupRow(r, begun)), nil
}

// restCreateImport reads the rows when it is done with what was begun before.
func (s *Sandbox) restCreateImport(r *request) (any, error) {
	file := text(r.body["file"])
	if len(file) > maxImport {
		return nil, badRequest("the file is larger than 4 MB")
	}
	begun := s.beginBackup(chatBackup{
		isImport: true, resource: text(r.body["type"]), file: []byte(file), size: len(file),
		fileName: orDefault(r.fileName, text(r.body["type"])+".json"),
	})
	return results(object{"backup_history": s.backupRow(r, begun)}), nil
}

// beginBackup enters an export or an import, and forgets the oldest of too many that are
// finished.
func (s *Sandbox) beginBackup(begun chatBackup) *chatBackup {
	begun.number, begun.uniqueID, begun.created = s.state.chat.backupIDs.next(), newUUID(), s.now()
	s.state.chat.backups = append(s.state.chat.backups, &begun)
	s.state.touch(&begun)
	s.state.agenda.enter(s.now().Add(s.config.Pace.Backup), finishBackup, begun.number)
	alike := 0
	for _, one := range slices.Backward(slices.Clone(s.state.chat.backups)) {
		if one.isImport != begun.isImport {
			continue
		}
		if alike++; alike > maxBackups && one.finished {
			s.state.removeBackup(one)
		}
	}
	return &begun
}

func (s *state) removeBackup(gone *chatBackup) {
	var left []*chatBackup
	for _, one := range s.chat.backups {
		if one != gone {
			left = append(left, one)
		}
	}
	s.chat.backups = left
	s.touch(gone)
}

// finishBackup does what an export or an import is for.
func (s *Sandbox) finishBackup(number int64) {
	for _, begun := range s.state.chat.backups {
		if begun.number != number {
			continue
		}
		if begun.isImport {
			begun.rows, begun.problem = s.importRows(begun.resource, begun.file)
			begun.file = nil
		} else {
			begun.file, begun.rows, begun.problem = s.exportRows(begun)
			begun.size = len(begun.file)
		}
		begun.finished = true
		s.state.touch(begun)
	}
}

// export finds an export.
func (s *Sandbox) export(uniqueID string) (*chatBackup, error) {
	for _, one := range s.state.chat.backups {
		if one.uniqueID == uniqueID && !one.isImport {
			return one, nil
		}
	}
	return nil, notFound("export")
}

func (s *Sandbox) restGetExport(r *request) (any, error) {
	found, err := s.export(text(r.parameters["unique_id"]))
	if err != nil {
		return nil, err
	}
	return results(object{"backup_history": s.backupRow(r, found)}), nil
}

func (s *Sandbox) restDeleteExport(r *request) (any, error) {
	found, err := s.export(text(r.parameters["unique_id"]))
	if err != nil {
		return nil, err
	}
	s.state.cancel(finishBackup, found.number)
	s.state.removeBackup(found)
	return results(object{"backup_history": s.backupRow(r, found)}), nil
}

// listBackups lists the newest first.
func (s *Sandbox) listBackups(r *request, isImport bool) (any, error) {
	rows := []object{}
	for _, one := range slices.Backward(s.state.chat.backups) {
		if one.isImport == isImport {
			rows = append(rows, s.backupRow(r, one))
		}
	}
	page := readPage(r)
	page.limit = maxBackups
	return results(object{"backup_histories": cutPage(rows, page)}), nil
}

func (s *Sandbox) backupRow(r *request, one *chatBackup) object {
	row := object{
		"unique_id": one.uniqueID, "resource_name": one.resource, "status": "started", "size": one.size,
		"total_rows": one.rows, "original_filename": one.fileName, "created_at": jakarta(one.created),
	}
	if one.finished {
		row["status"] = "finished"
	}
	if one.isImport {
		row["errors"] = object{}
		if one.problem != "" {
			row["errors"] = object{"Message": one.problem, "Data": nil}
		}
		return row
	}
	row["percentage"], row["download_url"], row["error_message"] = 0, "", one.problem
	if one.finished {
		row["percentage"] = 100
	}
	if one.finished && one.problem == "" {
		row["download_url"] = s.fileURL(r, exports+one.uniqueID+"/"+one.fileName)
	}
	return row
}

// jakarta is a time as these lists have it, in the zone of the platform's makers.
func jakarta(at time.Time) string {
	return at.In(time.FixedZone("WIB", int(7*time.Hour/time.Second))).Format(time.RFC3339)
}
