"""Similar: two causes and their evidence, what the controls change, and every state in which nothing can be asked."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from pages.components import pickers, process
from pages.components.keys import Key
from pages.components.similar import discount, walk
from services.errors import ServiceError
from services.library.search import ItemSearch
from services.library.store import Library
from services.personalize import asking, training, versions
from services.personalize.calls import ApiCall
from services.personalize.datasets import find_group
from tests.pages.driving import app_over, headline, opened, requests, said, text, until
from tests.prepared import copied, train_and_deploy

PAGE = "pages/similar_page.py"


@pytest.fixture
def page(sims_app: AppTest) -> AppTest:
    return opened(sims_app, PAGE)


@pytest.fixture
def app_of_both(sims_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The app over the film demo with similar items by both recipes, not run yet."""
    home = copied(sims_home, tmp_path / "home")
    train_and_deploy(home, "aws-similar-items")
    yield from app_over(home, monkeypatch)


def metrics(app: AppTest) -> dict[str, Any]:
    return {metric.label: metric for metric in app.metric}


def pick(app: AppTest, key: str, value: str) -> AppTest:
    return app.selectbox(key=f"{key}_pick").select(value).run()


def test_two_known_films_stand_side_by_side(page: AppTest) -> None:
    assert said(page).startswith(
        "10 of 10 films similar to Halloween (1978) share a genre with it (Horror); by chance "
    )
    assert said(page).endswith("The two lists share no film.")
    assert any("Never listed: " in caption.value for caption in page.caption)
    assert page.query_params[Key.ITEM] == page.selectbox(key="item_pick").value
    assert len(page.get("vega_lite_chart")) == 4


def test_what_was_typed_is_forgotten_with_the_next_choice(page: AppTest) -> None:
    seed = page.query_params[Key.ITEM]
    page.session_state[f"{Key.ITEM_TYPED}_{Key.ITEM}"] = "halloween"  # AppTest types nothing that is no option
    page.run()
    assert page.selectbox(key="item_pick").label.endswith('found for "halloween"')
    page.query_params[Key.ITEM] = page.query_params[Key.OTHER_ITEM]  # as a step of the walk does
    page.run()
    assert "found for" not in page.selectbox(key="item_pick").label
    assert page.query_params[Key.ITEM] != seed


def test_agreement_stands_beside_chance_for_the_list_and_for_the_catalogue(page: AppTest) -> None:
    found = metrics(page)
    own, whole = found["Share a genre"], found["Share a genre, whole catalogue"]
    assert own.value == "10 of 10"
    assert float(own.delta) > 5
    assert f"by chance {10 - float(own.delta):.1f}" in said(page)
    assert 70 < int(whole.value.removesuffix("%")) <= 100
    assert float(whole.delta.removesuffix(" points")) > 20


def test_the_table_has_the_evidence_and_can_show_the_other_cause(page: AppTest) -> None:
    table = page.dataframe[0].value
    assert list(table["rank"]) == list(range(1, 11))
    assert (table["both"] <= table["with_neighbour"]).all()
    assert (table["lift"] > 1).all()
    other = page.get_by_key(Key.TABLE_OF)
    other.set_value(other.options[1]).run()
    assert said(page)
    assert set(page.dataframe[0].value["item_id"]).isdisjoint(table["item_id"])


def test_another_cause_gives_another_list(page: AppTest) -> None:
    before = page.dataframe[0].value
    pick(page, Key.ITEM, page.selectbox(key="other_pick").value)
    assert "similar to Aladdin" in said(page)
    assert not before["item_id"].equals(page.dataframe[0].value["item_id"])


def test_one_cause_is_enough(page: AppTest) -> None:
    page.selectbox(key="other_pick").select(None).run()
    assert "two causes" not in said(page)
    assert page.query_params[Key.OTHER_ITEM] == pickers.NOTHING
    assert len(page.get("vega_lite_chart")) == 3


def test_a_person_of_the_catalogue_is_found(page: AppTest) -> None:
    data = Library(process.backend().home).open("film-demo")
    assert data is not None
    search = ItemSearch(data.catalog(), data.items(), data.roles.people)
    assert "Hitchcock" in search.label(pickers.found_item(search, "hitchcock"))
    assert pickers.found_item(search, " no such thing ") == "no such thing"


def test_an_address_shows_its_items(sims_app: AppTest) -> None:
    app = opened(sims_app, PAGE, item="film-0676", other=pickers.NOTHING, k="5")
    assert "similar to Halloween 4" in said(app)
    assert len(app.dataframe[0].value) == 5


