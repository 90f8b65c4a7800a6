"""User segments through the API: which versions answer, a question about an item and one about a taste."""

from collections.abc import Iterator

import pytest

from services.backend import Backend, open_backend
from services.engine.testing import test_engine as opened_engine
from services.engine.testing import tiny_world, train
from services.errors import ServiceError
from services.screens.batch import segment_jobs
from services.screens.batch.segment_jobs import SegmentVersion
from tests.engine.small_world import until
from tests.prepared import SHORT_LIVED

GROUP = "shop"


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    """A small shop with popularity and both recipes that find people."""
    home = tmp_path_factory.mktemp("segments") / "home"
    with opened_engine(home) as engine:
        world = tiny_world(engine, name=GROUP)
        for recipe in ("aws-item-attribute-affinity", "aws-item-affinity"):
            train(engine, world.group, recipe, recipe)
    opened = open_backend(SHORT_LIVED, home)
    yield opened
    opened.close()


def asked(backend: Backend, version: SegmentVersion, question: dict[str, str]) -> tuple[str, ...]:
    arn = segment_jobs.start(backend, GROUP, version.arn, question, 7)
    until(lambda: not segment_jobs.job(backend, arn).running)
    finished = segment_jobs.job(backend, arn)
    assert finished.done, finished.failure_reason
    return segment_jobs.people(backend, finished)


def test_the_versions_that_answer_are_told_apart(backend: Backend) -> None:
    assert [version.by_taste for version in segment_jobs.versions(backend, GROUP)] == [False, True]


def test_an_item_and_a_taste_have_people(backend: Backend) -> None:
    of_items, of_tastes = segment_jobs.versions(backend, GROUP)
    for people in (
        asked(backend, of_items, segment_jobs.item_question("i1")),
        asked(backend, of_tastes, segment_jobs.taste_question("CATEGORY", "toys")),
    ):
        assert len(set(people)) == 7
        assert all(person.startswith("u") for person in people)


def test_a_question_that_cannot_be_answered_fails_with_its_reason(backend: Backend) -> None:
    version = segment_jobs.versions(backend, GROUP)[1]
    arn = segment_jobs.start(backend, GROUP, version.arn, segment_jobs.taste_question("CATEGORY", "boats"), 7)
    until(lambda: not segment_jobs.job(backend, arn).running)
    assert "boats" in str(segment_jobs.job(backend, arn).failure_reason)


def test_a_version_that_does_not_find_people_is_refused(backend: Backend) -> None:
    described = backend.personalize.list_solution_versions()["solutionVersions"]
    popularity = next(entry["solutionVersionArn"] for entry in described if "/shop/" in entry["solutionVersionArn"])
    with pytest.raises(ServiceError):
        segment_jobs.start(backend, GROUP, popularity, segment_jobs.item_question("i1"), 7)
