package sandbox

import (
	"path"
	"slices"
	"strings"
)

func (s *Sandbox) chatFileHandlers() map[string]handler {
	return map[string]handler{"sdkListFiles": s.sdkListFiles, "sdkUpload": s.sdkUpload}
}

// sdkUpload takes a file of any kind. Pages are counted of none; what is a document has
// one.
func (s *Sandbox) sdkUpload(r *request) (any, error) {
	content := []byte(text(r.body["file"]))
	name := path.Base(strings.ReplaceAll(orDefault(r.fileName, "file"), "\\", "/"))
	place := uploads + newUUID() + "/" + name
	s.files.put(shelved{place, content})
	pages := 0
	if strings.HasSuffix(strings.ToLower(name), ".pdf") {
		pages = 1
	}
	return results(object{"file": object{
		"name": name, "size": len(content), "pages": pages, "url": s.fileURL(r, place),
	}}), nil
}

// sdkListFiles finds files by the ends of their names. The values of file_type are not
// known, and it changes nothing.
func (s *Sandbox) sdkListFiles(r *request) (any, error) {
	include, exclude := texts(r.body["include_extensions"]), texts(r.body["exclude_extensions"])
	isSenders := s.bySender(text(r.body["sender"]))
	all := s.searchChat(r.caller.chatUser, inRooms(r), func(room *conversation, said Message) bool {
		payload := asObject(said.Payload)
		address := text(payload["url"])
		ending := strings.ToLower(strings.TrimPrefix(path.Ext(address), "."))
		isWanted := (len(include) == 0 || slices.Contains(include, ending)) && !slices.Contains(exclude, ending)
		named := Message{Text: said.Text + " " + text(payload["file_name"]) + " " + text(payload["caption"])}
		return said.Type == "file_attachment" && isWanted && holds(named, text(r.body["query"])) && isSenders(room, said)
	})
	return results(s.foundPage(all, bodyPage(r))), nil
}
