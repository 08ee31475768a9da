# Needs make, git, and Python 3.11 or newer with its venv module. Everything else lives in .venv and var.

SHELL := /bin/sh
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

PYTHON ?=
HOST ?= 127.0.0.1
PORT ?=
ARGS ?=
ROUNDS ?=
JOBS ?= 2

VENV := .venv
PY := $(VENV)/bin/python
INSTALLED := $(VENV)/requirements.txt
INSTALLED_BROWSER := $(VENV)/requirements-browser.txt
HAS_BROWSER := $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
SQLITE := env -u DATABASE_URL -u REDIS_URL -u BROKER_URL -u GAUZY_TEST_SERVICES
ON_SQLITE := not postgres and not redis and not amqp

.PHONY: help run demo bench test test-fast test-services test-sqlite test-browser screenshots chaos fuzz coverage check clean \
        check-format check-lint check-types check-imports check-migrations check-django check-events check-deploy

help:  ## list what make can do
	@grep -hE '^[a-z-]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sed -E 's/:.*## /\t/' \
	  | while IFS="$$(printf '\t')" read -r name text; do printf '  make %-10s %s\n' "$$name" "$$text"; done

run: $(INSTALLED)  ## set everything up and serve it with demo data; HOST=0.0.0.0 PORT=8080 to change the address
	@exec $(PY) manage.py serve --demo --host $(HOST) $(if $(PORT),--port $(PORT))

demo: $(INSTALLED)  ## drive the whole product through its HTTP API, showing each event and what its handlers did
	@exec $(PY) manage.py demo $(ARGS)

test: $(INSTALLED)  ## run every test: on PostgreSQL and Redis, then on SQLite; JOBS=2 of them at a time
	@failed=; for suite in test-services test-sqlite $(if $(HAS_BROWSER),test-browser); do \
	  $(MAKE) $$suite || failed="$$failed $$suite"; done; \
	  $(if $(HAS_BROWSER),,echo "-- no browser tests: they need Chromium (apt install chromium)";) \
	  if [ -n "$$failed" ]; then echo "FAILED:$$failed" >&2; exit 1; fi

test-services: $(INSTALLED)
	@echo "== tests on PostgreSQL, Redis and Celery workers (those of DATABASE_URL and REDIS_URL, else private ones)"
	@JOBS=$(JOBS) $(PY) -m tests.support.services -- $(PY) -m pytest -n auto -m "not sqlite and not browser" $(ARGS)

test-sqlite: $(INSTALLED)
	@echo "== the same tests on SQLite; those that need a server ran before"
	@$(SQLITE) $(PY) -m pytest -n $(JOBS) -m "$(ON_SQLITE) and not browser" $(ARGS)

test-fast: $(INSTALLED)  ## run the tests that need no server and kill no process, on SQLite
	@$(SQLITE) $(PY) -m pytest -m "$(ON_SQLITE) and not chaos and not celery and not browser" $(ARGS)

# Apart from the others: two cores, a browser and a database are too much for one another.
test-browser: $(INSTALLED_BROWSER)  ## drive the admin in Chromium, as people of each role, on desktop and phone
	@$(SQLITE) $(PY) -m pytest -m browser $(ARGS)

screenshots: $(INSTALLED_BROWSER)  ## take the documentation's pictures anew (docs/images)
	@$(SQLITE) SCREENSHOTS=docs/images $(PY) -m pytest -q -m browser tests/browser/test_pictures.py $(ARGS)

fuzz: $(INSTALLED)  ## ask every operation of the API what nobody would, EXAMPLES=100 times each, and judge the answers
	@$(SQLITE) EXAMPLES=$(or $(EXAMPLES),100) $(PY) -m pytest -n $(JOBS) tests/access/test_every_answer.py $(ARGS)

chaos: $(INSTALLED)  ## kill every part of the bus at every step, ROUNDS=8 times each at random moments, and count
	@ROUNDS=$(or $(ROUNDS),8) $(PY) -m tests.support.services -- $(PY) -m pytest -m chaos tests/chaos $(ARGS)

