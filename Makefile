GO      ?= go
BIN     := bin
GOBUILD := CGO_ENABLED=0 $(GO) build -trimpath

.DEFAULT_GOAL := build

## build: syncer and the launcher of its embedded ClickHouse, in bin/
.PHONY: build
build: launcher
	$(GOBUILD) -o $(BIN)/syncer ./cmd/syncer

## engine: everything the embedded ClickHouse needs (fetched once, into the user's cache)
.PHONY: engine
engine: launcher
	@$(GO) run ./internal/embedded/fetch

.PHONY: launcher
launcher:
	$(GOBUILD) -o $(BIN)/syncer-clickhouse ./internal/embedded/launcher

## clean: removes what was built; the fetched engine stays in the cache
.PHONY: clean
clean:
	rm -rf $(BIN)
