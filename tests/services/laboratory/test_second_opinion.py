"""Metrics of lists beside NIST's trec_eval, RecTools and ranx, on random small cases: the same figures, user by user.

trec_eval is asked here. What RecTools and ranx say was written by `benchmarks.second_opinion`, whose docstring tells
why they are not installed with the tests. Not compared: RecTools' serendipity weighs a hit by how much lower its item
stands among bestsellers than in the list, where ours counts the hits that are no bestsellers.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics.pairwise import cosine_similarity

from services.laboratory import ranking_metrics
from services.screens.evaluation import measures
from tests.needs import need

OPINIONS = json.loads(Path(__file__).with_name("second_opinion.json").read_text())
GIVEN = OPINIONS["cases"]
CUT_OFFS = (1, 5, 10, 25)
THEIRS = {"precision": "P", "recall": "recall", "map": "map_cut", "ndcg": "ndcg_cut", "hit_rate": "success"}


def cases(seed: int) -> tuple[list[list[str]], list[list[str]]]:
    """Return lists and truths of 40 people: short and whole lists, few and many right ones, none for some."""
    rng = np.random.default_rng(seed)
    items = [f"i{number}" for number in range(60)]
    lists = [list(rng.permutation(items)[: rng.integers(0, 26)]) for _ in range(40)]
    return lists, [list(rng.permutation(items)[: rng.integers(1, 40)]) for _ in range(40)]


def ours() -> dict[str, np.ndarray]:
    """Return our metrics of the written cases."""
    before = pd.DataFrame(
        [(user, item) for user, own in GIVEN["history"].items() for item in own], columns=["USER_ID", "ITEM_ID"]
    )
    counted = measures.count_items(before, dict.fromkeys(GIVEN["items"], ()))
    return measures.measure([*GIVEN["lists"].values()], [*GIVEN["truth"].values()], counted)


@pytest.mark.parametrize("opinion", OPINIONS["opinions"])
def test_rectools_and_ranx_measure_the_same(opinion: str) -> None:
    found, said = ours(), OPINIONS["opinions"][opinion]
    metrics = ("precision", "recall", "hit_rate", "map", "mrr", "ndcg")
    for name in (f"{metric}_at_{k}" for metric in metrics for k in CUT_OFFS):
        assert np.std(said[name]) > 0, "cases that could not differ would show nothing"
        np.testing.assert_allclose(found[name], said[name], atol=1e-6, err_msg=f"{name}, {opinion}")


@pytest.mark.parametrize("k", CUT_OFFS)
def test_rectools_counts_the_same_items_and_the_people_who_had_them(k: int) -> None:
    (said,) = (said for name, said in OPINIONS["opinions"].items() if name.startswith("RecTools"))
    novelty = 1 - np.array(said[f"popularity_at_{k}"]) / len(GIVEN["history"])
    np.testing.assert_allclose(ours()[f"novelty_at_{k}"], novelty, atol=1e-6)
    shown = {item for own in GIVEN["lists"].values() for item in own[:k]}
    assert said[f"coverage_at_{k}"] == pytest.approx(len(shown) / len(GIVEN["items"]))


@pytest.mark.parametrize("k", CUT_OFFS)
def test_distance_between_lists_is_scikit_learns_cosine(k: int) -> None:
    lists = [own[:k] for own in GIVEN["lists"].values()]
    rows = np.array([[item in own for item in GIVEN["items"]] for own in lists], float)
    others = (cosine_similarity(rows).sum(axis=1) - 1) / (len(lists) - 1)
    np.testing.assert_allclose(ours()[f"personalisation_at_{k}"], 1 - others, atol=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_hits_and_their_order_are_measured_as_trec_eval_does(seed: int) -> None:
    need("pytrec_eval")
    import pytrec_eval

    lists, truth = cases(seed)
    measured = ranking_metrics.hits(lists, truth)
    n_taken = np.array([len(taken) for taken in truth])
    wanted = {f"{name}.{','.join(map(str, CUT_OFFS))}" for name in THEIRS.values()}
    qrel = {f"u{row}": dict.fromkeys(taken, 1) for row, taken in enumerate(truth)}
    mine = {
        "precision": lambda k: ranking_metrics.precision(measured, k),
        "recall": lambda k: ranking_metrics.recall(measured, k, n_taken),
        "map": lambda k: ranking_metrics.average_precision(measured, k, n_taken),
        "ndcg": lambda k: ranking_metrics.ndcg(measured, k, n_taken),
        "hit_rate": lambda k: ranking_metrics.hit_rate(measured, k),
    }
    run = {f"u{row}": {item: 1 / (place + 1) for place, item in enumerate(own)} for row, own in enumerate(lists)}
    theirs = pytrec_eval.RelevanceEvaluator(qrel, wanted).evaluate(run)
    for metric, name in THEIRS.items():
        for k in CUT_OFFS:
            found = mine[metric](k)
            expected = [theirs.get(f"u{row}", {}).get(f"{name}_{k}", 0.0) for row in range(len(lists))]
            np.testing.assert_allclose(found, expected, atol=1e-9, err_msg=f"{metric}@{k}")


@pytest.mark.parametrize("k", CUT_OFFS)
def test_the_first_right_one_is_found_where_trec_eval_finds_it(k: int) -> None:
    need("pytrec_eval")
    import pytrec_eval

    lists, truth = cases(11)
    qrel = {f"u{row}": dict.fromkeys(taken, 1) for row, taken in enumerate(truth)}
    run = {f"u{row}": {item: 1 / (place + 1) for place, item in enumerate(own[:k])} for row, own in enumerate(lists)}
    theirs = pytrec_eval.RelevanceEvaluator(qrel, {"recip_rank"}).evaluate(run)
    found = ranking_metrics.reciprocal_rank(ranking_metrics.hits(lists, truth), k)
    expected = [theirs.get(f"u{row}", {}).get("recip_rank", 0.0) for row in range(len(lists))]
    np.testing.assert_allclose(found, expected, atol=1e-9)
