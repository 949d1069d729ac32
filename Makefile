# Everything a person or CI runs. `make demo` and `make test` set up what they need in .venv.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
# Two workers: the tests start servers and printers of their own.
WORKERS ?= 2

.PHONY: help demo test test-fast check ci format bench sizes swarm api-examples system-deps clean

help:
	@echo "make demo         run a year of five printers, end to end, over real UDP and HTTPS"
	@echo "make test         run the tests"
	@echo "make test-fast    run those for everyday work: no sockets, no processes, nothing long"
	@echo "make check        lint, format, types, import rules"
	@echo "make ci           run what continuous integration runs: check, then every test, and none may be skipped"
	@echo "make bench        print the budgets as ratios, measured in one run"
	@echo "make sizes        measure every published size by whole lifecycles of 0 to 1000 devices"
	@echo "make swarm        hunt for lost readings in 2,000 random lives"
	@echo "make api-examples ask every resource of the admin API 1,000 times for what its document promises"
	@echo "make system-deps  install what only the operating system brings (Debian, as root)"

demo: $(READY)
	$(BIN)/esolutions-scenarios demo

test: $(READY)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

test-fast: $(READY)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not slow and not wire" --hypothesis-profile fast $(ARGS)

ci: check
	ESOLUTIONS_REQUIRE_ALL=1 $(MAKE) test

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(READY)
	$(BIN)/esolutions-scenarios bench

sizes: $(READY)
	$(BIN)/esolutions-scenarios sizes --devices 0-12,50,99-101,255,256,500,999,1000

swarm: $(READY)
	$(BIN)/esolutions-scenarios swarm --seeds 2000 --days 60 --jobs 2

api-examples: $(READY)
	ESOLUTIONS_API_EXAMPLES=1000 $(BIN)/python -m pytest -n 0 tests/server/admin/test_openapi.py

system-deps:
	apt-get update
	apt-get install -y --no-install-recommends chromium curl gsoap jaxws faketime openjdk-17-jdk-headless openssl \
		php-cli php-soap php-xml postgresql postgresql-common snmp snmpd
	command -v npm || apt-get install -y --no-install-recommends nodejs npm

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis reports

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $(READY)