coverage: $(INSTALLED)  ## run the tests on PostgreSQL and Redis, and list lines and branches they miss
	@$(PY) -m tests.support.services -- $(PY) -m pytest -m "not sqlite" --cov $(ARGS)

bench: $(INSTALLED)  ## measure the figures beside what they are compared with; ROUNDS=3 ONLY=drain,latency SCALE=5
	@exec $(PY) -m tests.benchmarks $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(ONLY),--only $(ONLY)) $(if $(SCALE),--scale $(SCALE))

check: check-format check-lint check-types check-imports check-migrations check-django check-events check-deploy  ## run every check that is not a test
	@echo "== all checks passed"

check-format: $(INSTALLED)
	@echo "== format (ruff format)"
	@$(PY) -m ruff format --check --quiet . || { $(PY) -m ruff format --diff . ; exit 1; }

check-lint: $(INSTALLED)
	@echo "== lint (ruff check)"
	@$(PY) -m ruff check --quiet .

check-types: $(INSTALLED)
	@echo "== types (mypy)"
	@$(PY) -m mypy

check-imports: $(INSTALLED)
	@echo "== imports (lint-imports)"
	@$(VENV)/bin/lint-imports --no-logo

check-migrations: $(INSTALLED)
	@echo "== migrations"
	@$(SQLITE) DATABASE_URL=sqlite://:memory: $(PY) manage.py makemigrations --check --dry-run

check-django: $(INSTALLED)
	@echo "== Django's and the bus's checks"
	@$(SQLITE) DATABASE_URL=sqlite://:memory: $(PY) manage.py check --fail-level WARNING

check-events: $(INSTALLED)
	@echo "== whether stored events can still be read"
	@$(SQLITE) DATABASE_URL=sqlite://:memory: $(PY) manage.py events schema --check \
	  || { echo "-- all that is generated is brought up to date by: $(PY) -m tests.docs.generated" >&2; exit 1; }

# Invented values of the right form: nothing is connected to.
check-deploy: $(INSTALLED)
	@echo "== the same in production"
	@ENVIRONMENT=production ALLOWED_HOSTS=gauzy.example PUBLIC_URL=https://gauzy.example \
	  SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))') \
	  DATABASE_URL=postgres://gauzy@127.0.0.1/gauzy REDIS_URL=redis://127.0.0.1/0 \
	  EMAIL_HOST=127.0.0.1 DEFAULT_FROM_EMAIL=gauzy@gauzy.example ENCRYPTION_KEYS=one,another \
	  $(PY) manage.py check --deploy --fail-level WARNING

clean:  ## remove what these commands made: .venv, the SQLite database, caches
	rm -rf $(VENV) var static-collected htmlcov bench.json .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Installed again when requirements.txt changes. The copy inside .venv says what is installed.
$(INSTALLED): requirements.txt
	@$(PY) -m pip --version >/dev/null 2>&1 || { \
	  python=$$(./tools/find-python $(PYTHON)) || exit 1; \
	  echo "-- making a virtual environment in $(VENV) with $$python"; \
	  rm -rf $(VENV) && "$$python" -m venv $(VENV) || exit 1; }
	@cmp -s requirements.txt $@ || { \
	  echo "-- installing $$(grep -c == requirements.txt) packages into $(VENV): half a minute or so"; \
	  $(PY) -m pip install --quiet --disable-pip-version-check --no-input -r requirements.txt || exit 1; \
	  cp requirements.txt $@; }
	@touch $@

$(INSTALLED_BROWSER): $(INSTALLED) requirements-browser.txt
	@cmp -s requirements-browser.txt $@ || { \
	  echo "-- installing what the browser tests need: 170 MB"; \
	  $(PY) -m pip install --quiet --disable-pip-version-check --no-input -r requirements-browser.txt || exit 1; \
	  cp requirements-browser.txt $@; }
	@touch $@
