"""The tables of docs/compatibility.md, from botocore's models and the code: `python -m benchmarks.compatibility`.

Rewrites what stands between the page's marks: the operations of each service, the recipes with their hyperparameters,
the limits, and what Engine.capabilities offers. tests/test_docs.py fails while the page says something else.
"""

import argparse
import inspect
import json
import re
from collections.abc import Callable
from pathlib import Path

from benchmarks.operations import RESULTS
from services.engine.api import limits
from services.engine.api.operations import HANDLERS
from services.engine.api.paging import DEFAULT_PAGE
from services.engine.capabilities import Capabilities
from services.engine.capabilities.filters import Filters
from services.engine.capabilities.maps import Maps
from services.engine.capabilities.what_if import WhatIf
from services.engine.filters.interactions import MAX_EVENTS_PER_TYPE
from services.engine.filters.rules import MAX_FIELDS
from services.engine.jobs.batch.batch_job import MAX_FILE_LINES, MAX_FILES
from services.engine.recipes.registry import RECIPES, RecipeInfo
from services.engine.recipes.use_cases import USE_CASES
from services.engine.wire.service_models import SERVICES, operation_model, service_model

PAGE = Path(__file__).resolve().parent.parent / "docs" / "compatibility.md"
WIDTH = 120


def state(service: str, operation: str) -> str:
    """Return what an operation answers: "served" or "not served"."""
    return "served" if (service, operation) in HANDLERS else "not served"


def operations() -> str:
    """Return a table of each service's operations."""
    parts = []
    for service in SERVICES:
        names = service_model(service).operation_names
        rows = [(name, state(service, name), _required(service, name), *_generated(name)) for name in names]
        n_served = sum(kind == "served" for _, kind, *_ in rows)
        parts.append(
            f"### {service}\n\n{n_served} of {len(rows)} operations are served.\n\n"
            + _table(("operation", "state", "required parameters", "generated calls", "answered", "faults"), rows)
        )
    return "\n\n".join(parts)


def recipes() -> str:
    """Return the recipes that can be trained, with AWS's hyperparameters and those of this engine only."""
    rows = []
    for info in RECIPES:
        own = [f"`{one.name}`" for one in info.hyperparameters if one.engine_only]
        more = [word for word, has in (("filters", True), ("promotions", info.recipe_class.promotes)) if has]
        rows.append((info.name, info.recipe_type, ", ".join(more), _hyperparameters(info), ", ".join(own)))
    head = ("recipe", "type", "takes", "AWS's hyperparameters", "of this engine only")
    return _table(head, rows)


def use_cases() -> str:
    """Return the use cases of domains with the recipe that answers each of them here."""
    rows = [
        (one.name, one.domain, one.recipe, one.event_type or "all", one.hides or "nothing", one.description)
        for one in USE_CASES
    ]
    return _table(("use case", "domain", "recipe here", "trains on", "hides what the user", "what it does"), rows)


def documented_limits() -> str:
    """Return the limits that hold here as at AWS, in a sentence."""
    sentence = (
        f"Documented limits that apply here as in AWS: {limits.SCHEMAS} schemas, {limits.PENDING_IMPORTS} unfinished "
        f"import jobs, {limits.PENDING_EXPORTS} unfinished export jobs, {limits.PENDING_BATCH_JOBS} unfinished batch "
        f"jobs, {limits.PENDING_SOLUTION_VERSIONS} unfinished solution versions, {MAX_FILES:,} files of 1 GB and "
        f"{MAX_FILE_LINES // 1_000_000} million lines in a batch job, {limits.SOLUTIONS_PER_GROUP} solutions and "
        f"{limits.RECOMMENDERS_PER_GROUP} recommenders in a dataset group, "
        f"{limits.FILTERS_PER_GROUP} filters in a dataset "
        f"group with {MAX_FIELDS} fields each and {limits.FILTER_FIELDS_PER_GROUP} in all, a user's "
        f"{MAX_EVENTS_PER_TYPE} latest interactions of each type in a filter, {limits.TAGS_PER_RESOURCE} tags on a "
        f"resource, 1 to {DEFAULT_PAGE} resources on a page. AWS allows 5 dataset groups and 5 campaigns in each, or "
        f"more on request; here {limits.DATASET_GROUPS} and {limits.CAMPAIGNS_PER_GROUP}."
    )
    return _wrapped(sentence)


def capabilities() -> str:
    """Return the functions beyond the API with the first sentence of each."""
    rooms = (("", Capabilities), ("filters.", Filters), ("maps.", Maps), ("what_if.", WhatIf))
    rows = [
        (f"`{room}{name}`", _first_sentence(function))
        for room, functions in rooms
        for name, function in inspect.getmembers(functions, inspect.isfunction)
        if not name.startswith("_")
    ]
    return _table(("capability", "what it does"), rows)


SECTIONS: dict[str, Callable[[], str]] = {
    "limits": documented_limits,
    "recipes": recipes,
    "use cases": use_cases,
    "capabilities": capabilities,
    "operations": operations,
}


def rendered(page: str) -> str:
    """Return the page with its generated parts made anew."""
    for name, made in SECTIONS.items():
        begin, end = f"<!-- generated: {name} -->", f"<!-- end: {name} -->"
        if begin not in page or end not in page:
            raise ValueError(f"The page has no marks {begin} and {end}.")
        before, _, rest = page.partition(begin)
        page = f"{before}{begin}\n\n{made()}\n\n{end}{rest.partition(end)[2]}"
    return page


def main() -> None:
    """Write the page."""
    argparse.ArgumentParser(description="Write the generated parts of docs/compatibility.md.").parse_args()
    PAGE.write_text(rendered(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


def _required(service: str, operation: str) -> str:
    shape = operation_model(service, operation).input_shape
    return ", ".join(f"`{name}`" for name in shape.required_members) if shape is not None else ""


def _generated(operation: str) -> tuple[str, str, str]:
    """Return the counts that `python -m benchmarks.operations --write` kept."""
    counts = json.loads(RESULTS.read_text(encoding="utf-8"))["operations"].get(operation, {})
    return f"{counts.get('calls', 0):,}", f"{counts.get('answered', 0):,}", f"{counts.get('faults', 0):,}"


def _hyperparameters(info: RecipeInfo) -> str:
    return ", ".join(f"`{one.name}`" for one in info.hyperparameters if not one.engine_only)


def _first_sentence(function: Callable[..., object]) -> str:
    text = " ".join((inspect.getdoc(function) or "").split("\n\n")[0].split())
    return re.split(r"(?<=\.)\s", text)[0]


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _wrapped(text: str) -> str:
    lines, line = [], ""
    for word in text.split():
        if len(line) + len(word) >= WIDTH:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    return "\n".join([*lines, line])


if __name__ == "__main__":
    main()
