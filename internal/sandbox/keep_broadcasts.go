package sandbox

import (
	"iter"
	"slices"
	"time"
)

// This file keeps templates, and the broadcasts that send them.

func templateParts() []part {
	return []part{recordsOf("templates", templateThings, restoreTemplate)}
}

func broadcastParts() []part {
	return []part{
		recordsOf("broadcast files", broadcastFileThings, restoreBroadcastFile),
		recordsOf("broadcasts", func(s *state) iter.Seq[recorded] { return each(s.broadcasts.jobs) }, restoreBroadcast),
		recordsOf("broadcast logs", broadcastLogThings, restoreBroadcastLog),
	}
}

// templateThings are the templates that there are, and those that were deleted and
// that a broadcast or a file still knows.
func templateThings(s *state) iter.Seq[recorded] {
	return func(yield func(recorded) bool) {
		known := map[*template]bool{}
		once := func(template *template) bool {
			if known[template] {
				return true
			}
			known[template] = true
			return yield(template)
		}
		for _, template := range s.templates.list {
			if !once(template) {
				return
			}
		}
		for _, job := range s.broadcasts.jobs {
			if !once(job.detail.template) {
				return
			}
		}
		for _, file := range s.broadcasts.files {
			if !once(file.detail.template) {
				return
			}
		}
	}
}

type templateRecord struct {
	ID        int64                  `json:"id"`
	Deleted   bool                   `json:"deleted,omitzero"`
	Name      string                 `json:"name,omitzero"`
	Namespace string                 `json:"namespace,omitzero"`
	Category  string                 `json:"category,omitzero"`
	Channel   channelKey             `json:"channel"`
	Resumes   bool                   `json:"resumes,omitzero"`
	Details   []templateDetailRecord `json:"details,omitzero"`
}

type templateDetailRecord struct {
	ID            int64                  `json:"id"`
	Language      string                 `json:"language,omitzero"`
	Content       string                 `json:"content,omitzero"`
	Footer        string                 `json:"footer,omitzero"`
	HeaderType    string                 `json:"header_type,omitzero"`
	HeaderContent string                 `json:"header_content,omitzero"`
	HeaderDefault string                 `json:"header_default,omitzero"`
	Arguments     int                    `json:"arguments,omitzero"`
	Approval      int                    `json:"approval,omitzero"`
	Rejection     string                 `json:"rejection,omitzero"`
	Buttons       []templateButtonRecord `json:"buttons,omitzero"`
}

type templateButtonRecord struct {
	ID          int64  `json:"id"`
	Kind        string `json:"kind,omitzero"`
	Text        string `json:"text,omitzero"`
	URL         string `json:"url,omitzero"`
	PhoneNumber string `json:"phone_number,omitzero"`
}

func (t *template) place() (part, key string) { return "templates", numberKey(t.id) }

func (t *template) record(s *state) any {
	return templateRecord{
		ID: t.id, Deleted: !slices.Contains(s.templates.list, t), Name: t.name, Namespace: t.namespace,
		Category: t.category, Channel: keyOf(t.channel), Resumes: t.resumes,
		Details: eachOf(t.details, (*templateDetail).record),
	}
}

func (d *templateDetail) record() templateDetailRecord {
	return templateDetailRecord{
		ID: d.id, Language: d.language, Content: d.content, Footer: d.footer, HeaderType: d.headerType,
		HeaderContent: d.headerContent, HeaderDefault: d.headerDefault, Arguments: d.arguments, Approval: d.approval,
		Rejection: d.rejection,
		Buttons: eachOf(d.buttons, func(one templateButton) templateButtonRecord {
			return templateButtonRecord{one.id, one.kind, one.text, one.url, one.phoneNumber}
		}),
	}
}

func restoreTemplate(r *restoration, kept templateRecord) error {
	channel, err := find(r.allChannels, "channel", kept.Channel)
	if err != nil {
		return err
	}
	made := &template{
		id: kept.ID, name: kept.Name, namespace: kept.Namespace, category: kept.Category, channel: channel,
		resumes: kept.Resumes,
	}
	made.details = eachOf(kept.Details, func(d templateDetailRecord) *templateDetail {
		detail := &templateDetail{
			id: d.ID, template: made, language: d.Language, content: d.Content, footer: d.Footer,
			headerType: d.HeaderType, headerContent: d.HeaderContent, headerDefault: d.HeaderDefault,
			arguments: d.Arguments, approval: d.Approval, rejection: d.Rejection,
			buttons: eachOf(d.Buttons, func(one templateButtonRecord) templateButton {
				return templateButton{one.ID, one.Kind, one.Text, one.URL, one.PhoneNumber}
			}),
		}
		r.details[detail.id] = detail
		return detail
	})
	if !kept.Deleted {
		r.templates.list = append(r.templates.list, made)
	}
	return nil
}

