"""Recommendations: what the controls change, what is said, what is downloaded, what happens when nothing answers."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.components import pickers, process
from pages.components.keys import Key
from services.errors import ServiceError
from services.library.store import Library
from services.personalize import asking, training, versions
from services.personalize.calls import ApiCall
from services.personalize.datasets import find_group
from tests.pages.driving import opened, requests, until

PAGE = "pages/recommendations_page.py"
NORA = "viewer-0001"


@pytest.fixture
def page(films_app: AppTest) -> AppTest:
    return opened(films_app, PAGE)


def headline(app: AppTest) -> str:
    assert not app.exception
    assert not app.error, app.error[0].value
    return app.subheader[0].value


def rows(app: AppTest) -> int:
    return next(len(table.value) for table in app.dataframe if "rank" in table.value.columns)


def test_the_first_person_is_a_named_viewer_and_the_address_says_so(page: AppTest) -> None:
    assert "Nora" in headline(page)
    assert page.query_params[Key.USER] == NORA
    assert page.query_params[Key.CAMPAIGN] == "film-demo-popularity"


def test_popularity_is_called_what_it_is(page: AppTest) -> None:
    assert headline(page).startswith("Everybody sees the same 25 bestsellers")


def test_choosing_somebody_changes_headline_and_address(page: AppTest) -> None:
    page.selectbox(key=Key.USER_PICK).select("viewer-0002").run()
    assert "Ben" in headline(page)
    assert page.query_params[Key.USER] == "viewer-0002"


def test_typed_text_is_looked_up_among_ids_and_names(films_home: Path) -> None:
    data = Library(films_home).open("film-demo")
    assert data is not None
    people = data.people()
    assert pickers.found(people, "viewer-0002") == "viewer-0002"
    assert pickers.found(people, "mia") == "viewer-0003"
    assert pickers.found(people, "nobody at all") == "nobody at all"


def test_the_dice_choose_somebody_else(page: AppTest) -> None:
    page.button(key=Key.DICE).click().run()
    assert headline(page)
    assert page.query_params[Key.USER] != NORA


MAX_CALLS = 5
"""ListDatasetGroups for the select in the sidebar, DescribeCampaign for how it lists, GetRecommendations for the list
and for everybody's, and one in reserve. Without services/remembered.py it is 22 with the demo's five campaigns."""


def test_a_redraw_asks_only_what_can_have_changed(page: AppTest) -> None:
    asked: list[str] = []
    backend = process.backend()
    for client in (backend.personalize, backend.runtime, backend.events):
        client.meta.events.register("before-call", lambda model, **_: asked.append(model.name), unique_id="counted")
    try:
        page.selectbox(key=Key.USER_PICK).select("viewer-0002").run()
        headline(page)
    finally:
        for client in (backend.personalize, backend.runtime, backend.events):
            client.meta.events.unregister("before-call", unique_id="counted")
    assert "GetRecommendations" in asked
    assert len(asked) <= MAX_CALLS, asked
    assert len(set(asked) - {"GetRecommendations"}) == len([name for name in asked if name != "GetRecommendations"])


def test_an_address_shows_its_person(films_app: AppTest) -> None:
    assert "Mia" in headline(opened(films_app, PAGE, user="viewer-0003"))


def test_count_changes_the_length_of_the_list(page: AppTest) -> None:
    assert rows(page) == 25
    page.get_by_key(Key.COUNT).set_value(10).run()
    headline(page)
    assert rows(page) == 10


def test_the_table_shows_the_same_rows_with_ids(page: AppTest) -> None:
    page.get_by_key(Key.VIEW).set_value("Table").run()
    headline(page)
    table = next(table.value for table in page.dataframe if "item_id" in table.value.columns)
    assert len(table) == 25
    assert list(table["rank"]) == list(range(1, 26))


def test_somebody_unknown_gets_the_popular_list_and_is_told_so(page: AppTest) -> None:
    page.query_params[Key.USER] = "nobody-at-all"
    page.run()
    assert "nobody-at-all sees the bestsellers, like everybody" in headline(page)
    assert any("has no event of nobody-at-all" in caption.value for caption in page.caption)


def test_request_drawer_shows_the_call_and_how_to_make_it(page: AppTest) -> None:
    shown = " ".join(requests(page))
    assert f'"userId": "{NORA}"' in shown
    assert "client.get_recommendations(" in shown


def test_a_refusal_keeps_the_last_list_and_says_what_to_do(page, monkeypatch) -> None:
    def refuse(*arguments: object) -> ApiCall:
        raise ServiceError("ThrottlingException", "Rate exceeded.", "Wait a moment and try again.")

    monkeypatch.setattr(asking, "recommend", refuse)
    page.run()
    assert not page.exception
    assert "Rate exceeded. Wait a moment and try again." in page.error[0].value
    assert rows(page) == 25
    assert any("The last answer" in caption.value for caption in page.caption)


def test_without_data_it_offers_the_next_action(empty_app: AppTest) -> None:
    assert headline(opened(empty_app, PAGE)) == "No data yet: load some first."
    assert [link.value for link in empty_app.page_link if link.value == "Load the film demo"]


def test_without_a_campaign_it_says_what_trains_failed_or_waits_and_offers_the_next_step(
    own_films_app: AppTest,
) -> None:
    app = own_films_app
    app.run()
    backend, group = process.backend(), find_group(process.backend(), "film-demo")
    assert group is not None
    for campaign in versions.campaigns(backend, group.arn):
        training.delete_campaign(backend, campaign.arn)
    app.switch_page(PAGE).run()
    until(app, lambda at: "Bestsellers are not deployed yet." in at.subheader[0].value)
    training.train_next(backend, group, "aws-hrnn-metadata", event_type="never seen")
    until(app, lambda at: "The training of personal recommendations with metadata failed." in at.subheader[0].value)
    assert any("never seen" in element.value for element in app.error)
    assert app.button(key="needs_retry_aws-hrnn-metadata").label == "Try again"
    app.button(key="needs_deploy_aws-popularity-count").click().run()
    until(app, lambda at: at.subheader[0].value.startswith("Everybody sees the same 25 bestsellers"))
