package faults

// Fault is one way to treat a request badly. Its functions make it: [ResetUnread],
// [RateLimited] and so on; [All] lists them. The zero Fault is none: the request is
// answered by the server's handler.
type Fault struct {
	name string
	// unread means that the fault strikes before the request is read.
	unread bool
	// acts means that the handler has acted on the request before the fault strikes.
	acts bool
	// strike does the harm. An error ends the connection.
	strike func(*exchange) error
}

// String names the fault, as for the name of a test.
func (f Fault) String() string {
	if f.strike == nil {
		return "no fault"
	}
	return f.name
}

// HandlerActs reports whether the server's handler has acted on the request by the
// time that the fault strikes. If it has, whoever repeats the request does it twice.
func (f Fault) HandlerActs() bool { return f.acts || f.strike == nil }

// Script says which fault meets the n-th request that begins to arrive at a server,
// counted from 1. Several goroutines may call it at once.
type Script func(n int) Fault

// Never answers every request properly.
func Never() Script { return func(int) Fault { return Fault{} } }

// Always meets every request with the fault.
func Always(fault Fault) Script { return func(int) Fault { return fault } }

// First meets the first requests with the fault, and answers all others properly.
//
// Mind that net/http by itself repeats a request without a body if a connection that
// it used before breaks before the answer: such a repeat is counted as well.
func First(requests int, fault Fault) Script {
	return func(n int) Fault {
		if n <= requests {
			return fault
		}
		return Fault{}
	}
}

// Sequence meets each request with the next fault, and answers properly when there
// are no more.
func Sequence(faults ...Fault) Script {
	return func(n int) Fault {
		if n <= len(faults) {
			return faults[n-1]
		}
		return Fault{}
	}
}
