"""The film demo as a contract: new films go to viewers of their own taste, whatever is held out."""

from pathlib import Path

import pandas as pd
import pytest

from services.laboratory.ranking_metrics import PLACES
from services.library.store import Library, LoadedData
from services.screens.cold_start.baselines import RANDOM, RIDGE_OF_A_USER, Baselines
from services.screens.cold_start.groups import diagonal, heat_map, tastes_of, viewer_groups
from services.screens.cold_start.measures import list_rows
from services.screens.cold_start.split import ALL, hold_out
from services.sources import load

COLUMN = "GENRES"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> LoadedData:
    home: Path = tmp_path_factory.mktemp("demo")
    return Library(home).save(load.load_demo())


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_eight_of_ten_groups_are_shown_their_own_kind(demo: LoadedData, seed: int) -> None:
    held = hold_out(demo, share=0.5, seed=seed, split=ALL, n_people=1000)
    categories = demo.categories(COLUMN)
    new = pd.DataFrame({"seed": seed, "item_id": list(held.new_items)})
    tastes = tastes_of(demo, held)
    found = viewer_groups(tastes[tastes["column"] == COLUMN], categories, new)
    assert len(found.enough) == 10
    taken = [(seed, user, item) for user, ids in held.taken.items() for item in ids]
    really = pd.DataFrame(taken, columns=["seed", "user_id", "item_id"])
    every = Baselines.of(held)
    for method, least in ((RIDGE_OF_A_USER, 8), (RANDOM, 0)):
        rows = list_rows(seed, method, every.lists(method, PLACES), held.taken)
        own = diagonal(heat_map(rows, really, found, categories, new))
        assert int((own >= 1.8).sum()) >= least
        if method == RANDOM:
            assert own.between(0.6, 1.6).all()
