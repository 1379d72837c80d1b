# Two commands: `make run` starts the registry with demonstration data, `make test` checks everything.
SHELL := /bin/bash
# Prefer Debian's Python: apt updates it, and it is built with optimisations that a plain build lacks.
PYTHON ?= $(or $(wildcard /usr/bin/python3.11),$(shell command -v python3.11 || command -v python3))
PORT ?= 8000
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard registry/locale/*/LC_MESSAGES/*.po))

# Debian packages. WeasyPrint uses Pango and HarfBuzz; PT Serif and PT Sans have the letters of all our languages.
RUN_PACKAGES := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-paratype gettext
TEST_PACKAGES := $(RUN_PACKAGES) postgresql-15 chromium-headless-shell poppler-utils age redis-server pgbouncer nginx-light

# Cached bytecode saves some seconds in each process of the test suite.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run install test lint migrations types contracts translations pictures suite suite-postgres suite-browser suite-days drill lock clean
.DELETE_ON_ERROR:

run: install
	@exec $(MANAGE) serve --demo --port $(PORT)

# Also used on servers (docs/deploy.md).
install:
	@$(call packages,$(RUN_PACKAGES))
	@$(MAKE) --no-print-directory --silent .venv/run $(CATALOGUES)

# The quick checks come first, and the last lines of output are pytest's. The browser suite waits for the browser half
# of the time, so the PostgreSQL suite runs beside it.
test:
	@$(call packages,$(TEST_PACKAGES))
	@$(MAKE) --no-print-directory --silent .venv/dev $(CATALOGUES)
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target lint migrations types contracts
	@$(call within_a_day,$(MAKE) --no-print-directory suite)
	@$(call within_a_day,$(MAKE) --no-print-directory --jobs=2 --output-sync=target suite-browser suite-postgres)

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/djlint templates --check --quiet
	$(BIN)/djlint templates --lint --quiet

# Fails if a model was changed without a migration.
migrations: .venv/dev
	env -u DATABASE_URL $(MANAGE) makemigrations --check --dry-run

types: .venv/dev
	$(BIN)/mypy

contracts: .venv/dev
	$(BIN)/python -m tests.house.layers

translations: $(CATALOGUES)

# Takes the pictures of docs/guides from the demonstration; look at each picture before you commit it.
pictures: .venv/dev $(CATALOGUES)
	env -u DATABASE_URL $(BIN)/python -m tests.guides.pictures

# Each test file runs in one process, so that module fixtures are set up once; tests/conftest.py determines the order.
PARALLEL := --costs --dist loadfile --no-loadscope-reorder -n
suite: .venv/dev $(CATALOGUES)
	env -u DATABASE_URL $(BIN)/pytest $(PARALLEL) 2 -m "not browser"

# Two cores are enough for three browsers, because each of them waits for its pages.
suite-browser: .venv/dev $(CATALOGUES)
	env -u DATABASE_URL $(BIN)/pytest $(PARALLEL) 3 -m browser tests/browser

suite-postgres: .venv/dev $(CATALOGUES)
	$(BIN)/python tests/postgres.py $(BIN)/pytest $(PARALLEL) 2 -m "not browser and (both or not once)"

# $(call within_a_day,COMMAND): tests rely on the date of their start. Therefore, in a run that begins in the two hours
# before midnight in Moscow (19 to 21 o'clock in UTC), the clock starts at noon of the same day.
define within_a_day
case $$(date -u +%H) in 19|20) $(BIN)/python -m tests.clock $$(date -u +%F) -- $(1);; *) $(1);; esac
endef

# Runs the suite on dates on which tests have failed, such as New Year in Moscow, while it is still December elsewhere.
# To run a part of it: make suite-days DAYS=2028-02-29 SUITES="suite-browser suite-postgres"
DAYS := 2026-12-31T23:20Z 2027-01-01 2027-06-30 2027-07-01 2028-02-28 2028-02-29 2035-07-01
SUITES := suite
suite-days: .venv/dev $(CATALOGUES)
	$(BIN)/python -m tests.clock $(DAYS) -- $(MAKE) --no-print-directory --keep-going $(SUITES)

# Rehearses an installation on a PostgreSQL server of its own and prints the times; takes about a quarter of an hour.
drill: .venv/dev $(CATALOGUES)
	$(BIN)/python -m tests.drill

.venv/run: requirements.txt | .venv
	@echo "Installing the locked dependencies …"
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps --require-hashes -r requirements.txt
	@touch $@

# Not compiled in advance, because half of the code is never imported.
.venv/dev: requirements-dev.txt | .venv
	@echo "Installing the locked dependencies, those of development included …"
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps --require-hashes --no-compile -r requirements-dev.txt
	@touch $@

.venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed."; exit 1; }
	@$(PYTHON) -m venv .venv

%.mo: %.po
	@msgfmt --check-format --output-file=$@ $<

# Run this after changing the dependencies in pyproject.toml. LOCK=--upgrade selects newer versions.
lock: .venv/dev
	CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile $(LOCK_OPTIONS) --output-file=requirements.txt pyproject.toml
	CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile $(LOCK_OPTIONS) --extra dev --constraint requirements.txt \
		--output-file=requirements-dev.txt pyproject.toml
LOCK_OPTIONS = $(LOCK) --quiet --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url \
	--no-emit-find-links --no-emit-trusted-host --no-emit-options

# Does not delete var/, which contains the data.
clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache $(CATALOGUES)

# $(call packages,NAMES): installs missing packages if run as root; otherwise prints one line with what to install, and
# stops. Servers among the packages are not started (RUNLEVEL), because the tests start their own.
define packages
missing=""; for name in $(1); do \
	[ "$$(dpkg-query -W -f '$${db:Status-Status}' $$name 2>/dev/null)" = installed ] || missing="$$missing $$name"; done; \
$(PYTHON) -c 'import ensurepip' 2>/dev/null || missing="$$missing python3-venv"; \
if [ -z "$$missing" ]; then :; \
elif ! command -v apt-get >/dev/null; then echo "Not a Debian system: make sure that you have what these packages hold:$$missing"; \
elif [ "$$(id -u)" = 0 ]; then echo "Installing$$missing …"; log=$$(mktemp); trap 'rm -f "$$log"' EXIT; \
	{ apt-get -qq update && DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -qq -y --no-install-recommends install $$missing; } \
		>"$$log" 2>&1 </dev/null || { cat "$$log"; exit 1; }; \
else echo "Please install as root and start again: apt-get install$$missing"; exit 1; fi
endef
