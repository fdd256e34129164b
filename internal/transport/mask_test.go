package transport

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// mask masks what a service says, to a request, of a call whose secret header is a
// credential.
func mask(said string, request *http.Request) string {
	call := &Call{Protocol: &plainProtocol{}, Operation: Operation{Path: "/x"}}
	return call.valuesOf(request).mask(said)
}

// What a request had said is masked where it is quoted, in whatever form it was sent:
// also when each of its words is one of messages.
func TestWhatWasSaidIsMasked(t *testing.T) {
	t.Parallel()
	const quoted = `please call about the order`
	form := url.Values{"text": {quoted}, "n": {"5"}}.Encode()
	var parts bytes.Buffer
	writer := multipart.NewWriter(&parts)
	require.NoError(t, writer.WriteField("text", quoted))
	part, err := writer.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="file"; filename="a.csv"`}})
	require.NoError(t, err)
	_, err = io.WriteString(part, quoted)
	require.NoError(t, err)
	require.NoError(t, writer.Close())
	for name, test := range map[string]struct {
		path, contentType, body, secret string
		masks                           bool
	}{
		"JSON":                   {"/x", "application/json", `{"a":[{"b":{"text":"` + quoted + `"}}]}`, "", true},
		"JSON of another name":   {"/x", "application/vnd.api+json", `{"text":"` + quoted + `"}`, "", true},
		"without a type":         {"/x", "", `"` + quoted + `"`, "", true},
		"a form":                 {"/x", "application/x-www-form-urlencoded", form, "", true},
		"a form with a charset":  {"/x", "application/x-www-form-urlencoded; charset=utf-8", form, "", true},
		"a form that is broken":  {"/x", "application/x-www-form-urlencoded", form + "&%zz=1", "", true},
		"parts":                  {"/x", writer.FormDataContentType(), parts.String(), "", true},
		"parts that are cut off": {"/x", writer.FormDataContentType(), parts.String()[:parts.Len()-60], "", true},
		"a query":                {"/x?" + form, "", "", "", true},
		"a credential":           {"/x", "", "", quoted, true},
		"the name of a member":   {"/x", "application/json", `{"` + quoted + `":1}`, "", false},
		"nothing":                {"/x", "application/json", `{}`, "", false},
		"not JSON":               {"/x", "application/json", quoted, "", false},
		"parts without boundary": {"/x", "multipart/form-data", quoted, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, test.path, strings.NewReader(test.body))
			require.NoError(t, err)
			request.Header.Set("Content-Type", test.contentType)
			if test.secret != "" {
				request.Header.Set(secretHeader, test.secret)
			}
			said := "cannot send " + quoted + " today"
			want := said
			if test.masks {
				want = "cannot send *** today"
			}
			assert.Equal(t, want, mask(said, request))
		})
	}
}

func TestMask(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body, said, want string
	}{
		"nothing said":            {`{}`, "", ""},
		"the longest first":       {`["the room","the room of the user"]`, "no: the room of the user", "no: ***"},
		"a part of it":            {`["the room","the room of the user"]`, "no: the room, of the user", "no: ***, of the user"},
		"a word of messages":      {`{"status":"resolved"}`, "the room is already resolved", "the room is already resolved"},
		"a short value":           {`["is","a"]`, "this is a room", "this is a room"},
		"a number":                {`{"id":123}`, "room 123", "room 123"},
		"a longer number":         {`{"id":123456.75}`, "room 123456.75 is closed", "room *** is closed"},
		"within a word":           {`{"x":"room of"}`, "the room official", "the ***"},
		"quoted as JSON":          {`{"x":"kartu \"4111\" merah"}`, `wrong value "kartu \"4111\" merah"`, `wrong value "***"`},
		"in another case":         {`{"x":"Sari Wulandari"}`, "SARI WULANDARI is offline", "*** is offline"},
		"cut off by the service":  {`{"x":"Sari Wulandari"}`, "Sari Wulan… is offline", "***… is offline"},
		"a message of only words": {`{"x":"my room number is 12"}`, "unable to send my room number is 12", "unable to send ***"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "/x", strings.NewReader(test.body))
			require.NoError(t, err)
			request.Header.Set("Content-Type", "application/json")
			assert.Equal(t, test.want, mask(test.said, request))
		})
	}
}

// No more is looked at than can be told: many values that were sent and a long message
// would multiply.
func TestMaskOfMuchIsBounded(t *testing.T) {
	t.Parallel()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "/x", strings.NewReader(`["sari wulandari"]`))
	require.NoError(t, err)
	said := strings.Repeat("dewi ", maxSaid/5)
	assert.Equal(t, "***", mask(said+"the room is closed", request))
	assert.Equal(t, "*** the room", mask(said[:maxSaid-20]+" the room", request))
	assert.Empty(t, mask(strings.Repeat("x", maxSaid+1), request))
}

// A body that cannot be read again masks nothing, and fails nothing.
func TestMaskWithoutABody(t *testing.T) {
	t.Parallel()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "/x", strings.NewReader("{}"))
	require.NoError(t, err)
	request.GetBody = func() (io.ReadCloser, error) { return nil, errBroke }
	assert.Equal(t, "the room is closed", mask("the room is closed", request))
}

// Whatever was sent and said, no value of more than one word that was sent is told.
func FuzzMask(f *testing.F) {
	f.Add("please call me", "cannot send please call me today", "application/json")
	f.Add("room 5 of the user", "room 5 of the user", "application/x-www-form-urlencoded")
	f.Add("the *** room", "the *** room", "")
	f.Fuzz(func(t *testing.T, value, said, contentType string) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "/x?q="+url.QueryEscape(value), strings.NewReader(value))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", contentType)
		got := mask(said, request)
		if Plain(got) != got {
			t.Errorf("%q gave %q, and that %q", said, got, Plain(got))
		}
		// A value that is there after the marks around it were dropped was not there before.
		words := strings.Fields(value)
		if len(words) > 1 && len(value) <= maxSaid && strings.Join(words, " ") == value && !strings.ContainsAny(value, "*"+` .,:;-'"`) &&
			strings.Contains(said[:min(len(said), maxSaid)], value) && strings.Contains(got, value) {
			t.Errorf("%q was said: %q", value, got)
		}
	})
}