def test_an_unknown_item_gets_popular_ones_and_is_told_so(sims_app: AppTest) -> None:
    app = opened(sims_app, PAGE, item="no-such-film")
    assert said(app).startswith("Nobody has watched no-such-film yet: these are bestsellers, not similar films.")
    assert "Nobody has watched this yet: these are bestsellers, not similar films." in text(app)
    assert "no-such-film is not in the loaded data" in text(app)


def test_agreement_by_another_column(page: AppTest) -> None:
    page.selectbox(key=Key.BY).select("DIRECTOR").run()
    assert said(page)
    assert "Share a director" in metrics(page)
    assert "director_in_common" in page.dataframe[0].value


def test_another_discount_is_computed_and_says_that_it_needs_a_model(page: AppTest) -> None:
    before = page.dataframe[0].value
    page.slider(key=Key.DISCOUNT_PICK).set_value(1.0).run()
    assert said(page)
    assert "which was trained with a discount of 0.5. With 1, " in text(page)
    assert page.dataframe[0].value.equals(before), "the list stays the campaign's own"
    assert page.query_params[Key.DISCOUNT] == "1"
    page.slider(key=Key.DISCOUNT_PICK).set_value(0.5).run()
    assert Key.DISCOUNT not in page.query_params, "the deployed value needs no words"


def test_an_address_may_say_a_discount_and_nonsense_is_the_deployed_one(sims_app: AppTest) -> None:
    app = opened(sims_app, PAGE, discount="0.25")
    assert "With 0.25, " in text(app)
    app.query_params[Key.DISCOUNT] = "much"
    app.session_state[Key.DISCOUNT] = "much"
    app.run()
    assert said(app)
    assert app.slider(key=Key.DISCOUNT_PICK).value == 0.5


def test_another_discount_is_trained_into_a_campaign_of_its_own(own_films_app: AppTest) -> None:
    app = opened(own_films_app, PAGE)
    app.button(key="needs_train_aws-sims").click().run()
    until(app, lambda at: bool(at.dataframe))
    app.slider(key=Key.DISCOUNT_PICK).set_value(1.0).run()
    app.button(key="train_discount").click().run()
    until(app, lambda at: len(at.selectbox(key="sims_pick").options) == 2)
    assert app.selectbox(key="sims_pick").options == ["Similar items · sims-d100", "Similar items · sims"]
    app.selectbox(key="sims_pick").select("film-demo-sims-d100").run()
    assert said(app)
    assert "needs another model" not in text(app)
    app.selectbox(key="sims_pick").select("film-demo-sims").run()
    assert app.slider(key=Key.DISCOUNT_PICK).value == 0.5, "it stood at the deployed value and still does"


def test_lines_are_coloured_where_an_item_stands_in_both_orders() -> None:
    points = pd.DataFrame(
        [("a", "A", "0", 1.0), ("a", "A", "1", 2.0), ("b", "B", "0", 2.0), ("b", "B", "1", None)],
        columns=["item_id", "label", "column", "rank"],
    )
    lines = discount.segments(points, ["0", "1"]).set_index("item")
    assert lines.loc["A", "role"] == "model"
    assert (lines.loc["B", "role"], lines.loc["B", "words"]) == ("quiet", "2 → not among them")
    assert len(discount.names(points, ["0", "1"])) == 3


def test_walking_keeps_the_way_and_going_back_shortens_it(sims_app: AppTest) -> None:
    app = opened(sims_app, PAGE, item="film-0480", walk="film-0389")
    assert "similar to The Thing" in said(app)
    assert app.button(key="way_0").label.startswith("Halloween")
    app.button(key="way_0").click().run()
    assert "similar to Halloween (1978)" in said(app)
    assert not app.query_params.get(Key.WALK)


def test_a_step_on_the_map_adds_to_the_way_and_a_known_one_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def script() -> None:
        import streamlit as st

        from pages.components.similar import walk

        for item_id, from_id in (("b", "a"), ("c", "b"), ("a", "c")):
            walk.walk_to(item_id, from_id)
            st.write(f"{st.session_state['item']} after {st.query_params.get_all('walk')}")

    app = AppTest.from_function(script).run()
    assert not app.exception
    assert [line.value for line in app.markdown] == ["b after ['a']", "c after ['a', 'b']", "a after []"]
    assert walk.MAX_NEIGHBOURS == 10


