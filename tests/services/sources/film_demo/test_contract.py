"""The demo's stories in the lists of a trained HRNN; thresholds were fixed on the first good generation."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from services.engine.jobs.evaluation.metrics import evaluate_model
from services.engine.jobs.evaluation.split import sequence_split
from services.engine.recipes import hyperparameters, registry
from services.engine.recipes.base import Histories, SilentProgress, TrainingData, TrainOptions, UserModel, UserState
from services.engine.recipes.histories import select_users, user_state
from services.engine.recipes.top_items import top_items
from services.sources.film_demo.generator import DEMO_SEED, generate
from services.sources.film_demo.viewers import BEN, JO, MIA, NORA, PERSONAS

K = 25
DAY_S = 86_400
MIN_USERS = 30
"""Below this a segment is too small to tell anything."""
pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Trained:
    """What the app has after its one click: both models and every viewer's state."""

    histories: Histories
    hrnn: UserModel
    popularity: UserModel
    states: Sequence[UserState]
    segments: pd.DataFrame
    """length, difference: one row per test viewer, NDCG at 25 of HRNN minus that of popularity without seen films."""

    def lists(self, states: Sequence[UserState]) -> np.ndarray:
        """HRNN's 25 films for each state: int32 (len(states), 25)."""
        return top_items(self.hrnn.item_scores(states), K)

    def after_events_of(self, viewer: int, other: int, n: int) -> set[int]:
        """The viewer's list after the other's latest n films, oldest of them first, sent from the next day on."""
        items, times = self.histories.of(other)
        items, times = items[-n:], times[-n:]
        state = self.states[viewer]
        shift = max(0, state.last_timestamp + DAY_S - int(times[0]))
        return set(self.lists([self.hrnn.advance(state, items, times + shift)])[0].tolist())


def train(recipe: str, histories: Histories) -> UserModel:
    info = registry.find(recipe)
    values = hyperparameters.complete(recipe, info.hyperparameters, None, None)
    model = registry.load_recipe(recipe).train(TrainingData(histories), TrainOptions(values), SilentProgress())
    assert isinstance(model, UserModel)
    return model


@pytest.fixture(scope="module")
def trained() -> Trained:
    demo = generate(DEMO_SEED)
    watched = demo.interactions[demo.interactions["EVENT_TYPE"] == "watch"]
    user = pd.Index(demo.users["USER_ID"]).get_indexer(watched["USER_ID"])
    item = pd.Index(demo.items["ITEM_ID"]).get_indexer(watched["ITEM_ID"])
    order = np.argsort(user, kind="stable")
    offsets = np.concatenate([[0], np.cumsum(np.bincount(user, minlength=len(demo.users)))]).astype(np.int64)
    times = watched["TIMESTAMP"].to_numpy()[order].astype(np.int64)
    histories = Histories(offsets, item[order].astype(np.int32), times, len(demo.items))
    split = sequence_split(histories, seed=0, test_share=0.25)
    hrnn = train("aws-hrnn", select_users(histories, split.train_users))
    popularity = train("aws-popularity-count", histories)
    key = "normalized_discounted_cumulative_gain_at_25"
    model = evaluate_model(hrnn, split.inputs, split.targets).per_user[key]
    baseline = evaluate_model(popularity, split.inputs, split.targets, hide_seen=True).per_user[key]
    segments = pd.DataFrame({"length": split.inputs.lengths(), "difference": model - baseline})
    vectors = hrnn.states(histories, SilentProgress())
    states = [user_state(histories, vectors, row) for row in range(histories.n_users)]
    return Trained(histories, hrnn, popularity, states, segments)


@pytest.fixture(scope="module")
def lists(trained: Trained) -> np.ndarray:
    return trained.lists(trained.states)


def test_two_random_viewers_share_few_films(lists: np.ndarray) -> None:
    pairs = np.random.default_rng(0).integers(0, len(lists), (2_000, 2))
    shared = [len(np.intersect1d(lists[a], lists[b])) for a, b in pairs if a != b]
    assert 1.2 <= np.mean(shared) <= 9


def test_two_random_viewers_share_most_of_popularity(trained: Trained) -> None:
    popular = top_items(trained.popularity.item_scores(trained.states[:50]), K)
    shared = [len(np.intersect1d(popular[a], popular[a + 1])) for a in range(49)]
    assert np.mean(shared) >= 15


def test_nora_and_ben_share_at_most_one(lists: np.ndarray) -> None:
    assert len(np.intersect1d(lists[NORA], lists[BEN])) <= 1


def test_bens_evenings_turn_noras_list_and_mias_do_not(trained: Trained, lists: np.ndarray) -> None:
    bens = set(lists[BEN].tolist())
    assert len(trained.after_events_of(NORA, BEN, 8) & bens) >= 8  # the running means hold on to her life a while
    assert len(trained.after_events_of(NORA, BEN, 20) & bens) >= 15
    for n in (8, 20):
        assert len(trained.after_events_of(NORA, MIA, n) & bens) <= 3


def test_jos_list_is_close_to_popularity(trained: Trained, lists: np.ndarray) -> None:
    scores = trained.popularity.item_scores([trained.states[JO]]).copy()
    scores[0, trained.states[JO].seen] = -np.inf
    popular = set(top_items(scores, K)[0].tolist())
    shared = [len(popular & set(lists[row].tolist())) for row in range(len(PERSONAS) - 1)]
    assert shared[JO] >= 6
    assert max(count for row, count in enumerate(shared) if row != JO) < shared[JO]


def test_hrnn_beats_popularity_in_every_segment_from_20_events_on(trained: Trained) -> None:
    lengths = trained.segments["length"]
    told = 0
    for low, high in ((20, 50), (50, 100), (100, 1_000)):
        part = trained.segments.loc[(lengths >= low) & (lengths < high), "difference"]
        if len(part) >= MIN_USERS:
            told += 1
            assert part.mean() - 1.96 * part.std() / len(part) ** 0.5 > 0, (low, high, len(part))
    assert told >= 2
