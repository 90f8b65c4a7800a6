"""Every button that leads to a call which AWS bills says so before: found by following the code, not by a list.

A graph of services/ and pages/ says which functions reach a billed operation. A module of pages/ that uses such a
function of services/, or an action of another module that does, must also use a sentence about the costs of that
operation. So a new button cannot forget it. tests/pages/test_costs.py looks at what stands on the screens.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from benchmarks.house import product_modules
from services.backend import open_backend

ROOT = Path(__file__).resolve().parent.parent
MONEY = "services.money.sentences"
RUNS = {"before_run", "before_keeping", "before_going_on"}
"""Sentences about several trainings with what they need."""
SAYS: dict[str, set[str]] = {
    "create_solution_version": RUNS | {"before_training"},
    "create_campaign": RUNS | {"before_deploying"},
    "create_dataset_import_job": RUNS | {"before_import"},
    "create_dataset_export_job": {"before_export"},
    "create_batch_inference_job": {"before_batch"},
    "create_batch_segment_job": {"before_segments"},
    "create_metric_attribution": {"before_counting"},
    "put_events": {"before_sending"},
    "put_items": {"before_sending"},
}
"""The billed operations that the explorer calls, and the sentences about each."""
NOT_CALLED = {
    *("create_recommender", "update_recommender", "start_recommender"),  # a move makes them, after its plan
    *("put_users", "put_actions", "put_action_interactions"),
}
WITHOUT_COSTS = {
    "update_campaign": "changes how a campaign lists and which version it serves; minProvisionedTPS stays",
    "create_event_tracker": "AWS bills what is sent, not the tracker",
    "create_filter": "free",
    "update_solution": "ends automatic training",
}
STARTED_ELSEWHERE = {
    "services.laboratory.runs.LabRuns._spawn": "services.laboratories.RUN_OF",  # a process of its own
    "pages.components.answers.replay": "services.sandbox.replay.Replay._put",  # the replay is advanced when it is drawn
}
SAYS_OTHERWISE = {
    ("pages.components.settings.moving", "create_dataset_export_job"): "the plan says what an export costs",
    ("pages.components.storefront.window", "put_events"): "the screen has asked answers.agreed() before",
    ("pages.components.storefront.clicks", "put_events"): "the same",
    ("pages.components.storefront.about", "put_events"): "the same",
    ("pages.components.live_events.transport", "put_events"): "goes on with what was agreed to",
    ("pages.live_events_page", "put_events"): "the screen asks answers.agreed()",
}
CONTINUES = {"pages.components.missing.deploy_finished"}
"""Carries out the second half of "Train and deploy", whose button said both costs."""
QUIET = {"rerun", "toast", "error", "session_state", "spinner", "query_params", "toast_errors"}
"""What an action uses of Streamlit and of panels without drawing a control."""
GOES_ON = "pages.components.process"
"""Resumes after a restart what was started and confirmed."""


@dataclass
class Found:
    """The code as a graph."""

    uses: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """By the full name of a function, method, class or constant: the full names that it uses."""
    draws: set[str] = field(default_factory=set)
    """Functions that draw something."""
    sentences: set[str] = field(default_factory=set)
    """Functions that return text, or whether somebody agreed."""
    attributes: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """By the full name: the names of all attributes in it."""
    modules: set[str] = field(default_factory=set)
    methods: dict[str, set[str]] = field(default_factory=dict)
    """By class: its methods' names."""


def _used(node: ast.AST, imports: dict[str, str], module: str, own: set[str], inside: str) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            if part.id in imports:
                yield imports[part.id]
            elif part.id in own:
                yield f"{module}.{part.id}"
        elif isinstance(part, ast.Attribute):
            if part.attr in SAYS or part.attr in NOT_CALLED:
                yield part.attr
            if isinstance(part.value, ast.Name) and part.value.id in imports:
                yield f"{imports[part.value.id]}.{part.attr}"
            elif isinstance(part.value, ast.Name) and part.value.id == "self" and inside:
                yield f"{module}.{inside}.{part.attr}"
        elif isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id == "timed":
            yield from (str(given.value) for given in part.args if isinstance(given, ast.Constant))


def _imported(tree: ast.Module) -> dict[str, str]:
    return {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)] or ["<module>"]


