# What one does in this repository. "make" alone prints the list.
# Lint and conformance also need Node.js with npm; the rest needs Go only.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# The tools that are not part of go.mod, pinned. All need Go 1.26 to build.
GOLANGCI_LINT := go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
OASDIFF := go run github.com/oasdiff/oasdiff@v1.32.1
BENCHSTAT := go run golang.org/x/perf/cmd/benchstat@v0.0.0-20260908200009-22c9c6c9d4da

# What callers may set, as in: make fuzz FUZZTIME=1m
export FUZZTIME ?= 10s
export BENCH ?= .
SOAK_FUZZTIME ?= 10m
export BENCH_COUNT ?= 6
# In this order: what fails fast and often comes first.
CI_STEPS ?= test check coverage race lint conformance newcomer fuzz

DOCS := api/openapi.yaml api/webhooks.yaml api/chat.yaml
DOCS_LINT := tools/openapi-lint
# npm writes this file at the end of an installation.
DOCS_LINT_INSTALLED := $(DOCS_LINT)/node_modules/.package-lock.json
DOCS_JUDGES := tools/openapi-conformance
DOCS_JUDGES_INSTALLED := $(DOCS_JUDGES)/node_modules/.package-lock.json

.PHONY: help
help: ## print this list
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / { printf "  %-19s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: ## see it work: a conversation against the sandbox, no account needed
	@go run ./cmd/qismo demo

.PHONY: test
test: ## run all tests (needs Go alone)
	go test ./...

.PHONY: race
race: ## run all tests under the race detector (needs a C compiler)
	CGO_ENABLED=1 go test -race ./...

.PHONY: coverage
coverage: ## see that the tests of each package in pkg/ and of the transport cover COVERAGE percent (90)
	scripts/coverage.sh

.PHONY: screenshots
screenshots: ## take the pictures of the sandbox's page in docs/images (needs Chromium; nicer with the font Inter)
	CI=true go test -count=1 -tags screenshots -run '^TestScreenshots$$' ./internal/sandbox/inbox

.PHONY: generate
generate: ## make gen/, the documents in pieces and the tables of operations in docs/ again
	go generate ./...

.PHONY: check
check: ## prove that generated files, go.mod and formatting are up to date
	scripts/check-generated.sh
	go mod tidy -diff
	@unformatted=$$(find . -name '*.go' -not -path '*/node_modules/*' -print0 | xargs -0 gofmt -l); \
	if [ -n "$$unformatted" ]; then echo "Not formatted (gofmt -w):"; echo "$$unformatted"; exit 1; fi

.PHONY: lint
lint: lint-go lint-docs ## lint the code and the OpenAPI documents

.PHONY: lint-go
lint-go: ## lint the code (golangci-lint; the first run compiles it)
	$(GOLANGCI_LINT) run ./...

.PHONY: lint-docs
lint-docs: $(DOCS_LINT_INSTALLED) ## lint the OpenAPI documents (Redocly and Spectral); warnings fail too
	REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true \
		$(DOCS_LINT)/node_modules/.bin/redocly lint \
		--config $(DOCS_LINT)/redocly.yaml --lint-config=error $(DOCS)
	$(DOCS_LINT)/node_modules/.bin/spectral lint \
		--ruleset $(DOCS_LINT)/.spectral.yaml --fail-severity=warn $(DOCS)

# One of the two folders' packages, as its lock file has them.
$(DOCS_LINT_INSTALLED) $(DOCS_JUDGES_INSTALLED): %/node_modules/.package-lock.json: %/package-lock.json
	cd $* && npm ci

.PHONY: conformance
conformance: conformance-samples conformance-judges ## hold everything against what others recorded and made

.PHONY: conformance-samples
conformance-samples: ## hold documents and types against reference samples (QISMO_SAMPLES)
	scripts/conformance.sh

.PHONY: conformance-judges
conformance-judges: $(DOCS_JUDGES_INSTALLED) ## let Prism, openapi-typescript and oasdiff judge the documents
	scripts/prism.sh
	scripts/typescript.sh
	OASDIFF='$(OASDIFF)' scripts/breaking.sh

.PHONY: fuzz
fuzz: ## run every fuzz target for FUZZTIME (10s)
	scripts/fuzz.sh

.PHONY: soak
soak: ## run the tests that take minutes, with their full counts (needs 3 GB of memory), and fuzz webhooks for long
	QISMO_SOAK=full go test -count=1 -p 1 -timeout 15m -run '^TestSoak' -v ./... | \
		{ grep -vE '^(=== |\?|ok .*no tests to run)|^testing: warning: no tests to run|^PASS$$' || true; }
	FUZZTIME=$(SOAK_FUZZTIME) FUZZ='^Fuzz(Parse|Validate|Strict|Handler)$$' scripts/fuzz.sh ./pkg/qismo/webhook

.PHONY: bench
bench: ## run the benchmarks BENCH_COUNT times (6), variants side by side (Prism too, with npm)
	@MAKE='$(MAKE)' PRISM_INSTALLED='$(DOCS_JUDGES_INSTALLED)' BENCHSTAT='$(BENCHSTAT)' scripts/bench.sh

.PHONY: newcomer
newcomer: ## the way of a newcomer: fresh clone, empty caches, demo, test, a program of one's own
	scripts/newcomer.sh

.PHONY: ci
ci: ## everything that must hold, in order, with the time each step took
	@MAKE='$(MAKE)' scripts/ci.sh $(CI_STEPS)
