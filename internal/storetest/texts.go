package storetest

import (
	"slices"
	"strings"
)

// likeMarks are texts that a store may take for a mark of its own, or for nothing.
var likeMarks = []string{"", "\x00", "c", "h", "ch", "hh", "handled", "1", "3", "nil"}

// oddTexts are those, and what a store may take for a command, a pattern, another key,
// or for text that it is not.
var oddTexts = slices.Concat(likeMarks, []string{
	" ", "key", "Key", "key ", "key\n", "key\x00", "\xff\xfe", "kunci✓", "key:owner",
	"*", "?", "[a-z]", "{key}", "{}", "}{", `"`, "'", `\`, "\r\n$3\r\nDEL\r\n", "%s", "KEYS[1]",
	strings.Repeat("long", 1<<10),
})
