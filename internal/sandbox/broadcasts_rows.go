package sandbox

import "slices"

// What the status of a send is in a room's history, where it is a number. Nobody
// has explained them; a client takes 4 when there is none.
const (
	historySent   = 4
	historyFailed = 5
)

// listBroadcastJobs lists broadcasts, the newest first.
func (s *Sandbox) listBroadcastJobs(r *request) (any, error) {
	jobs := slices.Clone(s.state.broadcasts.jobs)
	slices.Reverse(jobs)
	page := readPage(r)
	rows := []object{}
	for _, job := range cutPage(jobs, page) {
		rows = append(rows, s.jobRow(job))
	}
	answer := dataWithStatus(object{"broadcast_jobs": rows})
	answer["meta"] = pageMeta(page, len(jobs))
	return answer, nil
}

func (s *Sandbox) getBroadcastJob(r *request) (any, error) {
	job, err := s.broadcastJob(r)
	if err != nil {
		return nil, err
	}
	return dataWithStatus(object{"broadcast_job": s.jobRow(job)}), nil
}

func (s *Sandbox) listBroadcastLogs(r *request) (any, error) {
	job, err := s.broadcastJob(r)
	if err != nil {
		return nil, err
	}
	page := readPage(r)
	rows := []object{}
	for _, log := range cutPage(job.logs, page) {
		rows = append(rows, s.jobLogRow(log))
	}
	answer := dataWithStatus(object{"broadcast_logs": rows})
	answer["meta"] = pageMeta(page, len(job.logs))
	return answer, nil
}

// broadcastJob finds the broadcast of a request's path.
func (s *Sandbox) broadcastJob(r *request) (*broadcastJob, error) {
	id, _ := number(r.parameters["broadcast_job_id"])
	return s.state.broadcast(id)
}

// listRoomBroadcasts lists what was sent to a room's customer, the newest first.
func (s *Sandbox) listRoomBroadcasts(r *request) (any, error) {
	room, err := s.state.room(text(r.parameters["room_id"]))
	if err != nil {
		return nil, err
	}
	rows := []object{}
	for _, job := range slices.Backward(s.state.broadcasts.jobs) {
		for _, log := range job.logs {
			if job.channel() == room.channel && log.number == room.userID && log.status != sendPending {
				rows = append(rows, s.historyRow(job, log, room))
			}
		}
	}
	answer := dataWithStatus(object{"broadcast_logs": cutPage(rows, readPage(r))})
	answer["meta"] = object{"total": len(rows)}
	return answer, nil
}

func (s *Sandbox) jobRow(job *broadcastJob) object {
	logs := []object{}
	for _, log := range job.logs {
		logs = append(logs, s.jobLogRow(log))
	}
	return object{
		"broadcast_job_id": job.id, "name": job.name, "channel_id": job.channel().ID, "channel_name": job.channel().Name,
		"created_at": zoned(job.made), "canceled_at": nil, "canceled_by": nil, "broadcast_logs": logs,
	}
}

// sentRow is a send as the answer of sending has it.
func (s *Sandbox) sentRow(log *broadcastLog) object {
	status := log.status
	if status == sendDone {
		status = s.config.Pace.received(log.sent, s.now())
	}
	return object{
		"id": log.id, "message_id": nullable(log.messageID), "notes": nullable(log.notes),
		"phone_number": "+" + log.number, "sent_at": zoned(log.sent), "status": status,
		"variables": listText(log.variables),
	}
}

// jobLogRow is a send as a broadcast has it.
func (s *Sandbox) jobLogRow(log *broadcastLog) object {
	row := s.sentRow(log)
	delete(row, "variables")
	row["params"] = listText(log.variables)
	return row
}

// historyRow is a send as a room's history has it.
func (s *Sandbox) historyRow(job *broadcastJob, log *broadcastLog, room *room) object {
	row := s.sentRow(log)
	delete(row, "variables")
	row["id"], row["status"] = text(log.id), historySent
	if log.status == sendFailed {
		row["status"] = historyFailed
	}
	row["customer_name"], row["template_name"] = room.name, job.detail.template.name
	row["message"] = fillPlaces(job.detail.content, log.variables)
	row["header_value"], row["footer_value"] = nullable(job.header), nullable(job.detail.footer)
	row["button_params"] = listText(job.buttons)
	return row
}

// listText writes a list inside text; one that is not there is empty.
func listText[T any](list []T) string {
	if list == nil {
		list = []T{}
	}
	return jsonText(list)
}
