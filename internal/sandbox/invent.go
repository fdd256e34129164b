package sandbox

import (
	"fmt"
	"strings"
	"time"
)

// What the made-up staff, customers and messages are drawn from. The numbers of
// first and last names share no factor, so names repeat late.
var (
	firstNames = []string{
		"Dewi", "Budi", "Ratna", "Gilang", "Intan", "Yoga", "Tari", "Bayu", "Laras", "Fajar", "Kirana",
	}
	lastNames = []string{
		"Lestari", "Santoso", "Kusuma", "Ramadhan", "Permata", "Saputra", "Maharani", "Nugroho", "Anggraini",
		"Hidayat", "Puspita", "Setiawan", "Utami",
	}
	questions = []string{
		"Halo, apakah masih buka?", "Kopi Gayo satu kilo berapa harganya?", "Pesanan saya belum sampai.",
		"Bisa kirim ke Semarang?", "Ada diskon untuk langganan?", "Saya mau menukar barang.", "Berapa ongkir ke Makassar?",
	}
	demoAgents = []string{"Rini Astuti", "Bagas Pranata", "Sekar Ayu", "Dimas Wibowo", "Putri Handayani"}
)

// seedSpan is how far back the made-up rooms reach: less than a day, so that
// WhatsApp's window is open in all of them.
const seedSpan = 10 * time.Hour

// inventAgents makes up agents. Every second one takes complaints too, and the
// last is offline.
func inventAgents(count int) []Agent {
	if count == 0 {
		count = len(demoAgents)
	}
	agents := make([]Agent, 0, count)
	for i := range count {
		name := inventName(i)
		if i < len(demoAgents) {
			name = demoAgents[i]
		}
		first, _, _ := strings.Cut(strings.ToLower(name), " ")
		agent := Agent{Name: name, Email: first + "@example.id", Offline: i > 0 && i == count-1}
		if i >= len(demoAgents) {
			agent.Email = fmt.Sprintf("%s%d@example.id", first, i+1)
		}
		if i%2 == 1 {
			agent.Divisions = []string{"Keluhan"}
		}
		agents = append(agents, agent)
	}
	return agents
}

func defaultChannels() []Channel {
	return []Channel{
		{ID: 5120, Source: "wa", Name: "WhatsApp Kopi Wangi"},
		{ID: 5121, Source: "qiscus", Name: "Kopi Wangi"},
		{ID: 5133, Source: "ig", Name: "kopi.wangi"},
		{ID: 5140, Source: "ik-2207", Name: "Portal Mitra", Custom: true},
		{ID: 5150, Source: "line", Name: "Kopi Wangi LINE"},
		{ID: 5151, Source: "telegram", Name: "Kopi Wangi Bot"},
		{ID: 5152, Source: "fb", Name: "Kopi Wangi Bandung"},
	}
}

// busyChannels is how many channels the made-up customers write on: the first ones.
const busyChannels = 3

// inventRooms fills the state with customers who have written once. Nobody is
// told of them: they were there before the Sandbox was.
func (s *state) inventRooms(config Config) {
	var channels []*Channel
	for _, channel := range s.channels {
		if !channel.Custom && len(channels) < busyChannels {
			channels = append(channels, channel)
		}
	}
	for i := range config.Rooms {
		channel := channels[i%len(channels)]
		age := seedSpan - seedSpan/time.Duration(config.Rooms)*time.Duration(i)
		at := s.made.Add(-age)
		name := inventName(i)
		room := s.addRoom(channel, inventUserID(channel, name, i), name, at)
		s.openService(room, at)
		question := questions[i%len(questions)]
		s.say(room, Message{Author: AuthorCustomer, Sender: room.userID, Name: name, Text: question}, at)
	}
}

func inventName(i int) string {
	return firstNames[i%len(firstNames)] + " " + lastNames[i%len(lastNames)]
}

// inventUserID makes up a customer's id as the kind of channel has it. Phone numbers
// have a digit more than those that people play customers with, and none can be
// unreachable: one in a hundred thousand is left out.
func inventUserID(channel *Channel, name string, i int) string {
	switch channel.Source {
	case "wa":
		return fmt.Sprintf("62811555%05d", i+1+i/99_999)
	case "ig":
		return fmt.Sprintf("178414%08d", i)
	default:
		return fmt.Sprintf("%s%d@example.id", strings.ReplaceAll(strings.ToLower(name), " ", "."), i)
	}
}
