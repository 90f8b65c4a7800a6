"""The shape of the code base, for any checkout: `python -m benchmarks.house [FOLDER]`.

Counts over app.py, pages/ and services/: modules in the largest folder, files in import circles (imports inside
functions and under TYPE_CHECKING count), lines of the longest function, places where the formatter is switched off
(tests and benchmarks too), and errors that strict mypy finds in pages/.
"""

import argparse
import ast
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

FORMATTER_OFF = re.compile(r"#\s*fmt:\s*(skip|off)")


def product_modules(root: Path) -> dict[str, Path]:
    """Return the files of app.py, pages/ and services/ by dotted name; a package goes by its folder's name."""
    files = [root / "app.py", *(path for name in ("pages", "services") for path in (root / name).rglob("*.py"))]
    names = {path: ".".join(path.relative_to(root).with_suffix("").parts) for path in sorted(files)}
    return {name.removesuffix(".__init__"): path for path, name in names.items()}


def imported(path: Path, modules: dict[str, Path]) -> dict[str, int]:
    """Return the product modules that a file imports, wherever in the file, with the line of the first import."""
    lines: dict[str, int] = {}
    for node in import_nodes(path):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            below = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in modules else node.module for name in below]
        for name in names:
            if name in modules and modules[name] != path:
                lines[name] = min(lines.get(name, node.lineno), node.lineno)
    return lines


@cache
def import_nodes(path: Path) -> list[ast.Import | ast.ImportFrom]:
    """Return the import statements of a file, wherever in the file; each file is parsed once."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]


def circles(root: Path) -> list[list[str]]:
    """Return the groups of modules that import each other, directly or through others."""
    modules = product_modules(root)
    number = {name: place for place, name in enumerate(modules)}
    arrows = [(number[name], number[to]) for name, path in modules.items() for to in imported(path, modules)]
    rows, columns = np.array(arrows, np.int64).reshape(-1, 2).T
    graph = coo_array((np.ones(len(rows)), (rows, columns)), shape=(len(modules), len(modules)))
    _, group = connected_components(graph, directed=True, connection="strong")
    groups = [[name for name in modules if group[number[name]] == label] for label in set(group.tolist())]
    return [names for names in groups if len(names) > 1]


def largest_folder(root: Path) -> tuple[str, int]:
    """Return the folder with the most modules and their number; __init__ modules do not count."""
    folders = Counter(path.parent for path in product_modules(root).values() if path.name != "__init__.py")
    folder, n_modules = folders.most_common(1)[0]
    return str(folder.relative_to(root)), n_modules


def longest_function(root: Path) -> tuple[str, int]:
    """Return "file:name" of the longest function and its lines, decorators and docstring included."""
    longest = ("", 0)
    for path in product_modules(root).values():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                n_lines = (node.end_lineno or node.lineno) - node.lineno + 1
                longest = max(longest, (f"{path.relative_to(root)}:{node.name}", n_lines), key=lambda pair: pair[1])
    return longest


def formatter_off(root: Path) -> int:
    """Return how often ruff's formatter is switched off, in product, tests and benchmarks."""
    files = [path for folder in ("pages", "services", "tests", "benchmarks") for path in (root / folder).rglob("*.py")]
    return sum(len(FORMATTER_OFF.findall(path.read_text(encoding="utf-8"))) for path in files)


def mypy_errors(root: Path) -> int:
    """Return the errors of strict mypy in pages/, with this project's settings."""
    command = [sys.executable, "-m", "mypy", "--explicit-package-bases", "--no-error-summary", "pages"]
    output = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False).stdout
    return sum(": error: " in line for line in output.splitlines())


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(), help="root of a checkout; this one by default")
    root = parser.parse_args().folder.resolve()
    folder, n_modules = largest_folder(root)
    function, n_lines = longest_function(root)
    print("| what | figure | where |\n| --- | --- | --- |")
    print(f"| modules in the largest folder | {n_modules} | {folder} |")
    print(f"| files in import circles | {sum(map(len, circles(root)))} | |")
    print(f"| lines of the longest function | {n_lines} | {function} |")
    print(f"| places with the formatter off | {formatter_off(root)} | |")
    print(f"| mypy errors in pages | {mypy_errors(root)} | |")


if __name__ == "__main__":
    main()
