package transport

// isPlainWord reports whether a word, in lower case, is one that messages of
// failures are made of, in English or Indonesian: it tells nothing of a customer by
// itself. Names of members of the API are made of such words too.
func isPlainWord(word string) bool { return isEnglish(word) || isIndonesian(word) || isOfNetwork(word) }

func isEnglish(word string) bool {
	switch word {
	case "a", "about", "above", "accept", "accepted", "access", "account", "action", "active", "add", "added",
		"address", "admin", "after", "again", "agent", "agents", "all", "allocate", "allocated", "allocation",
		"allowed", "already", "also", "an", "and", "another", "any", "api", "app", "application", "approval",
		"approved", "apps", "are", "array", "as", "ask", "assign", "assigned", "assignee", "assignment", "at",
		"attempt", "attempts", "auth", "authentication", "authorization", "authorized", "available", "avatar",
		"bad", "banned", "be", "because", "been", "before", "begin", "being", "below", "between", "blank",
		"block", "blocked", "body", "bool", "boolean", "bot", "both", "broadcast", "broadcasts", "broken",
		"bulk", "but", "button", "by", "bytes", "call", "callback", "called", "can", "cannot", "cant", "case",
		"categories", "category", "change", "changed", "channel", "channels", "characters", "chat", "check",
		"checked", "choose", "click", "client", "close", "closed", "cloud", "code", "collection", "comment",
		"config", "configuration", "configured", "conflict", "connect", "connected", "connection", "contact",
		"contacts", "contain", "contains", "content", "conversation", "conversations", "could", "count",
		"country", "create", "created", "credential", "credentials", "credit", "credits", "csv", "cursor",
		"custom", "customer", "customers", "daily", "data", "database", "date", "day", "days", "deactivated",
		"deadline", "default", "delete", "deleted", "denied", "deprecated", "did", "didn", "digits", "disabled",
		"disallowed", "do", "document", "does", "doesn", "domain", "don", "done", "down", "due", "duplicate",
		"duplicated", "during", "each", "either", "email", "empty", "enable", "enabled", "end", "ended",
		"enough", "enter", "entity", "entry", "error", "errors", "every", "exceed", "exceeded", "exceeds",
		"exist", "existed", "existing", "exists", "expected", "expire", "expired", "expires", "export",
		"extension", "external", "failed", "failure", "false", "feature", "features", "few", "field", "fields",
		"file", "files", "filter", "find", "first", "flood", "for", "forbidden", "format", "formatted",
		"forward", "found", "from", "full", "function", "gate", "gateway", "general", "get", "give", "given",
		"go", "gone", "greater", "group", "had", "handle", "handled", "handler", "handover", "has", "hash",
		"have", "haven", "header", "headers", "height", "hello", "here", "hour", "hours", "hsm", "html", "http",
		"id", "identifier", "identity", "ids", "if", "image", "in", "inactive", "inbox", "incoming",
		"incomplete", "incorrect", "incorrectly", "info", "information", "initial", "inside", "instagram",
		"instance", "insufficient", "integer", "integration", "internal", "invalid", "invite", "is", "isn",
		"issue", "it", "item", "items", "its", "job", "jobs", "join", "joined", "json", "jwt", "key", "keyword",
		"kind", "label", "language", "large", "last", "later", "latest", "least", "length", "less", "level",
		"limit", "limited", "limits", "line", "link", "list", "load", "locale", "location", "locked", "log",
		"login", "long", "longer", "lower", "maintenance", "malformed", "mandatory", "many", "mark", "match",
		"matched", "matching", "max", "maximum", "may", "maybe", "media", "member", "message", "messages",
		"meta", "method", "mime", "min", "minimum", "minute", "minutes", "mismatch", "missing", "mobile",
		"mode", "model", "more", "most", "multiple", "must", "my", "name", "names", "need", "needed", "needs",
		"network", "never", "new", "next", "no", "nobody", "non", "nonce", "none", "not", "nothing", "null",
		"number", "numbers", "numeric", "object", "of", "off", "office", "offline", "offset", "ok", "old", "on",
		"once", "one", "online", "only", "open", "operation", "operator", "option", "optional", "options", "or",
		"order", "other", "out", "outside", "over", "own", "page", "pagination", "paid", "param", "parameter",
		"parameters", "params", "parse", "part", "parts", "password", "path", "paused", "payload", "payment",
		"pending", "per", "permission", "permissions", "permitted", "phone", "place", "plan", "please",
		"policy", "port", "position", "post", "prefix", "present", "previous", "private", "problem", "process",
		"processed", "processing", "profile", "progress", "prohibited", "properties", "property", "provide",
		"provided", "provider", "public", "put", "qiscus", "qismo", "query", "queue", "quota", "range", "rate",
		"reach", "reached", "read", "reason", "receive", "received", "recipient", "recipients", "record",
		"records", "recover", "redirect", "refresh", "refused", "register", "registered", "reject", "rejected",
		"release", "remaining", "remove", "removed", "repeat", "replace", "reply", "report", "reports",
		"request", "requested", "requests", "require", "required", "requires", "reserved", "reset", "resolve",
		"resolved", "resource", "resources", "responded", "responder", "response", "result", "results", "retry",
		"retrying", "return", "returned", "revoked", "role", "roles", "room", "rooms", "route", "row", "rows",
		"rule", "run", "running", "s", "same", "save", "saved", "schema", "scope", "sdk", "search", "second",
		"seconds", "secret", "section", "see", "select", "selected", "send", "sender", "sending", "sent",
		"server", "service", "session", "sessional", "sessions", "set", "setting", "settings", "shape",
		"should", "sign", "signature", "signed", "simultaneous", "since", "single", "size", "slow", "small",
		"so", "some", "something", "soon", "source", "spam", "status", "step", "still", "stop", "stopped",
		"string", "strings", "subscribe", "subscribed", "subscription", "success", "successful", "successfully",
		"such", "supervisor", "supervisors", "support", "supported", "suspended", "system", "t", "tag", "tags",
		"take", "taken", "takes", "telegram", "template", "templates", "temporarily", "temporary", "terminated",
		"text", "than", "that", "the", "their", "them", "then", "there", "these", "they", "this", "those",
		"throttled", "through", "ticket", "time", "timed", "timeout", "times", "timestamp", "title", "to",
		"today", "token", "tokens", "too", "tool", "total", "try", "trying", "two", "type", "types", "unable",
		"unauthenticated", "unauthorized", "unavailable", "undefined", "under", "unexpected", "unique",
		"unknown", "unless", "unprocessable", "unreachable", "unread", "unregistered", "unresolved", "unserved",
		"unsupported", "until", "up", "update", "updated", "upload", "uploaded", "upper", "upstream", "url",
		"use", "used", "user", "users", "using", "valid", "validate", "validation", "value", "values",
		"variable", "variables", "verification", "verified", "verify", "version", "very", "via", "video",
		"view", "violation", "visible", "wa", "waiting", "was", "wasn", "way", "we", "webhook", "webhooks",
		"were", "what", "whatsapp", "when", "where", "whether", "which", "while", "whitelist", "whitelisted",
		"who", "widget", "width", "will", "window", "with", "within", "without", "won", "word", "words",
		"wrong", "xml", "you", "your", "zero":
		return true
	}
	return false
}

