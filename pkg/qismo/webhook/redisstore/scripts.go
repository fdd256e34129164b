package redisstore

// A key's value is the mark "c" and the owner while it is claimed, "h" and the owner
// when it was handled. As the mark is always the first byte, no owner can look like
// another state. Redis drops what has expired, so whatever is there holds.
//
// A script gets the key, the owner, and a time in milliseconds.

// What the scripts answer.
const (
	answerDone    = 1
	answerTaken   = 2
	answerHandled = 3
)

const claimScript = `
local value = redis.call("GET", KEYS[1])
if value and string.sub(value, 1, 1) == "h" then
  return 3
end
if value and value ~= "c" .. ARGV[1] then
  return 2
end
redis.call("SET", KEYS[1], "c" .. ARGV[1], "PX", ARGV[2])
return 1
`

const commitScript = `
local value = redis.call("GET", KEYS[1])
if value and string.sub(value, 2) ~= ARGV[1] then
  return 2
end
redis.call("SET", KEYS[1], "h" .. ARGV[1], "PX", ARGV[2])
return 1
`

const releaseScript = `
if redis.call("GET", KEYS[1]) == "c" .. ARGV[1] then
  redis.call("DEL", KEYS[1])
end
return 1
`

const forgetScript = `
local value = redis.call("GET", KEYS[1])
if value and string.sub(value, 1, 1) == "h" then
  redis.call("DEL", KEYS[1])
end
return 1
`
