"""Cold start: a run before, while and after it is measured, its three parts, and every state without one."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from pages.components import process
from pages.components.charts import cold_start as charts
from pages.components.charts import heat_map
from pages.components.cold_start import controls
from pages.components.keys import Key
from services.demo.steps import GROUP
from services.laboratory import runs
from services.laboratory.context import FAILED, RunContext
from services.laboratory.runs import LabRuns
from services.progress import Step
from services.screens.cold_start import new_items
from services.screens.cold_start.groups import MIN_VIEWERS
from tests.pages.driving import app_over, headline, opened, text, until, values
from tests.played import play_cold_start
from tests.prepared import copied

PAGE = "pages/cold_start_page.py"


@pytest.fixture(scope="session")
def cold_home(films_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The film demo with one finished run."""
    home = tmp_path_factory.mktemp("cold") / "home"
    copied(films_home, home)
    play_cold_start(home, "the first run")
    return home


@pytest.fixture
def cold_app(cold_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    yield from app_over(cold_home, monkeypatch)
    shutil.rmtree(cold_home / "laboratories" / "new_items", ignore_errors=True)


def test_a_finished_run_says_what_a_click_costs_beside_chance(cold_app: AppTest) -> None:
    app = opened(cold_app, PAGE)
    assert not app.error
    assert headline(app).startswith("Of the new films recommended, ")
    assert "; of random ones, " in headline(app)
    assert len(headline(app)) <= 140
    assert list(values(app)) == [
        "Click rate, 25 places",
        "Predicted bestsellers",
        "New films shown",
        "Cost of a click",
        "Worst served",
    ]
    assert values(app)["New films shown"].endswith(" of 737")
    assert "own taste" in text(app)
    assert "A click means that the viewer watched the new film" in text(app)
    assert "1,000 draws of the 1 draw\nof items" in text(app)
    assert (app.query_params[Key.COLD_BY], app.query_params[Key.COLD_RUN]) == ("GENRES", "the first run")


def test_cost_and_currency_are_the_persons_own(cold_app: AppTest) -> None:
    app = opened(cold_app, PAGE)
    before = float(values(app)["Cost of a click"])
    app.get_by_key(Key.COLD_COST).set_value(0.1)
    app.get_by_key(Key.COLD_CURRENCY).set_value("EUR").run()
    amount, currency = values(app)["Cost of a click"].split()
    assert currency == "EUR"
    assert float(amount) == pytest.approx(10 * before, abs=0.05)  # shown with two decimals


@pytest.mark.parametrize("kind", ["Watched", "Difference"])
def test_the_map_shows_what_people_took_too(cold_app: AppTest, kind: str) -> None:
    app = opened(cold_app, PAGE, **{Key.COLD_MAP: kind})
    assert app.get_by_key(Key.COLD_MAP).value == {"Watched": "taken"}.get(kind, "difference")
    assert headline(app).startswith("Of the new films")


def test_another_metric_changes_the_methods_alone(cold_app: AppTest) -> None:
    app = opened(cold_app, PAGE)
    said = headline(app)
    app.get_by_key(Key.COLD_METRIC).set_value("mean_reciprocal_rank_at_25").run()
    assert headline(app) == said


def test_the_weight_of_exploration_says_what_it_costs(cold_app: AppTest) -> None:
    app = opened(cold_app, PAGE, **{Key.COLD_VIEW: controls.EXPLORING})
    assert headline(app).startswith("At weight 0.3: ")
    app.get_by_key(Key.COLD_WEIGHT).set_value(0.0).run()
    assert headline(app).startswith("At weight 0: 0.0 of 25 films shown are new")
    assert "A new film that is never shown gets no events" in text(app)
    assert values(app)["Hits lost"] == "0"
    app.get_by_key(Key.COLD_WEIGHT).set_value(0.75).run()
    assert "between two measured weights" in headline(app)


def test_without_a_run_four_steps_say_what_would_be_measured(films_app: AppTest) -> None:
    app = opened(films_app, PAGE)
    assert "nobody has watched yet" in headline(app)
    assert app.button(key="cold_first").label.startswith("Measure it · about ")
    assert "lose every event" in text(app)


def test_a_run_is_started_followed_stopped_and_removed(own_films_app: AppTest) -> None:
    app = opened(own_films_app, PAGE)
    app.button(key="cold_first").click().run()
    until(app, lambda at: "is being measured" in text(at))
    assert headline(app) == "Measuring: who would like films that nobody has watched yet?"
    assert app.button(key="cold_start_new").disabled
    app.button(key="cold_stop").click().run()
    until(app, lambda at: any(button.key == "cold_remove" for button in at.button))
    assert "Stopped" in app.error[0].value
    app.button(key="cold_remove").click().run()
    assert app.button(key="cold_first")


def test_a_failed_run_names_its_step_and_what_is_kept(own_films_app: AppTest) -> None:
    app = opened(own_films_app, PAGE)
    folder = runs.create(process.backend().home / "laboratories", "cold_start", "bad luck", {"group": GROUP})
    context = RunContext(folder)
    context.report([Step("import", "Import what is left", "done"), Step("train", "Train and deploy", "running")])
    context.end(FAILED, "The worker ended (out of memory?).")
    app.run()
    assert headline(app) == "The run bad luck did not finish."
    assert "“Train and deploy” did not work: The worker ended" in app.error[0].value
    assert "1 step is finished" in app.error[0].value
    assert LabRuns(process.backend().home).find(folder.name).state == FAILED  # type: ignore[union-attr]


def test_a_screen_without_data_offers_the_demo(empty_app: AppTest) -> None:
    assert headline(opened(empty_app, PAGE)) == "No data yet: load some first."


FORM = {"TITLE": "Rear Window 2", "YEAR": "1999", "GENRES": "Film-Noir", "DIRECTOR": "A. Hitchcock", "CAST": "Nobody"}


def filled(app: AppTest, **more: str) -> AppTest:
    app = opened(app, PAGE, **{Key.COLD_VIEW: controls.TRULY_NEW})
    for name, value in (FORM | more).items():
        app.get_by_key(f"{Key.COLD_FORM}_{name}").set_value(value)
    return app


def put_in(app: AppTest) -> AppTest:
    return next(button for button in app.button if button.label == "Put it in").click().run()


def test_a_new_item_is_stored_and_waits_for_the_next_version(
    cold_app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored: list[Any] = []
    monkeypatch.setattr(new_items, "put", lambda backend, group, rows, schema: stored.extend(rows))
    app = put_in(filled(cold_app))
    assert stored == [{"ITEM_ID": "new-1", **FORM, "YEAR": 1999}]
    assert headline(app) == "Rear Window 2 is in the data. Lists can show it after the next training."
    assert app.button(key="cold_train_new").label == "Train a version that knows it"


def test_what_cannot_be_stored_is_said(cold_app: AppTest) -> None:
    app = put_in(filled(cold_app, YEAR="soon"))
    assert 'new-1 has "soon" as year, which is not a number.' in app.error[0].value
    assert headline(app).startswith("Describe a film that nobody has watched yet")


def test_whom_it_fits_is_said_by_name(cold_app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(new_items, "put", lambda *_: 1)
    monkeypatch.setattr(new_items, "serving", lambda *_: SimpleNamespace(arn="arn", name="cold"))
    fits = {"new-1": [new_items.Fit("viewer-0001", 2, 0.1)]}
    monkeypatch.setattr(new_items, "best_fits", lambda *_, **__: fits)
    app = put_in(filled(cold_app))
    app.button(key="cold_ask_fits").click().run()
    assert "**Rear Window 2** fits best" in text(app)
    assert headline(app) == "Rear Window 2 fits Nora best."
    assert "2nd for **Nora" in text(app)


CELLS = pd.DataFrame(
    [("Noir", "Noir", 30, 12.0, 8.0, 4.0, 2.0), ("Noir", "War", 30, 3.0, 0.0, np.nan, np.nan)]
    + [("War", name, 12, n, np.nan, np.nan, np.nan) for name, n in (("Noir", 12.0), ("War", 3.0))],
    columns=["group", "category", "n_viewers", "n_new", "shown", "taken", "difference"],
)


def valid(drawing: Any) -> dict[str, Any]:
    spec = json.loads(json.dumps(drawing.to_dict()))
    alt.LayerChart.from_dict(spec)
    return spec


@pytest.mark.parametrize("column", ["shown", "taken", "difference"])
def test_the_map_is_valid_and_small_groups_say_their_number(column: str) -> None:
    spec = valid(heat_map.heat_map(CELLS, column, "times chance", MIN_VIEWERS))
    rows = spec["datasets"]["cells"]
    assert [row["said"] for row in rows if row["group"] == "War"] == ["n = 12", "n = 12"]
    assert rows[0]["own"]
    assert rows[0]["row"] == "Noir · 30"


def test_a_click_on_the_map_names_group_and_category() -> None:
    state = SimpleNamespace(selection={heat_map.PICK: [{"group": "Noir", "category": "War"}]})
    assert heat_map.picked(state) == ("Noir", "War")
    assert heat_map.picked(SimpleNamespace(selection={})) is None


def test_the_other_pictures_are_valid() -> None:
    dots = pd.DataFrame(
        {"label": ["a", "b"], "role": ["model", "chance"], "value": [0.2, 0.1], "low": [0.1, 0.0], "high": [0.3, 0.2]}
    ).assign(said=["0.2", "0.1"])
    valid(charts.methods(dots, "click rate"))
    valid(charts.methods(dots, "MRR@25"))
    valid(charts.trade_off(dots.assign(reach=[0.5, 1.0], rate=[0.2, 0.1])))
    valid(charts.worth(dots.assign(gain=[0.1, 0.0], clear=[True, False])))
    line = pd.DataFrame({"weight": [0.0, 1.0], "value": [0.0, 2.0]})
    now = pd.DataFrame({"weight": [0.5], "value": [1.0], "said": ["1.0"], "hollow": [True]})
    for last in (True, False):
        valid(charts.exploration(line, now, "new", last=last))


def test_a_kept_run_is_renamed_and_deleted(cold_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(cold_home, tmp_path / "home")
    for app in app_over(tmp_path / "home", monkeypatch):
        opened(app, PAGE)
        name = next(box for box in app.text_input if str(box.key).startswith(Key.COLD_NAME))
        name.set_value("half of all films").run()
        app.button(key="cold_rename").click().run()
        assert app.query_params[Key.COLD_RUN] == "half of all films"
        app.button(key="cold_delete").click().run()
        assert app.button(key="cold_first")
