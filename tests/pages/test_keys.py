"""Every key of the session, of a widget and of the address is named in pages/components/keys.py."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from pages.components.keys import Key, Widget

ROOT = Path(__file__).parents[2]
KEYS = ROOT / "pages" / "components" / "keys.py"
PAGES = sorted(path for path in (ROOT / "pages").rglob("*.py") if "charts" not in path.parts and path != KEYS)
STORES = ("st.session_state", "st.query_params")
METHODS = ("get", "get_all", "pop", "setdefault")
OF_OTHERS = ("sorted", "min", "max", "sort", "sort_values")
"""Their `key` is a function."""
Function = ast.FunctionDef | ast.Lambda


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def key_places() -> dict[str, int]:
    """Return where functions of pages/ take a parameter `key`, by "file.function", for calls that do not name it."""
    return {
        f"{path.stem}.{node.name}": names.index("key")
        for path in PAGES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and "key" in (names := [argument.arg for argument in node.args.args])
    }


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_every_key_comes_from_keys_py(path: Path) -> None:
    assert list(made_up(path.read_text(encoding="utf-8"), path.stem)) == []


@pytest.mark.parametrize(
    "code",
    [
        'st.button("Go", key="go")',
        'st.button("Go", key=f"go_{n}")',
        'st.session_state["go"] = 1',
        'st.session_state.get("go")',
        '"go" in st.session_state',
        'st.query_params.pop("go", None)',
        'address.set_address("go", "105")',
        'key = "go"\nst.button("Go", key=key)',
        'def go():\n    key = f"go_{Key.USER}"\n    return st.session_state[key]',
        'navigation.link("data", user="105")',
        'for key in (Key.USER, "go"):\n    st.session_state.pop(key)',
    ],
)
def test_a_key_made_up_on_the_spot_is_found(code: str) -> None:
    assert list(made_up(code, "page"))


@pytest.mark.parametrize(
    "code",
    [
        'st.button("Go", key=Widget.TRAIN)',
        'st.button("Go", key=f"{Widget.TRAIN}_{n}")',
        'def go(key):\n    st.button("Go", key=f"{key}_go")',
        'def go(n):\n    return f"{Key.USER}_{n}"\nst.session_state[go(3)]',
        "for key in (Key.USER, Key.SECOND):\n    st.session_state.pop(key)",
        "sorted(rows, key=len)",
    ],
)
def test_a_named_key_is_no_finding(code: str) -> None:
    assert not list(made_up(code, "page"))


def test_no_two_keys_are_equal_unless_one_is_declared_as_the_other() -> None:
    names: dict[str, list[str]] = defaultdict(list)
    for node in ast.walk(ast.parse(KEYS.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            names[str(node.value.value)].append(ast.unparse(node.targets[0]))
    assert {value: same for value, same in names.items() if len(same) > 1} == {}


def test_every_key_is_used() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in PAGES)
    unused = [
        f"{kind.__name__}.{constant}"
        for kind in (Key, Widget)
        for constant in vars(kind)
        if constant.isupper() and f"{kind.__name__}.{constant}" not in source
    ]
    assert unused == []


def made_up(code: str, stem: str) -> Iterator[str]:
    """Yield every key in the code that is not made from Key, Widget or a parameter."""
    tree = ast.parse(code)
    enclosing = {below: node for node in ast.walk(tree) for below in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        for key in keys_in(node, stem):
            if not Origin(tree, enclosing).is_named(key):
                yield f"line {key.lineno}: {ast.unparse(key)}"


def keys_in(node: ast.AST, stem: str) -> Iterator[ast.expr]:
    """Yield the expressions of this node that are keys of the session, a widget or the address."""
    if isinstance(node, ast.Call):
        called = ast.unparse(node.func)
        function = called.rpartition(".")[2]
        if function not in OF_OTHERS:
            yield from (word.value for word in node.keywords if (word.arg or "").rpartition("_")[2] == "key")
            place = key_places().get(called if "." in called else f"{stem}.{called}", len(node.args))
            yield from node.args[place : place + 1]
        if called.rpartition(".")[0] in STORES and function in METHODS:
            yield node.args[0]
        if called in ("navigation.link", "navigation.open_screen"):
            yield from (
                ast.Constant(word.arg, lineno=node.lineno)
                for word in node.keywords
                if word.arg not in (None, "label", "icon")
            )
    if isinstance(node, ast.Subscript) and ast.unparse(node.value) in STORES:
        yield node.slice
    if isinstance(node, ast.Compare) and ast.unparse(node.comparators[0]) in STORES:
        yield node.left


class Origin:
    """Where the value of an expression comes from."""

    def __init__(self, tree: ast.Module, enclosing: dict[ast.AST, ast.AST]) -> None:
        self._tree = tree
        self._enclosing = enclosing

    def is_named(self, node: ast.expr) -> bool:
        """Return whether a key is a constant of Key or Widget, begins with one, or was given by the caller."""
        if isinstance(node, ast.Attribute):
            return ast.unparse(node.value).rpartition(".")[2] in ("Key", "Widget") or node.attr.endswith("_key")
        if isinstance(node, ast.JoinedStr):
            first = node.values[0]
            return isinstance(first, ast.FormattedValue) and self.is_named(first.value)
        if isinstance(node, ast.IfExp):
            return self.is_named(node.body) and self.is_named(node.orelse)
        if isinstance(node, ast.Tuple | ast.List):
            return all(self.is_named(part) for part in node.elts)
        if isinstance(node, ast.Call):
            return self._returns_a_key(node)
        return isinstance(node, ast.Name) and self._is_named_variable(node)

    def _returns_a_key(self, call: ast.Call) -> bool:
        for node in ast.walk(self._tree):
            if isinstance(node, ast.FunctionDef) and node.name == ast.unparse(call.func):
                returns = [below.value for below in ast.walk(node) if isinstance(below, ast.Return)]
                return all(value is not None and self.is_named(value) for value in returns)
        return ast.unparse(call.func).endswith("_key") and self.is_named(call.args[0])

    def _is_named_variable(self, name: ast.Name) -> bool:
        """Look for the variable in the functions around it, then in the module."""
        scope: ast.AST | None = name
        while scope is not None:
            scope = self._enclosing.get(scope)
            if isinstance(scope, Function) and name.id in [argument.arg for argument in all_arguments(scope)]:
                return True
            if isinstance(scope, Function | ast.Module):
                values = list(self._values(name.id, scope))
                if values:
                    return all(self.is_named(value) or self._goes_through_keys(value) for value in values)
        return imported(name.id, self._tree)

    def _values(self, variable: str, scope: ast.AST) -> Iterator[ast.expr]:
        """Yield what the variable is set to in a function or the module, for a loop what it goes through."""
        for node in ast.walk(scope):
            if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr) and node.value is not None:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for target in targets:
                    yield from part_for(variable, target, node.value)
            if isinstance(node, ast.For | ast.comprehension):
                yield from part_for(variable, node.target, node.iter)

    def _goes_through_keys(self, value: ast.expr) -> bool:
        """Return whether a loop goes through the keys of a store, or of a mapping that the caller gave."""
        if not isinstance(value, ast.Call):
            return False
        if ast.unparse(value.func) == "list":
            return ast.unparse(value.args[0]) in STORES
        return isinstance(value.func, ast.Attribute) and value.func.attr == "items" and self.is_named(value.func.value)


def part_for(variable: str, target: ast.expr, value: ast.expr) -> Iterator[ast.expr]:
    """Yield the part of a value that a variable gets, also where several are set at once."""
    if isinstance(target, ast.Name) and target.id == variable:
        yield value
    elif isinstance(target, ast.Tuple):
        for index, part in enumerate(target.elts):
            if isinstance(part, ast.Name) and part.id == variable:
                zipped = isinstance(value, ast.Call) and ast.unparse(value.func) == "zip"
                yield value.args[index] if zipped else value.elts[index] if isinstance(value, ast.Tuple) else value


def all_arguments(function: Function) -> list[ast.arg]:
    return [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]


def imported(variable: str, tree: ast.Module) -> bool:
    """Return whether a name is Key or Widget."""
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == "pages.components.keys"
        and variable in [alias.name for alias in node.names]
        for node in ast.walk(tree)
    )
