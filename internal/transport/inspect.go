package transport

import "net/http"

// Inspector sees every answer of the service, as it came: those of failures too,
// and each attempt's. It must be safe for concurrent use.
type Inspector interface {
	// Inspect is called in the caller's goroutine, before the call returns, which it
	// must therefore not hold up.
	Inspect(exchange Exchange)
}

// Exchange is one answer of the service.
type Exchange struct {
	// Operation is the operation's id, "" for a route of the caller's own.
	Operation string
	// Method is the request's.
	Method string
	// Status is the answer's HTTP status.
	Status int
	// ContentType is the answer's header of that name.
	ContentType string
	// Body is what was read of the answer's body. It can hold secrets and customers'
	// words, and it is shared: it must not be changed, nor kept without a copy. Of an
	// answer that the caller reads as a stream it is nil.
	Body []byte
	// Whole says that Body is all of it: nothing was cut off, on the way or by a
	// bound of the client's.
	Whole bool
}

// inspect shows an answer to the inspector, if there is one. The error is that of
// reading the body.
func (c *Call) inspect(request *http.Request, response *http.Response, body []byte, err error) {
	if c.Settings.Inspector == nil {
		return
	}
	c.Settings.Inspector.Inspect(Exchange{
		Operation:   c.Operation.ID,
		Method:      request.Method,
		Status:      response.StatusCode,
		ContentType: response.Header.Get("Content-Type"),
		Body:        body,
		Whole:       err == nil,
	})
}
