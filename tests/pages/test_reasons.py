"""Reasons, what-if, made-up people and context on the Recommendations screen."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from pages.components import process
from pages.components.keys import Key, Widget
from pages.components.pickers import INSTEAD
from pages.components.recommendations import reasons_view, screen
from services import backend
from services.errors import ServiceError
from services.filters import named
from services.library.store import Library
from services.lists import reasons
from tests.pages.driving import new_app, opened, requests, said

PAGE = "pages/recommendations_page.py"
BEN = "viewer-0002"


@pytest.fixture
def page(personal_app: AppTest) -> AppTest:
    return asked(personal_app)


def asked(app: AppTest, campaign: str = "aws-hrnn", **query: str | list[str]) -> AppTest:
    """Open the page on Ben and this campaign."""
    return opened(app, PAGE, **{Key.USER: BEN, Key.CAMPAIGN: campaign, **query})


def table(app: AppTest, prefix: str):
    return next(found for found in app.dataframe if (found.key or "").startswith(prefix))


def listed(app: AppTest):
    return table(app, Key.LIST_TABLE).value


def select(app: AppTest, prefix: str, row: int, column: str = "label") -> AppTest:
    app.session_state[table(app, prefix).key] = {"selection": {"rows": [], "columns": [], "cells": [(row, column)]}}
    return app.run()


def watched_row(app: AppTest) -> int:
    """Return the row of the newest item with an event that the model was trained with."""
    marks = table(app, Key.HISTORY_TABLE).value["events"]
    return next(row for row, events in enumerate(marks) if "watch" in events)


def explained_rows(app: AppTest) -> list[int]:
    """Return the first rows whose reason names items of the history."""
    return [i for i, cell in enumerate(listed(app)["because"]) if ": " in cell or ", after" in cell][:5]


def explained_row(app: AppTest) -> int:
    """Return the first row whose reason names items of the history."""
    return explained_rows(app)[0]


def test_every_item_has_a_reason_and_no_cause_explains_more_than_three(page: AppTest) -> None:
    said(page)
    because = listed(page)["because"].tolist()
    assert len(because) == 25
    assert all(because)
    named = [cell for cell in because if ": " in cell or ", after" in cell]
    assert len(set(named)) > 3
    assert max(map(named.count, named)) <= 3


def test_marks_say_what_is_in_taste_and_what_is_a_bestseller_and_the_reason_is_last(
    page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime, campaigns = process.backend().runtime, process.backend().personalize.list_campaigns()["campaigns"]
    arn = next(campaign["campaignArn"] for campaign in campaigns if campaign["name"] == "aws-hrnn")
    own = [item["itemId"] for item in runtime.get_recommendations(campaignArn=arn, userId=BEN)["itemList"]]
    for bestsellers, legend in (([], "✓ in taste."), (own, "✓ in taste, ◻ also a bestseller.")):
        answer = screen.Popularity(bestsellers, None, "chosen here")
        monkeypatch.setattr(screen, "_popularity", lambda chosen, answer=answer: answer)
        page.run()
        said(page)
        assert list(listed(page)) == ["rank", "picture", "label", "marks", "times_average", "because"]
        assert any("◻" in marks for marks in listed(page)["marks"]) == bool(bestsellers)
        assert any(caption.value.startswith(legend) for caption in page.caption)


def test_popularity_gives_its_count_as_the_reason(personal_app: AppTest) -> None:
    app = asked(personal_app, "film-demo-popularity")
    assert all(cell.endswith("people watched it") for cell in listed(app)["because"])
    assert app.button(key="what_if").disabled


def test_why_names_both_ranks(page: AppTest) -> None:
    assert page.button(key="why").disabled
    row = explained_row(page)
    select(page, Key.LIST_TABLE, row)
    page.button(key="why").click().run()
    said(page)
    answer = " ".join(block.value for block in page.markdown)
    assert f"not {row + 1}" in answer
    assert "Ben" in answer
    assert "you watched" not in answer


def test_a_selected_item_draws_bars_into_the_history(page: AppTest) -> None:
    drawn = []
    for row in explained_rows(page):  # some owe their place to items older than those shown
        select(page, Key.LIST_TABLE, row)
        drawn += table(page, Key.HISTORY_TABLE).value["events"].dropna().tolist()
    assert drawn
    assert all(places > 0 for places in drawn)


def test_a_selected_item_of_the_history_shows_what_the_list_owes_to_it(page: AppTest) -> None:
    assert "owed" not in listed(page)
    select(page, Key.HISTORY_TABLE, watched_row(page))
    said(page)
    owed = [cell for cell in listed(page)["owed"] if cell]
    assert owed
    assert all(cell[0] in "+-" for cell in owed)


def test_what_if_an_item_were_gone_marks_the_moves_and_can_be_undone(page: AppTest) -> None:
    before = listed(page)["label"].tolist()
    select(page, Key.HISTORY_TABLE, watched_row(page))
    page.button(key="what_if").click().run()
    assert said(page).startswith("Without ")
    assert page.query_params[Key.WITHOUT]
    marks = listed(page)["move"].tolist()
    for rank, (label, mark) in enumerate(zip(listed(page)["label"], marks, strict=True), 1):
        if mark == "new":
            assert label not in before
        else:
            moved = 0 if mark == "=" else int(mark[2:]) * (1 if mark[0] == "▲" else -1)
            assert before.index(label) + 1 - rank == moved
    assert ["removed"] in [list(marks) for marks in table(page, Key.HISTORY_TABLE).value["events"]]
    undo = next(button for button in page.button if (button.key or "").startswith("undo_"))
    undo.click().run()
    assert listed(page)["label"].tolist() == before
    assert Key.WITHOUT not in page.query_params


def test_an_address_reproduces_a_supposed_list(page: AppTest) -> None:
    select(page, Key.HISTORY_TABLE, watched_row(page))
    page.button(key="what_if").click().run()
    seen = said(page), listed(page)["label"].tolist()
    address = page.query_params[Key.WITHOUT]
    other = asked(new_app(), **{Key.WITHOUT: address})
    assert (said(other), listed(other)["label"].tolist()) == seen


def test_what_is_supposed_of_one_person_is_not_supposed_of_the_next(page: AppTest) -> None:
    select(page, Key.HISTORY_TABLE, watched_row(page))
    page.button(key="what_if").click().run()
    page.selectbox(key=Key.USER_PICK).select("viewer-0003").run()
    assert "Mia" in said(page)
    assert Key.WITHOUT not in page.query_params


def test_an_address_with_an_event_that_nobody_had_shows_the_list_as_it_is(personal_app: AppTest) -> None:
    app = asked(personal_app, **{Key.WITHOUT: "film-0001@5"})
    assert "Without" not in said(app)
    assert len(listed(app)) == 25


def test_somebody_made_up_gets_a_list_and_a_way_back(page: AppTest) -> None:
    before = listed(page)["label"].tolist()
    page.multiselect(key=Key.MADE_PICK).set_value(["film-0404", "film-0575"]).run()
    assert said(page).startswith("2 films changed ")
    assert page.query_params[Key.MADE] == ["film-0404", "film-0575"]
    assert len(table(page, Key.HISTORY_TABLE).value) == 2
    assert len(listed(page)) == 25
    assert set(listed(page)["move"]) - {"="}
    page.button(key="undo_made").click().run()
    assert listed(page)["label"].tolist() == before


def test_the_select_names_somebody_made_up_and_another_choice_ends_it(page: AppTest) -> None:
    before = listed(page)["label"].tolist()
    page.multiselect(key=Key.MADE_PICK).set_value(["film-0404", "film-0575"]).run()
    box = page.selectbox(key=Key.USER_PICK)
    assert box.options[0].startswith("Somebody made up · ")
    assert box.value == INSTEAD
    assert page.button(key="undo_made").label == "Back to Ben"
    box.select(BEN).run()
    assert listed(page)["label"].tolist() == before
    assert Key.MADE not in page.query_params


def test_a_filter_holds_for_supposed_lists_too(own_personal_app: AppTest) -> None:
    own_personal_app.run()
    group = Library(process.backend().home).names()[0]
    catalog = Library(process.backend().home).open(group).catalog()
    named.create(process.backend(), group, "crime", 'INCLUDE ItemID WHERE Items.GENRES IN ("Crime")')
    app = asked(own_personal_app, **{Key.FILTER: "crime"})
    before = listed(app)["label"].tolist()
    select(app, Key.HISTORY_TABLE, watched_row(app))
    app.button(key="what_if").click().run()
    crime = {catalog.label(item_id) for item_id in catalog.ids if "Crime" in catalog.categories(item_id)}
    assert said(app).startswith("Without ")
    assert len(before) == len(listed(app)) == 25
    assert set(before) | set(listed(app)["label"]) <= crime
    for label, mark in zip(listed(app)["label"], listed(app)["move"], strict=True):
        assert (mark == "new") == (label not in before)


def test_context_changes_the_request_and_stays_in_the_address(personal_app: AppTest) -> None:
    app = asked(personal_app, "aws-hrnn-metadata")
    app.selectbox(key=f"{Key.CONTEXT_PICK}_DEVICE").select("TV").run()
    said(app)
    assert app.query_params[Key.CONTEXT] == "DEVICE=TV"
    assert '"DEVICE": "TV"' in " ".join(requests(app))


def test_on_aws_people_who_had_both_stand_in_and_the_page_says_so(
    personal_app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = backend.open_backend
    monkeypatch.setattr(process, "open_backend", lambda: replace(real(), capabilities=None, label="AWS eu-west-1"))
    app = asked(personal_app)
    said(app)
    assert any(cell.startswith("often watched with") for cell in listed(app)["because"])
    assert any("AWS gives no reasons" in caption.value for caption in app.caption)
    assert app.button(key="what_if").disabled
    assert app.multiselect(key=Key.MADE_PICK).disabled
    row = next(i for i, cell in enumerate(listed(app)["because"]) if cell.startswith("often watched with"))
    select(app, Key.LIST_TABLE, row)
    app.button(key="why").click().run()
    assert "people who watched it also watched this" in " ".join(block.value for block in app.markdown)


def test_a_selection_is_forgotten_when_the_rows_are_others() -> None:
    one, other = (reasons_view.table_key("list", ids, "ben") for ids in (["a", "b"], ["b", "a"]))
    assert one != other
    assert one != reasons_view.table_key("list", ["a", "b"], "mia")


def test_reasons_that_fail_leave_the_list_and_say_so(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **more: object) -> None:
        raise ServiceError("ResourceNotFoundException", "The model is gone.", "Reload the page.")

    monkeypatch.setattr(reasons, "reasons_for", refuse)
    page.run()
    said(page)
    assert len(listed(page)) == 25
    assert "because" not in listed(page)
    assert any("No reasons: The model is gone." in caption.value for caption in page.caption)


def test_how_a_campaign_lists_is_set_for_everybody_and_kept(own_personal_app: AppTest) -> None:
    app = asked(own_personal_app)
    before = listed(app)["label"].tolist()
    assert app.button(key=Widget.LIST_SET).disabled
    app.slider(key=f"{Widget.LIST_UNPOPULAR}_aws-hrnn").set_value(100).run()
    assert listed(app)["label"].tolist() == before, "nothing changes before the button"
    app.button(key=Widget.LIST_SET).click().run()
    said(app)
    other = listed(app)["label"].tolist()
    assert len(set(other) - set(before)) > 5
    again = asked(new_app())
    assert listed(again)["label"].tolist() == other
    assert again.slider(key=f"{Widget.LIST_UNPOPULAR}_aws-hrnn").value == 100
    again.slider(key=f"{Widget.LIST_UNPOPULAR}_aws-hrnn").set_value(0).run()
    again.button(key=Widget.LIST_SET).click().run()
    assert listed(again)["label"].tolist() == before


def test_bestsellers_and_read_only_mode_have_no_settings_of_lists(
    personal_app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not [slider for slider in asked(personal_app, "film-demo-popularity").slider if "tonight" in slider.label]
    monkeypatch.setenv("PERSONALIZE_MODE", "read-only")
    app = asked(new_app())
    assert any("tonight" in slider.label for slider in app.slider)
    assert not [button for button in app.button if button.key == Widget.LIST_SET]


def test_what_chooses_a_row_is_said_to_screen_readers_and_in_the_tooltip(page: AppTest) -> None:
    assert page.button(key="why").help == "Select a film of the list first, by a click or the arrow keys."
    for prefix in (Key.LIST_TABLE, Key.HISTORY_TABLE):
        assert table(page, prefix).proto.alt.endswith("The arrow keys choose a row.")
