"""Storefront: rows for one user and two, a click that only a copy makes, rows from an address and a file."""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.components import process
from pages.components.keys import Key, Widget
from pages.components.storefront import cache
from services.demo.steps import GROUP
from services.filters import named
from services.library.store import Library
from services.other_lists import kept
from services.other_lists.reading import ReadLists
from services.personalize import campaigns
from services.screens.storefront import rows
from services.screens.storefront.rows import EVERYBODY, FOR_YOU, Row
from services.segments import saved
from services.segments.members import HISTORY, Members
from services.segments.saved import Condition, Segment
from tests.pages.driving import headline, opened, text

PAGE = "pages/storefront_page.py"
NORA, BEN = "viewer-0001", "viewer-0002"


def drawn(app: AppTest) -> list[dict[str, Any]]:
    """Return what the components of the rows are given, in the page's order."""
    assert not app.exception
    protos = [element.proto for element in app.get("bidi_component")]
    return [data for proto in protos if "people" in (data := json.loads(proto.json or "{}"))]


def titles(app: AppTest) -> list[str]:
    return [row["people"][0]["title"] for row in drawn(app)]


def test_two_users_have_the_same_rows_with_their_own_covers(personal_app: AppTest) -> None:
    app = opened(personal_app, PAGE, **{Key.USER: NORA, Key.SECOND: BEN})
    shown = drawn(app)
    assert headline(app).startswith("One catalogue, two shop windows: Nora and Ben share ")
    assert [person["who"] for person in shown[0]["people"]] == ["Nora", "Ben"]
    assert shown[0]["kind"] == FOR_YOU.replace(" ", "-")
    assert shown[-1]["kind"] == EVERYBODY
    assert [item["id"] for item in shown[-1]["people"][0]["items"]] == [
        item["id"] for item in shown[-1]["people"][1]["items"]
    ]
    assert any(
        person["title"].startswith(f"Because {person['who']} watched ") for row in shown for person in row["people"]
    )
    for row in shown:
        assert set(row["images"]) == {item["id"] for person in row["people"] for item in person["items"]}
        assert all(image.startswith("data:image/svg+xml,") for image in row["images"].values())


