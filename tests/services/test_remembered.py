"""What is deployed is read once until something changes: of this process, of another one, or at AWS after some time."""

import threading

import pytest

from services import remembered
from services.backend import open_backend
from services.engine.testing import test_engine as opened_engine
from services.engine.testing import tiny_world, train
from services.personalize import campaigns
from services.personalize.datasets import group_arn
from services.personalize.recipe_names import POPULARITY_COUNT
from services.remembered import MAX_ANSWERS, Remembered


@pytest.fixture
def shop(tmp_path):
    """An engine, which stands for another process, and the backend of the screens over the same home."""
    home = tmp_path / "home"
    with opened_engine(home) as engine:
        world = tiny_world(engine)
        backend = open_backend({}, home)
        asked = []
        backend.personalize.meta.events.register("before-call", lambda model, **_: asked.append(model.name))
        name = "shop"
        yield engine, world, backend, name, asked
        backend.close()


def names(backend, group):
    return [one.name for one in campaigns.for_people(backend, group)]


def test_what_is_deployed_is_read_once(shop):
    _, _, backend, name, asked = shop
    assert names(backend, name) == ["shop"]
    first = len(asked)
    assert first > 0
    assert names(backend, name) == names(backend, name) == ["shop"]
    assert campaigns.for_an_item(backend, name) == []
    assert len(asked) == first, asked[first:]


def test_a_change_of_another_process_is_seen_at_once(shop):
    engine, world, backend, name, _ = shop
    assert names(backend, name) == ["shop"]
    train(engine, world.group, POPULARITY_COUNT, "second")
    assert sorted(names(backend, name)) == ["second", "shop"]
    client = engine.client("personalize")
    arn = next(one["campaignArn"] for one in client.list_campaigns()["campaigns"] if one["name"] == "second")
    client.delete_campaign(campaignArn=arn)
    assert names(backend, name) == ["shop"]


def test_a_group_that_is_deleted_or_made_is_seen_at_once(shop):
    engine, _, backend, _, _ = shop
    assert group_arn(backend, "later") is None
    arn = engine.client("personalize").create_dataset_group(name="later")["datasetGroupArn"]
    assert group_arn(backend, "later") == arn
    engine.client("personalize").delete_dataset_group(datasetGroupArn=arn)
    assert group_arn(backend, "later") is None


def test_an_answer_is_read_again_after_its_age(monkeypatch):
    clock = [100.0]
    monkeypatch.setattr(remembered.time, "monotonic", lambda: clock[0])
    kept, answers = Remembered(lambda: None, max_age_s=5.0), iter(range(9))
    assert [kept.of("q", lambda: next(answers)) for _ in range(3)] == [0, 0, 0]
    clock[0] += 5.0
    assert [kept.of("q", lambda: next(answers)) for _ in range(2)] == [1, 1]
    kept.changed()
    assert kept.of("q", lambda: next(answers)) == 2


def test_what_is_read_during_a_change_is_not_kept():
    kept = Remembered(lambda: None)

    def read():
        thread = threading.Thread(target=kept.changed)  # another session deploys while this one lists
        thread.start()
        thread.join()
        return "before"

    assert kept.of("q", read) == "before"
    assert kept.of("q", lambda: "after") == "after"


def test_errors_are_not_kept_and_old_answers_make_room():
    kept = Remembered(lambda: None)
    with pytest.raises(ZeroDivisionError):
        kept.of("q", lambda: 1 / 0)
    assert kept.of("q", lambda: 7) == 7
    for number in range(MAX_ANSWERS):
        kept.of(number, lambda: None)
    assert kept.of("q", lambda: 8) == 8


def test_a_backend_that_cannot_tell_its_states_keeps_nothing():
    answers = iter(range(9))
    kept = Remembered()
    assert [kept.of("q", lambda: next(answers)) for _ in range(2)] == [0, 1]
