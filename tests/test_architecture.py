"""DESIGN.md's two import tables, kept by walking the syntax trees of the whole repository."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from pages.components.navigation import SCREENS

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = sorted(
    path.relative_to(ROOT) for pattern in ("app.py", "pages/**/*.py", "services/**/*.py") for path in ROOT.glob(pattern)
)
EVERYTHING = PRODUCT + sorted(p.relative_to(ROOT) for d in ("tests", "benchmarks") for p in ROOT.glob(f"{d}/**/*.py"))

ENGINE = Path("services/engine")
COMPONENTS = Path("pages/components")
CHARTS = COMPONENTS / "charts"
LAYERS = (
    {"errors", "arns", "clock", "settings", "threads"},
    {"store", "data", "recipes"},
    {"models"},
    {"runtime"},
    {"jobs"},
    {"context"},
    {"api", "capabilities"},
    {"wire"},
    {"__init__", "__main__"},
)
"""The engine from the bottom to the top: a module imports from its own layer and from those below it."""
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
ENGINE_LIBRARIES = {
    "botocore",
    "duckdb",
    "numpy",
    "optuna",
    "pandas",
    "pyarrow",
    "s3transfer",
    "safetensors",
    "scipy",
    "threadpoolctl",
    "torch",
}
"""s3transfer comes with boto3 and moves its large files."""
SERVICE_LIBRARIES = {"botocore", "numpy", "pandas", "pyarrow"}
"""What frames are made of, and the errors of boto3's calls."""


@cache
def imports(path: Path) -> tuple[tuple[str, int], ...]:
    """Return (dotted name, line) of everything that a file imports, wherever in the file it does."""
    found = []
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            # The names may be modules, so both "a.b" and "a.b.c" count for `from a.b import c`.
            base = "." * node.level + (node.module or "")
            found += [(base, node.lineno)] + [(f"{base}.{alias.name}", node.lineno) for alias in node.names]
    return tuple(found)


def libraries(path: Path) -> Iterator[tuple[str, int]]:
    """Yield the imports that are neither Python's own nor ours."""
    for name, line in imports(path):
        top = name.split(".")[0]
        if top not in sys.stdlib_module_names and top not in ("services", "pages", "tests", "benchmarks", ""):
            yield name, line


def within(folder: Path) -> list[Path]:
    return [path for path in PRODUCT if folder in path.parents]


def refused(path: Path, offences: list[tuple[str, int]]) -> str:
    return "\n".join(f"{path}:{line} imports {name}" for name, line in offences)


