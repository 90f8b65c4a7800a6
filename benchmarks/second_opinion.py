"""What RecTools and ranx say of 24 lists, written where tests compare our metrics with it.

In an environment of their own (29 November 2026): RecTools 0.19.0 asks for numpy before 2 on Python 3.11, for pandas
before 3 and for Python before 3.14; ranx 0.3.21 brings 18 packages and 330 MB, of which numba's compiler is 173, to
measure what trec_eval does.

    python3.11 -m venv OPINION && OPINION/bin/pip install rectools==0.19.0 ranx==0.3.21
    OPINION/bin/python -m benchmarks.second_opinion tests/services/laboratory/second_opinion.json

Lists are whole and without repeats, and nobody has had an item twice: there the definitions of all are the same. Theirs
of serendipity, novelty in bits and distance within a list are others, and are left out.
"""

import json
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

CUT_OFFS = (1, 5, 10, 25)
N_USERS, N_ITEMS, LENGTH = 24, 240, 25
Frame = pd.DataFrame


def cases(seed: int = 15) -> dict[str, Any]:
    """Return lists, truth and history of every user; popular items are had by more, and listed by more."""
    rng = np.random.default_rng(seed)
    items, weight = np.array([f"i{n}" for n in range(N_ITEMS)]), 1 / np.arange(1, N_ITEMS + 1) ** 0.4

    def draw(n: int) -> list[str]:
        return list(map(str, rng.choice(items, n, replace=False, p=weight / weight.sum())))

    users = [f"u{n}" for n in range(N_USERS)]
    return {
        "items": items.tolist(),
        "lists": {user: draw(LENGTH) for user in users},
        "truth": {user: draw(int(rng.integers(1, 25))) for user in users},
        "history": {user: draw(int(rng.integers(1, 30))) for user in users},
    }


def of_rectools(given: dict[str, Any]) -> dict[str, Any]:
    """Return RecTools' metrics by name and cut-off: of every user, and CatalogCoverage of all."""
    from rectools import metrics as theirs

    def frame(part: str) -> Frame:
        rows = [(user, item, rank) for user, own in given[part].items() for rank, item in enumerate(own, 1)]
        return pd.DataFrame(rows, columns=["user_id", "item_id", "rank"])

    reco, truth, before = frame("lists"), frame("truth").drop(columns="rank"), frame("history").drop(columns="rank")
    catalog, found = given["items"], {}
    for k in CUT_OFFS:
        of_users = {
            "precision": theirs.Precision(k).calc_per_user(reco, truth),
            "recall": theirs.Recall(k).calc_per_user(reco, truth),
            "hit_rate": theirs.HitRate(k).calc_per_user(reco, truth),
            "map": theirs.MAP(k).calc_per_user(reco, truth),
            "mrr": theirs.MRR(k).calc_per_user(reco, truth),
            "ndcg": theirs.NDCG(k, divide_by_achievable=True).calc_per_user(reco, truth),
            "popularity": theirs.AvgRecPopularity(k).calc_per_user(reco, before),
        }
        for name, values in of_users.items():
            found[f"{name}_at_{k}"] = [round(float(values.get(user, 0.0)), 9) for user in given["lists"]]
        found[f"coverage_at_{k}"] = theirs.CatalogCoverage(k, normalize=True).calc(reco, catalog)
    return found


def of_ranx(given: dict[str, Any]) -> dict[str, Any]:
    """Return ranx's metrics by name and cut-off, of every user."""
    from ranx import Qrels, Run, evaluate

    names = {"precision": "precision", "recall": "recall", "hit_rate": "hit_rate", "map": "map", "mrr": "mrr"}
    run = Run({user: {item: 1 / rank for rank, item in enumerate(own, 1)} for user, own in given["lists"].items()})
    qrels = Qrels({user: dict.fromkeys(own, 1) for user, own in given["truth"].items()})
    found = {}
    for k in CUT_OFFS:
        for ours, name in (names | {"ndcg": "ndcg"}).items():
            values = np.atleast_1d(evaluate(qrels, run, f"{name}@{k}", return_mean=False))
            by_user = dict(zip(run.run.keys(), values, strict=True))
            found[f"{ours}_at_{k}"] = [round(float(by_user[user]), 9) for user in given["lists"]]
    return found


def main(target: Path) -> None:
    """Write cases and both opinions."""
    given = cases()
    said = {f"RecTools {version('rectools')}": of_rectools(given), f"ranx {version('ranx')}": of_ranx(given)}
    target.write_text(json.dumps({"cases": given, "opinions": said}, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
