"""Map: drawn on request, one user and two, an event that is only supposed, what is picked, as a table."""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from pages.components import process
from pages.components.charts import item_map
from pages.components.charts.item_map import MAX_PLAIN, Group, config, plainly
from pages.components.keys import Key, Widget
from pages.components.map import picture, screen
from services import backend
from services.backend import open_backend
from services.demo.steps import GROUP
from services.library.store import Library
from services.screens.map import sentences
from services.story.stage import StoryStep
from services.story.steps import story
from tests.pages.driving import app_over, headline, opened, text, values
from tests.prepared import copied, draw_flat_map
from tests.services.worlds import film_map

PAGE = "pages/map_page.py"
NORA, BEN = "viewer-0001", "viewer-0002"


@pytest.fixture(scope="module")
def mapped_home(personal_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The film demo with a model whose map is drawn: its two principal components, which take no time."""
    home = copied(personal_home, tmp_path_factory.mktemp("mapped") / "home")
    draw_flat_map(home)
    return home


@pytest.fixture
def app(mapped_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    yield from app_over(mapped_home, monkeypatch)


def film(home: Path, place: int) -> str:
    data = Library(home).open(Library(home).names()[0])
    assert data is not None
    return data.catalog().most_popular(place + 1)[place]


def test_one_users_list_and_two_users_on_one_map(app: AppTest) -> None:
    app = opened(app, PAGE, **{Key.USER: NORA})
    assert headline(app).startswith("Nora's 25 lights on the map of films")
    assert values(app)["Neighbours kept"] == "31 %"
    assert "two dimensions keep 31 % of the nearest neighbours, by chance 0.7 %" in text(app)
    alt = app.get("plotly_chart")[0].proto.alt
    assert alt.startswith("A map of ")
    assert "Nora's list of 25" in alt
    app.query_params[Key.SECOND] = BEN
    app.run()
    assert "Ben" in headline(app)
    assert "Ben's list of 25" in app.get("plotly_chart")[0].proto.alt
    dots = [element.proto.body for element in app.get("html") if "pe-dot" in element.proto.body]
    assert dots == ['<span class="pe-dot pe-dot-a">Nora</span><span class="pe-dot pe-dot-b">Ben</span>']


def test_a_supposed_event_moves_the_lights_and_stores_nothing(app: AppTest, mapped_home: Path) -> None:
    item = film(mapped_home, 3)
    app = opened(app, PAGE, **{Key.USER: NORA, Key.MAP_ITEM: item})
    before = headline(app)
    app.button(key=Widget.MAP_SUPPOSE).click().run()
    assert headline(app).startswith("Suppose Nora watched ")
    assert app.query_params[Key.MAP_SUPPOSE] in (item, [item])
    assert "Supposed next: " in text(app)
    app.button(key=f"{Widget.MAP_SUPPOSE}_not").click().run()
    assert headline(app) == before
    assert Key.MAP_SUPPOSE not in app.query_params


def test_what_a_lasso_holds_comes_from_the_address_and_is_ranked(app: AppTest, mapped_home: Path) -> None:
    held = [film(mapped_home, place) for place in (1, 2)]
    app = opened(app, PAGE, **{Key.USER: NORA, Key.MAP_MARKED: [*held, "no-such-film"]})
    assert "2 films in the lasso" in text(app)
    app.button(key=Widget.MAP_RANK).click().run()
    assert not app.exception
    assert app.session_state[Key.PASTED] == "\n".join(held)
    assert headline(app).startswith("The same films, in whose order?")  # ranking is not trained in this home


def test_the_table_says_the_same_in_words(app: AppTest) -> None:
    app = opened(app, PAGE, **{Key.USER: NORA, Key.MAP_VIEW: "Table"})
    assert not app.get("plotly_chart")
    frame = app.dataframe[0].value
    assert list(frame["A: Nora"])[:3] == ["1", "2", "3"]
    assert {"region", "categories", "people"} < set(frame.columns)


def test_the_story_does_not_call_a_drawn_map_without_regions_missing(
    mapped_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_backend({}, mapped_home)
    data = Library(mapped_home).open(GROUP)
    assert data is not None

    def step() -> StoryStep:
        told = story(engine, GROUP, data, data.catalog(), data.people(), data.tastes(), 25)
        return next(step for step in told if step.key == "map")

    assert " in " in step().number
    monkeypatch.setattr(sentences, "by_region", lambda *_: [])  # as on a map of 40 items
    assert (step().number, step().missing) == ("", "no region counted")
    engine.close()


def test_an_address_with_nonsense_still_draws(app: AppTest) -> None:
    app = opened(app, PAGE, **{Key.USER: NORA, Key.MAP_ITEM: "nothing", Key.MAP_SUPPOSE: "nothing"})
    assert headline(app).startswith("Nora's 25 lights")


def test_a_point_of_the_picture_is_the_item_it_stands_for() -> None:
    atlas = film_map()
    row = atlas.by_colour[1][5]
    item = atlas.item_ids[row]
    x, y = atlas.place(item)
    points = [
        {"curve_number": 1, "point_index": 5, "x": x, "y": y},
        {"curve_number": 7, "point_index": 0, "x": x, "y": y},  # a light on it
        {"curve_number": 0, "point_index": 0, "x": 0.0, "y": 0.0},
    ]
    assert picture.picked_ids(atlas, points) == [item, atlas.item_ids[atlas.by_colour[0][0]]]
    assert picture.most_popular_first(atlas, ["i9", "i2", "i30"]) == ["i2", "i9", "i30"]


def test_at_aws_it_says_that_no_call_returns_vectors(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    real = backend.open_backend
    monkeypatch.setattr(process, "open_backend", lambda: replace(real(), capabilities=None, label="AWS eu-west-1"))
    app = opened(app, PAGE)
    assert headline(app) == "Amazon Personalize keeps its models' vectors to itself, so there is no map."


def test_before_it_is_drawn_there_is_a_button(personal_app: AppTest) -> None:
    app = opened(personal_app, PAGE)
    assert headline(app) == "The map of 1,500 films is not drawn yet."
    assert app.button(key=Widget.MAP_DRAW).label == "Draw the map"


def test_without_vectors_it_offers_a_training(films_app: AppTest) -> None:
    app = opened(films_app, PAGE)
    assert headline(app).endswith("No model with a map is deployed yet.")


def test_without_data_it_says_so(empty_app: AppTest) -> None:
    assert "No data yet" in headline(opened(empty_app, PAGE))


@pytest.mark.parametrize(("most", "kind"), [(MAX_PLAIN, "scatter"), (100, "scattergl")])
def test_plotly_would_draw_what_the_picture_sends(
    app: AppTest, mapped_home: Path, monkeypatch: pytest.MonkeyPatch, most: int, kind: str
) -> None:
    """The picture is sent without plotly's checks: here plotly checks all of it, with everything that it can show."""
    monkeypatch.setattr(picture, "MAX_PLAIN", most)
    near = [film(mapped_home, place) for place in (1, 2)]
    chosen = {Key.MAP_ITEM: film(mapped_home, 3), Key.MAP_SUPPOSE: film(mapped_home, 3), Key.MAP_MARKED: near}
    app = opened(app, PAGE, **{Key.USER: NORA, Key.SECOND: BEN, **chosen})
    sent = json.loads(app.get("plotly_chart")[0].proto.spec)
    checked = go.Figure(sent)  # raises ValueError for a name or a value that plotly does not know
    assert {trace.type for trace in checked.data} == {kind}
    first = sent["data"][0]
    xs = np.frombuffer(base64.b64decode(first["x"]["bdata"]), "<f4")
    rows = np.frombuffer(base64.b64decode(first["customdata"]["bdata"]), "<i4")
    assert len(xs) == len(rows) == len(first["text"])
    assert np.abs(xs).max() <= 1
    assert any(name.endswith("new in the list") for name in (trace.name or "" for trace in checked.data))


def test_a_browser_without_webgl_gets_the_most_popular_of_many_items_and_is_told(
    app: AppTest, mapped_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (item_map, picture, screen):
        monkeypatch.setattr(module, "MAX_PLAIN", 100)
    app.session_state[Key.MAP_PLAIN] = True  # as its browser has said
    app = opened(app, PAGE, **{Key.USER: NORA})
    sent = json.loads(app.get("plotly_chart")[0].proto.spec)
    assert {trace["type"] for trace in sent["data"]} == {"scatter"}
    assert go.Figure(sent)
    assert "This browser has no WebGL, so the map shows the 100 films that most people watched." in text(app)


def test_a_small_map_needs_no_webgl(app: AppTest, mapped_home: Path) -> None:
    app.session_state[Key.MAP_PLAIN] = True
    assert "WebGL" not in text(opened(app, PAGE, **{Key.USER: NORA}))


def test_without_webgl_the_most_popular_items_of_many_are_drawn() -> None:
    frame = pd.DataFrame(
        {"x": 0.0, "y": 0.0, "size": np.arange(3 * MAX_PLAIN), "title": "t", "row": range(3 * MAX_PLAIN)}
    )
    drawn = plainly([Group("one", "#fff", frame[::2]), Group("other", "#000", frame[1::2])])
    assert [len(group.items) for group in drawn] == [MAX_PLAIN // 2] * 2
    assert min(group.items["size"].min() for group in drawn) == 2 * MAX_PLAIN
    (alike,) = plainly([Group("one", "#fff", frame.assign(size=1))])
    assert len(alike.items) == MAX_PLAIN


def test_a_crowd_is_drawn_with_a_quarter_of_the_pixels() -> None:
    assert config(60_000)["plotGlPixelRatio"] == 1
    assert "plotGlPixelRatio" not in config(1_500)