@cache
def code() -> Found:
    """Return the product's code above the engine."""
    found = Found()
    for module, path in product_modules(ROOT).items():
        if module.startswith("services.engine") or not module.startswith(("services.", "pages.")):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imports = _imported(tree)
        own = {name for node in tree.body for name in _defined(node)}
        found.modules.add(module)
        for node in tree.body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                continue
            names, inside = _defined(node), node.name if isinstance(node, ast.ClassDef) else ""
            for name in names:
                found.uses[f"{module}.{name}"] |= set(_used(node, imports, module, own - {name}, inside))
                found.attributes[f"{module}.{name}"] |= _attributes(node)
            if isinstance(node, ast.FunctionDef):
                if any(_draws(part) for part in ast.walk(node)):
                    found.draws.add(f"{module}.{node.name}")
                if isinstance(node.returns, ast.Name) and node.returns.id in ("str", "bool"):
                    found.sentences.add(f"{module}.{node.name}")
            if isinstance(node, ast.ClassDef):
                methods = [part for part in node.body if isinstance(part, ast.FunctionDef)]
                found.methods[f"{module}.{node.name}"] = {method.name for method in methods}
                for method in methods:
                    full = f"{module}.{node.name}.{method.name}"
                    found.uses[full] |= set(_used(method, imports, module, own - {node.name}, node.name))
                    found.attributes[full] |= _attributes(method)
    for starter, started in STARTED_ELSEWHERE.items():
        assert starter in found.uses, starter
        assert started in found.uses, started
        found.uses[starter].add(started)
    return found


def _attributes(node: ast.AST) -> set[str]:
    return {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}


def _draws(part: ast.AST) -> bool:
    if not isinstance(part, ast.Attribute) or not isinstance(part.value, ast.Name):
        return False
    return part.value.id in ("st", "panels", "changing") and part.attr not in QUIET


@cache
def reached() -> dict[str, set[str]]:
    """Return the billed operations that each function, method or class of services/ reaches."""
    uses = {name: used for name, used in code().uses.items() if name.startswith("services.")}
    found = {name: used & SAYS.keys() for name, used in uses.items()}
    changed = True
    while changed:
        changed = False
        for name, operations in found.items():
            more = set().union(*(found.get(one, set()) for one in by_methods(name))) - operations
            operations |= more
            changed = changed or bool(more)
    return {name: operations for name, operations in found.items() if operations}


@cache
def shared_objects() -> dict[str, str]:
    """Return the class of each object that all sessions share: {"desk": "services.screens.data.desk.DraftDesk"}."""
    tree = ast.parse((ROOT / "pages/components/process.py").read_text(encoding="utf-8"))
    imports = _imported(tree)
    returned = {
        node.name: node.returns.id
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and isinstance(node.returns, ast.Name)
    }
    return {f"pages.components.process.{name}": imports[kind] for name, kind in returned.items() if kind in imports}


def by_methods(name: str) -> set[str]:
    """Return what a function uses, with the methods that it calls in place of each class of services/."""
    used = code().uses[name]
    found = {shared_objects().get(one, one) for one in used}
    classes = {one for one in found if one in code().methods and one.startswith("services.")}
    makes = set() if name.startswith("pages.") else {"__init__"}  # pages share what the process has made
    attributes = code().attributes.get(name, set()) | makes
    called = {f"{one}.{method}" for one in classes for method in code().methods[one] & attributes}
    return (found - classes) | called


def module_of(name: str) -> str:
    """Return the module of a function, class, method or constant."""
    parts = name.split(".")
    while ".".join(parts) not in code().modules and parts:
        parts.pop()
    return ".".join(parts)


@cache
def actions() -> dict[str, set[str]]:
    """Return functions of pages/ that reach a billed operation without drawing a button, with the operations."""
    pages = [name for name in code().uses if name.startswith("pages.") and name not in CONTINUES]
    found: dict[str, set[str]] = {}
    changed = True
    while changed:
        changed = False
        for name in pages:
            if name in code().draws or name.endswith(".<module>") or module_of(name) == GOES_ON:
                continue
            operations = set().union(*(reached().get(one, set()) | found.get(one, set()) for one in by_methods(name)))
            if operations - found.get(name, set()):
                found[name] = found.get(name, set()) | operations
                changed = True
    return found


@cache
def asked() -> dict[str, set[str]]:
    """Return the billed operations that the buttons of each module of pages/ lead to."""
    found: dict[str, set[str]] = defaultdict(set)
    for name in list(code().uses):
        if not name.startswith("pages.") or module_of(name) == GOES_ON:
            continue
        for one in by_methods(name):
            found[module_of(name)] |= reached().get(one, set()) | actions().get(one, set())
    return {module: operations for module, operations in found.items() if operations}


