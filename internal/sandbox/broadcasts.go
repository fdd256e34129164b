package sandbox

import (
	"encoding/csv"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// broadcasts are what the Sandbox remembers of broadcasts.
type broadcasts struct {
	jobs                   []*broadcastJob          // in the order in which they were made
	files                  map[string]broadcastFile // the uploaded ones, by id
	jobIDs, logIDs, fileID sequence
}

func newBroadcasts() broadcasts {
	return broadcasts{files: map[string]broadcastFile{}, jobIDs: 10300, logIDs: 12371100, fileID: 2323090}
}

// broadcastFile is an uploaded list of recipients.
type broadcastFile struct {
	detail     *templateDetail
	recipients []recipient
}

// recipient is who gets a template, and what goes into its places.
type recipient struct {
	number    string
	variables []string
}

// broadcastJob is a template to one recipient or to many.
type broadcastJob struct {
	id        int64
	name      string
	by        *staff
	detail    *templateDetail
	header    string // as it is sent
	buttons   []any
	made      time.Time
	notBefore time.Time
	logs      []*broadcastLog
	next      int // of the logs, the first that waits
}

// channel is where a broadcast is sent.
func (j *broadcastJob) channel() *Channel { return j.detail.template.channel }

// broadcastLog is one send of a broadcast.
type broadcastLog struct {
	recipient

	id        int64
	status    sendStatus
	notes     string
	messageID string
	sent      time.Time
}

// sendStatus says how far a send is.
type sendStatus string

// Of these the broadcast routes are known to tell that something was sent or
// failed. WhatsApp has two more, and the first is made up.
const (
	sendPending   sendStatus = "pending"
	sendDone      sendStatus = "sent"
	sendDelivered sendStatus = "delivered"
	sendRead      sendStatus = "read"
	sendFailed    sendStatus = "failed"
)

// received tells how far a message to a customer is that was sent at a time: every
// customer who can be reached reads what comes.
func (p Pace) received(sent, now time.Time) sendStatus {
	switch age := now.Sub(sent); {
	case p.Receipt == 0 || age < p.Receipt:
		return sendDone
	case age < 2*p.Receipt:
		return sendDelivered
	default:
		return sendRead
	}
}

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

// sendBroadcast sends to one number, at once, as its answer tells how that went, or,
// with started_at, when that time has come.
func (s *Sandbox) sendBroadcast(r *request) (any, error) {
	job, err := s.beginBroadcast(r, []string{text(r.body["phone_number"])})
	if err != nil {
		return nil, err
	}
	rows := []object{}
	if !job.notBefore.After(s.now()) {
		s.sendNext(job.id)
		rows = append(rows, s.sentRow(job.logs[0]))
	} else {
		s.state.agenda.enter(job.notBefore, sendNext, job.id)
	}
	template := job.detail.template
	return dataWithStatus(object{
		"broadcast_job_id": job.id, "broadcast_logs": rows,
		"name": template.name, "namespace": template.namespace, "language": job.detail.language,
	}), nil
}

// sendBroadcastV2 sends to several numbers, one after the other. Its answer has no
// body: no client was ever seen to read one.
func (s *Sandbox) sendBroadcastV2(r *request) (any, error) {
	job, err := s.beginBroadcast(r, texts(r.body["phone_numbers"]))
	if err != nil {
		return nil, err
	}
	s.state.agenda.enter(job.notBefore, sendNext, job.id)
	return nil, nil // an empty body
}

// beginBroadcast makes a broadcast with the same variables for everybody.
func (s *Sandbox) beginBroadcast(r *request, numbers []string) (*broadcastJob, error) {
	detail, err := s.templateToSend(r)
	if err != nil {
		return nil, err
	}
	channel, err := s.broadcastChannel(r)
	if err != nil {
		return nil, err
	}
	if detail.template.channel != channel { // the wording is made up
		return nil, broadcastRefusal(http.StatusBadRequest, "template belongs to another channel")
	}
	variables := texts(r.body["variables"])
	if err := detail.checkVariables(len(variables)); err != nil {
		return nil, err
	}
	var recipients []recipient
	for _, number := range numbers {
		recipients = append(recipients, recipient{number: number, variables: variables})
	}
	return s.newBroadcast(r, detail, recipients), nil
}

// broadcastChannel is the channel that a request names; the app's first when it
// names none.
func (s *Sandbox) broadcastChannel(r *request) (*Channel, error) {
	if id, isNamed := r.body["channel_id"]; isNamed {
		return s.state.channelOfKind("wa", id)
	}
	return s.state.channel("wa", 0)
}

// uploadBroadcastCSV keeps the recipients of a file.
func (s *Sandbox) uploadBroadcastCSV(r *request) (any, error) {
	detail, err := s.templateToSend(r)
	if err != nil {
		return nil, err
	}
	recipients, err := recipientsIn(text(r.body["file"]), detail)
	if err != nil {
		return nil, err
	}
	id := s.state.broadcasts.fileID.next()
	s.state.broadcasts.files[text(id)] = broadcastFile{detail: detail, recipients: recipients}
	s.state.touch(broadcastFileThing(text(id)))
	return dataWithStatus(object{"id": id}), nil
}

// recipientsIn reads a file whose columns nobody knows: of each row it takes the
// first cell that can be a phone number, and for the template's places the cells
// after it, as many as there are places. A row without a number, such as the
// columns' names, is passed over.
func recipientsIn(file string, detail *templateDetail) ([]recipient, error) {
	rows := csv.NewReader(strings.NewReader(file))
	rows.FieldsPerRecord, rows.LazyQuotes = -1, true
	var recipients []recipient
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
		i := slices.IndexFunc(row, func(cell string) bool { return phoneNumber(cell) != "" })
		if i < 0 {
			continue
		}
		variables := row[i+1:]
		variables = variables[:min(len(variables), detail.arguments)]
		if err := detail.checkVariables(len(variables)); err != nil {
			return nil, err
		}
		recipients = append(recipients, recipient{number: phoneNumber(row[i]), variables: variables})
	}
}

