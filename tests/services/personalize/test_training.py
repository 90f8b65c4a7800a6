"""Training, deploying and deleting through boto3 on a real engine with its worker process."""

import json
import time
from collections.abc import Callable, Iterator

import pytest

from services.backend import Backend, open_backend
from services.errors import DataError, NameTakenError, TrainingError
from services.personalize import recipes, training, versions
from services.personalize.campaigns import for_people
from services.personalize.datasets import GroupView, find_group
from services.personalize.deletion import delete_group
from services.personalize.imports import Source, import_data
from services.personalize.versions import VersionView
from services.screens.training import search, sentences

FIELDS = ("USER_ID", "string"), ("ITEM_ID", "string"), ("TIMESTAMP", "long"), ("EVENT_TYPE", "string")
SCHEMA = json.dumps(
    {
        "type": "record",
        "name": "Interactions",
        "namespace": "com.amazonaws.personalize.schema",
        "fields": [{"name": name, "type": kind} for name, kind in FIELDS],
        "version": "1.0",
    }
)


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    opened = open_backend({"PERSONALIZE_WORKER_IDLE_S": "2"}, tmp_path_factory.mktemp("home"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def group(backend: Backend, tmp_path_factory: pytest.TempPathFactory) -> GroupView:
    """1,500 events of 60 people on 30 items: even people like even items."""
    path = tmp_path_factory.mktemp("data") / "interactions.csv"
    rows = ["USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE"]
    for user in range(60):
        rows += [f"u{user},i{(2 * event + user % 2) % 30},{1_600_000_000 + 3600 * event},watch" for event in range(25)]
    path.write_text("\n".join(rows) + "\n")
    return import_data(backend, "films", [Source("Interactions", path, SCHEMA, 1500)])


@pytest.fixture(scope="module")
def ready(backend: Backend, group: GroupView) -> VersionView:
    """A trained version of popularity."""
    return trained(backend, training.train_next(backend, group, "aws-popularity-count"))


def trained(backend: Backend, version_arn: str, timeout_s: float = 60.0) -> VersionView:
    return until(backend, version_arn, lambda version: not version.running, timeout_s)


def until(
    backend: Backend, version_arn: str, condition: Callable[[VersionView], bool], timeout_s: float = 60.0
) -> VersionView:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        version = versions.version(backend, version_arn)
        assert version is not None
        if condition(version):
            return version
        time.sleep(0.05)
    raise AssertionError(f"{version_arn} did not come to its state within {timeout_s} s")


def test_cards_say_what_is_needed_and_how_it_can_be_set(backend: Backend, group: GroupView) -> None:
    cards = {card.name: card for card in recipes.recipe_cards(backend, group, 1500)}
    assert {"aws-popularity-count", "aws-hrnn"} <= set(cards)
    hrnn = cards["aws-hrnn"]
    assert hrnn.available
    assert hrnn.expected_seconds is not None
    parameters = {parameter.name: parameter for parameter in hrnn.parameters}
    hidden = parameters["hidden_dimension"]
    assert (hidden.default, hidden.low, hidden.high, hidden.engine_only) == ("43", 32, 256, False)
    assert parameters["recency_mask"].kind == "boolean"
    assert parameters["max_user_history_length_percentile"].featurization
    assert parameters["epochs"].engine_only
    assert parameters["epochs"].words


def test_each_card_has_the_parameters_of_its_own_recipe(backend: Backend, group: GroupView) -> None:
    cards = {card.name: card for card in recipes.recipe_cards(backend, group, 1500)}
    sims = {parameter.name: parameter for parameter in cards["aws-sims"].parameters}
    discount, rarest = sims["popularity_discount_factor"], sims["min_item_interaction_count_percentile"]
    assert (discount.kind, discount.default, discount.low, discount.high) == ("float", "0.5", 0.0, 1.0)
    assert (sims["min_cointeraction_count"].default, sims["min_cointeraction_count"].low) == ("3", 0)
    assert (rarest.kind, rarest.default, rarest.low, rarest.high) == ("float", "0.01", 0.0, 1.0)
    assert not any(parameter.engine_only for parameter in sims.values())
    assert cards["aws-popularity-count"].parameters == ()  # though it shares the transformation of aws-sims
    ranking = {parameter.name: parameter for parameter in cards["aws-personalized-ranking"].parameters}
    assert ranking["hidden_dimension"].default == "149"
    assert all(card.title and card.answers and card.expected_seconds for card in cards.values())


def test_campaigns_of_related_items_and_ranking_are_not_asked_for_a_person(
    backend: Backend, group: GroupView, ready: VersionView
) -> None:
    solutions, names = [], []
    for recipe, settings in (("aws-sims", {}), ("aws-personalized-ranking", {"epochs": "1"})):
        version = trained(backend, training.train(backend, group.arn, recipe, recipe, hyperparameters=settings))
        training.deploy(backend, version.arn, recipe)
        solutions.append(version.solution_arn)
    training.deploy(backend, ready.arn, "for-a-person")
    try:
        names = [campaign.name for campaign in for_people(backend, "films")]
        headline = sentences.headline(versions.versions(backend, group.arn), None)
    finally:
        for solution in solutions:
            training.delete_solution(backend, solution)
        for campaign in versions.campaigns(backend, group.arn):
            training.delete_campaign(backend, campaign.arn)
    assert names == ["for-a-person"]
    assert headline.startswith("Personalized ranking")


def test_recipes_that_need_an_items_file_say_so(backend: Backend, group: GroupView) -> None:
    cards = {card.name: card for card in recipes.recipe_cards(backend, group, 1500)}
    for name, words in (("aws-hrnn-coldstart", "an items file"), ("aws-hrnn-metadata", "an items or users file")):
        assert not cards[name].available
        assert [(need.words, need.why) for need in cards[name].needs if not need.met] == [(words, "none imported")]
    days = {parameter.name: parameter for parameter in cards["aws-hrnn-coldstart"].parameters}[
        "cold_start_max_duration"
    ]
    assert (days.default, days.featurization, days.engine_only) == ("5.0", True, False)


def test_too_few_events_grey_a_recipe_out_with_the_reason(backend: Backend, group: GroupView) -> None:
    card = recipes.recipe_cards(backend, group, 999)[0]
    assert not card.available
    assert "only 999 imported" in card.needs[0].why


def test_trained_version_has_metrics_intervals_size_and_time(ready: VersionView) -> None:
    assert ready.ready
    assert ready.recipe == "aws-popularity-count"
    assert set(ready.metrics) >= {"coverage", "mean_reciprocal_rank_at_25", "precision_at_25"}
    estimate = ready.estimate("hit_rate_at_25")
    assert estimate is not None
    assert estimate.low <= estimate.value <= estimate.high
    assert ready.estimate("hit_rate_at_25", "random") is not None
    assert ready.size == {"n_events": 1500, "n_users": 60, "n_items": 30}
    assert ready.training_seconds is not None
    assert ready.job is not None
    assert ready.job.stages


def test_same_settings_make_another_version_of_the_same_solution(
    backend: Backend, group: GroupView, ready: VersionView
) -> None:
    again = trained(backend, training.train_next(backend, group, "aws-popularity-count"))
    assert again.solution_arn == ready.solution_arn
    assert again.arn != ready.arn
    assert [version.arn for version in versions.versions(backend, group.arn)][:2] == [again.arn, ready.arn]


def test_other_settings_under_a_taken_name_are_refused(backend: Backend, group: GroupView, ready: VersionView) -> None:
    with pytest.raises(NameTakenError, match="other settings"):
        training.create_solution(backend, group.arn, ready.solution_name, "aws-hrnn")
    assert training.free_name(backend, ready.solution_name) == f"{ready.solution_name}-2"


def test_hyperparameters_go_into_their_maps(backend: Backend, group: GroupView) -> None:
    values = {"hidden_dimension": "64", "max_user_history_length_percentile": "0.9", "epochs": "1"}
    solution = training.create_solution(backend, group.arn, "with-settings", "aws-hrnn", hyperparameters=values)
    config = backend.personalize.describe_solution(solutionArn=solution)["solution"]["solutionConfig"]
    assert config["algorithmHyperParameters"] == {"hidden_dimension": "64", "epochs": "1"}
    assert config["featureTransformationParameters"] == {"max_user_history_length_percentile": "0.9"}
    training.delete_solution(backend, solution)


@pytest.mark.parametrize(
    ("values", "words"), [({"colour": "red"}, "no hyperparameter colour"), ({"hidden_dimension": "9999"}, "9999")]
)
def test_wrong_hyperparameters_leave_nothing_behind(
    backend: Backend, group: GroupView, values: dict[str, str], words: str
) -> None:
    with pytest.raises(TrainingError, match=words):
        training.train(backend, group.arn, "wrong", "aws-hrnn", hyperparameters=values)
    assert "wrong" not in {solution["name"] for solution in backend.personalize.list_solutions()["solutions"]}


def test_stop_then_train_again(backend: Backend, group: GroupView) -> None:
    arn = training.train(backend, group.arn, "long", "aws-hrnn", hyperparameters={"epochs": "200"})
    training.stop(backend, arn)
    assert until(backend, arn, lambda version: not version.running).status == "CREATE STOPPED"
    with pytest.raises(TrainingError):
        training.stop(backend, arn)
    second = training.retry(backend, arn, {"epochs": "1", "hidden_dimension": "32"})
    version = trained(backend, second)
    assert version.ready
    assert version.hyperparameters == {"epochs": "1", "hidden_dimension": "32"}
    assert version.job is not None
    assert version.job.curve


def test_searched_version_holds_what_was_found_beside_the_defaults(backend: Backend, group: GroupView) -> None:
    card = next(card for card in recipes.recipe_cards(backend, group, 1500) if card.name == "aws-sims")
    assert card.searchable == ("popularity_discount_factor", "min_cointeraction_count")
    assert (card.seconds_with_search(4) or 0) > (card.expected_seconds or 0)
    by_hand = {"min_cointeraction_count": "2"}
    arn = training.train(backend, group.arn, "searched", "aws-sims", hyperparameters=by_hand, search_trials=3)
    version = trained(backend, arn)
    assert version.ready
    assert version.search_trials == 3
    assert version.hyperparameters == by_hand
    assert set(version.tuned) == {"popularity_discount_factor"}
    assert version.job is not None
    assert search.best_trial(version.job.trials).settings == dict(version.tuned)  # type: ignore[union-attr]
    again = training.create_solution(
        backend, group.arn, "searched", "aws-sims", hyperparameters=by_hand, search_trials=3
    )
    assert again == version.solution_arn
    with pytest.raises(NameTakenError):
        training.create_solution(backend, group.arn, "searched", "aws-sims", hyperparameters=by_hand)
    once_more = trained(backend, training.retry(backend, arn, {"min_cointeraction_count": "1"}))
    assert (once_more.search_trials, set(once_more.tuned)) == (3, {"popularity_discount_factor"})
    for solution in (version.solution_arn, once_more.solution_arn):
        training.delete_solution(backend, solution)


def test_recipe_without_tunable_settings_offers_no_search(backend: Backend, group: GroupView) -> None:
    cards = {card.name: card for card in recipes.recipe_cards(backend, group, 1500)}
    assert cards["aws-popularity-count"].searchable == ()
    with pytest.raises(TrainingError, match="nothing to search"):
        training.train(backend, group.arn, "none", "aws-popularity-count", search_trials=3)


def test_unknown_event_type_fails_with_awss_words(backend: Backend, group: GroupView) -> None:
    arn = training.train(backend, group.arn, "typed", "aws-popularity-count", event_type="purchase")
    version = trained(backend, arn)
    assert version.failed
    assert "purchase" in (version.failure_reason or "")


def test_deploy_creates_then_updates_one_campaign(backend: Backend, group: GroupView, ready: VersionView) -> None:
    campaign = training.deploy(backend, ready.arn, "shop-window")
    again = trained(backend, training.create_version(backend, ready.solution_arn))
    assert training.deploy(backend, again.arn, "shop-window") == campaign
    served = {view.name: view.solution_version_arn for view in versions.campaigns(backend, group.arn)}
    assert served == {"shop-window": again.arn}
    assert [view.name for view in (versions.version(backend, again.arn) or ready).campaigns] == ["shop-window"]
    training.delete_campaign(backend, campaign)
    assert versions.campaigns(backend, group.arn) == []


def test_deleting_a_solution_takes_its_campaigns_along(backend: Backend, group: GroupView) -> None:
    version = trained(backend, training.train(backend, group.arn, "doomed", "aws-popularity-count"))
    training.deploy(backend, version.arn, "doomed")
    training.delete_solution(backend, version.solution_arn)
    assert versions.version(backend, version.arn) is None
    assert "doomed" not in {view.name for view in versions.campaigns(backend, group.arn)}


def test_data_is_not_deleted_while_something_trains_on_it(backend: Backend, group: GroupView) -> None:
    arn = training.train(backend, group.arn, "busy", "aws-hrnn", hyperparameters={"epochs": "200"})
    with pytest.raises(DataError, match="busy is being trained"):
        delete_group(backend, group.name)
    training.stop(backend, arn)
    until(backend, arn, lambda version: not version.running)
    assert find_group(backend, group.name) is not None
