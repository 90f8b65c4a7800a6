"""docs/architecture.md's rooms and arrows, kept by walking the syntax trees of the whole repository."""

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from benchmarks.house import circles, import_nodes, imported, product_modules
from pages.components.navigation import SCREENS
from tests.cases import over

ROOT = Path(__file__).resolve().parent.parent
MODULES = product_modules(ROOT)
EVERYTHING = sorted(p for d in (".", "tests", "benchmarks") for p in (ROOT / d).glob("*.py" if d == "." else "**/*.py"))
EVERYTHING += sorted(path for path in MODULES.values() if path.parent != ROOT)
WORDS = [screen.key for screen in SCREENS]
"""One word for each screen, on every floor."""

BOTTOM = {"errors", "progress", "language", "changes", "audit"}
SHARED = BOTTOM | {"backend", "pictures", "library", "sources", "checks", "personalize", "filters", "lists"}
SHARED |= {"covers", "laboratory", "sandbox", "other_lists", "segments", "money", "attach", "moving"}
"""What every screen's service and every component may ask."""
ROOMS: dict[str, set[str]] = {
    # services, from the bottom to the top
    "engine": set(),
    "errors": set(),
    "covers": set(),
    "progress": set(),
    "remembered": set(),
    "language": set(),
    "audit": set(),
    "changes": {"engine", "errors", "audit"},
    "backend": {"engine", "errors", "changes", "remembered"},
    "library": {"language", "errors", "changes"},
    "pictures": {"library", "changes"},
    "sources": {"library", "language", "errors", "changes"},
    "checks": {"library", "language", "errors"},
    "personalize": {"backend", "errors", "progress", "changes"},
    "attach": BOTTOM | {"backend", "personalize", "library", "sources"},
    "money": BOTTOM | {"backend", "personalize"},
    "moving": BOTTOM | {"backend", "personalize", "library", "attach", "money"},
    "filters": BOTTOM | {"backend", "personalize", "library"},
    "lists": BOTTOM | {"backend", "personalize", "library"},
    "segments": BOTTOM | {"library"},
    "other_lists": BOTTOM | {"backend", "personalize", "library"},
    "laboratory": BOTTOM | {"backend", "personalize", "library"},
    "sandbox": BOTTOM | {"backend", "personalize", "library", "filters"},
    **{f"screens/{word}": SHARED for word in WORDS},
    "laboratories": SHARED | {"screens/cold_start", "screens/evaluation"},
    "demo": SHARED,
    "story": SHARED | {f"screens/{word}" for word in WORDS},
    "commands": SHARED | {"engine", "demo", "laboratories", "screens/evaluation"},
    # what is drawn
    "charts": {"library", "language"},
    "components": SHARED | {"charts"},
    "components/filters": SHARED | {"components"},
    "components/wall": SHARED | {"components"},
    **{
        f"components/{word}": SHARED
        | {"charts", "components", "components/filters", "components/wall", f"screens/{word}"}
        for word in WORDS
    },
    "components/story": SHARED | {"components", "story"},
    "components/frame": SHARED | {"components", "components/story"},
    **{f"page/{word}": SHARED | {"components", f"components/{word}"} for word in WORDS},
    "app": {"components/frame"},
}
"""Every room, and the rooms that it may import besides itself."""
ROOMS["components/home"] |= {"demo", "components/story", "components/frame"}  # Home starts both, in the name
EXTRA = {
    "pages.components.process": {"demo", "screens/data", "laboratories"},  # what a process has once
}
"""Single modules that may import more than their room."""

MAX_MODULES = 16
LARGER = {"services/engine/api": 24, "pages/components/charts": 40}
"""Folders that may hold more modules: one file for each family of resources, and for each kind of picture."""

LAYERS = (
    {"errors", "arns", "clock", "policies", "settings", "threads", "read_only", "tiny_shop"},
    {"store", "data", "recipes"},
    {"models"},
    {"filters"},
    {"runtime"},
    {"jobs"},
    {"context"},
    {"api", "capabilities"},
    {"wire"},
    {"engine", "__main__", "testing"},
)
"""The engine from the bottom to the top: a module imports from its own layer and from those below it."""
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}

