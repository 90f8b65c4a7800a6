"""The cluster index: the lists of all items scored, hidden items, the softmax, what has none, and storage."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from services.engine.data.vocabulary import Vocabulary
from services.engine.models.artifacts import Artifact, map_arrays, read_artifact, write_arrays, write_artifact
from services.engine.models.evaluation_file import VersionEvaluation
from services.engine.recipes import item_clusters
from services.engine.recipes.base import Histories, UserState
from services.engine.recipes.counting.popularity import PopularityModel
from services.engine.recipes.hrnn.model import HrnnModel
from services.engine.recipes.item_clusters import ClusterIndex, build_index, probe_of
from services.engine.recipes.top_items import top_items
from services.engine.runtime.inference import recommend_for_user

N_ITEMS, N_TRAINED, SIZE, STATE = 3_000, 2_900, 16, 24


def model(*, masks_seen: bool = True, scattered: bool = False) -> HrnnModel:
    """Return a model whose items have forty kinds, each near one direction; or that have no kinds at all."""
    rng = np.random.default_rng(0)

    def normal(*shape: int) -> np.ndarray:
        return rng.normal(0.0, 0.2, shape).astype(np.float32)

    kinds = rng.normal(0.0, 1.0, (40, SIZE))
    items = rng.normal(0.0, 1.0, (N_TRAINED, SIZE)) if scattered else kinds[rng.integers(0, 40, N_TRAINED)]
    items = items + 0.15 * rng.normal(size=(N_TRAINED, SIZE))
    weights = {
        "items": items.astype(np.float32),
        "item_bias": normal(N_TRAINED),
        "gaps": normal(20, SIZE),
        "input_gain": np.ones(SIZE, np.float32),
        "input_shift": normal(SIZE),
        "w_x": normal(SIZE, 3 * STATE),
        "b_x": normal(3 * STATE),
        "w_h": normal(STATE, 3 * STATE),
        "b_n": normal(STATE),
        "keep": np.ones((4, STATE), np.float32),
        "w_o": normal(STATE, SIZE),
        "b_o": normal(SIZE),
        "output_gain": np.ones(SIZE, np.float32),
        "output_shift": normal(SIZE),
        "trained_items": np.sort(rng.permutation(N_ITEMS)[:N_TRAINED]).astype(np.int32),
        "popularity": np.ones(N_TRAINED),
    }
    return HrnnModel(weights, {"n_items": N_ITEMS, "masks_seen": masks_seen})


def states(n: int = 60) -> list[UserState]:
    rng = np.random.default_rng(1)
    seen = [np.sort(rng.permutation(N_ITEMS)[:80]).astype(np.int32) for _ in range(n)]
    return [UserState(rng.normal(0.0, 0.7, STATE).astype(np.float32), own, 1, 80) for own in seen]


@pytest.fixture(scope="module")
def index() -> ClusterIndex:
    built = build_index(model(), states(), min_items=1_000)
    assert built is not None
    return built


@pytest.mark.parametrize("masks_seen", [True, False])
def test_lists_are_those_of_all_items_from_a_part_of_the_clusters(index: ClusterIndex, masks_seen: bool) -> None:
    asked, probe = model(masks_seen=masks_seen), probe_of(model(masks_seen=masks_seen))
    assert probe is not None
    assert index.n_looked_at <= len(index.means) / 2
    equal = []
    for state in states(200):
        output = probe.output(state)
        assert output is not None
        hidden = state.seen if probe.hides_seen else state.seen[:0]
        items, _ = index.best(output, hidden, 25)
        equal.append((items == top_items(asked.item_scores([state]), 25)[0]).mean())
        assert not set(items.tolist()) & set(hidden.tolist())
    assert np.mean(equal) >= 0.999


def test_scores_are_the_softmax_over_all_items_to_a_few_percent(index: ClusterIndex) -> None:
    asked, probe = model(), probe_of(model())
    assert probe is not None
    for state in states(50):
        output = probe.output(state)
        assert output is not None
        items, scores = index.best(output, state.seen, 10)
        assert scores == pytest.approx(asked.item_scores([state])[0, items], abs=0.1)
        assert (np.diff(scores) <= 0).all()


def test_looking_at_all_clusters_gives_the_exact_list_and_nothing_twice(index: ClusterIndex) -> None:
    whole, probe = replace(index, n_looked_at=len(index.means)), probe_of(model())
    assert probe is not None
    state = states(1)[0]
    output = probe.output(state)
    assert output is not None
    items, scores = whole.best(output, state.seen, N_ITEMS)
    trained = set(model().to_arrays()["trained_items"].tolist())
    assert set(items.tolist()) == trained - set(state.seen.tolist())
    assert len(items) == len(set(items.tolist()))
    assert scores == pytest.approx(model().item_scores([state])[0, items], abs=1e-4)


def test_equal_scores_are_in_the_order_of_their_items() -> None:
    vectors = np.zeros((4, 3), np.float32)
    places = np.array([2, 3, 0, 1], np.int32)
    tied = ClusterIndex(
        items=np.array([2, 3, 0, 1], np.int32),
        offsets=np.array([0, 2, 4], np.int64),
        vectors=vectors,
        means=np.zeros((2, 3), np.float32),
        spreads=np.zeros(2, np.float32),
        places=places,
        n_looked_at=2,
    )
    assert tied.best(np.ones(2, np.float32), np.array([1], np.int32), 4)[0].tolist() == [0, 2, 3]


def test_there_is_none_where_it_would_give_other_lists(monkeypatch) -> None:
    monkeypatch.setattr(item_clusters, "EQUAL_PLACES", 1.1)
    assert build_index(model(), states(5), min_items=1_000) is None


def test_there_is_none_for_few_items_other_models_or_nobody_with_a_history() -> None:
    nobody = [UserState(np.zeros(STATE, np.float32), np.empty(0, np.int32))]
    assert build_index(model(), states(5)) is None
    assert build_index(PopularityModel(np.arange(5)), [], min_items=1) is None
    assert build_index(model(), nobody, min_items=1_000) is None


def test_two_builds_and_a_stored_index_agree(index: ClusterIndex, tmp_path: Path) -> None:
    again = build_index(model(), states(), min_items=1_000)
    assert again is not None
    write_arrays(tmp_path / "index.safetensors", again.to_arrays())
    stored = ClusterIndex.from_arrays(map_arrays(tmp_path / "index.safetensors"))
    assert stored.n_looked_at == index.n_looked_at
    for name, values in index.to_arrays().items():
        np.testing.assert_array_equal(stored.to_arrays()[name], values)


def test_a_version_answers_from_its_index_and_one_without_from_all_items(index: ClusterIndex, tmp_path: Path) -> None:
    people = states(20)
    offsets = np.arange(0, 80 * len(people) + 1, 80, dtype=np.int64)
    histories = Histories(
        offsets, np.concatenate([state.seen for state in people]), np.ones(offsets[-1], np.int64), N_ITEMS
    )
    names = [
        Vocabulary.from_ids(f"{kind}{number:04}" for number in range(n)) for kind, n in (("u", 20), ("i", N_ITEMS))
    ]
    vectors = np.stack([state.vector for state in people])
    without = Artifact("aws-hrnn", model(), *names, histories, vectors, {})
    nothing = VersionEvaluation(0, "", (), {})
    for name, artifact in (("without", without), ("with", replace(without, index=index))):
        write_artifact(tmp_path / name, artifact, nothing)
    plain, indexed = read_artifact(tmp_path / "without"), read_artifact(tmp_path / "with")
    assert plain.index is None
    assert indexed.index is not None
    for user in ("u0000", "u0007", "nobody"):
        for n in (10, 200):
            mine, theirs = recommend_for_user(indexed, user, n), recommend_for_user(plain, user, n)
            assert mine.item_indices.tolist() == theirs.item_indices.tolist()
            assert mine.scores == pytest.approx(theirs.scores, rel=0.1)
    for share in (0.8, 0.01):  # of the items that a filter allows: found in the index's list, and among all items
        allowed = np.random.default_rng(2).random(N_ITEMS) < share
        mine, theirs = (recommend_for_user(a, "u0003", 10, allowed=allowed) for a in (indexed, plain))
        assert mine.item_indices.tolist() == theirs.item_indices.tolist()
        assert allowed[mine.item_indices].all()
        assert len(mine.item_indices) == 10
