"""Metrics of lists beside NIST's trec_eval, on random small cases: the same figures, person by person."""

import numpy as np
import pytest

from services.laboratory import ranking_metrics
from tests.needs import need

need("pytrec_eval")
import pytrec_eval  # noqa: E402

CUT_OFFS = (1, 5, 10, 25)
THEIRS = {"precision": "P", "recall": "recall", "map": "map_cut", "ndcg": "ndcg_cut", "hit_rate": "success"}


def cases(seed: int) -> tuple[list[list[str]], list[list[str]]]:
    """Return lists and truths of 40 people: short and whole lists, few and many right ones, none for some."""
    rng = np.random.default_rng(seed)
    items = [f"i{number}" for number in range(60)]
    lists = [list(rng.permutation(items)[: rng.integers(0, 26)]) for _ in range(40)]
    return lists, [list(rng.permutation(items)[: rng.integers(1, 40)]) for _ in range(40)]


@pytest.mark.parametrize("seed", range(5))
def test_hits_and_their_order_are_measured_as_trec_eval_does(seed: int) -> None:
    lists, truth = cases(seed)
    measured = ranking_metrics.hits(lists, truth)
    n_taken = np.array([len(taken) for taken in truth])
    wanted = {f"{name}.{','.join(map(str, CUT_OFFS))}" for name in THEIRS.values()}
    qrel = {f"u{row}": dict.fromkeys(taken, 1) for row, taken in enumerate(truth)}
    ours = {
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
            found = ours[metric](k)
            expected = [theirs.get(f"u{row}", {}).get(f"{name}_{k}", 0.0) for row in range(len(lists))]
            np.testing.assert_allclose(found, expected, atol=1e-9, err_msg=f"{metric}@{k}")


@pytest.mark.parametrize("k", CUT_OFFS)
def test_the_first_right_one_is_found_where_trec_eval_finds_it(k: int) -> None:
    lists, truth = cases(11)
    qrel = {f"u{row}": dict.fromkeys(taken, 1) for row, taken in enumerate(truth)}
    run = {f"u{row}": {item: 1 / (place + 1) for place, item in enumerate(own[:k])} for row, own in enumerate(lists)}
    theirs = pytrec_eval.RelevanceEvaluator(qrel, {"recip_rank"}).evaluate(run)
    found = ranking_metrics.reciprocal_rank(ranking_metrics.hits(lists, truth), k)
    expected = [theirs.get(f"u{row}", {}).get("recip_rank", 0.0) for row in range(len(lists))]
    np.testing.assert_allclose(found, expected, atol=1e-9)
