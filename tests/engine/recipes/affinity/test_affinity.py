"""User segments: whom an item and a taste are for, whether the probabilities hold, and a version through boto3."""

import json
from dataclasses import replace

import numpy as np
import pytest

from services.engine.errors import InvalidInput, JobFailed
from services.engine.recipes.affinity import calibration
from services.engine.recipes.affinity.calibration import calibrate
from services.engine.recipes.affinity.known import known_at
from services.engine.recipes.affinity.model import AffinityModel
from services.engine.recipes.affinity.segments import Attribute
from services.engine.recipes.base import Column, Histories, SilentProgress, TrainingData, TrainOptions
from services.engine.recipes.histories import keep_events
from services.engine.recipes.hyperparameters import defaults
from services.engine.recipes.registry import find, load_model, load_recipe
from services.engine.runtime.segments import people_for
from services.engine.testing import test_engine, tiny_world
from tests.engine.recipes.synthetic import checkerboard

ITEMS, ATTRIBUTES = "aws-item-affinity", "aws-item-attribute-affinity"
EVEN, ODD = (Attribute("colour", "black"),), (Attribute("colour", "white"),)


def at_any_time(histories: Histories, seed: int = 0) -> Histories:
    """Return the events at times at which everybody is active from the beginning to the end."""
    rng = np.random.default_rng(seed)
    times = [np.sort(rng.integers(0, 1_000_000, length)) for length in histories.lengths().tolist()]
    return replace(histories, timestamps=np.concatenate(times).astype(np.int64))


def colours(n_items: int = 40) -> tuple[Column, ...]:
    values = np.arange(n_items, dtype=np.int32) % 2
    numbers = Column("PRICE", np.arange(n_items, dtype=np.float32) // 4)
    return Column("COLOUR", values, np.arange(n_items + 1, dtype=np.int64), ("black", "white")), numbers


def train(name: str, histories: Histories, columns: tuple[Column, ...] = ()) -> AffinityModel:
    model = load_recipe(name).train(TrainingData(histories, columns), TrainOptions(), SilentProgress())
    assert isinstance(model, AffinityModel)
    return model


@pytest.fixture(scope="module")
def board() -> Histories:
    return at_any_time(checkerboard(n_users=120))


def test_two_periods_count_where_nobody_came_back_in_the_newest() -> None:
    rng = np.random.default_rng(0)
    old = [sorted(rng.integers(0, 1000, 9).tolist()) for _ in range(200)]
    new = [sorted(rng.integers(1000, 1200, 4).tolist()) for _ in range(50)]
    lengths = [len(moments) for moments in (*old, *new)]
    items = rng.integers(0, 10, sum(lengths)).astype(np.int32)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    histories = Histories(offsets, items, np.concatenate([*old, *new]).astype(np.int64), 10)
    everything = np.arange(10, dtype=np.int32)
    fitted = calibrate(histories, [everything], 8, 0)
    known = known_at(histories, 1200, fitted.period_s, 8)
    assert fitted.period_s == pytest.approx(200, abs=20)
    said = fitted.probabilities(known.features(everything))
    assert said[200:].mean() > 0.8, "in the period before, nearly all who had been active came back"


@pytest.mark.parametrize(("name", "n", "apart"), [(ITEMS, 5, 0.5), (ATTRIBUTES, 2, 1.0)])
def test_the_periods_of_single_items_overlap(board: Histories, monkeypatch, name: str, n: int, apart: float) -> None:
    asked = []
    cases = calibration._cases
    monkeypatch.setattr(calibration, "_cases", lambda *given: asked.append(given[3:6]) or cases(*given))
    train(name, board, colours())
    starts, ends, (period_s, *_) = zip(*asked, strict=True)
    assert len(starts) == n
    np.testing.assert_allclose(-np.diff(starts), apart * period_s, atol=1)
    np.testing.assert_allclose(np.subtract(ends, starts), period_s, atol=1)


def test_an_item_is_for_people_of_its_colour(board: Histories) -> None:
    model = train(ITEMS, board)
    for item in range(0, 40, 7):
        had = set(np.flatnonzero([item in board.of(user)[0] for user in range(120)]).tolist())
        scores = model.user_scores(item)
        others = [user for user in np.argsort(-scores).tolist() if user not in had][:20]
        assert np.mean([user % 2 == item % 2 for user in others]) > 0.9


def test_a_taste_is_for_people_who_have_it(board: Histories) -> None:
    model = train(ATTRIBUTES, board, colours())
    for colour, question in enumerate((EVEN, ODD)):
        best = np.argsort(-model.user_scores(question))[:30]
        assert np.mean(best % 2 == colour) > 0.9


def test_attributes_are_joined_and_numbers_are_numbers(board: Histories) -> None:
    model = train(ATTRIBUTES, board, colours())
    both = model.user_scores((*EVEN, Attribute("ITEMS_PRICE"[6:], "3.0")))
    one_of_two = model.user_scores(EVEN)
    assert both.mean() < one_of_two.mean()


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ((Attribute("COLOUR", "blue"),), "No item with COLOUR"),
        ((Attribute("SIZE", "1"),), "trained on COLOUR, PRICE"),
        ((Attribute("PRICE", "much"),), "PRICE has numbers"),
        (40, "Nobody had this item"),
    ],
)
def test_what_training_did_not_see_is_named(board: Histories, question, words: str) -> None:
    larger = replace(board, n_items=41)
    model = train(ATTRIBUTES, larger, colours(41))
    with pytest.raises(InvalidInput, match=words):
        model.user_scores(question)


