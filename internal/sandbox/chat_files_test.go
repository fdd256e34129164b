package sandbox

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// uploads sends a file.
func (c *chatter) uploads(name string, content []byte) answer {
	c.w.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	require.NoError(c.w.t, err)
	_, err = part.Write(content)
	require.NoError(c.w.t, err)
	require.NoError(c.w.t, form.Close())
	return c.w.send("POST", usersPath+"upload", c.w.chatHeader(c.id, c.token), form.FormDataContentType(), body.Bytes())
}

// A file is served as it came, whatever is in it, also where a smaller picture is asked for.
func TestUploads(t *testing.T) {
	w := newWorld(t, Config{})
	rina := w.chatter("rina")
	content := []byte("\x89PNG\r\n\x00\xff\xfe")
	got := w.fine(rina.uploads("../gambar 1.png", content))
	assert.Equal(t, "gambar 1.png", got.at("results/file/name"))
	assert.EqualValues(t, len(content), got.at("results/file/size"))
	address := text(got.at("results/file/url"))
	for _, at := range []string{address, strings.Replace(address, "/upload/", "/upload/w_320,h_320,c_limit/", 1)} {
		file := w.fine(w.download(at))
		assert.Equal(t, string(content), file.raw)
		assert.Equal(t, "image/png", file.header.Get("Content-Type"))
		assert.Equal(t, "sandbox", file.header.Get("Content-Security-Policy"), "a page may be in it")
	}
	assert.Equal(t, http.StatusNotFound, w.download(address+"x").status)
	assert.Equal(t, http.StatusNotFound, w.download(w.server.URL+"/"+w.Config().AppCode+"/upload/x").status)
	nota := w.fine(rina.uploads("nota.pdf", []byte("%PDF")))
	assert.EqualValues(t, 1, nota.at("results/file/pages"))

	room := rina.group()
	for name, at := range map[string]string{"gambar.png": address, "nota.pdf": text(nota.at("results/file/url"))} {
		rina.call("POST", "post_comment", object{
			"topic_id": room, "comment": "", "type": "file_attachment", "unique_temp_id": name,
			"payload": object{"url": at, "file_name": name},
		})
	}
	list := func(body object) (names []any) {
		got := rina.call("POST", "file_list", body)
		for _, row := range got.at("results/comments").([]any) {
			names = append(names, row.(map[string]any)["payload"].(map[string]any)["file_name"])
		}
		return names
	}
	assert.Len(t, list(object{}), 2)
	assert.Equal(t, []any{"nota.pdf"}, list(object{"include_extensions": []string{"pdf"}}))
	assert.Equal(t, []any{"gambar.png"}, list(object{"exclude_extensions": []string{"pdf"}}))
	assert.Equal(t, []any{"nota.pdf"}, list(object{"query": "NOTA"}))
	assert.Empty(t, list(object{"sender": "bagus_17"}))
	assert.Empty(t, list(object{"room_ids": []string{"1"}}))
}

// Files do not fill the memory: the oldest go.
func TestTheShelfIsBounded(t *testing.T) {
	var files shelf
	half := make([]byte, maxShelf/2)
	for _, place := range []string{"upload/a/1", "upload/a/2", "upload/a/3"} {
		files.put(shelved{place, half})
	}
	_, ok := files.find("upload/a/1")
	assert.False(t, ok)
	for _, place := range []string{"upload/a/2", "upload/a/3"} {
		_, ok := files.find(place)
		assert.True(t, ok, place)
	}
}