def said(module: str) -> set[str]:
    """Return the sentences about costs that a module builds, also through functions that return text."""
    names = set().union(*(used for name, used in code().uses.items() if module_of(name) == module))
    found: set[str] = set()
    waiting = [name for name in names if name.startswith(MONEY) or name in code().sentences]
    seen = set(waiting)
    while waiting:
        name = waiting.pop()
        if module_of(name) == MONEY:
            found.add(name.rpartition(".")[2])
            continue
        more = {used for used in code().uses[name] if used.startswith(MONEY) or used in code().sentences} - seen
        seen |= more
        waiting += more
    return found


@cache
def cases() -> list[tuple[str, str]]:
    """Return each module of pages/ whose buttons lead to a billed operation, with the operation."""
    return sorted((module, operation) for module, operations in asked().items() for operation in operations)


def test_what_leads_to_a_billed_call_says_what_it_costs() -> None:
    silent = [
        f"{module} leads to {operation} and says nothing about its costs"
        for module, operation in cases()
        if (module, operation) not in SAYS_OTHERWISE and not said(module) & SAYS[operation]
    ]
    assert silent == []


@pytest.mark.parametrize("operation", sorted(SAYS))
def test_every_billed_operation_is_met(operation: str) -> None:
    assert [module for module, found in cases() if found == operation], "the graph lost its way"


def test_no_exception_is_out_of_date() -> None:
    assert set(cases()) >= SAYS_OTHERWISE.keys()
    assert code().uses.keys() >= CONTINUES
    called = set().union(*(used for name, used in code().uses.items() if name.startswith("services.")))
    assert not called & NOT_CALLED, "say what it costs in SAYS"


def test_every_operation_that_starts_something_is_weighed(tmp_path: Path) -> None:
    """A new operation of boto3's that creates or starts something is in one of the tables, or it makes no costs."""
    backend = open_backend({}, tmp_path)
    known = SAYS.keys() | NOT_CALLED | WITHOUT_COSTS.keys()
    names = [name for client in (backend.personalize, backend.events) for name in dir(client)]
    backend.close()
    starting = ("create_", "start_", "update_", "put_")
    costs_nothing = {"create_schema", "create_dataset", "create_dataset_group", "update_dataset", "create_solution"}
    costs_nothing |= {"create_data_deletion_job", "update_metric_attribution"}
    assert not {name for name in names if name.startswith(starting)} - known - costs_nothing


@cache
def widgets() -> dict[str, str]:
    """Return the names in Widget of the buttons that lead to a billed call, each with the function that draws it."""
    found = {}
    for module, path in product_modules(ROOT).items():
        if not module.startswith("pages.") or module == GOES_ON:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imports = _imported(tree)
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef):
                continue
            leads = _leads(by_methods(f"{module}.{node.name}") - _only_as_callback(node, module, imports))
            for call in ast.walk(node):
                if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
                    continue
                if call.func.attr not in ("button", "form_submit_button", "every_item"):
                    continue
                given = {word.arg: word.value for word in call.keywords}
                callback = given.get("on_click")
                billed = leads if callback is None else _leads(set(_names(callback, module, imports)))
                if billed and "key" in given:
                    keys = [part.attr for part in ast.walk(given["key"]) if _is_widget(part)]  # type: ignore[attr-defined]
                    found |= dict.fromkeys(keys, f"{module}.{node.name}")
    return found


def _leads(names: set[str]) -> bool:
    return any(name in reached() or name in actions() for name in names)


def _only_as_callback(node: ast.FunctionDef, module: str, imports: dict[str, str]) -> set[str]:
    callbacks = [
        word.value
        for call in ast.walk(node)
        if isinstance(call, ast.Call)
        for word in call.keywords
        if word.arg == "on_click"
    ]
    return {name for callback in callbacks for name in _names(callback, module, imports)}


def _names(callback: ast.expr, module: str, imports: dict[str, str]) -> Iterator[str]:
    for part in ast.walk(callback):
        if isinstance(part, ast.Name):
            yield imports.get(part.id, f"{module}.{part.id}")
        elif isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id in imports:
            yield f"{imports[part.value.id]}.{part.attr}"


def _is_widget(part: ast.AST) -> bool:
    return isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id == "Widget"