def test_request_drawer_shows_both_calls(page: AppTest) -> None:
    shown = " ".join(requests(page))
    assert shown.count("client.get_recommendations(") == 2
    assert '"itemId": "film-0389"' in shown


def test_a_refusal_stays_with_its_cause(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = asking.similar

    def refuse(backend: Any, campaign: Any, item_id: str, count: int, *more: Any) -> ApiCall:
        if item_id == page.query_params[Key.OTHER_ITEM]:
            raise ServiceError("ThrottlingException", "Rate exceeded.", "Wait a moment and try again.")
        return answer(backend, campaign, item_id, count, *more)

    monkeypatch.setattr(asking, "similar", refuse)
    page.run()
    assert "similar to Halloween" in headline(page)
    assert "Rate exceeded. Wait a moment and try again." in page.error[0].value
    assert len(page.dataframe[0].value) == 10


def test_a_campaign_that_does_not_answer_at_all(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> ApiCall:
        raise ServiceError("ThrottlingException", "Rate exceeded.", "Wait a moment and try again.")

    monkeypatch.setattr(asking, "similar", refuse)
    page.run()
    assert headline(page) == "The campaign did not answer."
    assert "Rate exceeded." in page.error[0].value


def test_without_data_it_offers_the_next_action(empty_app: AppTest) -> None:
    app = opened(empty_app, PAGE)
    assert said(app) == "No data yet: load some first."
    assert [link.value for link in app.page_link if link.value == "Load the film demo"]


def test_it_trains_deploys_and_answers_from_nothing(own_films_app: AppTest) -> None:
    app = opened(own_films_app, PAGE)
    assert "Similar items is not deployed yet" in said(app)
    app.button(key="needs_train_aws-sims").click().run()
    assert not app.exception
    until(app, lambda at: "similar to Halloween" in at.subheader[0].value)
    assert not app.error


def test_a_failed_training_can_be_tried_again(own_films_app: AppTest) -> None:
    app = opened(own_films_app, PAGE)
    group = find_group(process.backend(), "film-demo")
    assert group is not None
    training.train_next(process.backend(), group, "aws-sims", event_type="never seen")
    until(app, lambda at: bool(at.error))
    assert "“Similar items” failed" in app.error[0].value
    assert app.button(key="needs_retry_aws-sims").label == "Try again"


def test_a_campaign_that_is_being_made_is_waited_for_and_one_that_failed_says_why(
    own_films_app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(own_films_app, PAGE)

    def one(status: str, reason: str | None) -> list[versions.VersionView]:
        campaign = versions.CampaignView("films-sims", "arn:campaign", status, "arn:version", 0.0, reason)
        view = versions.VersionView(
            "arn:version", "v", "arn:s", "films-sims", "aws-sims", "ACTIVE", None, 0.0, 0.0, campaigns=(campaign,)
        )
        return [view]

    monkeypatch.setattr(versions, "versions", lambda *arguments: one("CREATE PENDING", None))
    app.run()
    assert "The campaign films-sims is being created" in text(app)
    assert not any(button.key == "needs_deploy_aws-sims" for button in app.button)
    monkeypatch.setattr(versions, "versions", lambda *arguments: one("CREATE FAILED", "Quota exceeded."))
    app.run()
    assert "Quota exceeded." in app.error[0].value
    assert app.button(key="needs_deploy_aws-sims").label == "Deploy it"


def test_a_trained_version_can_be_deployed(own_films_app: AppTest) -> None:
    app = opened(own_films_app, PAGE)
    group = find_group(process.backend(), "film-demo")
    assert group is not None
    training.train_next(process.backend(), group, "aws-sims", event_type="watch")
    until(app, lambda at: any(button.key == "needs_deploy_aws-sims" for button in at.button))
    app.button(key="needs_deploy_aws-sims").click().run()
    assert "similar to Halloween" in said(app)


def test_todays_recipe_is_shown_without_the_formula_of_the_older_one(app_of_both: AppTest) -> None:
    app = opened(app_of_both, PAGE)
    assert app.selectbox(key="sims_pick").value == "film-demo-similar-items"
    assert not [slider for slider in app.slider if slider.label == "Popularity discount"]
    assert "whole catalogue" not in " ".join(metric.label for metric in app.metric)
    assert "share a genre with it" in headline(app)
    app.selectbox(key="sims_pick").select("film-demo-sims").run()
    assert [slider for slider in app.slider if slider.label == "Popularity discount"]
    assert not app.exception