// phoneNumber is the phone number in a cell, without its plus; "" when that holds
// something else.
func phoneNumber(cell string) string {
	number := strings.TrimPrefix(strings.TrimSpace(cell), "+")
	if len(number) < 8 || strings.Trim(number, "0123456789") != "" {
		return ""
	}
	return number
}

// sendBroadcastFile begins a broadcast through the template's channel: the request
// names none.
func (s *Sandbox) sendBroadcastFile(r *request) (any, error) {
	detail, err := s.templateToSend(r)
	if err != nil {
		return nil, err
	}
	file, exists := s.state.broadcasts.files[text(r.body["broadcast_file_id"])]
	switch {
	case !exists:
		return nil, notFound("broadcast file")
	case file.detail != detail: // whose places the file was read for; the wording is made up
		return nil, broadcastRefusal(http.StatusBadRequest, "the file was uploaded for another template")
	}
	job := s.newBroadcast(r, detail, file.recipients)
	s.state.agenda.enter(job.notBefore, sendNext, job.id)
	return dataWithStatus(object{"broadcast_job": s.jobRow(job)}), nil
}

// sendHsm24Template says the channel's 24-hour template in a room. The window opens
// only when the customer answers.
func (s *Sandbox) sendHsm24Template(r *request) (any, error) {
	room, err := s.state.room(text(r.body["room_id"]))
	if err != nil {
		return nil, err
	}
	if room.channel.Source != "wa" {
		return nil, broadcastRefusal(http.StatusBadRequest, "the room is not on WhatsApp")
	}
	detail, err := s.templateToResumeWith(r, room.channel)
	if err != nil {
		return nil, err
	}
	switch {
	case strings.HasSuffix(room.userID, unreachable):
		return nil, broadcastRefusal(http.StatusBadRequest, "the number is not on WhatsApp")
	case !s.state.whatsApp.pay(room.channel):
		return nil, broadcastRefusal(http.StatusPaymentRequired, "the channel has no credit left")
	}
	s.sayOutbound(room, r.caller.user, Message{Text: detail.shown(detail.header(""), nil)})
	return nil, nil // an empty body
}

// newBroadcast makes a broadcast that nothing of has been sent yet.
func (s *Sandbox) newBroadcast(r *request, detail *templateDetail, recipients []recipient) *broadcastJob {
	now := s.now()
	header, _ := r.body["header_value"].(object)
	job := &broadcastJob{
		id: s.state.broadcasts.jobIDs.next(), name: orDefault(text(r.body["name"]), detail.template.name),
		by: r.caller.user, detail: detail, header: detail.header(text(header["text"])),
		made: now, notBefore: startOf(text(r.body["started_at"]), now),
	}
	job.buttons, _ = r.body["button_params"].([]any)
	for _, recipient := range recipients {
		job.logs = append(job.logs, &broadcastLog{
			recipient: recipient, id: s.state.broadcasts.logIDs.next(), status: sendPending,
		})
	}
	s.state.broadcasts.jobs = append(s.state.broadcasts.jobs, job)
	s.state.touch(job)
	for _, log := range job.logs {
		s.state.touch(broadcastLogThing{job, log})
	}
	return job
}

// startOf is when a broadcast begins: at once where no time is named, and where one is
// that has passed, as nothing is sent in the past. A time that cannot be kept, since its
// year has five digits in UTC, is the last one that can: neither ever comes.
func startOf(named string, now time.Time) time.Time {
	start, err := flex.ParseTime(named)
	last := time.Date(9999, time.December, 31, 23, 59, 59, 0, time.UTC)
	switch {
	case err != nil || start.Time().Before(now):
		return now
	case start.Time().After(last):
		return last
	default:
		return start.Time().UTC()
	}
}

// broadcast finds a broadcast by its id.
func (s *state) broadcast(id int64) (*broadcastJob, error) {
	for _, job := range s.broadcasts.jobs {
		if job.id == id {
			s.touch(job)
			return job, nil
		}
	}
	return nil, notFound("broadcast")
}

// sendNext sends a broadcast to the next recipient, and sees to the one after.
func (s *Sandbox) sendNext(id int64) {
	job, err := s.state.broadcast(id)
	if err != nil || job.next == len(job.logs) {
		return
	}
	s.send(job, job.logs[job.next])
	job.next++
	if job.next < len(job.logs) {
		s.state.agenda.enter(s.now().Add(s.config.Pace.Send), sendNext, id)
	}
}

// send says the template in the recipient's room, which is made if there is none.
func (s *Sandbox) send(job *broadcastJob, log *broadcastLog) {
	log.status = sendFailed
	s.state.touch(broadcastLogThing{job, log})
	switch {
	case strings.HasSuffix(log.number, unreachable):
		log.notes, log.messageID = "the number is not on WhatsApp", whatsAppID(log.number, log.id)
		s.forwardUndeliverable(job.channel(), log.number, log.messageID)
	case !s.state.whatsApp.pay(job.channel()):
		log.notes = "the channel has no credit left"
	default:
		said := Message{Text: job.detail.shown(job.header, log.variables)}
		log.messageID = s.sayOutbound(s.customersRoom(job.channel(), log.number, ""), job.by, said)
		log.status, log.sent = sendDone, s.now()
	}
}
