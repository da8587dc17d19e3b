GO      ?= go
BIN     := bin
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
GOBUILD := CGO_ENABLED=0 $(GO) build -trimpath
TOOL    := $(GO) tool -modfile=internal/tools/go.mod
PKGS    := ./...

.DEFAULT_GOAL := build

## help: this list
.PHONY: help
help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)

## build: syncer and the launcher of its embedded ClickHouse, in bin/
.PHONY: build
build: launcher
	$(GOBUILD) -ldflags '-s -w -X main.version=$(VERSION)' -o $(BIN)/syncer ./cmd/syncer

## engine: everything the embedded ClickHouse needs (fetched once, into the user's cache)
.PHONY: engine
engine: launcher
	@$(GO) run ./internal/embedded/fetch

.PHONY: launcher
launcher:
	$(GOBUILD) -o $(BIN)/syncer-clickhouse ./internal/embedded/launcher

## demo: the whole way on this machine: sample API, embedded ClickHouse, leaks by country
.PHONY: demo
demo: engine build
	@$(BIN)/syncer demo

# Where there is a large file system in memory, tests keep their engines' files there:
# what they sync costs nothing. It must let programs run.
MEMORY = $(shell d=/dev/shm; f=$$d/syncer-$$$$; \
	[ "$$(df -Pk $$d 2>/dev/null | awk 'NR == 2 {print $$4}')" -gt 8000000 ] 2>/dev/null && \
	printf '\043!/bin/sh\n' >$$f && chmod +x $$f && $$f && echo $$d; rm -f $$f)
test test-long: export TMPDIR := $(or $(MEMORY),$(TMPDIR),/tmp)

# The crash tests watch other processes, the program as it is deployed, of which the race
# detector would see nothing.
TESTED = $(shell $(GO) list $(PKGS))
CRASH  = $(filter %/internal/crashtest,$(TESTED))
LONG   = $(filter syncer/sync syncer/cmd/syncer,$(TESTED))
# Those that take minutes come first, so that they run side by side.
RACED  = $(LONG) $(filter-out $(LONG) $(CRASH),$(TESTED))

## test: all tests, with the race detector where it sees anything, shuffled, nothing cached
.PHONY: test
test: engine browser
	$(if $(strip $(RACED)),$(GO) test -race -shuffle=on -count=1 -timeout 30m $(RACED))
	$(if $(CRASH),$(GO) test -shuffle=on -count=1 -timeout 30m $(CRASH))
	GOGC=800 $(GO) test -count=1 -timeout 30m -run Exhaustive -v ./sync
	cd internal/k8stest && $(GO) test -count=1 ./...
	cd internal/alerttest && $(GO) test -count=1 ./...
	cd internal/grafanatest && $(GO) test -count=1 ./...
	cd internal/browsertest && $(GO) test -count=1 -timeout 30m ./...

RUNS ?= 10000

## test-long: RUNS=10000 runs of the daemon, which may not grow
.PHONY: test-long
test-long: engine
	$(GO) test ./cmd/syncer -run TestDaemonOverWeeks -v -count=1 -timeout 3h -args -runs $(RUNS)

SOAK ?= 30m

## soak: watches the daemon's memory and goroutines over a changing source (SOAK=30m)
.PHONY: soak
soak: engine
	$(GO) test ./cmd/syncer -run TestSoak -v -count=1 -timeout 0 -args -soak $(SOAK)

## browser: Debian's Chromium, which looks at the report in a test (needs root and apt)
.PHONY: browser
browser:
	@command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; } || \
		echo 'no Chromium, and no root or apt to install it: the browser tests will be skipped'

## report-assets: makes the report's vendored chart library and map anew from npm
.PHONY: report-assets
report-assets:
	cd internal/report/build && npm ci --no-audit --no-fund && node build.mjs

## lint: the linters, pinned in internal/tools
.PHONY: lint
lint:
	$(TOOL) golangci-lint run $(PKGS)
	$(TOOL) deadcode -test ./...

## fmt: formats the code
.PHONY: fmt
fmt:
	$(TOOL) golangci-lint fmt

## countries: the list of countries anew, from the packages pinned beside it
.PHONY: countries
countries:
	@internal/countries/generate.sh

## clean: removes what was built; the fetched engine stays in the cache
.PHONY: clean
clean:
	rm -rf $(BIN)

## bench-storage: the mirror's storage beside the designs it was chosen over (5 minutes)
.PHONY: bench-storage
bench-storage: engine
	$(GO) test -run '^$$' -bench Storage -benchtime 1x -timeout 1h ./internal/storagebench

ACCESSES ?= 10000000

## bench-queries: what analyses and dashboards take over ACCESSES=10000000 accesses (6 minutes)
.PHONY: bench-queries
bench-queries: export TMPDIR := $(or $(MEMORY),$(TMPDIR),/tmp)
bench-queries: engine
	cd internal/grafanatest && $(GO) test -run '^$$' -bench Queries -benchtime 1x -timeout 3h . -args -accesses $(ACCESSES)

## bench: syncer beside what people would use instead; SIZES, LATENCY, CONTENDERS and PARTS choose (docs/performance.md)
SIZES      ?= 10000 100000
LATENCY    ?= 0ms
CONTENDERS ?=
PARTS      ?= compare floor
.PHONY: bench
bench bench-curve: export TMPDIR := $(or $(MEMORY),$(TMPDIR),/tmp)
bench: engine
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(GO) run ./internal/bench -sizes "$(SIZES)" -latency "$(LATENCY)" \
		-parts "$(PARTS)" $(if $(CONTENDERS),-contenders "$(CONTENDERS)")

## bench-curve: what a run costs by the size of the mirror, and its picture in docs/
CURVE_SIZES ?= 10000 100000 1000000
.PHONY: bench-curve
bench-curve: engine
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(GO) run ./internal/bench -sizes "$(CURVE_SIZES)" -contenders syncer \
		-parts incremental -curve $(CURDIR)/$(BIN)/curve.json
	cd internal/bench/curve && $(GO) run . $(CURDIR)/$(BIN)/curve.json $(CURDIR)/docs/performance-curve.svg

## image: the production image, for this machine's architecture (needs docker with buildx)
.PHONY: image
image:
	docker buildx build --load --build-arg VERSION=$(VERSION) -t syncer:$(VERSION) .

## image-smoke: shows that the image's tree and binary run; without docker, on a plain directory
.PHONY: image-smoke
image-smoke:
	@internal/image/smoke.sh "$(VERSION)"

## release: archives for linux and darwin, amd64 and arm64, with checksums, in dist/
.PHONY: release
release:
	@internal/image/release.sh "$(VERSION)"
