"""What the documentation says is compared with the code."""

import re
from pathlib import Path

import pytest

from pages.components.navigation import SCREENS
from services.engine.api import limits
from services.engine.api.operations import HANDLERS
from services.engine.wire.service_models import SERVICES, service_model

ROOT = Path(__file__).resolve().parent.parent
COMPATIBILITY = (ROOT / "docs" / "compatibility.md").read_text(encoding="utf-8")
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")] + sorted(ROOT.glob("docs/*.md"))


def states(service: str) -> dict[str, str]:
    """Return the state of each operation as the page lists it."""
    section = COMPATIBILITY.split(f"### {service}\n", 1)[1].split("\n### ", 1)[0]
    return dict(re.findall(r"^\| (\w+) \| (served|not served) \|$", section, re.MULTILINE))


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_is_listed_with_its_true_state(service):
    true = {
        operation: "served" if (service, operation) in HANDLERS else "not served"
        for operation in service_model(service).operation_names
    }
    assert states(service) == true


def test_limits_are_those_of_the_code():
    sentence = re.sub(r"\s+", " ", COMPATIBILITY)
    for number, words in (
        (limits.SCHEMAS, "schemas"),
        (limits.PENDING_IMPORTS, "unfinished import jobs"),
        (limits.PENDING_BATCH_JOBS, "unfinished batch jobs"),
        (limits.PENDING_SOLUTION_VERSIONS, "unfinished solution versions"),
        (limits.SOLUTIONS_PER_GROUP, "solutions and"),
        (limits.CAMPAIGNS_PER_GROUP, "campaigns in a dataset group"),
        (limits.TAGS_PER_RESOURCE, "tags on a resource"),
    ):
        assert f"{number} {words}" in sentence
    assert f"| 5, raised on request | {limits.DATASET_GROUPS} |" in sentence


def test_readme_shows_every_screen():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [screen.title for screen in SCREENS if screen.title not in readme] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_links_lead_to_files(page):
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_files_named_in_the_documentation_exist(page):
    for name in re.findall(r"`((?:services|pages|tests|benchmarks|docs)/[\w/.]+)`", page.read_text(encoding="utf-8")):
        assert (ROOT / name).exists(), f"{page.name} names {name}"