// recipientRecord is who gets a template.
type recipientRecord struct {
	Number    string   `json:"number"`
	Variables []string `json:"variables,omitzero"`
}

func keepRecipient(one recipient) recipientRecord { return recipientRecord{one.number, one.variables} }

func restoreRecipient(one recipientRecord) recipient { return recipient{one.Number, one.Variables} }

// broadcastFileThing is the uploaded file with an id.
type broadcastFileThing string

type broadcastFileRecord struct {
	ID         string            `json:"id"`
	Detail     int64             `json:"detail,omitzero"`
	Recipients []recipientRecord `json:"recipients,omitzero"`
}

func broadcastFileThings(s *state) iter.Seq[recorded] {
	return func(yield func(recorded) bool) {
		for id := range s.broadcasts.files {
			if !yield(broadcastFileThing(id)) {
				return
			}
		}
	}
}

func (f broadcastFileThing) place() (part, key string) { return "broadcast files", string(f) }

func (f broadcastFileThing) record(s *state) any {
	file, ok := s.broadcasts.files[string(f)]
	if !ok {
		return nil
	}
	return broadcastFileRecord{string(f), file.detail.id, eachOf(file.recipients, keepRecipient)}
}

func restoreBroadcastFile(r *restoration, kept broadcastFileRecord) error {
	detail, err := find(r.details, "template", kept.Detail)
	if err != nil {
		return err
	}
	r.broadcasts.files[kept.ID] = broadcastFile{detail, eachOf(kept.Recipients, restoreRecipient)}
	return nil
}

type broadcastRecord struct {
	ID        int64     `json:"id"`
	Name      string    `json:"name,omitzero"`
	By        int64     `json:"by,omitzero"`
	Detail    int64     `json:"detail,omitzero"`
	Header    string    `json:"header,omitzero"`
	Buttons   jsonValue `json:"buttons,omitzero"`
	Made      time.Time `json:"made,omitzero"`
	NotBefore time.Time `json:"not_before,omitzero"`
	Next      int       `json:"next,omitzero"` // of the logs, the first that waits
}

func (j *broadcastJob) place() (part, key string) { return "broadcasts", numberKey(j.id) }

func (j *broadcastJob) record(*state) any {
	return broadcastRecord{
		ID: j.id, Name: j.name, By: j.by.ID, Detail: j.detail.id, Header: j.header, Buttons: jsonValue{j.buttons},
		Made: j.made, NotBefore: j.notBefore, Next: j.next,
	}
}

func restoreBroadcast(r *restoration, kept broadcastRecord) error {
	by, err := find(r.staffByID, "member of the staff", kept.By)
	if err != nil {
		return err
	}
	detail, err := find(r.details, "template", kept.Detail)
	if err != nil {
		return err
	}
	made := &broadcastJob{
		id: kept.ID, name: kept.Name, by: by, detail: detail, header: kept.Header, buttons: kept.Buttons.array(),
		made: kept.Made, notBefore: kept.NotBefore, next: kept.Next,
	}
	r.broadcasts.jobs = append(r.broadcasts.jobs, made)
	r.jobs[made.id] = made
	return nil
}

// broadcastLogThing is one send of a broadcast.
type broadcastLogThing struct {
	job *broadcastJob
	log *broadcastLog
}

func broadcastLogThings(s *state) iter.Seq[recorded] {
	return func(yield func(recorded) bool) {
		for _, job := range s.broadcasts.jobs {
			for _, log := range job.logs {
				if !yield(broadcastLogThing{job, log}) {
					return
				}
			}
		}
	}
}

type broadcastLogRecord struct {
	ID        int64           `json:"id"`
	Job       int64           `json:"job,omitzero"`
	Recipient recipientRecord `json:"recipient,omitzero"`
	Status    sendStatus      `json:"status,omitzero"`
	Notes     string          `json:"notes,omitzero"`
	MessageID string          `json:"message_id,omitzero"`
	Sent      time.Time       `json:"sent,omitzero"`
}

func (l broadcastLogThing) place() (part, key string) { return "broadcast logs", numberKey(l.log.id) }

func (l broadcastLogThing) record(*state) any {
	return broadcastLogRecord{
		ID: l.log.id, Job: l.job.id, Recipient: keepRecipient(l.log.recipient), Status: l.log.status,
		Notes: l.log.notes, MessageID: l.log.messageID, Sent: l.log.sent,
	}
}

func restoreBroadcastLog(r *restoration, kept broadcastLogRecord) error {
	job, err := find(r.jobs, "broadcast", kept.Job)
	if err != nil {
		return err
	}
	job.logs = append(job.logs, &broadcastLog{
		recipient: restoreRecipient(kept.Recipient), id: kept.ID, status: kept.Status,
		notes: kept.Notes, messageID: kept.MessageID, sent: kept.Sent,
	})
	return nil
}
