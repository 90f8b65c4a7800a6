"""One door: every source ends in the library and in CSV files that match their schemas."""

import json
import os
from pathlib import Path

import pandas as pd
import pytest

from services.checks import figures, insights, report
from services.library import prepared
from services.sources import load
from services.sources.film_demo.viewers import PERSONAS


@pytest.fixture(scope="module")
def demo() -> prepared.PreparedData:
    return load.load_demo()


def test_the_demo_is_kept_and_written(demo: prepared.PreparedData, tmp_path: Path) -> None:
    loaded, files = load.keep(demo, tmp_path)
    assert [file.dataset_type for file in files] == ["Interactions", "Items", "Users"]
    for file in files:
        header = file.csv.read_text(encoding="utf-8").split("\n", 1)[0].split(",")
        assert header == [field["name"] for field in json.loads(file.schema)["fields"]]
    back = pd.read_csv(files[1].csv, escapechar="\\", doublequote=False)
    assert back["TITLE"].tolist() == demo.items["TITLE"].tolist()
    assert loaded.n_events == len(demo.interactions)
    people = loaded.people()
    assert people.search("")["user_id"].head(8).tolist() == [persona.user_id for persona in PERSONAS]
    assert people.label("viewer-0001").startswith("Nora (simulated) · ")
    assert "Film-Noir" in people.label("viewer-0001")
    assert "Horror" in people.label("viewer-0002")
    assert people.segment("viewer-0008") == "new"


def test_the_demo_has_no_problems(demo: prepared.PreparedData) -> None:
    assert report.check(demo).empty
    assert "stop" not in insights.insights(demo)["state"].tolist()
    gap = figures.session_gap(demo)
    assert gap is not None
    assert 3 * 3600 < gap < 14 * 3600


@pytest.mark.skipif("EXPLORER_DATA" not in os.environ, reason="EXPLORER_DATA is not set")
def test_movielens_100k_is_kept(tmp_path: Path) -> None:
    data = load.load_movielens_from(Path(os.environ["EXPLORER_DATA"]) / "movielens-100k")
    loaded, files = load.keep(data, tmp_path)
    assert files[0].n_rows == 100_000
    assert loaded.catalog().label("1") == "Toy Story (1995)"
    assert loaded.people().label("1").startswith("18-24, technician · 272 films")
    assert report.check(data).empty
