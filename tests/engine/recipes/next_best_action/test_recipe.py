"""aws-next-best-action: propensities by taste, enough data, value, exploration, and answers through boto3."""

import json
from dataclasses import replace

import numpy as np
import pytest

from services.engine.errors import JobFailed
from services.engine.jobs.evaluation.actions import area_under_the_curve, before, evaluate_actions, moment_of
from services.engine.recipes.actions import (
    NOT_TAKEN,
    TAKEN,
    VIEWED,
    ActionEvents,
    ActionTrainingData,
    Person,
    event_code,
)
from services.engine.recipes.base import SilentProgress, TrainingData, TrainOptions
from services.engine.recipes.hyperparameters import complete
from services.engine.recipes.next_best_action.cases import cases_of
from services.engine.recipes.next_best_action.model import NextBestActionModel
from services.engine.recipes.next_best_action.propensity import shrunk_rates
from services.engine.recipes.registry import find, load_model, load_recipe
from tests.engine.recipes.next_best_action.worlds import DAY_S, START, two_kinds
from tests.engine.recipes.synthetic import checkerboard

NAME = "aws-next-best-action"
NOW = START + 46 * DAY_S


def train(data: TrainingData, **algorithm: str) -> NextBestActionModel:
    values = complete(NAME, find(NAME).hyperparameters, algorithm)
    model = load_recipe(NAME).train(data, TrainOptions(values), SilentProgress())
    assert isinstance(model, NextBestActionModel)
    return model


@pytest.fixture(scope="module")
def world() -> ActionTrainingData:
    return two_kinds()


@pytest.fixture(scope="module")
def model(world: ActionTrainingData) -> NextBestActionModel:
    return train(world)


def newcomer(world: ActionTrainingData, user: int) -> Person:
    """Return somebody with a user's item history who has met no action."""
    return Person(*world.histories.of(user))


def test_propensity_follows_taste_for_people_who_met_no_action(world, model) -> None:
    even, odd = (model.propensities(newcomer(world, user), NOW) for user in (0, 1))
    assert even[0] > 0.5 > even[1]
    assert odd[1] > 0.5 > odd[0]
    assert 0.3 < even[2] < 0.7


def test_what_a_person_did_with_an_action_counts(world, model) -> None:
    items, times = world.histories.of(0)
    moments = NOW - DAY_S * np.arange(4, 0, -1)
    refused = ActionEvents(np.full(4, 2, np.int32), np.full(4, NOT_TAKEN, np.int8), moments)
    took = ActionEvents(np.full(4, 2, np.int32), np.full(4, TAKEN, np.int8), moments)
    chances = [model.propensities(Person(items, times, events), NOW)[2] for events in (refused, took)]
    assert chances[0] != chances[1]


def test_actions_with_too_little_data_have_no_propensity_and_are_tried(world, model) -> None:
    person = newcomer(world, 0)
    assert model.propensities(person, NOW)[3] == 0
    firsts = [model.ranked(person, NOW, 1, seed=seed)[0] for seed in range(200)]
    assert 5 <= firsts.count(3) <= 45
    assert set(model.ranked(person, NOW, 10).tolist()) == {0, 1, 2, 3}


def test_only_what_is_allowed_is_ranked(world, model) -> None:
    allowed = np.array([False, True, True, False])
    assert set(model.ranked(newcomer(world, 0), NOW, 4, allowed).tolist()) == {1, 2}


def test_expected_value_may_order_instead(world, model) -> None:
    by_value = train(world, order="expected value")
    without_tries = np.array([True, True, True, False])
    person = newcomer(world, 0)
    assert model.ranked(person, NOW, 1, without_tries)[0] == 0
    assert by_value.ranked(person, NOW, 1, without_tries)[0] == 2  # half of 9 is more than most of 1


def test_a_view_that_leads_to_a_taking_is_one_case() -> None:
    moments = START + DAY_S * np.array([0, 2, 10, 40])
    events = ActionEvents(
        np.array([0, 0, 1, 1], np.int32), np.array([VIEWED, TAKEN, VIEWED, TAKEN], np.int8), moments.astype(np.int64)
    )
    actions = replace(two_kinds(n_users=1).actions, offsets=np.array([0, 4]), events=events)
    histories = checkerboard(n_users=1)
    cases = cases_of(actions, histories, np.zeros((histories.n_items, 2), np.float32), 14 * DAY_S, 0)
    assert cases.actions.tolist() == [0, 1, 1]
    assert cases.taken.tolist() == [True, False, True]


def test_rates_of_few_cases_are_those_of_their_kind(world) -> None:
    rates = shrunk_rates(np.array([900.0, 0, 10, 0]), np.array([1000.0, 0, 100, 0]), world.actions.columns)
    assert rates[0] == pytest.approx(0.9, abs=0.02)
    assert rates[1] > rates[3]


def test_evaluation_tells_taste_from_chance(world) -> None:
    moment = moment_of(world.actions)
    measured = train(before(world, moment))
    cases = cases_of(world.actions, world.histories, measured.contributions, 14 * DAY_S, moment)
    evaluation, metrics = evaluate_actions(measured, cases, world, moment)
    assert metrics["area_under_the_curve"] > 0.7
    assert {"coverage", "precision", "recall"} <= set(metrics)
    ndcg = "normalized_discounted_cumulative_gain_at_5"
    assert metrics[ndcg] > evaluation.method("random").metrics[ndcg].value


def test_area_under_the_curve_counts_ties_half() -> None:
    happened = np.array([True, False, True, False])
    assert area_under_the_curve(np.array([3, 1, 3, 1], np.float32), happened) == 1.0
    assert area_under_the_curve(np.ones(4, np.float32), happened) == 0.5


def test_model_survives_saving_as_read_only_arrays(world, model) -> None:
    arrays = {name: array.copy() for name, array in model.to_arrays().items()}
    for array in arrays.values():
        array.flags.writeable = False
    loaded = load_model(NAME, arrays, json.loads(json.dumps(model.to_config())))
    assert isinstance(loaded, NextBestActionModel)
    person = newcomer(world, 3)
    np.testing.assert_array_equal(loaded.propensities(person, NOW), model.propensities(person, NOW))


def test_without_events_everything_is_tried(world) -> None:
    offsets = np.zeros_like(world.actions.offsets)
    nothing = replace(
        world.actions, offsets=offsets, events=ActionEvents(*(rows[:0] for rows in vars(world.actions.events).values()))
    )
    model = train(replace(world, actions=nothing))
    assert not model.propensities(newcomer(world, 0), NOW).any()
    assert len(model.ranked(newcomer(world, 0), NOW, 4)) == 4


def test_without_actions_it_cannot_be_trained() -> None:
    with pytest.raises(JobFailed, match="has no actions"):
        train(TrainingData(checkerboard()))


def test_event_types_are_read_in_all_of_awss_spellings() -> None:
    assert [event_code(text) for text in ("Not Taken", "NOT_TAKEN", "Not taken")] == [NOT_TAKEN] * 3
    assert event_code("clicked") is None
