"""What the documentation says is compared with the code."""

import ast
import io
import re
import tokenize
from pathlib import Path

import pytest

from benchmarks import compatibility
from pages.components.navigation import SCREENS
from services.engine.api.operations import HANDLERS
from tests.cases import over

ROOT = Path(__file__).resolve().parent.parent
COMPATIBILITY = (ROOT / "docs" / "compatibility.md").read_text(encoding="utf-8")
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")] + [
    path for folder in ("docs", "benchmarks", "benchmarks/results") for path in sorted(ROOT.glob(f"{folder}/*.md"))
]


def test_the_page_of_compatibility_is_what_models_and_code_say():
    assert compatibility.rendered(COMPATIBILITY) == COMPATIBILITY, "run python -m benchmarks.compatibility"


@pytest.mark.parametrize(
    ("service", "operation", "state"),
    [
        ("personalize", "CreateFilter", "served"),
        ("personalize", "CreateBatchSegmentJob", "served"),
        ("personalize", "CreateRecommender", "served"),
        ("personalize-runtime", "GetRecommendations", "served"),
    ],
)
def test_operations_have_their_true_states(service, operation, state):
    assert compatibility.state(service, operation) == state
    assert f"| {operation} | {state} |" in COMPATIBILITY
    assert ((service, operation) in HANDLERS) == (state != "not served")


def test_readme_shows_every_screen():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [screen.title for screen in SCREENS if screen.title not in readme] == []


@over(PAGES)
def test_links_lead_to_files(page):
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


@over(PAGES)
def test_files_named_in_the_documentation_exist(page):
    for name in re.findall(r"`((?:services|pages|tests|benchmarks|docs)/[\w/.]+)`", page.read_text(encoding="utf-8")):
        assert (ROOT / name).exists(), f"{page.name} names {name}"


CODE = sorted(
    path for folder in ("pages", "services", "tests", "benchmarks") for path in ROOT.glob(f"{folder}/**/*.py")
)
PLAIN = ("app.py", "Makefile", "requirements.txt", "requirements-dev.txt", ".ci/run", "Dockerfile", "compose.yaml")
TEXTS = [ROOT / name for name in PLAIN] + CODE
FILE_NAME = re.compile(
    r"(?<![\w./-])((?:[\w.-]+/)*[\w-]+\.(?:py|md)\b|(?:services|pages|tests|docs|tools)/[\w./]*\w)(?!\()"
)
MODULE_NAME = re.compile(r"\b(?:services|pages|benchmarks|tests)(?:\.[a-z_]\w*)+")


def prose(path: Path) -> str:
    """Return a file's docstrings and comments; the whole text where it is no Python."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        return text
    strings = [
        statement.value.value
        for node in ast.walk(ast.parse(text))
        for statement in (node.body if isinstance(getattr(node, "body", None), list) else [])
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    ]
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return "\n".join([*map(str, strings), *(token.string for token in tokens if token.type == tokenize.COMMENT)])


@over(TEXTS)
def test_files_named_in_docstrings_and_comments_exist(path):
    """Named from the root, from the folder of the file that names them, or from the engine."""
    text = prose(path)
    near = (ROOT, path.parent, ROOT / "services/engine")
    gone = [name for name in FILE_NAME.findall(text) if not any((folder / name).exists() for folder in near)]
    gone += [name for name in MODULE_NAME.findall(text) if not is_module(name)]
    assert gone == []


def is_module(name: str) -> bool:
    """Return whether a dotted name begins with a module of ours, or is a folder of them."""
    parts = name.split(".")
    below = [ROOT.joinpath(*parts[:length]) for length in range(2, len(parts) + 1)]
    return below[-1].is_dir() or any(path.with_suffix(".py").exists() for path in below)
