package sandbox

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"
)

// This file keeps what there is once: the app, its settings and its counters; and what
// is to happen by itself.

func appParts() []part {
	return []part{
		small(recordsOf("app", single(appThing{}), restoreApp)),
		small(recordsOf("counters", single(countersThing{}), restoreCounters)),
		small(recordsOf("settings", single(settingsThing{}), restoreSettings)),
		small(recordsOf("account", single(accountThing{}), restoreAccount)),
		recordsOf("agenda", func(s *state) iter.Seq[recorded] { return errandsAfter(s, 0) }, restoreErrand),
	}
}

// Each of these is the one thing of its part.
type (
	appThing      struct{}
	countersThing struct{}
	settingsThing struct{}
	accountThing  struct{}
)

// onlyKey is the key of a part's only record.
const onlyKey = "only"

func (appThing) place() (part, key string)      { return "app", onlyKey }
func (countersThing) place() (part, key string) { return "counters", onlyKey }
func (settingsThing) place() (part, key string) { return "settings", onlyKey }
func (accountThing) place() (part, key string)  { return "account", onlyKey }

// appRecord is the app, and what time it is there.
type appRecord struct {
	Format     int           `json:"format"`
	AppCode    string        `json:"app_code,omitzero"`
	SecretKey  string        `json:"secret_key,omitzero"`
	Made       time.Time     `json:"made,omitzero"`
	ClockAhead time.Duration `json:"clock_ahead,omitzero"`
}

func (appThing) record(s *state) any {
	return appRecord{keptFormat, s.appCode, s.secretKey, s.made, s.clock.Ahead()}
}

// restoreApp moves the clock ahead as far as it was: what has expired stays so.
func restoreApp(r *restoration, kept appRecord) error {
	if kept.Format != keptFormat {
		return fmt.Errorf("it is in the format %d, and this sandbox reads %d", kept.Format, keptFormat)
	}
	r.isKept = true
	r.config.AppCode, r.config.SecretKey = kept.AppCode, kept.SecretKey
	r.appCode, r.secretKey, r.made = kept.AppCode, kept.SecretKey, kept.Made
	return r.clock.Move(max(kept.ClockAhead-r.clock.Ahead(), 0))
}

// countersRecord is the last number of each sequence.
type countersRecord struct {
	RoomRows          sequence `json:"room_rows,omitzero"`
	Comments          sequence `json:"comments,omitzero"`
	Services          sequence `json:"services,omitzero"`
	Tags              sequence `json:"tags,omitzero"`
	Tokens            sequence `json:"tokens,omitzero"`
	Activities        sequence `json:"activities,omitzero"`
	ContactProperties sequence `json:"contact_properties,omitzero"`
	Channels          sequence `json:"channels,omitzero"`
	Templates         sequence `json:"templates,omitzero"`
	TemplateDetails   sequence `json:"template_details,omitzero"`
	TemplateButtons   sequence `json:"template_buttons,omitzero"`
	Errands           sequence `json:"errands,omitzero"`
	BroadcastJobs     sequence `json:"broadcast_jobs,omitzero"`
	BroadcastLogs     sequence `json:"broadcast_logs,omitzero"`
	BroadcastFiles    sequence `json:"broadcast_files,omitzero"`
	ChatUsers         sequence `json:"chat_users,omitzero"`
	ChatMembers       sequence `json:"chat_members,omitzero"`
	ChatNews          sequence `json:"chat_news,omitzero"`
	ChatBackups       sequence `json:"chat_backups,omitzero"`
}

func (countersThing) record(s *state) any {
	return countersRecord{
		RoomRows: s.roomRows, Comments: s.comments, Services: s.services, Tags: s.tagIDs, Tokens: s.tokenNumbers,
		Activities: s.rooms.activities, ContactProperties: s.book.properties, Channels: s.channelBook.ids,
		Templates: s.templates.templateIDs, TemplateDetails: s.templates.detailIDs, TemplateButtons: s.templates.buttons,
		Errands: s.agenda.entered, BroadcastJobs: s.broadcasts.jobIDs, BroadcastLogs: s.broadcasts.logIDs,
		BroadcastFiles: s.broadcasts.fileID,
		ChatUsers:      s.chat.userIDs, ChatMembers: s.chat.memberships, ChatNews: s.chat.newsIDs,
		ChatBackups: s.chat.backupIDs,
	}
}

func restoreCounters(r *restoration, kept countersRecord) error {
	s := r.state
	s.roomRows, s.comments, s.services, s.tagIDs = kept.RoomRows, kept.Comments, kept.Services, kept.Tags
	s.tokenNumbers, s.rooms.activities, s.book.properties = kept.Tokens, kept.Activities, kept.ContactProperties
	s.channelBook.ids, s.agenda.entered = kept.Channels, kept.Errands
	s.templates.templateIDs, s.templates.detailIDs = kept.Templates, kept.TemplateDetails
	s.templates.buttons = kept.TemplateButtons
	s.broadcasts.jobIDs, s.broadcasts.logIDs = kept.BroadcastJobs, kept.BroadcastLogs
	s.broadcasts.fileID = kept.BroadcastFiles
	if kept.ChatNews > 0 { // they are newer than the others
		s.chat.userIDs, s.chat.memberships, s.chat.newsIDs = kept.ChatUsers, kept.ChatMembers, kept.ChatNews
		s.chat.backupIDs = kept.ChatBackups
	}
	return nil
}

