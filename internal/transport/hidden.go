package transport

// Hidden is a value that no printing of what holds it shows: package fmt and its like
// walk into structs and through pointers, also where they cannot call methods, but
// print a function as an address. The zero value hides nothing.
type Hidden[T any] func() T

// Hide hides a value.
func Hide[T any](value T) Hidden[T] { return func() T { return value } }

// Reveal returns the value.
func (h Hidden[T]) Reveal() T {
	if h == nil {
		var none T
		return none
	}
	return h()
}
