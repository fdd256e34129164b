package sandbox

import (
	"encoding/csv"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// broadcasts are what the Sandbox remembers of broadcasts.
type broadcasts struct {
	jobs                   []*broadcastJob     // in the order in which they were made
	files                  map[string][]string // recipients of the uploaded files, by id
	jobIDs, logIDs, fileID sequence
}

func newBroadcasts() broadcasts {
	return broadcasts{files: map[string][]string{}, jobIDs: 10300, logIDs: 12371100, fileID: 2323090}
}

// broadcastJob is a broadcast to one recipient or to many.
type broadcastJob struct {
	id        int64
	name      string
	channel   Channel
	by        *staff
	template  broadcastTemplate
	made      time.Time
	notBefore time.Time
	logs      []*broadcastLog
}

// broadcastTemplate is what a broadcast sends.
type broadcastTemplate struct {
	name, namespace, language, header string
	variables, buttons                []any
}

// broadcastLog is one send of a broadcast.
type broadcastLog struct {
	id        int64
	number    string
	status    sendStatus
	notes     string
	messageID string
	sent      time.Time
}

// sendStatus says how far a send is.
type sendStatus string

// The first is made up; the others are the platform's.
const (
	sendPending sendStatus = "pending"
	sendDone    sendStatus = "sent"
	sendFailed  sendStatus = "failed"
)

func (s *Sandbox) broadcastHandlers() map[string]handler {
	return map[string]handler{
		"sendBroadcast":      s.sendBroadcast,
		"sendBroadcastV2":    s.sendBroadcastV2,
		"uploadBroadcastCSV": s.uploadBroadcastCSV,
		"sendBroadcastFile":  s.sendBroadcastFile,
		"sendHsm24Template":  s.sendHsm24Template,
		"listBroadcastJobs":  s.listBroadcastJobs,
		"getBroadcastJob":    s.getBroadcastJob,
		"listBroadcastLogs":  s.listBroadcastLogs,
		"listRoomBroadcasts": s.listRoomBroadcasts,
	}
}

// sendBroadcast sends to one number, at once or, with started_at, when somebody
// looks at the broadcast after that. Any template is accepted.
func (s *Sandbox) sendBroadcast(r *request) (any, error) {
	job, err := s.newBroadcast(r, []string{text(r.body["phone_number"])})
	if err != nil {
		return nil, err
	}
	s.advance(job, len(job.logs))
	rows := []object{}
	for _, log := range job.logs {
		if log.status != sendPending {
			rows = append(rows, sentRow(job, log))
		}
	}
	return dataWithStatus(object{
		"broadcast_job_id": job.id, "broadcast_logs": rows,
		"name": job.template.name, "namespace": nullable(job.template.namespace), "language": nullable(job.template.language),
	}), nil
}

// sendBroadcastV2 sends to several numbers at once. Its answer has no body: no
// client was ever seen to read one.
func (s *Sandbox) sendBroadcastV2(r *request) (any, error) {
	job, err := s.newBroadcast(r, texts(r.body["phone_numbers"]))
	if err != nil {
		return nil, err
	}
	s.advance(job, len(job.logs))
	return nil, nil //nolint:nilnil // an empty body
}

// uploadBroadcastCSV keeps the recipients of a file.
func (s *Sandbox) uploadBroadcastCSV(r *request) (any, error) {
	recipients, err := recipientsIn(text(r.body["file"]))
	if err != nil {
		return nil, err
	}
	id := s.state.broadcasts.fileID.next()
	s.state.broadcasts.files[text(id)] = recipients
	return dataWithStatus(object{"id": id}), nil
}

// recipientsIn reads a file whose columns nobody knows: of each row it takes the
// first cell that can be a phone number. A row without one, such as the columns'
// names, is passed over.
func recipientsIn(file string) ([]string, error) {
	rows := csv.NewReader(strings.NewReader(file))
	rows.FieldsPerRecord, rows.LazyQuotes, rows.ReuseRecord = -1, true, true
	var recipients []string
	for {
		row, err := rows.Read()
		switch {
		case errors.Is(err, io.EOF) && len(recipients) == 0:
			return nil, badRequest("the file holds no phone number")
		case errors.Is(err, io.EOF):
			return recipients, nil
		case err != nil:
			return nil, badRequest("the file cannot be read")
		}
		for _, cell := range row {
			number := strings.TrimPrefix(strings.TrimSpace(cell), "+")
			if len(number) >= 8 && strings.Trim(number, "0123456789") == "" {
				recipients = append(recipients, strings.Clone(number))
				break
			}
		}
	}
}

// sendBroadcastFile begins a broadcast that goes on whenever somebody looks at it.
func (s *Sandbox) sendBroadcastFile(r *request) (any, error) {
	recipients, exists := s.state.broadcasts.files[text(r.body["broadcast_file_id"])]
	if !exists {
		return nil, notFound("broadcast file")
	}
	job, err := s.newBroadcast(r, recipients)
	if err != nil {
		return nil, err
	}
	return dataWithStatus(object{"broadcast_job": jobRow(job)}), nil
}

// sendHsm24Template says the 24-hour template in a room. The window opens only when
// the customer answers.
func (s *Sandbox) sendHsm24Template(r *request) (any, error) {
	room, err := s.state.room(text(r.body["room_id"]))
	if err != nil {
		return nil, err
	}
	switch {
	case room.channel.Source != "wa":
		return nil, broadcastRefusal(http.StatusBadRequest, "the room is not on WhatsApp")
	case strings.HasSuffix(room.userID, unreachable):
		return nil, broadcastRefusal(http.StatusBadRequest, "the number is not on WhatsApp")
	case !s.state.whatsApp.pay(room.channel):
		return nil, broadcastRefusal(http.StatusPaymentRequired, "the channel has no credit left")
	}
	s.sayOutbound(room, r.caller.user, Message{Text: templateName(r)})
	return nil, nil //nolint:nilnil // an empty body
}

// broadcastRefusal is a refusal as the broadcast routes word it.
func broadcastRefusal(status int, message string) *refusedError {
	return &refusedError{status: status, body: object{"error": message}}
}

// newBroadcast makes a broadcast that nothing of has been sent yet.
func (s *Sandbox) newBroadcast(r *request, recipients []string) (*broadcastJob, error) {
	channelID, _ := number(r.body["channel_id"])
	channel, err := s.state.channel("wa", channelID)
	if err != nil {
		return nil, err
	}
	now := s.config.Now()
	header, _ := r.body["header_value"].(object)
	job := &broadcastJob{
		id: s.state.broadcasts.jobIDs.next(), channel: channel, by: r.caller.user, made: now, notBefore: now,
		template: broadcastTemplate{
			name: templateName(r), namespace: text(r.body["namespace"]), language: text(r.body["language"]),
			header: text(header["text"]),
		},
	}
	job.name = orDefault(text(r.body["name"]), job.template.name)
	job.template.variables, _ = r.body["variables"].([]any)
	job.template.buttons, _ = r.body["button_params"].([]any)
	if start, err := flex.ParseTime(text(r.body["started_at"])); err == nil && !start.IsZero() {
		job.notBefore = start.Time()
	}
	for _, number := range recipients {
		job.logs = append(job.logs, &broadcastLog{
			id: s.state.broadcasts.logIDs.next(), number: number, status: sendPending,
		})
	}
	s.state.broadcasts.jobs = append(s.state.broadcasts.jobs, job)
	return job, nil
}

// templateName is the name of a request's template, or one made of its id.
func templateName(r *request) string {
	return orDefault(text(r.body["template_name"]), "template "+text(r.body["template_detail_id"]))
}

// advance sends what waits, but no more than so many and not before its time.
func (s *Sandbox) advance(job *broadcastJob, most int) {
	if s.config.Now().Before(job.notBefore) {
		return
	}
	for _, log := range job.logs {
		if most > 0 && log.status == sendPending {
			s.send(job, log)
			most--
		}
	}
}

// look lets a broadcast go on by half of what is left of it.
func (s *Sandbox) look(job *broadcastJob) {
	left := 0
	for _, log := range job.logs {
		if log.status == sendPending {
			left++
		}
	}
	s.advance(job, (left+1)/2)
}

// send says the template in the recipient's room, which is made if there is none.
func (s *Sandbox) send(job *broadcastJob, log *broadcastLog) {
	log.status = sendFailed
	switch {
	case strings.HasSuffix(log.number, unreachable):
		log.notes = "the number is not on WhatsApp"
	case !s.state.whatsApp.pay(job.channel):
		log.notes = "the channel has no credit left"
	default:
		s.sayOutbound(s.customersRoom(job.channel, log.number, ""), job.by, Message{Text: job.template.text()})
		log.status, log.sent, log.messageID = sendDone, s.config.Now(), s.state.whatsApp.nextMessageID()
	}
}

// text is the template as it is shown: its name, and what goes into its places.
func (t broadcastTemplate) text() string {
	parts := append([]string{t.name}, texts(t.variables)...)
	return strings.Join(parts, ", ")
}
