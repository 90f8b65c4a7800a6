"""Screens over a domain's data set group: its recommenders stand beside campaigns on the Map, and not on Batch."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.components.keys import Key, Widget
from services.attach.plan import plan
from services.attach.reading import attach
from services.backend import open_backend
from services.engine import Engine
from services.engine.jobs.maps import embedding
from services.engine.recipes import use_cases
from services.engine.recipes.counting.popularity import PopularityModel
from services.engine.testing import test_engine as opened_engine
from services.engine.testing import train
from tests.engine.domain_world import N_ITEMS, domain_world, recommender
from tests.pages.driving import app_over, headline, opened, text

MAP, BATCH = "pages/map_page.py", "pages/batch_page.py"
TOP_PICKS, MORE_LIKE = "aws-vod-top-picks", "aws-vod-more-like-x"


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A domain of films with two recommenders; a quick model with vectors answers for the one that learns long."""
    home = tmp_path_factory.mktemp("domain") / "home"
    vectors = np.random.default_rng(0).standard_normal((N_ITEMS, 8)).astype(np.float32)
    quick = [replace(one, recipes=("aws-popularity-count",)) if one.explores else one for one in use_cases.USE_CASES]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(use_cases, "USE_CASES", quick)
        patch.setattr(PopularityModel, "item_vectors", lambda model: (np.arange(N_ITEMS), vectors))
        patch.setattr(embedding, "ITERATIONS", (20, 20))
        with opened_engine(home) as engine:
            world = domain_world(engine, "VIDEO_ON_DEMAND", "films")
            for use_case in (TOP_PICKS, MORE_LIKE):
                recommender(engine, world, use_case)
            backend = open_backend({}, home)
            attach(backend, plan(backend, "films"))
            backend.close()
            yield engine


@pytest.fixture
def app(films: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    yield from app_over(films.settings.home, monkeypatch)


def arn_of(engine: Engine, name: str) -> str:
    listed = engine.client("personalize").list_recommenders()["recommenders"]
    return next(one["recommenderArn"] for one in listed if one["name"] == name)


def test_the_map_is_drawn_from_a_recommenders_model_and_anew_from_its_next(app: AppTest, films: Engine) -> None:
    app = opened(app, MAP, **{Key.USER: "u1"})
    assert headline(app) == f"The map of {N_ITEMS} products is not drawn yet."
    assert app.button(key=Widget.MAP_DRAW)
    assert app.selectbox(key="model_pick").options == ["Top picks for you"]
    arn = arn_of(films, TOP_PICKS)
    films.capabilities.maps.draw(arn)
    app.run()
    assert headline(app).startswith("u1's 25 lights on the map of products")
    before = app.get("plotly_chart")[0].proto.spec
    columns = {"excludedDatasetColumns": {"Items": ["GENRES"]}}
    films.client("personalize").update_recommender(
        recommenderArn=arn, recommenderConfig={"trainingDataConfig": columns}
    )
    app.run()
    assert headline(app) == f"The map of {N_ITEMS} products is not drawn yet."
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedding, "SEED", 1)
        films.capabilities.maps.draw(arn)
    app.run()
    assert app.get("plotly_chart")[0].proto.spec != before


def test_a_supposed_event_lists_nothing_that_the_use_case_hides(app: AppTest, films: Engine) -> None:
    films.capabilities.maps.draw(arn_of(films, TOP_PICKS))
    asked = {"recommenderArn": arn_of(films, TOP_PICKS), "userId": "u1", "numResults": 25}
    shown = [item["itemId"] for item in films.client("personalize-runtime").get_recommendations(**asked)["itemList"]]
    app = opened(app, MAP, **{Key.USER: "u1", Key.MAP_ITEM: shown[0], Key.MAP_SUPPOSE: shown[0]})
    assert headline(app).endswith("the list stays as it is."), "popularity ranks, so one event moves nothing"


def test_batch_says_what_answers_instead_of_a_recommender(app: AppTest, films: Engine) -> None:
    app = opened(app, BATCH)
    assert headline(app) == "Recommenders answer one request at a time; a batch job needs a trained version."
    assert "It answers what Top picks for you answers, for everybody at once; a batch job needs no campaign." in text(
        app
    )
    assert app.button(key=f"{Widget.NEEDS_TRAIN}_aws-user-personalization").label.startswith("Train · about ")
    group = films.client("personalize").list_dataset_groups()["datasetGroups"][0]["datasetGroupArn"]
    train(films, group, "aws-popularity-count", "bestsellers")
    app.run()
    assert headline(app).startswith("No batch job yet.")
    assert app.selectbox(key=Key.BATCH_VERSION).options == ["Popularity"]
    assert "Not here: the recommenders Top picks for you and More like it." in text(app)
