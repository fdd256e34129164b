package sandbox

import (
	"cmp"
	"slices"
)

// maxNews is how much is remembered for those who ask what they have missed.
const maxNews = 100_000

// addNews remembers what happened, for those who ask later.
func (s *state) addNews(news chatNews) *chatNews {
	news.id = s.chat.newsIDs.next()
	s.chat.news = append(s.chat.news, &news)
	s.touch(&news)
	s.keepChatUser(news.by)
	if len(s.chat.news) > maxNews {
		s.touch(s.chat.news[0])
		s.chat.news = s.chat.news[1:]
	}
	return &news
}

// newsAfter is what has happened after some news, all for the id 0, and whether all of
// that is still remembered: if it is not, there was more.
func (s *state) newsAfter(id int64) (news []*chatNews, isWhole bool) {
	place, isOne := slices.BinarySearchFunc(s.chat.news, id, func(one *chatNews, id int64) int {
		return cmp.Compare(one.id, id)
	})
	if isOne {
		place++
	}
	news = s.chat.news[place:]
	switch {
	case id == 0:
		return news, true
	case len(s.chat.news) == 0:
		return news, id == s.lastNews()
	default:
		return news, id >= s.chat.news[0].id-1 && id <= s.lastNews()
	}
}

// lastNews is the id of the newest.
func (s *state) lastNews() int64 { return int64(s.chat.newsIDs) }

// concerns tells whether some news is for a user: of a room that was cleared, for who did
// it, and else for all who take part in the room.
func (n *chatNews) concerns(s *state, user *chatUser) bool {
	if n.kind == chatCleared {
		return n.by.id == user.id
	}
	return s.takesPart(n.room, user)
}

// notification is some news as sync_event and the broker tell it.
func (s *Sandbox) notification(news *chatNews) object {
	var about object
	switch news.kind {
	case chatDeleted:
		about = object{
			"deleted_messages": []object{{"room_id": news.room.id, "message_unique_ids": news.uniqueIDs}},
			"is_hard_delete":   true,
		}
	case chatCleared:
		about = object{"deleted_rooms": []object{s.clearedRoom(news.room, news.by)}}
	default:
		roomID, _ := number(news.room.id)
		about = object{
			"comment_id": news.comment, "comment_unique_id": news.uniqueIDs[0], "email": news.by.userID, "room_id": roomID,
		}
	}
	return object{
		"id": news.id, "timestamp": news.at.UnixNano(), "action_topic": string(news.kind),
		"payload": object{
			"actor": object{"id": text(news.by.id), "email": news.by.userID, "name": news.by.name()},
			"data":  about,
		},
	}
}
