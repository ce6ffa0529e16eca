# Paddock: `make run` and `make test` are the two to know; `make` alone lists the rest.
# The variables below may be given on the command line or in the environment.

# Where `make run` listens and keeps its data; paddock knows the same defaults.
export PADDOCK_LISTEN ?= 127.0.0.1:8080
export PADDOCK_DATA_DIR ?= var
# Which packages are tested with the race detector: patterns of go list, none, or most, which leaves out the
# browser's, whose pages the tests of web ask for as well, and those that have other processes do the work.
PADDOCK_RACE ?= most
# More for go test, for instance TESTFLAGS="-v -run 'TestSign|TestLock'".
TESTFLAGS ?=
# What `make audit` asks for known holes; it needs the network.
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0

# $(call need,PROGRAM,WHAT FOR) ends with one sentence where a program is missing.
need = command -v $(1) >/dev/null 2>&1 || { echo "$(1) is missing, it $(2): install it and run make again" >&2; exit 1; }

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help run build assets test test-18 check generate fresh vet lint bench bench-large isolation audit

help:
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## build and serve on http://oakvale.localhost:8080 with sample clinics and a PostgreSQL of its own
	@exec bin/paddock dev

build: assets ## build bin/paddock
	@go build -trimpath -o bin/paddock ./cmd/paddock

assets: ## fetch what the pages load from npm and build it into static/dist, if anything changed
	@$(call need,go,builds Paddock)
	@go build -o bin/assets ./static/build && bin/assets

test: assets ## run every test on one throw-away PostgreSQL, setting up what is missing
	@go build -o bin/testserver ./internal/dbtest/server && browser=$$(tools/browser) && \
	PADDOCK_BROWSER="$$browser" PADDOCK_RACE="$(PADDOCK_RACE)" \
	bin/testserver -- tools/test -shuffle=on -timeout 12m $(TESTFLAGS)

test-18: ## run every test on the PostgreSQL 18 of the npm lock file
	@PADDOCK_POSTGRES=npm $(MAKE) test

check: fresh vet lint ## what CI runs: fresh, vet, lint, test
	@$(MAKE) test

generate: ## write the Go code of views and queries anew, with the tools of tools/go.mod
	@$(call need,go,builds the tools)
	@$(call need,git,tells which tools are built)
	@tools/run templ generate -include-version=false -log-level error
	@tools/run sqlc generate

fresh: ## fail if a file is not formatted, or generated code is not that of its sources
	@$(call need,go,builds the tools)
	@$(call need,git,tells what changed)
	@tools/fresh $(MAKE) generate

vet: ## go vet
	@go vet ./...

lint: ## golangci-lint with .golangci.yml
	@$(call need,git,tells which tools are built)
	@tools/run golangci-lint run

bench-large: ## make bench with 10,000 clinics
	@$(MAKE) bench BENCHFLAGS="-growth 10,10000 $(BENCHFLAGS)"

bench: assets ## print the figures of docs/performance.md
	@go run -tags bench ./bench $(BENCHFLAGS)

isolation: build ## lint the catalogue and probe the fences of a running Paddock, or of DATABASE_URL
	@bin/paddock isolation check

audit: ## ask for known holes in what Paddock uses (needs the network, not part of check)
	@go mod verify
	@cd tools && go mod verify
	@go run $(GOVULNCHECK) ./...
	@cd static && npm audit --omit=dev
