package sandbox

import (
	"iter"
	"slices"
	"time"
)

// This file keeps the chat server's exports and imports, and its nonces.

type backupRecord struct {
	Number   int64     `json:"number"`
	UniqueID string    `json:"unique_id"`
	IsImport bool      `json:"is_import,omitzero"`
	Resource string    `json:"resource"`
	From     time.Time `json:"from,omitzero"`
	To       time.Time `json:"to,omitzero"`
	FileName string    `json:"file_name,omitzero"`
	File     []byte    `json:"file,omitzero"`
	Size     int       `json:"size,omitzero"`
	Rows     int       `json:"rows,omitzero"`
	Problem  string    `json:"problem,omitzero"`
	Finished bool      `json:"finished,omitzero"`
	Created  time.Time `json:"created"`
}

func (b *chatBackup) place() (part, key string) { return "chat backups", numberKey(b.number) }

func (b *chatBackup) record(s *state) any {
	if !slices.Contains(s.chat.backups, b) {
		return nil
	}
	return backupRecord{
		b.number, b.uniqueID, b.isImport, b.resource, b.from, b.to, b.fileName, b.file, b.size, b.rows, b.problem,
		b.finished, b.created,
	}
}

func restoreBackup(r *restoration, kept backupRecord) error {
	r.chat.backups = append(r.chat.backups, &chatBackup{
		kept.Number, kept.UniqueID, kept.IsImport, kept.Resource, kept.From, kept.To, kept.FileName, kept.File, kept.Size,
		kept.Rows, kept.Problem, kept.Finished, kept.Created,
	})
	return nil
}

// nonceThing is a nonce that may have been used.
type nonceThing string

func nonceThings(s *state) iter.Seq[recorded] {
	return func(yield func(recorded) bool) {
		for nonce := range s.chat.nonces {
			if !yield(nonceThing(nonce)) {
				return
			}
		}
	}
}

type nonceRecord struct {
	Nonce   string    `json:"nonce"`
	Expires time.Time `json:"expires"`
}

func (n nonceThing) place() (part, key string) { return "chat nonces", string(n) }

func (n nonceThing) record(s *state) any {
	expires, ok := s.chat.nonces[string(n)]
	if !ok {
		return nil
	}
	return nonceRecord{string(n), expires}
}

func restoreNonce(r *restoration, kept nonceRecord) error {
	r.chat.nonces[kept.Nonce] = kept.Expires
	return nil
}