ENGINE_LIBRARIES = {
    *("botocore", "duckdb", "lark", "numpy", "optuna", "pandas", "pyarrow", "safetensors", "scipy", "threadpoolctl"),
    "s3transfer",  # comes with boto3 and moves its large files
}
SERVICE_LIBRARIES = {"botocore", "numpy", "pandas", "pyarrow"}
"""What frames are made of, and the errors of boto3's calls."""
CLIENT_ERRORS = (
    *("services.errors", "services.personalize.", "services.laboratory.groups", "services.screens.batch."),
    *("services.demo.runner", "services.screens.cold_start.new_items", "services.money.", "services.moving.contents"),
    "services.screens.settings.",
)
"""Who may catch botocore's errors: everybody else catches PlainError."""


def room_of(module: str) -> str:
    """Return the room of a module; KeyError for a module that stands in none."""
    parts = module.split(".")
    if parts[0] == "app":
        return "app"
    if parts[0] == "services":
        room = "/".join(parts[1:3]) if parts[1] == "screens" else parts[1]
    elif parts[1] != "components":
        room = f"page/{parts[1].removesuffix('_page')}"
    elif parts[2] == "charts":
        room = "charts"
    else:
        room = f"components/{parts[2]}" if MODULES[module].parent.name == parts[2] else "components"
    if room not in ROOMS:
        raise KeyError(f"{module} stands in no room")
    return room


def packages(module: str) -> bool:
    """Return whether this is a folder above the rooms, which holds a docstring and nothing else."""
    return module in ("services", "services.screens")


@cache
def imports(path: Path) -> tuple[tuple[str, int], ...]:
    """Return (dotted name, line) of everything that a file imports, wherever in the file it does."""
    found = []
    for node in import_nodes(path):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        else:
            found.append(("." * node.level + (node.module or ""), node.lineno))
    return tuple(found)


def libraries(path: Path) -> Iterator[tuple[str, int]]:
    """Yield the imports that are neither Python's own nor ours."""
    for name, line in imports(path):
        top = name.split(".")[0]
        if top not in sys.stdlib_module_names and top not in ("services", "pages", "tests", "benchmarks"):
            yield name, line


def refused(path: Path, offences: list[tuple[str, int]]) -> str:
    return "\n".join(f"{path.relative_to(ROOT)}:{line} imports {name}" for name, line in offences)


def below(prefix: str) -> list[str]:
    return [module for module in MODULES if module.startswith(prefix)]


@over(EVERYTHING)
def test_imports_are_absolute(path):
    assert not (relative := [entry for entry in imports(path) if entry[0].startswith(".")]), refused(path, relative)


@over([name for name in MODULES if not packages(name)])
def test_rooms_import_only_what_stands_below_them(module):
    """Also inside functions and under TYPE_CHECKING; no screen knows another."""
    room = room_of(module)
    allowed = ROOMS[room] | {room} | EXTRA.get(module, set())
    bad = [
        (name, line)
        for name, line in imported(MODULES[module], MODULES).items()
        if not packages(name) and room_of(name) not in allowed
    ]
    assert not bad, refused(MODULES[module], bad)


def test_every_service_file_stands_in_a_room():
    files = {path.stem for path in (ROOT / "services").glob("*.py")}
    others = {"__init__", "audit", "backend", "changes", "errors", "pictures", "progress", "laboratories", "remembered"}
    assert files == others
    folders = {path.name for path in (ROOT / "services").iterdir() if path.is_dir() and any(path.glob("*.py"))}
    assert folders == {room.split("/")[0] for room in ROOMS if (ROOT / "services" / room).is_dir()}


@over(WORDS)
def test_a_screen_has_one_word_on_every_floor(word):
    for place in (
        f"pages/{word}_page.py",
        f"pages/components/{word}",
        f"services/screens/{word}/__init__.py",
        f"tests/pages/test_{word}.py",
    ):
        assert (ROOT / place).exists(), place


def test_no_module_is_in_a_circle():
    assert circles(ROOT) == []


def test_no_folder_is_a_corridor():
    sizes = Counter(path.parent for path in MODULES.values() if path.name != "__init__.py")
    large = {str(folder.relative_to(ROOT)): size for folder, size in sizes.items()}
    assert not {name: size for name, size in large.items() if size > LARGER.get(name, MAX_MODULES)}


@over(["app", *below("pages.")])
def test_pages_and_components_use_what_draws(module):
    path, charts = MODULES[module], module.startswith("pages.components.charts")
    allowed = {"altair", "plotly", "pandas"} | (set() if charts else {"streamlit"})
    allowed |= {"starlette"} if module == "app" else set()
    bad = [entry for entry in libraries(path) if entry[0].split(".")[0] not in allowed]
    bad += [entry for entry in imports(path) if entry[0].split(".")[0] == "sqlite3"]
    assert not bad, refused(path, bad)


