package flex

import "strconv"

// Int is an integer that may arrive as text: 50 and "50" are both read as 50.
// Use [ID] for identifiers, which are names and not amounts.
//
// Null, an absent member and empty text are 0. As its kind is int64, an Int is
// written as a JSON number and can be converted with int(n) and the like.
type Int int64

// Int64 returns the integer as an int64.
func (n Int) Int64() int64 { return int64(n) }

// String returns the integer in decimal digits.
func (n Int) String() string { return strconv.FormatInt(int64(n), 10) }

// UnmarshalJSON reads an integer, text of digits with or without a minus, empty
// text or null. Fractions, exponents, other text and numbers that do not fit 64
// bits are errors.
func (n *Int) UnmarshalJSON(data []byte) error {
	if isNothing(data) {
		*n = 0
		return nil
	}
	read, bad := readInt(data)
	if bad != "" {
		return cannotRead(bad, "an integer")
	}
	*n = Int(read)
	return nil
}
