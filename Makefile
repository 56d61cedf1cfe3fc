.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -euo pipefail -c

GO ?= go
BIN := $(CURDIR)/.bin
GOLANGCI_LINT_VERSION := v2.5.0
# A count, not a time: a deadline that strikes inside an input fails the run.
FUZZTIME ?= 30000x
CONTRACT := contract/node_modules

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

.PHONY: check
check: $(CONTRACT) brief-browser generated format vet lint test test-redmine race fuzz ## Everything that guards quality, as CI runs it

# What only some machines have, a check and a contract insist on instead of
# skipping the tests that need it.
check contract: export PLUMBLINE_CONTRACT := 1
check contract: export PLUMBLINE_PRISM := $(CURDIR)/$(CONTRACT)/.bin/prism
check contract: export PLUMBLINE_REQUIRE_FERRETDB := 1

.PHONY: generate
generate: ## Generate the GraphQL code
	$(GO) generate ./...

.PHONY: generated
generated: generate ## Fail when generated code is not what is committed
	git diff --exit-code
	@test -z "$$(git status --porcelain -- graph/generated graph/model)"

.PHONY: format
format: ## Fail when a file is not formatted
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$unformatted" || { echo "run gofmt -w on:"; echo "$$unformatted"; exit 1; }

.PHONY: vet
vet: ## go vet
	$(GO) vet ./...

$(BIN)/golangci-lint-$(GOLANGCI_LINT_VERSION):
	mkdir -p $(BIN)
	GOBIN=$(BIN) $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT_VERSION)
	mv $(BIN)/golangci-lint $@

.PHONY: lint
lint: $(BIN)/golangci-lint-$(GOLANGCI_LINT_VERSION) ## golangci-lint, built from source
	$< run ./...

.PHONY: test
test: ## The tests, quick
	$(GO) test ./...

# Where no Redmine is installed and none can be, it says so and goes on.
.PHONY: test-redmine
test-redmine: ## The tests that read a real Redmine, which Debian has
	GO="$(GO)" connectors/redmine/real.sh

# What reads or answers much in one goroutine tells nothing of races and takes ten
# times as long under the detector; the two contracts are those of a third.
LARGE := Volume|ExampleBriefIsTheDemos|ExampleQueriesAnswer|ManyRecords|InBoundedMemory|UnpackToLarge|TextsOfAWorkbookAreBounded|MemoryDoesNotGrow|SpeedOf|ContractWith(Logs|FullTables)

.PHONY: race
race: ## The tests under the race detector
	$(GO) test -race -timeout 45m -skip '$(LARGE)' ./...

$(CONTRACT): contract/package-lock.json
	cd contract && npm ci --no-audit --no-fund --loglevel=error
	touch $@

.PHONY: contract
contract: $(CONTRACT) ## The tests that need npm or a MongoDB wire server
	$(GO) test -count=1 -run 'Audit' ./graph/transport
	$(GO) test -count=1 -run 'Contract' .
	$(GO) test -count=1 -run 'Specification' ./connectors/jira
	$(GO) test -count=1 ./store/mongostore

# A check goes on where no browser can be had: the test says that it is skipped.
.PHONY: brief-browser
brief-browser: ## Install Chromium, with which a test looks at the briefing, where Debian has it
	@for name in chromium chromium-browser google-chrome; do command -v $$name && exit 0; done; \
		if [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
			{ apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core; } > /dev/null || echo "Chromium could not be installed"; \
		else \
			echo "Chromium is not installed, and nobody here can install it"; \
		fi

.PHONY: fuzz
fuzz: ## A short fuzz of everything that strangers write
	@for package in $$(grep -lr --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u); do \
		for target in $$(grep -ho '^func Fuzz[A-Za-z0-9_]*' $$package/*_test.go | sed 's/^func //'); do \
			echo "fuzz $$package $$target"; \
			$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x $$package; \
		done; \
	done

.PHONY: console-assets
console-assets: ## Fetch the console's third-party files from npm again
	doors/console/fetch-assets.sh

.PHONY: kill
kill: ## 200 rounds of kill -9 of a writing and of a syncing process
	PLUMBLINE_KILL_ROUNDS=200 $(GO) test -count=1 -timeout 60m -run Kill . ./store/... ./sync/...

.PHONY: properties
properties: ## Property tests with 10,000 cases each
	PLUMBLINE_PROPERTY_CASES=10000 $(GO) test -count=1 -timeout 60m -run 'Rebuild|Cut|Tile|Reason|Explanation|AddUp|TodaysWeights|ANull' ./portfolio
	PLUMBLINE_PROPERTY_CASES=10000 $(GO) test -count=1 -timeout 60m -run 'Property' ./portfolio/scoring ./edit
	PLUMBLINE_PROPERTY_CASES=10000 $(GO) test -count=1 -timeout 60m -run 'ThroughTheStore' ./store/replica

.PHONY: long
long: ## What takes too long for every day: slow sites, whole sites
	PLUMBLINE_LONG=1 $(GO) test -count=1 -v -timeout 30m -run 'Latency|Speed|LittleMemory' . ./connectors/jira

.PHONY: bench
bench: ## The benchmarks
	$(GO) test -run '^$$' -bench . -benchmem ./...