def layer(path: Path) -> str:
    """Return the part of the engine that a file belongs to: "api", "errors", "__init__"."""
    return path.relative_to(ENGINE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", EVERYTHING, ids=str)
def test_imports_are_absolute(path):
    assert not (relative := [entry for entry in imports(path) if entry[0].startswith(".")]), refused(path, relative)


@pytest.mark.parametrize("path", [p for p in PRODUCT if p.parts[0] == "pages" or p.name == "app.py"], ids=str)
def test_pages_and_components_reach_services_only(path):
    charts = CHARTS in path.parents
    allowed = {"altair", "plotly", "pandas"} if COMPONENTS in path.parents else set()
    allowed |= set() if charts else {"streamlit"}
    allowed |= {"starlette"} if path.name == "app.py" else set()
    bad = [entry for entry in libraries(path) if entry[0].split(".")[0] not in allowed | {"pandas"}]
    bad += [entry for entry in imports(path) if entry[0].split(".")[0] == "sqlite3"]
    bad += [entry for entry in imports(path) if entry[0].startswith("services.engine")]
    if charts:
        bad += [
            e for e in imports(path) if e[0].startswith("services") and not e[0].startswith("services.library.columns")
        ]
        bad += [e for e in imports(path) if e[0].startswith("pages") and not e[0].startswith("pages.components.charts")]
    bad += [entry for entry in imports(path) if "_page" in entry[0].rsplit(".", 1)[-1] and entry[0].startswith("pages")]
    bad += [entry for entry in imports(path) if entry[0].startswith("pages.") and "components" not in entry[0]]
    assert not bad, refused(path, bad)


@pytest.mark.parametrize("path", [p for p in within(Path("services")) if ENGINE not in p.parents], ids=str)
def test_services_know_no_screens_and_one_of_them_knows_the_engine(path):
    allowed = SERVICE_LIBRARIES | ({"boto3"} if path.name == "backend.py" else set())
    bad = [entry for entry in libraries(path) if entry[0].split(".")[0] not in allowed]
    bad += [entry for entry in imports(path) if entry[0].split(".")[0] in ("pages", "sqlite3")]
    if path.name != "backend.py":
        bad += [entry for entry in imports(path) if entry[0].startswith("services.engine")]
        bad += [
            e for e in libraries(path) if e[0].startswith("botocore") and not e[0].startswith("botocore.exceptions")
        ]
    assert not bad, refused(path, bad)


@pytest.mark.parametrize("path", within(ENGINE), ids=str)
def test_engine_imports_point_downwards(path):
    own = LEVEL[layer(path)]
    beside = ("pages", "services")
    bad = [e for e in imports(path) if e[0].split(".")[0] in beside and not f"{e[0]}.".startswith("services.engine.")]
    bad = [entry for entry in bad if entry[0] != "services"]
    for name, line in imports(path):
        parts = name.split(".")
        if parts[:2] == ["services", "engine"] and len(parts) > 2 and LEVEL.get(parts[2], 0) > own:
            bad.append((name, line))
    assert not bad, refused(path, bad)


@pytest.mark.parametrize("path", within(ENGINE), ids=str)
def test_engine_uses_each_library_where_it_belongs(path):
    part = layer(path)
    allowed = set(ENGINE_LIBRARIES)
    if part == "wire":
        allowed |= {"boto3", "starlette", "uvicorn"}
    if part not in ("recipes", "jobs"):
        allowed -= {"torch"}
    bad = [entry for entry in libraries(path) if entry[0].split(".")[0] not in allowed]
    if part != "store":
        bad += [entry for entry in imports(path) if entry[0] == "sqlite3" and part != "wire"]
    assert not bad, refused(path, bad)


@pytest.mark.parametrize("path", within(ENGINE / "recipes"), ids=str)
def test_recipes_get_arrays_and_give_scores(path):
    ours = ("services", "services.engine", "services.engine.recipes", "services.engine.errors", "services.engine.arns")
    bad = [
        e
        for e in imports(path)
        if e[0].startswith("services") and not any(f"{e[0]}.".startswith(f"{o}.") for o in ours)
    ]
    bad += [
        e for e in imports(path) if e[0].split(".")[0] in {"sqlite3", "duckdb", "pyarrow", "pandas", "boto3", "pathlib"}
    ]
    assert not bad, refused(path, bad)


@pytest.mark.parametrize("path", within(ENGINE / "api"), ids=str)
def test_handlers_know_neither_wire_nor_sql(path):
    bad = [
        entry for entry in imports(path) if entry[0].split(".")[0] in {"botocore", "boto3", "sqlite3", "json", "duckdb"}
    ]
    bad = [entry for entry in bad if not (path.name == "paging.py" and entry[0] == "json")]  # its tokens are JSON
    assert not bad, refused(path, bad)


@pytest.mark.parametrize(
    ("modules", "heavy"),
    [
        ("services.engine", ("torch", "numpy", "boto3", "duckdb")),
        ("services.engine.api.operations", ("torch", "optuna")),
        ("services.engine.wire.dispatch, services.engine.wire.hook, services.engine.wire.server", ("torch",)),
        ("services.engine.jobs.worker", ("torch", "optuna")),
        ("services.engine.runtime.models, services.engine.runtime.inference", ("torch",)),
        (
            "services.backend, services.personalize.training, services.personalize.datasets, pages.components.process",
            ("torch",),
        ),
    ],
    ids=lambda value: value.split(",")[0] if isinstance(value, str) else "",
)
def test_importing_loads_nothing_heavy(modules, heavy):
    program = f"import sys, {modules}; print([name for name in {heavy!r} if name in sys.modules])"
    finished = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert finished.stdout.strip().splitlines()[-1] == "[]"


def test_page_files_and_addresses_are_named_apart():
    """Streamlit 1.67 runs a page whose file stem equals its URL path without app.py on a deep link."""
    stems = {path.stem for path in (ROOT / "pages").glob("*.py") if path.stem != "__init__"}
    assert all(stem.endswith("_page") for stem in stems)
    assert {Path(screen.file).stem for screen in SCREENS} == stems
    assert not {screen.url for screen in SCREENS} & stems
    assert len({screen.url for screen in SCREENS}) == len(SCREENS)
    assert all(screen.url for screen in SCREENS), "the default page too needs an address of its own"


def test_every_part_of_the_engine_has_a_layer():
    assert {layer(path) for path in within(ENGINE)} <= set(LEVEL)
