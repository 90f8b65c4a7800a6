"""Two-step ridge: both code paths equal the closed form, and rare features find new items."""

import tracemalloc

import numpy as np
import pytest

from services.engine.recipes.base import Floats
from services.engine.recipes.hrnn_coldstart import two_step_ridge
from services.engine.recipes.hrnn_coldstart.two_step_ridge import (
    DAMPING,
    FEATURE_RIDGE,
    SHRINKAGE,
    item_tastes,
    predicted_directions,
)
from services.engine.recipes.hrnn_metadata.features import FeatureRows, learn_space
from tests.engine.recipes.synthetic import categorical, histories_of

N_WARM, N_COLD, N_USERS = 40, 12, 70


def world() -> tuple[list[list[int]], Floats]:
    """Return who met which of the known items, and features of known and new ones, (N_WARM + N_COLD, 6)."""
    rng = np.random.default_rng(3)
    walks = [rng.choice(N_WARM, rng.integers(3, 12), replace=False).tolist() for _ in range(N_USERS)]
    return walks, (rng.random((N_WARM + N_COLD, 6)) * (rng.random((N_WARM + N_COLD, 6)) < 0.5)).astype(np.float32)


def rows_of(design: Floats) -> FeatureRows:
    return FeatureRows(np.tile(np.arange(design.shape[1], dtype=np.int32), (len(design), 1)), design)


def scores(walks: list[list[int]], design: Floats, rank: int, damping: float = 0.0) -> Floats:
    trained = np.arange(N_WARM, dtype=np.int32)
    directions, tastes = item_tastes(histories_of(walks, N_WARM + N_COLD), trained, rank, damping)
    promised = predicted_directions(directions, rows_of(design[:N_WARM]), rows_of(design[N_WARM:]), design.shape[1])
    met = np.zeros((len(walks), N_WARM), np.float32)
    for user, walk in enumerate(walks):
        met[user, walk] = 1
    return met @ tastes @ promised.T


@pytest.mark.parametrize("damping", [0.0, DAMPING])
def test_all_directions_give_the_two_ridges_in_closed_form(damping: float) -> None:
    walks, design = world()
    met = np.zeros((N_USERS, N_WARM))
    for user, walk in enumerate(walks):
        met[user, walk] = 1
    met *= met.sum(axis=0) ** -damping
    known, new = design[:N_WARM].astype(float), design[N_WARM:].astype(float)
    filled = met @ np.linalg.solve(met.T @ met + SHRINKAGE * (met**2).sum() * np.eye(N_WARM), met.T @ met)
    expected = filled @ known @ np.linalg.solve(known.T @ known + FEATURE_RIDGE * np.eye(6), new.T)
    np.testing.assert_allclose(scores(walks, design, N_WARM, damping), expected, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("damping", [0.0, DAMPING])
def test_large_catalogues_take_another_way_to_the_same_scores(monkeypatch: pytest.MonkeyPatch, damping: float) -> None:
    walks, design = world()
    dense = scores(walks, design, 8, damping)
    monkeypatch.setattr(two_step_ridge, "_DENSE_ITEMS", 0)
    np.testing.assert_allclose(scores(walks, design, 8, damping), dense, rtol=5e-2, atol=2e-4)


def test_damping_hears_the_few_beside_a_hit() -> None:
    """All 300 users have the hit; 30 have a rare item of their own taste too, and that tells more of them."""
    walks = [[0, 1] if user < 30 else [0, 2 + user % 3] for user in range(300)]
    trained = np.arange(5, dtype=np.int32)

    def rare_part(damping: float) -> float:
        _, tastes = item_tastes(histories_of(walks, 5), trained, 5, damping)
        lengths = np.linalg.norm(tastes, axis=1)
        return float(lengths[1] / lengths[0])

    assert rare_part(DAMPING) > 1.3 * rare_part(0.0)


def test_who_comes_back_counts_once() -> None:
    walks, _ = world()
    trained = np.arange(N_WARM, dtype=np.int32)
    once = item_tastes(histories_of(walks, N_WARM), trained)[1]
    twice = item_tastes(histories_of([[*walk, *walk] for walk in walks], N_WARM), trained)[1]
    np.testing.assert_allclose(np.abs(twice), np.abs(once), atol=1e-5)


def test_first_users_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    walks, _ = world()
    trained = np.arange(N_WARM, dtype=np.int32)
    monkeypatch.setattr(two_step_ridge, "_MAX_EVENTS", sum(map(len, walks[:50])))
    first = item_tastes(histories_of(walks, N_WARM), trained)[1]
    np.testing.assert_allclose(first, item_tastes(histories_of(walks[:50], N_WARM), trained)[1], atol=1e-6)


def test_new_work_of_a_favourite_director_comes_first() -> None:
    """Sixty directors with three films each, the third one new; every user follows five directors."""
    rng = np.random.default_rng(5)
    n_directors = 60
    liked = [rng.choice(n_directors, 5, replace=False) for _ in range(400)]
    walks = [[int(2 * director + film) for director in directors for film in (0, 1)] for directors in liked]
    directors = [[f"d{film // 2}"] for film in range(2 * n_directors)] + [[f"d{number}"] for number in range(60)]
    column = categorical("DIRECTOR", directors)
    known = np.arange(2 * n_directors, dtype=np.int32)
    space = learn_space([column], np.arange(180) < 120)
    rows = space.encode([column], 180)
    directions, tastes = item_tastes(histories_of(walks, 180), known)
    promised = predicted_directions(directions, rows.take(known), rows.take(np.arange(120, 180)), space.n_features)
    shown = [np.argsort(-(tastes[walk].sum(axis=0) @ promised.T))[:5] for walk in walks]
    found = [len(set(top.tolist()) & set(own.tolist())) for top, own in zip(shown, liked, strict=True)]
    assert np.mean(found) > 4.5


def test_nothing_known_scores_nothing() -> None:
    walks, design = world()
    trained = np.arange(N_WARM, dtype=np.int32)
    directions, _ = item_tastes(histories_of(walks, N_WARM), trained)
    none = FeatureRows(np.zeros((N_WARM, 0), np.int32), np.zeros((N_WARM, 0), np.float32))
    assert not predicted_directions(directions, none, none, 0).any()
    empty = np.zeros_like(design)
    assert not predicted_directions(directions, rows_of(empty[:N_WARM]), rows_of(empty[N_WARM:]), 6).any()
    assert not item_tastes(histories_of([[], []], N_WARM), trained)[1].any()


def test_tens_of_thousands_of_categories_need_little_memory() -> None:
    n_items, n_features = 20_000, 50_000  # their normal matrix would take 20 GB
    rng = np.random.default_rng(0)
    ids = rng.integers(0, n_features, (n_items, 4)).astype(np.int32)
    rows = FeatureRows(ids, np.full((n_items, 4), 0.5, np.float32))
    tracemalloc.start()
    promised = predicted_directions(
        rng.normal(size=(n_items, 4)).astype(np.float32), rows, rows.take(np.arange(10)), n_features
    )
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert promised.shape == (10, 4)
    assert promised.any()
    assert peak < 100_000_000
