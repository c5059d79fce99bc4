# Every target sets up what it needs by itself; `make` alone lists them.
# PYTHON=/path/to/python3.12 chooses the interpreter, PARAMS=params/smoke.yaml another run,
# LAB="--no-browser --port 9000" adds options of jupyter lab.

PARAMS = params/baseline.yaml
PYTHON =
LAB =
BIN = .venv/bin
TOOLS = .venv-tools/bin
# One worker a core, at most four: a worker that fits models may take a gigabyte. A file's tests stay together.
SPREAD = -n auto --maxprocesses 4 --dist loadfile
CODE = gramlib tests notebooks benchmarks

COMPILE = $(TOOLS)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
	--fork-strategy fewest --custom-compile-command "make lock" $(UPGRADE)

.PHONY: help run test test-quick test-containers golden example bench lab check check-manifests lock clean setup tools

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## set up the environment and nothing else
	@PYTHON="$(PYTHON)" sh .ci/venv .venv requirements.lock editable

run: setup ## run the five stages on params/baseline.yaml, or on PARAMS=...
	@$(BIN)/gram run $(PARAMS)

test: setup ## every test
	@$(BIN)/python -m pytest $(SPREAD)

test-quick: setup ## the tests that take seconds
	@$(BIN)/python -m pytest $(SPREAD) -m "not slow and not kill and not container and not browser"

test-containers: setup ## build the images and run the stages in pods, where podman is (.ci/tools brings it)
	@$(BIN)/python -m pytest -m container tests/containers

golden: setup ## hold the headline figures of params/smoke.yaml anew; BECAUSE="entry of CHANGELOG.md, Numbers that moved"
	@$(BIN)/python tests/runner/golden.py "$(BECAUSE)"

example: setup ## render reports/example anew from a run of params/smoke.yaml
	@$(BIN)/gram run params/smoke.yaml
	@$(BIN)/python -m gramlib.runner.example params/smoke.yaml

bench: setup ## the benchmarks: prints their figures and writes benchmarks/latest.json
	@$(BIN)/python benchmarks/run.py

lab: setup ## open JupyterLab on the start page
	@$(BIN)/jupyter lab --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/notebooks/00_start.ipynb $(LAB)

check: setup tools ## lint code and notebooks, types, walls between the rooms, notebook rules
	$(TOOLS)/ruff check $(CODE)
	$(TOOLS)/ruff format --check $(CODE)
	$(TOOLS)/mypy --python-executable $(BIN)/python
	PYTHONPATH=. $(TOOLS)/lint-imports
	$(TOOLS)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(TOOLS)/hadolint Dockerfile
	$(BIN)/python -m pytest -q tests/notebooks/test_notebook_rules.py

check-manifests: setup ## look at what k8s/ would apply, with checkov in an environment of its own
	@PYTHON="$(PYTHON)" sh .ci/venv .venv-manifests requirements-manifests.lock
	@.ci/check-manifests

lock: tools ## resolve the locks again, and cut out the parts for images and Binder, keeping what still fits; UPGRADE=--upgrade moves everything
	$(COMPILE) pyproject.toml --extra s3 --group test -o requirements.lock
	$(COMPILE) --group tools -c requirements.lock -o requirements-tools.lock
	$(COMPILE) --group manifests -o requirements-manifests.lock
	$(TOOLS)/python .ci/subsets

clean: ## remove the virtual environments and caches; runs in reports/ stay
	rm -rf .venv .venv-tools .venv-manifests .venv.set-up .venv-tools.set-up .venv-manifests.set-up .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find gramlib tests -name __pycache__ -type d -prune -exec rm -rf {} +

tools:
	@PYTHON="$(PYTHON)" sh .ci/venv .venv-tools requirements-tools.lock
