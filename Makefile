# The commands of daily work; .ci/run runs the same ones.

GO       ?= go
LINT     := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
FUZZTIME ?= 20s

# The package that is a module of its own, which ./... leaves out (secrets/secrets.go says why).
FIRST    := before.invalid/secrets

# The tests of the engine in which most happens at once, run by the race detector as well.
CONCURRENT := ^Test(ARestart|SecondProcess|LookingHolds|ResumeAfterwards|NothingIsLeft|ExportWhole|SyncOther|BrokenFile)

.PHONY: build test short race lint bench benchmarks fuzz readers lab pictures update

build: ## the program, stripped, in this folder
	$(GO) build -trimpath -ldflags "-s -w" -o zenobis .

test: ## all tests; those that need another program skip by name where it is missing
	$(GO) test ./...
	$(GO) test $(FIRST)

short: ## the tests that don't take seconds
	$(GO) test -short ./... $(FIRST)

race: ## the short tests with the race detector, but for those that run the built program
	$(GO) test -race -short -timeout 20m $$($(GO) list ./... | grep -v /e2e)
	$(GO) test -race -timeout 20m -run '$(CONCURRENT)' ./export

lint: ## formatting, modules, vet, the law of the rooms (.golangci.yml), and that it builds elsewhere
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); \
	if [ -n "$$unformatted" ]; then echo "not gofmt-ed: $$unformatted"; exit 1; fi
	$(GO) mod verify
	$(GO) mod tidy -diff
	$(GO) vet ./... $(FIRST)
	$(GO) run $(LINT) run ./...
	cd secrets && $(GO) mod tidy -diff && $(GO) run $(LINT) run ./...
	@for system in darwin windows; do GOOS=$$system $(GO) build ./... || exit 1; done

bench: ## the program beside what it can't be faster than, as one table (docs/performance.md)
	$(GO) run ./bench

benchmarks: ## the benchmarks of the tests once, but for those that take minutes
	$(GO) test -short -run '^$$' -bench . -benchtime 1x -timeout 20m ./...

fuzz: ## each fuzz test for FUZZTIME
	@for file in $$(git grep -l '^func Fuzz' -- '*_test.go'); do \
	  for name in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9]*\)(.*/\1/p' $$file); do \
	    echo "$$file $$name"; \
	    $(GO) test -run '^$$' -fuzz "^$$name$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 5x ./$$(dirname $$file) || exit 1; \
	  done; \
	done

readers: ## what lies on Zenodo, opened by the programs that others have
	.ci/readers

lab: ## the contract suite and the whole way against a real InvenioRDM
	lab/invenio/check

pictures: ## the screens of README and guide, painted from their golden frames
	$(GO) test ./ui -run TestPictures -update
	$(GO) run ./docs/pictures

update: ## the newest libraries ("go get -u" would look for the module of our own, too)
	$(GO) get $$($(GO) list -m -f '{{if not (or .Main .Indirect .Replace)}}{{.Path}}@latest{{end}}' all)
	$(GO) mod tidy
