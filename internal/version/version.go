// Package version knows the library's version, for packages that do not know each
// other.
package version

// Number is the library's version, without the v of its tag.
const Number = "0.1.0"
