// Package realtime is what a simulated platform and its broker say to one another: the
// topics that clients subscribe to and publish on, and the rules by which the broker
// asks the platform who may do what. It knows neither of them.
package realtime

// Client is one connection of somebody to the broker.
type Client struct {
	// Number tells connections apart, also those that come with the same ID.
	Number int64
	// ID is what the client calls itself.
	ID string
	// User is who the platform said that it is; "" when it did not.
	User string
	// Topics are what it is subscribed to. They are filled in for [Broker.Drop] alone.
	Topics []Topic
}

// Login is what a client shows when it connects. All of it may be empty.
type Login struct{ ClientID, UserName, Password string }

// Rules are what the broker asks the platform, and tells it. Each function may be nil.
// They are called by several goroutines at once, but for one client by one after the
// other. They may publish, and must not close the broker.
type Rules struct {
	// Connect tells whether who shows this may connect, and who that is: "" is somebody
	// whom the platform does not know by name. When it is nil, all may.
	Connect func(Login) (user string, allowed bool)
	// Connected is told of a client when its session begins.
	Connected func(Client)
	// Subscribe tells whether a client may hear of a topic. When it is nil, it may.
	Subscribe func(Client, Topic) bool
	// Publish tells whether a client may publish on a topic, and what its subscribers
	// get. The topic is of a kind that clients publish on, and its user is named where
	// there is one; also a last will comes here. What is refused reaches nobody, and the
	// client is not told, as MQTT 3.1.1 has no way to. When it is nil, all is passed on.
	Publish func(client Client, to Topic, payload []byte) (told []byte, allowed bool)
	// Disconnected is told of a client when its session has ended, after its last will.
	Disconnected func(Client)
}