def test_a_cause_with_which_nothing_goes_leaves_its_row_to_the_next(
    personal_app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    because = "Because Nora watched "
    app = opened(personal_app, PAGE, **{Key.USER: NORA, Key.SECOND: "-"})
    before = [title for title in titles(app) if title.startswith(because)]
    assert len(before) == 2
    catalog = Library(process.backend().home).open(GROUP).catalog()  # type: ignore[union-attr]
    (alone,) = (item_id for item_id in catalog.ids if catalog.title(item_id) == before[0].removeprefix(because))
    whole = cache.had_together
    monkeypatch.setattr(cache, "had_together", lambda data, item_id: () if item_id == alone else whole(data, item_id))
    after = [title for title in titles(opened(app, PAGE)) if title.startswith(because)]
    assert before[0] not in after
    assert after[0] == before[1]
    assert len(after) == 2


def test_a_row_can_show_the_lists_of_another_recommender(own_personal_app: AppTest) -> None:
    home = process.backend().home
    data = Library(home).open(GROUP)
    assert data is not None
    history = set(data.counted_history(NORA))
    ids = tuple([item for item in data.catalog().ids if item not in history][:20])
    kept.keep(home, GROUP, "als.csv", ReadLists("ALS", {NORA: ids}, 20, 0, 0, "by rank"))
    query = {Key.USER: NORA, Key.SECOND: "-", Key.STORE_ROWS: ["for you~12~1~ALS~By ALS", "for you~12~1~~For {who}"]}
    app = opened(own_personal_app, PAGE, **query)
    shown = [person for row in drawn(app) for person in row["people"]]
    assert [person["title"] for person in shown] == ["By ALS", "For Nora"]
    assert [item["id"] for item in shown[0]["items"]] == list(ids[:12])


def test_a_row_can_show_what_a_saved_segment_had_most(own_personal_app: AppTest) -> None:
    home = process.backend().home
    data = Library(home).open(GROUP)
    assert data is not None
    members = Members(data, data.people())
    value = members.values(HISTORY)[0][0]
    saved.save(home, GROUP, Segment("Regulars", (Condition(HISTORY, (value,)),)))
    regulars = members.of(saved.saved(home, GROUP)[0])
    had = Counter(item for user in regulars for item in set(data.counted_history(user)))
    query = {Key.USER: NORA, Key.SECOND: "-", Key.STORE_ROWS: ["segment~5~1~Regulars~What {segment} {past} most"]}
    (row,) = drawn(opened(own_personal_app, PAGE, **query))
    assert row["people"][0]["title"] == "What Regulars watched most"
    shown = [item["id"] for item in row["people"][0]["items"]]
    assert [had[item] for item in shown] == [n for _, n in had.most_common(5)]


def test_one_user_alone_is_compared_with_what_everybody_gets(personal_app: AppTest) -> None:
    app = opened(personal_app, PAGE, **{Key.USER: NORA, Key.SECOND: "-"})
    assert headline(app).startswith("Nora's shop window: ")
    assert all(len(row["people"]) == 1 for row in drawn(app))


def test_a_click_changes_the_rows_and_says_why(own_personal_app: AppTest) -> None:
    app = opened(own_personal_app, PAGE, **{Key.USER: NORA, Key.SECOND: BEN})
    item = drawn(app)[0]["people"][0]["items"][3]
    app.query_params[Key.STORE_CLICKED] = [f"{NORA}~{item['id']}"]
    app.session_state[Key.ACTED] = True
    app.run()
    first = drawn(app)[0]["people"]
    title = item["label"].rpartition(" (")[0]
    assert headline(app).startswith(f"One click on {title}: ")
    assert item["id"] not in [entry["id"] for entry in first[0]["items"]]
    assert any(f"because Nora clicked {title}" in entry["why"] for entry in first[0]["items"])
    assert not any(entry["mark"] for entry in first[1]["items"])
    assert f"Because Nora watched {title}" in titles(app)
    app.button(key=Widget.STORE_UNDO).click().run()
    assert headline(app).startswith("One catalogue, ")
    assert Key.STORE_CLICKED not in app.query_params


def test_a_link_with_clicks_shows_the_same_rows_without_sending_anything(
    personal_app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.sandbox.tracker.tracking_id", lambda *_: pytest.fail("an opened address sends"))
    app = opened(personal_app, PAGE, **{Key.USER: NORA})
    first = titles(app)
    del app.session_state[Key.FIRST_PAGE]  # AppTest begins at app.py, which is Home
    del app.session_state[Key.ACTED]
    app.query_params[Key.STORE_CLICKED] = [f"{NORA}~film-0031", "nonsense", f"{NORA}~no-such-film"]
    app.run()
    assert "no-such-film" in headline(app)
    assert titles(app) != first


def test_rows_come_from_the_address_and_from_the_file(own_personal_app: AppTest) -> None:
    home = Path(os.environ["PERSONALIZE_HOME"])
    rows.write(home, Library(home).names()[0], [Row(EVERYBODY, "Bestsellers", 3)])
    app = opened(own_personal_app, PAGE, **{Key.USER: NORA})
    assert titles(app) == ["Bestsellers"]
    assert len(drawn(app)[0]["people"][0]["items"]) == 3
    app.query_params[Key.STORE_ROWS] = rows.to_address([Row(FOR_YOU, "Just for {past} you", 5), Row("new", "New")])
    app.run()
    assert titles(app) == ["Just for watched you", "New"]
    app.button(key=Widget.STORE_SAVE).click().run()
    assert [row.title for row in rows.read(home, Library(home).names()[0])[0]] == ["Just for {past} you", "New"]


def test_a_filter_narrows_the_rows_before_a_click_and_after_it(own_personal_app: AppTest) -> None:
    own_personal_app.run()
    group = Library(process.backend().home).names()[0]
    catalog = Library(process.backend().home).open(group).catalog()
    named.create(process.backend(), group, "crime", 'INCLUDE ItemID WHERE Items.GENRES IN ("Crime")')
    app = opened(own_personal_app, PAGE, **{Key.USER: NORA, Key.SECOND: "-", Key.FILTER: "crime"})
    item = drawn(app)[0]["people"][0]["items"][0]["id"]
    app.query_params[Key.STORE_CLICKED] = [f"{NORA}~{item}"]
    for acted in (False, True):  # computed for a link, sent after a click
        app.session_state[Key.ACTED] = acted
        app.run()
        assert headline(app).startswith("One click on ")
        for row in drawn(app):
            assert row["kind"] == "continue" or all("Crime" in catalog.categories(i) for i in row["images"]), row[
                "kind"
            ]


def test_a_promotion_has_its_share_of_the_first_row(own_personal_app: AppTest) -> None:
    own_personal_app.run()
    group = Library(process.backend().home).names()[0]
    catalog = Library(process.backend().home).open(group).catalog()
    named.create(process.backend(), group, "westerns", 'INCLUDE ItemID WHERE Items.GENRES IN ("Western")')
    popularity = next(one for one in campaigns.for_people(process.backend(), group) if not one.personal)
    promotion = {Key.PROMOTE: "westerns", Key.PROMOTE_SHARE: "25", Key.CAMPAIGN: popularity.name}
    app = opened(own_personal_app, PAGE, **{Key.USER: NORA, Key.SECOND: "-"}, **promotion)
    first, *others = [row["people"][0] for row in drawn(app)]
    promoted = [item["id"] for item in first["items"] if item["promoted"]]
    assert len(promoted) == 3  # of 12
    assert all("Western" in catalog.categories(item_id) for item_id in promoted)
    assert "★ 3 of 12 promoted by westerns." in first["note"]
    assert not any(item["promoted"] for row in others for item in row["items"])


def test_about_an_item_shows_its_neighbours_in_the_users_order(personal_app: AppTest) -> None:
    app = opened(personal_app, PAGE, **{Key.USER: NORA, Key.SECOND: "-"})
    item = drawn(app)[0]["people"][0]["items"][0]
    app.session_state[Key.STORE_ABOUT] = ("A", item["id"])
    app.run()
    assert "1st in Nora's list." in text(app)
    assert drawn(app)[-1]["people"][0]["title"].startswith("What goes with ")


def test_with_popularity_alone_the_first_row_is_everybodys(films_app: AppTest) -> None:
    app = opened(films_app, PAGE, **{Key.USER: NORA, Key.SECOND: "-"})
    first, *_, last = drawn(app)
    seen = Library(process.backend().home).open("film-demo").counted_history(NORA)
    everybody = [item["id"] for item in last["people"][0]["items"]]
    assert {item["id"] for item in first["people"][0]["items"]} >= {i for i in everybody if i not in seen}
    assert any(title.startswith("Because Nora watched ") for title in titles(app))


def test_without_data_it_says_so(empty_app: AppTest) -> None:
    assert "No data yet" in headline(opened(empty_app, PAGE))
