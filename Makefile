# One command per job; each first installs into .venv what it needs and no more.
#
#   make run     start the explorer and print its address
#   make demo    prepare the film demo in the workspace, without a browser
#   make serve   answer the Amazon Personalize API over HTTP on port 8900
#   make test    run all tests          make check   ruff, mypy and the linters of the image
#   make bench   measure speed          make clean   remove .venv, caches and what was built
#   make torture kills, generated requests, files and links, full disks: 20 minutes, ARGS="--seconds 60" for less
#   make card    draw docs/images/social_card.png from its SVG, with Chromium
#   make wheel   build dist/personalize_explorer-*.whl (docs/hosting.md)

SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
DEVELOPED := $(VENV)/.installed-dev
PIP_INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check
PIP_WHEEL := $(BIN)/pip wheel --quiet --disable-pip-version-check --no-build-isolation --no-deps
PORT ?= 8501

# PyTorch's own index of CPU builds. On Linux, plain pip would add gigabytes of CUDA libraries that a machine without
# an NVIDIA GPU cannot use; where this index does not answer within two seconds, the plain pin is installed.
TORCH_CPU_INDEX := https://download.pytorch.org/whl/cpu
TORCH_PIN := $(shell grep '^torch==' requirements.txt)

.PHONY: run demo serve test check bench torture card wheel clean

run: $(INSTALLED)
	$(BIN)/python -m services.commands run --port $(PORT)

demo: $(INSTALLED)
	$(BIN)/python -m services.commands demo

serve: $(INSTALLED)
	$(BIN)/python -m services.commands serve $(ARGS)

# One process more than there are cores: the one with the browser tests waits half of its time. A file stays in one
# process, so that what it prepares is prepared once, and files start in their order, the browser's first: the long ones
# must not come last. Bytecode is kept even where a container says otherwise: each process that a test starts would
# compile the app, and each of pytest's all tests. One process: make test ARGS="-n0 tests/pages".
test: export PYTHONDONTWRITEBYTECODE :=
test: $(DEVELOPED)
	$(BIN)/python -m pytest -n $$($(BIN)/python -c "import os; print((os.cpu_count() or 1) + 1)") \
	  --dist loadfile --no-loadscope-reorder $(ARGS)

check: $(DEVELOPED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/hadolint Dockerfile
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec compose.yaml

bench: $(DEVELOPED)
	$(BIN)/python -m benchmarks

torture: $(DEVELOPED)
	$(BIN)/python -m benchmarks.torture $(ARGS)

card:
	chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=1200,630 \
	  --screenshot=docs/images/social_card.png docs/images/social_card.svg

# build/ would keep files that were deleted since. setuptools is there: PyTorch needs it.
wheel: $(INSTALLED)
	rm -rf build
	$(PIP_WHEEL) --wheel-dir dist .

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(INSTALLED): requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] < (3, 15) else "Python 3.11 to 3.14 is needed, found " + sys.version.split()[0] + ": make PYTHON=/path/to/python3.11")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@if [ "$$(uname -s)" = Linux ] && ! nvidia-smi -L >/dev/null 2>&1 && \
	  $(BIN)/python -c 'import urllib.request as u; u.urlopen("$(TORCH_CPU_INDEX)/torch/", timeout=2)' 2>/dev/null; then \
	  echo "Installing PyTorch's CPU build."; \
	  $(PIP_INSTALL) --index-url $(TORCH_CPU_INDEX) $(TORCH_PIN); \
	fi
	$(PIP_INSTALL) -r requirements.txt
	@touch $@

$(DEVELOPED): requirements-dev.txt $(INSTALLED)
	$(PIP_INSTALL) -r requirements-dev.txt
	@touch $@
