# The two commands to know: `make run` and `make test`. Everything they need goes into .venv.

PYTHON ?= python3
BIN := .venv/bin
SHELL := /bin/bash
# A shell of root's may lack the folders where Debian keeps useradd and nginx.
export PATH := $(PATH):/usr/sbin:/sbin

.PHONY: help run test soak lint check format lock evaluate train compare load bench scale queue permissions faults clean sizes

help:  ## say what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

run: .venv/runtime  ## the service, the demo newspaper and the development identity provider
	@$(BIN)/python -m comments_service.demo

test: .venv/development  ## install what the tests need, then run them all
	@bash tests/install.sh
	@$(BIN)/python -m pytest -n auto --dist loadgroup --durations 25

soak: .venv/development  ## the long runs, a hundred times what `make test` does of them: hours
	@bash tests/install.sh
	@SOAK=$${SOAK:-100} $(BIN)/python -m pytest -n 2 --dist loadgroup -m soak

lint: .venv/development  ## format, lint, types, imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports
	$(BIN)/mypy

check: lint  ## the same and the fast tests: before every commit
	@# The plugin takes a second to begin with in each process, for a test that is not among these.
	$(BIN)/python -m pytest -q -n auto --dist loadgroup -p no:schemathesis -m "not slow and not browser and not postgres"

format: .venv/development  ## put the code into its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: .venv/development  ## pin the newest versions that pyproject.toml allows, with hashes
	$(BIN)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-emit-index-url \
	  --custom-compile-command "make lock" --upgrade pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-emit-index-url \
	  --custom-compile-command "make lock" --upgrade --extra dev pyproject.toml -o requirements-dev.txt
	$(BIN)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-emit-index-url \
	  --custom-compile-command "make lock" --upgrade --extra train pyproject.toml -o requirements-train.txt
	@# Some versions of pip take the newest release for `package[extra]` where the lock names `package` alone, and
	@# then miss its hash. A constraint holds for both.
	grep -oE '^pydantic==[^ ]+' requirements.txt > constraints.txt
	sed -i '1i -c constraints.txt' requirements.txt

evaluate: .venv/training  ## DATA=folder: how well the default policy judges labelled comments
	@test -n "$(DATA)" || { echo "make evaluate DATA=folder-of-labelled-comments"; exit 2; }
	$(BIN)/python -m bench.policy.evaluate $(DATA)

train: .venv/training  ## DATA=folder: make the classifier's data file anew
	@test -n "$(DATA)" || { echo "make train DATA=folder-of-labelled-comments"; exit 2; }
	$(BIN)/python -m bench.policy.train $(DATA)

compare: .venv/runtime  ## DATA=folder: import its Disqus and WordPress files, by Isso as well, and say what differs
	@test -n "$(DATA)" || { echo "make compare DATA=folder-of-export-files"; exit 2; }
	$(BIN)/python -m bench.imports.against_isso $(DATA)

load: .venv/runtime  ## FILE=text: post each line as a comment into a fresh database, then check all of it
	@test -n "$(FILE)" || { echo "make load FILE=one-comment-a-line.txt [COMMENTS_DATABASE_URL=…, empty]"; exit 2; }
	@mkdir -p var && rm -f var/load.db* var/load.journal
	@export COMMENTS_DATABASE_URL=$${COMMENTS_DATABASE_URL:-sqlite:///$(CURDIR)/var/load.db} PYTHONPATH=. COMMENTS_LOG_LEVEL=WARNING && \
	  $(BIN)/flask --app wsgi demo prepare --origin http://localhost:8001 && \
	  $(BIN)/flask --app wsgi demo load $(FILE) --journal var/load.journal && \
	  $(BIN)/python bench/load_check.py $(FILE) --journal var/load.journal

sizes: .venv/runtime  ## what the widget weighs, beside Isso's, Waline's and Artalk's (needs npm)
	@$(BIN)/python -m bench.widget.sizes

bench: .venv/development  ## the service beside its limits, Isso and Waline, as ratios; needs wrk, nginx, npm
	@command -v wrk >/dev/null || { echo "make bench needs wrk (Debian: apt-get install wrk)"; exit 2; }
	@$(BIN)/python -m bench.speed table

scale: .venv/development  ## a million comments, many writers, more workers, breaking news: half an hour
	@command -v wrk >/dev/null || { echo "make scale needs wrk (Debian: apt-get install wrk)"; exit 2; }
	@$(BIN)/python -m bench.speed growth writers workers news

queue: .venv/runtime  ## URL=database that may go: how long the moderators' queue takes with ITEMS comments in each tab, perhaps of a file TEXTS
	@test -n "$(URL)" || { echo "make queue URL=sqlite:////tmp/queue.db"; exit 2; }
	@$(BIN)/python -m bench.queue $(URL) --items $(or $(ITEMS),100000) $(if $(TEXTS),--texts $(TEXTS))

permissions: .venv/development  ## ask every route as every kind of caller, and write docs/permissions.md
	@$(BIN)/python -m tests.api.moderator.permission_table

faults: .venv/development  ## what clients notice while workers, databases and disks fail; counted from outside
	@command -v nginx >/dev/null || { echo "make faults needs nginx (Debian: apt-get install nginx-light)"; exit 2; }
	@$(BIN)/python -m bench.faults --write docs/faults.md
	@$(BIN)/python -m bench.faults --postgres --write docs/faults.md

clean:  ## forget the environment; the database under var/ stays
	rm -rf .venv build dist

.venv/bin/python:
	@echo "Making an environment in .venv …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed."; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }

.venv/runtime: requirements.txt | .venv/bin/python
	@echo "Installing what the service needs …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.txt
	@touch $@

.venv/training: requirements-train.txt | .venv/development
	@echo "Installing what training and evaluating the policy need …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-train.txt
	@touch $@

.venv/development: requirements-dev.txt | .venv/bin/python
	@echo "Installing what development and tests need …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.txt
	@touch $@ .venv/runtime
