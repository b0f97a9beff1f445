# Each target installs what it lacks first. Nothing else is needed on a fresh Debian or Ubuntu
# machine with Rust; on other systems `lamassu doctor` says what is missing.

CARGO ?= cargo
SHOP_PASSWORD ?= open-sesame-42
BIN = target/debug

.PHONY: help setup test lint demo bench bench-console bench-miniwob bench-pages bench-shop screenshots accessibility train

help: ## Say what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/'

setup: ## Install Chromium, ChromeDriver and cvc5 if they are missing
	@sh tests/setup.sh

# A browser on a busy machine is late now and then. What passes at the second try is reported as flaky.
test: setup ## Run every test
	@if $(CARGO) nextest --version >/dev/null 2>&1; then $(CARGO) test --doc --workspace && $(CARGO) nextest run --workspace --retries 1; \
	 else $(CARGO) test --workspace; fi

lint: ## Check format and lints
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings
	$(CARGO) clippy -p lamassu --no-default-features --lib -- -D warnings
	@if $(CARGO) deny --version >/dev/null 2>&1; then $(CARGO) deny check bans licenses sources; fi

demo: setup ## Order something in the demonstration shop, then let a hostile planner try
	$(CARGO) build --workspace --bins
	@SHOP_PASSWORD='$(SHOP_PASSWORD)' sh examples/demo.sh $(BIN)

bench: setup ## Measure, print a table, write target/bench.json, and try a million random calls on the gate
	$(CARGO) bench -p lamassu --bench speed
	LAMASSU_CALLS=1000000 $(CARGO) test --profile bench -p lamassu --lib -- --nocapture no_call_of_many

bench-miniwob: setup ## Run tasks of MiniWoB++; TASKS, SEEDS, DEMOS and RENAMED=1 choose; write target/miniwob.json
	@test -d target/miniwob/miniwob || python3 -m pip install --quiet --no-deps --target target/miniwob miniwob==1.1.0
	$(CARGO) bench -p lamassu --bench web -- miniwob target/miniwob/miniwob/html --tasks "$(TASKS)" --seeds "$(SEEDS)" --demos "$(DEMOS)" $(if $(RENAMED),--renamed)

bench-pages: setup ## Run the pages of DIR, which judge themselves; TASKS, SEEDS and DEMOS choose; write target/pages.json
	@test -n "$(DIR)" || { echo 'say which folder: make bench-pages DIR=examples/sites/local'; exit 2; }
	$(CARGO) bench -p lamassu --bench web -- pages "$(abspath $(DIR))" --tasks "$(TASKS)" --seeds "$(SEEDS)" --demos "$(DEMOS)"

bench-shop: setup ## Ask the demonstration shop for what its customers want, in plain words; TASKS and DEMOS choose; write target/shop.json
	$(CARGO) bench -p lamassu --bench web -- shop --tasks "$(TASKS)" --demos "$(DEMOS)"

bench-console: setup ## Measure the console: event to pixel, what watching costs, long records
	$(CARGO) test --profile bench -p lamassu --test it -- --ignored --nocapture --test-threads 1 console::figures

screenshots: setup ## Take pictures of the console's main states into target/screenshots, to be looked at
	$(CARGO) test -p lamassu --test it -- --ignored pictures_of_the_main_states

accessibility: setup ## Look for serious faults in the console's main states with axe-core
	@command -v npm >/dev/null || { echo 'npm is missing: apt-get install npm'; exit 2; }
	@test -d target/axe/package || { mkdir -p target/axe && cd target/axe && npm pack --silent axe-core@4.10.3 && tar xzf axe-core-*.tgz; }
	$(CARGO) test -p lamassu --test it -- --ignored no_state_has_a_serious_fault

train: ## Make the weights of the embedded action model anew from their seed, without a browser
	$(CARGO) bench -p lamassu --no-default-features --bench train