def test_probabilities_hold_on_later_events(board: Histories) -> None:
    rng = np.random.default_rng(5)
    taste = rng.dirichlet(np.ones(8), 300)
    groups = [rng.choice(8, 60, p=taste[user]) for user in range(300)]
    items = np.concatenate([group * 5 + rng.integers(0, 5, 60) for group in groups]).astype(np.int32)
    times = np.concatenate([np.sort(rng.integers(0, 1_000_000, 60)) for _ in range(300)]).astype(np.int64)
    histories = Histories(np.arange(0, 300 * 60 + 1, 60, dtype=np.int64), items, times, 40)
    past = keep_events(histories, times < 900_000)
    column = Column("KIND", np.arange(40, dtype=np.int32) // 5, np.arange(41, dtype=np.int64), tuple("abcdefgh"))
    model = train(ATTRIBUTES, past, (column,))
    until = 900_000 + model.calibration.period_s
    future = keep_events(histories, (times >= 900_000) & (times < until))
    users = np.repeat(np.arange(300), future.lengths())
    said = np.stack([model.user_scores((Attribute("KIND", kind),)) for kind in "abcdefgh"])
    happened = np.zeros((8, 300), bool)
    happened[future.items // 5, users] = True
    top = np.argsort(-said, axis=None)[:240]
    assert said.ravel()[top].mean() == pytest.approx(happened.ravel()[top].mean(), abs=0.06)
    assert said.mean() == pytest.approx(happened.mean(), abs=0.03)


def test_model_survives_saving_as_read_only_arrays(board: Histories) -> None:
    model = train(ATTRIBUTES, board, colours())
    arrays = {name: array.copy() for name, array in model.to_arrays().items()}
    for array in arrays.values():
        array.flags.writeable = False
    loaded = load_model(ATTRIBUTES, arrays, json.loads(json.dumps(model.to_config())))
    assert isinstance(loaded, AffinityModel)
    np.testing.assert_array_equal(loaded.user_scores(EVEN), model.user_scores(EVEN))


def test_an_empty_cell_of_a_number_is_nobodys(board: Histories) -> None:
    colour, price = colours()
    cells = np.where(np.arange(40) % 2 == 0, np.nan, price.values).astype(np.float32)
    model = train(ATTRIBUTES, board, (colour, Column("PRICE", cells)))
    arrays = model.to_arrays()
    assert not any(np.isnan(array).any() for array in arrays.values() if array.dtype.kind == "f")
    loaded = load_model(ATTRIBUTES, arrays, json.loads(json.dumps(model.to_config())))
    assert isinstance(loaded, AffinityModel)
    assert loaded._items_of((Attribute("PRICE", "3"),)).tolist() == [13, 15]
    for value in ("inf", "nan"):
        with pytest.raises(InvalidInput, match="No item with PRICE"):
            loaded.user_scores((Attribute("PRICE", value),))


def test_data_without_time_or_columns_is_refused(board: Histories) -> None:
    with pytest.raises(JobFailed, match="same TIMESTAMP"):
        train(ITEMS, replace(board, timestamps=np.zeros_like(board.timestamps)))
    with pytest.raises(JobFailed, match="no column of categories"):
        train(ATTRIBUTES, board)


def test_the_only_hyperparameter_is_awss() -> None:
    for name in (ITEMS, ATTRIBUTES):
        assert defaults(find(name).hyperparameters, featurization=False) == {"hidden_dimension": "149"}


@pytest.mark.parametrize("name", [ITEMS, ATTRIBUTES])
def test_a_version_is_trained_measured_and_answers(tmp_path, name: str) -> None:
    with test_engine(tmp_path) as engine:
        world = tiny_world(engine, name)
        metrics = engine.client("personalize").get_solution_metrics(solutionVersionArn=world.solution_version)[
            "metrics"
        ]
        assert set(metrics) == {"coverage", "hits_at_1_percent", "recall_at_1_percent"}
        artifact = engine.context.models.get(world.solution_version)
        question = artifact.items.index_of("i1") if name == ITEMS else (Attribute("CATEGORY", "toys"),)
        segment = people_for(artifact, question, 10)
        assert len(segment.user_indices) == 10
        assert (np.diff(segment.probabilities) <= 0).all()
        assert ((segment.probabilities > 0) & (segment.probabilities < 1)).all()
