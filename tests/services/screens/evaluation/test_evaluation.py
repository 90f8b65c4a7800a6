"""The evaluation laboratory, run from a script against the embedded engine; splits, measures and what leaks."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from botocore.exceptions import ClientError

from services.backend import Backend, open_backend
from services.engine.recipes.registry import trainable
from services.errors import DataError, ServiceError
from services.laboratories import run_now
from services.laboratory import groups
from services.laboratory.context import RunCancelled
from services.laboratory.ranking_metrics import hits
from services.laboratory.runs import EVALUATION
from services.library.store import Library
from services.personalize.datasets import LABORATORY, pages
from services.screens.evaluation import asking, run, segments
from services.screens.evaluation.baselines import seen_last, unseen_popularity
from services.screens.evaluation.frames import training_data
from services.screens.evaluation.measures import count_items, measure
from services.screens.evaluation.methods import POPULARITY, RANDOM, UNSEEN_POPULARITY, Method
from services.screens.evaluation.parameters import RECIPES, Parameters
from services.screens.evaluation.plan import COUNTING
from services.screens.evaluation.protocols import ageing
from services.screens.evaluation.protocols.asked import CANDIDATES, question
from services.screens.evaluation.results import EvaluationResult
from services.screens.evaluation.split import AWS, LAST_TENTH, TIME, split, split_data
from tests.services.screens.cold_start.worlds import sweet_and_sour

RECIPE = "aws-popularity-count"
MODEL, HRNN = Method(RECIPE), Method("aws-hrnn")


def events(*rows: tuple[str, str, int], kind: str = "watch") -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["USER_ID", "ITEM_ID", "TIMESTAMP"])
    return frame.assign(EVENT_TYPE=kind)


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    opened = open_backend({"PERSONALIZE_WORKER_IDLE_S": "20"}, tmp_path_factory.mktemp("home"))
    Library(opened.home).save(sweet_and_sour())
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def finished(backend: Backend, tmp_path_factory: pytest.TempPathFactory) -> EvaluationResult:
    return result_of(backend, tmp_path_factory.mktemp("runs") / "one", recipes=(RECIPE, "aws-sims"), ages=(20, 40))


def result_of(backend: Backend, folder: Path, **given: Any) -> EvaluationResult:
    run_now(backend, EVALUATION, Parameters("sweet-and-sour", **given).to_json(), folder)
    return EvaluationResult(folder)


def test_the_last_tenth_of_each_person_is_held_out_with_ties_in_file_order() -> None:
    rows = [("a", f"i{n}", 5) for n in range(20)] + [("b", f"i{n}", n) for n in range(5)]
    found = split(events(*rows), None, None, protocol=LAST_TENTH)
    assert found.truth == {"a": ["i18", "i19"], "b": ["i4"]}
    assert len(found.train) == 22


def test_a_split_in_time_leaves_nothing_of_the_future() -> None:
    rows = [(user, f"i{n}", 10 * n + place) for place, user in enumerate("abc") for n in range(10)]
    items = pd.DataFrame({"ITEM_ID": ["i0", "i9"], "CREATION_TIMESTAMP": [0, 95]})
    found = split(events(*rows), items, None, protocol=TIME, share=0.2)
    assert found.moment is not None
    assert found.train["TIMESTAMP"].max() <= found.moment
    later = [row for row in rows if row[2] > found.moment]
    assert sum(map(len, found.truth.values())) == len(later)
    assert found.items is not None
    assert list(found.items["ITEM_ID"]) == ["i0"]


@pytest.mark.parametrize("protocol", [TIME, LAST_TENTH])
def test_events_that_do_not_count_are_neither_found_nor_learned_after_the_cut(protocol: str) -> None:
    watched = events(*[("a", f"i{n}", n) for n in range(10)], ("b", "i0", 0), ("b", "i1", 9))
    trailers = events(("a", "i20", 20), ("a", "i21", 1), kind="trailer")
    found = split(pd.concat([watched, trailers]), None, None, protocol=protocol, share=0.3, event_type="watch")
    assert "i20" not in [item for taken in found.truth.values() for item in taken]
    assert "i20" not in set(found.train["ITEM_ID"])
    assert "i21" in set(found.train["ITEM_ID"])


@pytest.mark.parametrize(
    ("wrong", "words"),
    [({"protocol": "guess"}, '"guess" is unknown'), ({"protocol": TIME, "share": 1.5}, "1.5 cannot be held out")],
)
def test_a_split_that_cannot_be_is_refused_with_its_value(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(DataError, match=words):
        split(events(("a", "i", 1)), None, None, **wrong)


def test_measures_are_those_of_the_definitions() -> None:
    train = pd.DataFrame({"USER_ID": ["u", "u", "v", "w"], "ITEM_ID": ["a", "b", "a", "c"]})
    items = count_items(train, {"a": ["x"], "b": ["x", "y"], "c": ["y"], "d": []})
    found = measure([["c", "a", "d", "b", "e"]], [["a", "e", "z"]], items)
    value = {name: float(values[0]) for name, values in found.items()}
    log2 = np.log2
    assert value["precision_at_5"] == pytest.approx(2 / 5)
    assert value["recall_at_5"] == pytest.approx(2 / 3)
    assert value["mrr_at_25"] == 0.5
    assert value["mrr_at_1"] == value["hit_rate_at_1"] == 0
    ideal = 1 + 1 / log2(3) + 1 / log2(4)
    assert value["ndcg_at_5"] == pytest.approx((1 / log2(3) + 1 / log2(6)) / ideal)
    assert value["amazon_ndcg_at_5"] == pytest.approx((1 + 1 / log2(5)) / 2)  # weights 1, 1, 1/log2(3) ...
    people = (1 + 2 + 0 + 1 + 0) / 3 / 5
    assert value["novelty_at_5"] == pytest.approx(1 - people)
    assert value["diversity_at_5"] == pytest.approx(1 - (2 * 0.5) / 6)  # d has no categories, e is unknown


def test_what_a_person_has_had_goes_to_the_end_of_a_list() -> None:
    assert seen_last([["a", "b", "c"]], ["u"], {"u": ["a", "c"]}) == [["b", "a", "c"]]


def test_popularity_without_the_seen_is_filled_with_the_next() -> None:
    train = pd.DataFrame({"USER_ID": list("uvwuvu"), "ITEM_ID": list("aaabbc")})
    items = count_items(train, {})
    assert unseen_popularity(["u"], {"u": ["a"]}, items) == [["b", "c", "a"]]
    assert unseen_popularity(["u"], {"u": ["a"]}, items, among=2) == [["b", "a"]]


def test_a_run_leaves_every_method_measured_and_nothing_in_the_service(
    backend: Backend, finished: EvaluationResult
) -> None:
    assert finished.methods[0] == MODEL
    assert {POPULARITY, UNSEEN_POPULARITY, RANDOM} < set(finished.methods)
    assert finished.facts.protocol == TIME
    assert len(finished.users) == finished.facts.n_people > 30
    groups = list(pages(backend.personalize, "list_dataset_groups", "datasetGroups"))
    assert not [group for group in groups if group["name"].startswith(LABORATORY)]


def test_popularity_through_the_api_is_popularity_counted(finished: EvaluationResult) -> None:
    for metric in ("ndcg", "hit_rate", "coverage"):
        one, other = finished.estimate(MODEL, metric, 25), finished.estimate(POPULARITY, metric, 25)
        assert one is not None
        assert other is not None
        assert one.value == pytest.approx(other.value, abs=0.02)


def test_similar_items_are_those_of_what_a_person_had_last(finished: EvaluationResult) -> None:
    """Even people take even items here, and so do those who had an even one."""
    found = finished.lists[finished.lists["method"] == "aws-sims"]
    pairs = found.explode("items")
    same = [int(i[1:]) % 2 == int(u[1:]) % 2 for u, i in zip(pairs["user_id"], pairs["items"], strict=True)]
    assert len(same) > 100
    assert np.mean(same) > 0.95


def test_a_ranking_orders_the_bestsellers_and_the_others_are_asked_by_user() -> None:
    frame = events(("u", "a", 1), ("u", "b", 2), ("v", "b", 1), ("u", "c", 30), ("v", "c", 30))
    found = split(frame, None, None, protocol=TIME, share=0.3)
    items = count_items(found.train, {})
    assert question("aws-personalized-ranking", found, items, 25)("u") == (
        "get_personalized_ranking",
        {"userId": "u", "inputList": ["b", "a"]},
    )
    assert question("aws-sims", found, items, 25)("u") == ("get_recommendations", {"itemId": "b", "numResults": 25})
    assert question("aws-hrnn", found, items, 25)("v") == ("get_recommendations", {"userId": "v", "numResults": 25})


def test_older_models_learn_less_and_are_asked_for_the_same_people(
    backend: Backend, finished: EvaluationResult
) -> None:
    rows = finished.ages("hit_rate", 25)
    assert list(rows["days"]) == [0, 20, 40]
    assert rows["difference"].iloc[0] == 0
    aged = Method(RECIPE, age_days=40)
    assert rows["value"].iloc[2] == pytest.approx(finished.values(aged, "hit_rate", 25).mean())
    data = Library(backend.home).open("sweet-and-sour")
    assert data is not None
    train = split_data(data, protocol=TIME).train
    older = train[train["TIMESTAMP"] <= (finished.facts.moment or 0) - 40 * 86_400]
    best = older["ITEM_ID"].value_counts()
    first = lists_of(finished, aged)[0][0]
    assert best[first] == best.max()
    said = ageing.sentence(rows, len(finished.users), "hit_rate", 25)
    assert "a model" in said.lower()


def test_a_comparison_counts_everybody_once_and_pairs_people(finished: EvaluationResult) -> None:
    found = finished.compare(UNSEEN_POPULARITY, RANDOM, "ndcg", 25)
    assert found is not None
    assert found.n == finished.facts.n_people
    assert found.difference.low <= found.difference.value <= found.difference.high
    assert found.difference.value == pytest.approx(found.model_value.value - found.other_value.value)


def test_segments_hold_everybody_and_say_who_is_too_few(finished: EvaluationResult) -> None:
    by = segments.BY_TASTE
    frame = finished.by_segment(POPULARITY, RANDOM, "ndcg", 25, by)
    assert set(frame["segment"]) == {"Sweet", "Sour"}
    assert frame["n"].sum() == finished.facts.n_people
    assert list(frame["enough"]) == [n >= 30 for n in frame["n"]]


def test_a_persons_list_says_what_was_right(finished: EvaluationResult) -> None:
    person = finished.differences(POPULARITY, RANDOM, "recall", 25)["user_id"].iloc[-1]
    found = finished.list_of(POPULARITY, person)
    assert [item for item, right in found if right] == [i for i, _ in found if i in finished.truth[person]]


def test_awss_own_split_reads_the_services_metrics(backend: Backend, tmp_path: Path) -> None:
    result = result_of(backend, tmp_path / "aws", recipes=(RECIPE,), protocol=AWS)
    assert not result.by_person
    assert result.estimate(MODEL, "ndcg", 25) is not None
    assert result.compare(MODEL, POPULARITY, "ndcg", 25) is None


class Failing:
    """A runtime client that is refused after some answers."""

    def __init__(self, runtime: Any, answers: int) -> None:
        self.runtime, self.answers = runtime, answers

    def get_recommendations(self, **asked: Any) -> Any:
        self.answers -= 1
        if self.answers < 0:
            error = {"Code": "ForbiddenException", "Message": "The campaign may not be asked"}
            raise ClientError({"Error": error}, "GetRecommendations")
        return self.runtime.get_recommendations(**asked)


def lab_groups_of(backend: Backend) -> list[str]:
    groups = pages(backend.personalize, "list_dataset_groups", "datasetGroups")
    return [group["name"] for group in groups if group["name"].startswith(LABORATORY)]


def test_a_run_that_failed_while_asking_goes_on_without_training_again(
    backend: Backend, finished: EvaluationResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "CHUNK", 10)
    parameters, folder = Parameters("sweet-and-sour", recipes=(RECIPE,)).to_json(), tmp_path / "failed"
    refused = Failing(backend.runtime, 25)
    with pytest.raises(ServiceError, match="may not be asked"):
        run_now(replace(backend, runtime=refused), EVALUATION, parameters, folder)
    assert len(pd.read_parquet(folder / f"lists-{RECIPE}.parquet")) == 20
    assert json.loads((folder / "interim.json").read_text())["done"] == 20
    assert lab_groups_of(backend) == [run.group_of("failed")]
    run_now(backend, EVALUATION, parameters, folder)
    steps = {step["key"]: step["note"] for step in json.loads((folder / "state.json").read_text())["steps"]}
    assert steps[f"train {RECIPE}"] == "kept from before"
    assert lists_of(EvaluationResult(folder), MODEL) == lists_of(finished, MODEL)
    assert lab_groups_of(backend) == []


def test_what_a_failed_run_has_left_can_be_taken_away(backend: Backend, tmp_path: Path) -> None:
    parameters = Parameters("sweet-and-sour", recipes=(RECIPE,)).to_json()
    with pytest.raises(ServiceError):
        run_now(replace(backend, runtime=Failing(backend.runtime, 0)), EVALUATION, parameters, tmp_path / "left")
    groups.remove_groups_of(backend, "left")
    assert lab_groups_of(backend) == []


def test_a_cancelled_run_leaves_nothing_in_the_service(backend: Backend, tmp_path: Path) -> None:
    folder = tmp_path / "cancelled"
    folder.mkdir()
    (folder / "cancel").touch()
    with pytest.raises(RunCancelled):
        run_now(backend, EVALUATION, Parameters("sweet-and-sour", recipes=(RECIPE,)).to_json(), folder)
    assert lab_groups_of(backend) == []


def test_a_run_of_unknown_data_says_so(backend: Backend, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="The data of nowhere was not loaded"):
        run_now(backend, EVALUATION, Parameters("nowhere").to_json(), tmp_path / "none")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"group": "x", "recipes": ("aws-item-affinity",)}, "aws-item-affinity cannot be evaluated"),
        ({"group": "x", "speed": 1}, '"speed" is no parameter'),
        ({"group": "x", "n_seeds": 0}, "0 seeds"),
        ({"group": "x", "ages": (3,), "protocol": LAST_TENTH}, "Ages of .3. days need a split by date"),
    ],
)
def test_parameters_that_cannot_be_are_refused(given: dict[str, Any], words: str) -> None:
    with pytest.raises(DataError, match=words):
        Parameters.read(given)


@pytest.fixture(scope="module")
def personal(backend: Backend, tmp_path_factory: pytest.TempPathFactory) -> EvaluationResult:
    return result_of(backend, tmp_path_factory.mktemp("runs") / "hrnn", recipes=("aws-hrnn",))


def lists_of(result: EvaluationResult, method: Method) -> list[list[str]]:
    found = result.lists[result.lists["method"] == method.key]
    return [list(items) for items in found["items"]]


@pytest.mark.slow
def test_shuffling_the_future_destroys_the_advantage(personal: EvaluationResult) -> None:
    """What somebody else took later is found no more often by a person's own list than by popularity's."""
    truth = [personal.truth[user] for user in personal.users["user_id"]]
    shuffled = [truth[place] for place in np.random.default_rng(1).permutation(len(truth))]
    found = {
        method: [measure_recall(lists_of(personal, method), taken) for taken in (truth, shuffled)]
        for method in (HRNN, POPULARITY)
    }
    before, after = (found[HRNN][place] - found[POPULARITY][place] for place in (0, 1))
    assert before > 0.05
    assert after < before / 2


def measure_recall(lists: list[list[str]], truth: list[list[str]]) -> float:
    return float(np.mean([h.sum() / len(taken) for h, taken in zip(hits(lists, truth), truth, strict=True)]))


@pytest.mark.slow
def test_a_target_planted_in_metadata_does_not_help_the_plain_recipe(
    backend: Backend, personal: EvaluationResult, tmp_path: Path
) -> None:
    data = sweet_and_sour("planted")
    assert data.items is not None
    after = {item for taken in personal.truth.values() for item in taken}
    items = data.items.assign(NOISE=["taken later" if item in after else "never" for item in data.items["ITEM_ID"]])
    Library(backend.home).save(data.with_frame("Items", items))
    run_now(backend, EVALUATION, Parameters("planted").to_json(), tmp_path / "planted")
    assert lists_of(EvaluationResult(tmp_path / "planted"), HRNN) == lists_of(personal, HRNN)


def test_what_is_imported_ends_at_the_split(backend: Backend) -> None:
    loaded = Library(backend.home).open("sweet-and-sour")
    assert loaded is not None
    found = split_data(loaded, protocol=TIME)
    data = training_data(loaded, found, f"{LABORATORY}x")
    held_out = {(user, item) for user, taken in found.truth.items() for item in taken}
    learned = set(zip(data.interactions["USER_ID"], data.interactions["ITEM_ID"], strict=True))
    assert held_out
    assert data.interactions["TIMESTAMP"].max() <= (found.moment or 0)
    assert not held_out & learned


@pytest.mark.slow
def test_a_ranking_puts_what_a_person_takes_first(backend: Backend, tmp_path: Path) -> None:
    """Every list is the head of an order of the same bestsellers, and even people have even ones first."""
    result = result_of(backend, tmp_path / "ranking", recipes=("aws-personalized-ranking",))
    ranking = Method("aws-personalized-ranking")
    lists = dict(zip(result.users["user_id"], lists_of(result, ranking), strict=True))
    assert len(lists) > 30
    assert len(set().union(*lists.values())) <= CANDIDATES
    same = [int(item[1:]) % 2 == int(user[1:]) % 2 for user, shown in lists.items() for item in shown[:10]]
    assert np.mean(same) > 0.85


def test_recipes_of_today_are_measured_and_those_that_count_are_trained_once(backend: Backend, tmp_path: Path) -> None:
    counting = ("aws-similar-items", "aws-trending-now", "aws-sims")
    result = result_of(backend, tmp_path / "today", recipes=counting, n_seeds=2)
    trained = [method for method in result.methods if method.name in counting]
    assert {method.name for method in trained} == set(counting)
    assert {method.training for method in trained} == {1}


def test_every_recipe_of_a_network_can_be_given_a_seed() -> None:
    seeded = {
        info.name
        for info in trainable()
        if any(parameter.name == "random_seed" for parameter in info.recipe_class.hyperparameters)
    }
    assert set(RECIPES) - set(COUNTING) <= seeded
    assert not seeded & set(COUNTING)