@over([name for name in below("services.") if not name.startswith("services.engine")])
def test_services_know_no_screens(module):
    path = MODULES[module]
    allowed = SERVICE_LIBRARIES | ({"boto3"} if module == "services.backend" else set())
    allowed |= {"platformdirs"} if module == "services.commands.installation" else set()
    allowed |= {"rapidfuzz"} if module == "services.language.nearest" else set()
    allowed |= {"segno"} if module == "services.screens.try_it.sharing" else set()
    reading = module.startswith("services.sources.reading.")
    allowed |= {"duckdb", "charset_normalizer", "openpyxl"} if reading else set()
    bad = [entry for entry in libraries(path) if entry[0].split(".")[0] not in allowed]
    bad += [entry for entry in imports(path) if entry[0].split(".")[0] in ("pages", "sqlite3")]
    if module != "services.backend":
        bad += [e for e in libraries(path) if e[0].startswith("botocore") and not module.startswith(CLIENT_ERRORS)]
        bad += [e for e in libraries(path) if e[0].startswith("botocore") and e[0] != "botocore.exceptions"]
    assert not bad, refused(path, bad)


def layer(module: str) -> str:
    """Return the part of the engine that a module belongs to: "api", "errors", "engine" for the package itself."""
    return module.split(".")[2] if module.count(".") > 1 else "engine"


@over(below("services.engine"))
def test_engine_imports_point_downwards(module):
    own = LEVEL[layer(module)]
    bad = [(n, line) for n, line in imported(MODULES[module], MODULES).items() if not n.startswith("services.engine")]
    bad += [
        (name, line)
        for name, line in imported(MODULES[module], MODULES).items()
        if name.startswith("services.engine") and LEVEL[layer(name)] > own
    ]
    assert not bad, refused(MODULES[module], bad)


@over(below("services.engine"))
def test_engine_uses_each_library_where_it_belongs(module):
    path, part = MODULES[module], layer(module)
    allowed = set(ENGINE_LIBRARIES)
    if part == "wire":
        allowed |= {"boto3", "starlette", "uvicorn"}
    if part in ("recipes", "jobs"):
        allowed |= {"torch"}
    if module == "services.engine.jobs.maps.embedding":
        allowed |= {"openTSNE"}
    bad = [entry for entry in libraries(path) if entry[0].split(".")[0] not in allowed]
    if part not in ("store", "wire"):
        bad += [entry for entry in imports(path) if entry[0] == "sqlite3"]
    assert not bad, refused(path, bad)


@over(below("services.engine.recipes"))
def test_recipes_get_arrays_and_give_scores(module):
    ours = ("services.engine.recipes", "services.engine.errors", "services.engine.arns")
    bad = [e for e in imports(MODULES[module]) if e[0].startswith("services.") and not e[0].startswith(ours)]
    bad += [
        e
        for e in imports(MODULES[module])
        if e[0].split(".")[0] in {"sqlite3", "duckdb", "pyarrow", "pandas", "boto3", "pathlib"}
    ]
    assert not bad, refused(MODULES[module], bad)


@over(below("services.engine.api"))
def test_handlers_know_neither_wire_nor_sql(module):
    refused_here = {"botocore", "boto3", "sqlite3", "duckdb"} | {"json"} - ({"json"} if "paging" in module else set())
    bad = [entry for entry in imports(MODULES[module]) if entry[0].split(".")[0] in refused_here]
    assert not bad, refused(MODULES[module], bad)


@pytest.mark.parametrize(
    ("modules", "heavy"),
    [
        ("services.engine", ("torch", "numpy", "boto3", "duckdb")),
        ("services.engine.api.operations", ("torch", "optuna")),
        ("services.engine.wire.dispatch, services.engine.wire.hook, services.engine.wire.server", ("torch",)),
        ("services.engine.recipes.registry", ("torch", "scipy")),
        ("services.engine.jobs.worker", ("torch", "optuna", "scipy", "botocore")),
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
    assert stems == {f"{word}_page" for word in WORDS}
    assert {Path(screen.file).stem for screen in SCREENS} == stems
    assert not {screen.url for screen in SCREENS} & stems
    assert len({screen.url for screen in SCREENS}) == len(SCREENS)
    assert all(screen.url for screen in SCREENS), "the default page too needs an address of its own"


def test_every_part_of_the_engine_has_a_layer():
    assert {layer(module) for module in below("services.engine")} <= set(LEVEL)
