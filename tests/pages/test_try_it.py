"""Try it yourself: picks by cover and by search, the list of a model and without one, the nearest, what is stored."""

import json
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.components.keys import Key, Widget
from pages.components.try_it import share
from tests.pages.driving import headline, opened, requests, text

PAGE = "pages/try_it_page.py"
ALIEN, TOY_STORY = "film-0404", "film-0001"


def walls(app: AppTest) -> dict[str, dict[str, Any]]:
    """Return what the walls of pictures are given, by label."""
    assert not app.exception
    given = [json.loads(element.proto.json or "{}") for element in app.get("bidi_component")]
    return {data["label"]: data for data in given if "pictures" in data}


def ids(wall: dict[str, Any]) -> list[str]:
    return [picture["id"] for picture in wall["pictures"]]


def test_before_a_pick_there_are_well_known_covers_and_a_search(personal_app: AppTest) -> None:
    app = opened(personal_app, PAGE)
    assert headline(app) == "Pick three films you like, and watch your own list build."
    assert list(walls(app)) == ["films to pick"]
    grid = walls(app)["films to pick"]
    assert all(picture["image"].startswith("data:image/svg+xml,") for picture in grid["pictures"])
    assert all(picture["pressed"] is False for picture in grid["pictures"])
    app.text_input(key=Key.TRY_SEARCH).input("hitchcock").run()
    found = walls(app)["films to pick"]
    assert set(ids(found)) - set(ids(grid))
    assert f'{len(ids(found))} films found for "hitchcock"' in text(app)
    app.text_input(key=Key.TRY_SEARCH).input("no such film at all").run()
    assert "Try a shorter word." in text(app)
    assert not walls(app)


def test_each_pick_changes_the_list_and_says_which_pick_it_is_owed_to(personal_app: AppTest) -> None:
    app = opened(personal_app, PAGE, **{Key.TRY_PICKS: [ALIEN, "no-such-film"]})
    assert headline(app).startswith("One film, and ")
    one = walls(app)["Made for you"]
    assert ALIEN not in ids(one)
    assert one["clickable"]
    app.query_params[Key.TRY_PICKS] = [ALIEN, TOY_STORY, *ids(one)[:1]]
    app.run()
    assert headline(app).startswith("Three films, and ")
    three = walls(app)["Made for you"]
    assert ids(three) != ids(one)
    assert {picture["badge"] for picture in three["pictures"]} & {"1", "2", "3"}
    assert all(picture["below"] for picture in three["pictures"])
    assert "films to pick" not in walls(app)
    assert [picture["badge"] for picture in walls(app)["Your picks"]["pictures"]] == ["1", "2", "3"]
    near = walls(app)["Nearest to you"]["pictures"]
    assert len(near) == 3
    assert all("of your 3 picks" in picture["below"] for picture in near)
    app.button(key=Widget.TRY_OVER).click().run()
    assert Key.TRY_PICKS not in app.query_params
    assert headline(app).startswith("Pick three films")


def test_the_nearest_lead_to_their_storefront(personal_app: AppTest) -> None:
    app = opened(personal_app, PAGE, **{Key.TRY_PICKS: [ALIEN]})
    app.query_params[Key.TRY_PICKS] = [ALIEN, TOY_STORY, ids(walls(app)["Made for you"])[0]]
    app.run()
    app.session_state[Key.TRY_OPEN] = walls(app)["Nearest to you"]["pictures"][0]["id"]
    app.run()
    assert "STOREFRONT" in text(app)


def test_where_everybody_gets_the_same_the_list_is_counted_and_says_so(films_app: AppTest) -> None:
    app = opened(films_app, PAGE, **{Key.TRY_PICKS: [ALIEN, TOY_STORY]})
    assert headline(app).startswith("Two films, and ")
    assert "what most people watched with each of your picks" in text(app)
    assert {picture["badge"] for picture in walls(app)["Made for you"]["pictures"]} == {"1", "2"}


def test_a_campaign_for_similar_items_answers_where_no_model_can(sims_app: AppTest) -> None:
    app = opened(sims_app, PAGE, **{Key.TRY_PICKS: [ALIEN]})
    assert "the films most similar to each of your picks" in text(app)
    assert any("get_recommendations(" in code for code in requests(app))


def test_picks_stay_in_the_browser(personal_app: AppTest, personal_home: Path) -> None:
    def files() -> dict[Path, int]:
        return {path: path.stat().st_size for path in personal_home.rglob("*") if path.is_file()}

    opened(personal_app, PAGE)
    before = files()
    app = opened(personal_app, PAGE, **{Key.TRY_PICKS: [ALIEN, TOY_STORY]})
    assert "nothing is stored" in text(app)
    assert {path: size for path, size in files().items() if path.suffix not in (".sqlite-shm", ".sqlite-wal")} == {
        path: size for path, size in before.items() if path.suffix not in (".sqlite-shm", ".sqlite-wal")
    }
    app.switch_page("pages/similar_page.py").run()
    app.switch_page(PAGE).run()
    assert headline(app).startswith("Two films, and ")


def test_the_code_is_of_the_address_as_the_browser_sees_it(
    personal_app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(share, "_page_url", lambda: "http://stage.example:8501/try")
    app = opened(personal_app, PAGE, **{Key.TRY_PICKS: [ALIEN, TOY_STORY, "film-0002"]})
    codes = [element.proto.body for element in app.get("html") if "QR code of" in element.proto.body]
    assert f"pick={ALIEN}" in codes[0]
    app.query_params[Key.PRESENT] = "1"
    app.run()
    codes = [element.proto.body for element in app.get("html") if "QR code of" in element.proto.body]
    assert "http://stage.example:8501/try?data=" in codes[0]
    assert "pick=" not in codes[0]  # while presenting the room is invited to pick for itself


def test_without_data_it_says_so(empty_app: AppTest) -> None:
    assert "No data yet" in headline(opened(empty_app, PAGE))