// settingsRecord is the app's settings. How the platform is simulated is not among
// them: that is said anew each time.
type settingsRecord struct {
	Bot            webhookRecord   `json:"bot,omitzero"`
	NewSession     webhookRecord   `json:"new_session,omitzero"`
	Allocation     webhookRecord   `json:"allocation,omitzero"`
	Resolve        webhookRecord   `json:"resolve,omitzero"`
	Auth           webhookRecord   `json:"auth,omitzero"`
	Chat           webhookRecord   `json:"chat,omitzero"`
	Buttons        []Button        `json:"buttons,omitzero"`
	Off            map[string]bool `json:"off,omitzero"`   // targets that were switched off
	Named          map[string]bool `json:"named,omitzero"` // hosts that webhooks may be sent to
	Sessional      bool            `json:"sessional,omitzero"`
	ForceSendBot   bool            `json:"force_send_bot,omitzero"`
	Takeover       bool            `json:"takeover,omitzero"`
	AllocateAgents bool            `json:"allocate_agents,omitzero"`
	NewTags        bool            `json:"new_tags,omitzero"`
	OfficeHours    OfficeHours     `json:"office_hours,omitzero"`
	Changed        time.Time       `json:"changed,omitzero"`
}

type webhookRecord struct {
	URL string `json:"url,omitzero"`
	On  bool   `json:"on,omitzero"`
}

func keepWebhook(set webhook) webhookRecord { return webhookRecord{set.url, set.on} }

func restoreWebhook(kept webhookRecord) webhook { return webhook{kept.URL, kept.On} }

func (settingsThing) record(s *state) any {
	set := s.settings
	return settingsRecord{
		Bot: keepWebhook(set.bot), NewSession: keepWebhook(set.newSession), Allocation: keepWebhook(set.allocation),
		Resolve: keepWebhook(set.resolve), Auth: keepWebhook(set.auth), Chat: keepWebhook(set.chat),
		Buttons: set.buttons, Off: set.off,
		Sessional: set.switches.sessional, ForceSendBot: set.switches.forceSendBot, Takeover: set.switches.takeover,
		AllocateAgents: set.switches.allocation, NewTags: set.switches.newTags, OfficeHours: set.hours,
		Changed: set.changed, Named: set.named,
	}
}

func restoreSettings(r *restoration, kept settingsRecord) error {
	set := &r.settings
	set.bot, set.newSession = restoreWebhook(kept.Bot), restoreWebhook(kept.NewSession)
	set.allocation, set.resolve = restoreWebhook(kept.Allocation), restoreWebhook(kept.Resolve)
	set.auth, set.buttons, set.off = restoreWebhook(kept.Auth), kept.Buttons, kept.Off
	set.chat = restoreWebhook(kept.Chat)
	set.hours, set.changed = kept.OfficeHours, kept.Changed
	maps.Copy(set.named, kept.Named)
	set.switches = appSwitches{
		sessional: kept.Sessional, forceSendBot: kept.ForceSendBot, takeover: kept.Takeover,
		allocation: kept.AllocateAgents, newTags: kept.NewTags,
	}
	return nil
}

// accountRecord is what the app's owner tells, and who signed up.
type accountRecord struct {
	Company       string    `json:"company,omitzero"`
	Address       string    `json:"address,omitzero"`
	Phone         string    `json:"phone,omitzero"`
	BillingEmails jsonValue `json:"billing_emails,omitzero"`
	SignedUp      []string  `json:"signed_up,omitzero"`
}

func (accountThing) record(s *state) any {
	return accountRecord{
		Company: s.account.company, Address: s.account.address, Phone: s.account.phone,
		BillingEmails: jsonValue{s.account.billingEmails}, SignedUp: slices.Sorted(maps.Keys(s.account.signedUp)),
	}
}

func restoreAccount(r *restoration, kept accountRecord) error {
	r.account = account{
		company: kept.Company, address: kept.Address, phone: kept.Phone, billingEmails: kept.BillingEmails.array(),
		signedUp: map[string]bool{},
	}
	for _, email := range kept.SignedUp {
		r.account.signedUp[email] = true
	}
	return nil
}

// errandThing is an errand that may have been done.
type errandThing errand

// errandsAfter are those that were entered after the one with a number.
func errandsAfter(s *state, last sequence) iter.Seq[recorded] {
	return func(yield func(recorded) bool) {
		for _, errand := range s.agenda.errands {
			if errand.order > int64(last) && !yield(errandThing(errand)) {
				return
			}
		}
	}
}

type errandRecord struct {
	At    time.Time  `json:"at,omitzero"`
	Order int64      `json:"order"`
	Kind  errandKind `json:"kind,omitzero"`
	ID    int64      `json:"id"`
}

func (e errandThing) place() (part, key string) { return "agenda", numberKey(e.order) }

func (e errandThing) record(s *state) any {
	if !slices.Contains(s.agenda.errands, errand(e)) {
		return nil
	}
	return errandRecord{e.at, e.order, e.kind, e.id}
}

func restoreErrand(r *restoration, kept errandRecord) error {
	r.agenda.errands = append(r.agenda.errands, errand{kept.At, kept.Order, kept.Kind, kept.ID})
	return nil
}