func isIndonesian(word string) bool {
	switch word {
	case "ada", "adalah", "agen", "akses", "akun", "anda", "angka", "atau", "bahasa", "balasan", "bank",
		"batas", "belum", "berakhir", "berhasil", "berisi", "berlaku", "berupa", "besar", "bisa", "boleh",
		"bukan", "coba", "cocok", "daftar", "dan", "dapat", "dari", "dengan", "di", "dibatasi", "diblokir",
		"dihapus", "diisi", "diizinkan", "dikenal", "dikirim", "dilarang", "dipakai", "diproses", "ditemukan",
		"ditolak", "ditutup", "diubah", "divisi", "gagal", "galat", "ganda", "habis", "halaman", "hanya",
		"hapus", "harap", "harus", "hubungi", "identitas", "ini", "isi", "izin", "jam", "jaringan", "jenis",
		"jika", "jumlah", "kadaluarsa", "kanal", "karena", "kata", "kategori", "ke", "kedaluwarsa", "kembali",
		"kesalahan", "ketik", "kirim", "kode", "kolom", "koneksi", "kosong", "kredensial", "kredit", "kunci",
		"lagi", "lain", "lama", "lebih", "lewat", "maaf", "maksimal", "maksimum", "masih", "masuk", "melebihi",
		"memiliki", "mencapai", "menunggu", "merespons", "minimal", "mohon", "nama", "nanti", "nomor", "oleh",
		"pada", "pakai", "panjang", "peladen", "pelanggan", "penuh", "peran", "percakapan", "permintaan",
		"pesan", "ponsel", "ruang", "ruangan", "rute", "saat", "salah", "sandi", "sebagai", "sebelum", "sedang",
		"sela", "selesai", "semua", "sesi", "sesuai", "setelah", "silakan", "sistem", "sudah", "sumber",
		"surel", "tanggal", "telah", "telepon", "templat", "tenggat", "terdaftar", "terjadi", "terlalu",
		"terlampaui", "tersambung", "tersedia", "tetapi", "tidak", "tipe", "tunggu", "ubah", "ulang", "unggah",
		"unik", "untuk", "wajib", "waktu", "yang":
		return true
	}
	return false
}

// isOfNetwork tells the words of package net/http and its like for what went wrong on
// the way.
func isOfNetwork(word string) bool {
	switch word {
	case "aborted", "awaiting", "breaker", "byte", "canceled", "cancelled", "certificate", "chunk", "chunked",
		"circuit", "colon", "context", "decoding", "dial", "early", "encoding", "eof", "exhausted", "frame",
		"gave", "goaway", "gzip", "handshake", "host", "https", "idle", "lookup", "peer", "protocol", "proxy",
		"reading", "redirects", "refuses", "remote", "responses", "socks", "stream", "tcp", "tls", "trailer",
		"transfer", "transport", "unsolicited", "write", "writes", "writing", "written", "wrote":
		return true
	}
	return false
}
