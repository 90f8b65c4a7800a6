"""Compare: two to four people, one person under several campaigns, and every state without an answer."""

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.components import markdown, pickers, process
from pages.components.keys import Key
from services.demo.steps import GROUP
from services.errors import ServiceError
from services.library.store import Library
from services.other_lists import kept
from services.other_lists.reading import ReadLists
from services.personalize import asking, training
from services.personalize.calls import ApiCall
from services.personalize.datasets import find_group
from services.screens.compare import sides
from tests.pages.driving import headline, opened, requests, said, text, until, values

PAGE = "pages/compare_page.py"
NORA, BEN, MIA, MAX, KIM = (f"viewer-000{n}" for n in (1, 2, 3, 7, 8))


def columns(app: AppTest) -> list[str]:
    """Return the texts of the lists side by side."""
    return [element.value for element in app.markdown if "-badge[" in element.value and "**" in element.value]


def table(app: AppTest) -> Any:
    app.get_by_key(Key.COMPARED_AS).set_value("Table").run()
    return next(frame.value for frame in app.dataframe if "in history of" in frame.value.columns)


@pytest.fixture
def page(personal_app: AppTest) -> AppTest:
    return opened(personal_app, PAGE, campaign="aws-hrnn")


def test_it_begins_with_two_named_viewers_and_says_what_is_usual(page: AppTest) -> None:
    assert said(page).startswith("Nora and Ben share ")
    assert "two random people share" in said(page)
    assert len(said(page)) <= 140
    assert (page.query_params[Key.USER], page.query_params[Key.SECOND]) == (NORA, BEN)
    assert list(values(page)) == [
        "Shared in the list",
        "Same order",
        "Shared in the past",
        "Taste in common",
        "Also bestsellers",
    ]
    assert "a sample of 200 of 1,000 people" in text(page)


def test_lists_stand_beside_what_both_have_with_both_ranks(page: AppTest) -> None:
    rows = table(page)
    both = int(rows[["rank Nora", "rank Ben"]].notna().all(axis=1).sum())
    assert values(page)["Shared in the list"] == f"{both} of 25"
    page.get_by_key(Key.COMPARED_AS).set_value("Lists").run()
    one, middle, other = columns(page)[:3]
    assert f"**Nora** · {25 - both} of 25 in this list only" in one
    assert f"**In both** · {both} of 25" in middle
    assert f"**Ben** · {25 - both} of 25 in this list only" in other


def test_every_place_says_what_it_is_owed_to(page: AppTest) -> None:
    rows = table(page)
    shown = rows[rows["rank Nora"].notna()]
    assert (shown["because Nora"] != "").all()
    assert rows["item_id"].is_unique


def test_count_and_view_are_in_the_address(personal_app: AppTest) -> None:
    app = opened(personal_app, PAGE, campaign="aws-hrnn", user=BEN, second=MIA, n="10", **{"as": "Table"})
    assert said(app).startswith("Ben and Mia share ")
    assert values(app)["Shared in the list"].endswith("of 10")
    rows = next(frame.value for frame in app.dataframe if "in history of" in frame.value.columns)
    assert rows["rank Ben"].max() == 10


def test_a_third_person_can_be_added_and_taken_away(page: AppTest) -> None:
    page.button(key=Key.ADD_PERSON).click().run()
    assert said(page).endswith("the bestsellers are the same 25 for all 3.")
    assert page.query_params[Key.THIRD] == MIA
    assert list(values(page)) == ["A · Nora", "B · Ben", "C · Mia"]
    page.selectbox(key="third_pick").select(None).run()
    assert said(page).startswith("Nora and Ben share ")
    assert Key.THIRD not in page.query_params


def test_four_people_carry_letters_and_nobody_can_be_added(personal_app: AppTest) -> None:
    app = opened(personal_app, PAGE, campaign="aws-hrnn", user=NORA, second=BEN, third=MIA, fourth=MAX)
    assert "the bestsellers are the same 25 for all 4." in said(app)
    held = compare_rows(app)
    for letter, (label, value) in zip("ABCD", values(app).items(), strict=True):
        assert label.startswith(f"{letter} · ")
        assert value == f"{sum(letters == letter for letters in held.values())} of 25"
    assert not [button for button in app.button if button.key == Key.ADD_PERSON]
    names = ("Nora", "Ben", "Mia", "Max")
    heads = [part.split("\n")[0] for part in columns(app)[:4]]
    assert heads == [f"{markdown.badge(letter)} **{who}**" for letter, who in zip("ABCD", names, strict=True)]
    listed = compare_rows(app)
    shared = [i for i, ranks in listed.items() if len(ranks) > 1]
    assert all(markdown.badge(letter) in text(app) for i in shared for letter in listed[i])


def compare_rows(app: AppTest) -> dict[str, str]:
    """Return which letters hold each item, from the answers in the request drawer."""
    answers = [json.loads(code) for code in requests(app) if code.startswith("{") and "itemList" in code]
    held: dict[str, str] = {}
    for letter, answer in zip("ABCD", answers, strict=True):
        for item in answer["itemList"]:
            held[item["itemId"]] = held.get(item["itemId"], "") + letter
    return held


def test_a_pair_that_is_offered_shares_what_it_says(page: AppTest) -> None:
    pairs = [button for button in page.button if str(button.key).startswith("pair_")]
    assert [pair.label.split(" · ")[0] for pair in pairs] == [
        "Furthest apart",
        "Most alike",
        "Same age group, different taste",
        "Long and new",
    ]
    promised = pairs[1].label.split(" · ")[1]
    pairs[1].click().run()
    said(page)
    assert values(page)["Shared in the list"] == f"{promised} of 25"


def test_one_person_alone_gets_four_suggestions_that_keep_their_word(page: AppTest) -> None:
    page.selectbox(key="second_pick").select(None).run()
    assert said(page) == "Choose a second person to compare with Nora."
    assert page.query_params[Key.SECOND] == pickers.NOTHING
    offers = [button for button in page.button if str(button.key).startswith("suggested_")]
    assert len(offers) == 4
    promised = offers[0].label.rsplit(": ", 1)[1].removesuffix(" shared")
    offers[0].click().run()
    said(page)
    assert values(page)["Shared in the list"] == promised


def test_one_person_under_several_campaigns(page: AppTest) -> None:
    page.get_by_key(Key.ACROSS).set_value("Campaigns").run()
    assert said(page).startswith("3 lists show ")
    page.multiselect(key="campaigns_pick").set_value(["aws-hrnn", "film-demo-popularity"]).run()
    assert said(page).startswith("Personal recommendations and bestsellers ")
    assert list(values(page)) == ["Shared in the list", "Same order", "At the same place", "Also bestsellers"]
    assert values(page)["Also bestsellers"].endswith("and 25")


def test_lists_of_another_recommender_are_a_column_beside_ours(own_personal_app: AppTest) -> None:
    home = process.backend().home
    data = Library(home).open(GROUP)
    assert data is not None
    ids = tuple(data.catalog().most_popular(25))
    kept.keep(home, GROUP, "als.csv", ReadLists("ALS", {BEN: ids[::-1]}, 25, 0, 0, "by rank"))
    query = {"across": "Campaigns", "user": BEN, "campaigns": ["film-demo-popularity", "ALS"]}
    app = opened(own_personal_app, PAGE, **query)
    assert said(app) == "Bestsellers and the list of ALS share 25 of 25 films, 1 of them at the same place."
    app.query_params[Key.USER] = NORA
    app = opened(own_personal_app, PAGE, **{**query, "user": NORA})
    assert "ALS has no list for Nora." in " ".join(element.value for element in app.get("markdown")) + text(
        app, "error"
    )


def test_an_address_of_campaigns_opens_them(personal_app: AppTest) -> None:
    app = opened(personal_app, PAGE, across="Campaigns", user=BEN, campaigns=["aws-hrnn", "aws-hrnn-metadata"])
    assert said(app).startswith("Personal recommendations and personal recommendations with metadata ")
    assert "Ben" in text(app)


def test_campaigns_are_called_by_what_they_answer_and_addressed_by_name(page: AppTest) -> None:
    select = page.selectbox(key="campaign_pick")
    assert select.options == ["Personal lists with metadata", "Personal lists", "Bestsellers"]
    select.select("film-demo-popularity").run()
    assert page.query_params[Key.CAMPAIGN] == "film-demo-popularity"
    assert "film-demo-popularity" in text(page), "the grey line has the technical name"
    assert said(page).startswith("Nora and Ben see the same 25 bestsellers")
    page.get_by_key(Key.ACROSS).set_value("Campaigns").run()
    several = page.multiselect(key="campaigns_pick")
    assert several.options == select.options
    several.set_value([]).run()
    assert page.multiselect(key="campaigns_pick").value == [], "what was emptied stays empty"


def test_one_campaign_alone_asks_for_another(page: AppTest) -> None:
    page.get_by_key(Key.ACROSS).set_value("Campaigns").run()
    page.multiselect(key="campaigns_pick").set_value(["aws-hrnn"]).run()
    assert said(page) == "Choose two campaigns to see what each gives the same person."


def test_histories_side_by_side(page: AppTest) -> None:
    page.get_by_key(Key.COMPARED_AS).set_value("Histories").run()
    said(page)
    assert any("**Nora** · latest 40 of" in part for part in columns(page))


def test_lists_can_be_kept_to_a_category(personal_app: AppTest) -> None:
    app = opened(personal_app, PAGE, campaign="aws-hrnn", only="Horror")
    assert app.button(key="only_off").label == "Only Horror"
    app.button(key="only_off").click().run()
    said(app)
    assert Key.ONLY not in app.query_params


def test_taste_by_another_column(page: AppTest) -> None:
    page.selectbox(key=Key.TASTE_BY).select("DIRECTOR").run()
    said(page)
    assert "Where tastes differ, by director" in text(page)


def test_popularity_is_called_what_it_is(films_app: AppTest) -> None:
    app = opened(films_app, PAGE)
    assert said(app) == "Nora and Ben see the same 25 bestsellers, whatever they watched."


def test_somebody_new_is_called_so(personal_app: AppTest) -> None:
    app = opened(personal_app, PAGE, campaign="aws-hrnn", second="nobody-at-all")
    assert said(app).endswith("nobody-at-all is new to this model and gets the bestsellers.")


def test_only_the_column_that_is_refused_says_so(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = asking.recommend

    def refuse(backend: Any, campaign: Any, user_id: str, count: int, **more: Any) -> ApiCall:
        if user_id == BEN:
            raise ServiceError("ThrottlingException", "Rate exceeded.", "Wait a moment and try again.")
        return answer(backend, campaign, user_id, count, **more)

    monkeypatch.setattr(sides, "recommend", refuse)
    page.run()
    assert headline(page) == "Only Nora got an answer; see the others below."
    assert len(page.error) == 1
    assert "No list for Ben" in page.error[0].value
    assert "Rate exceeded. Wait a moment and try again." in page.error[0].value
    assert any("**Nora**" in part for part in columns(page))


def test_typed_text_offers_all_it_finds(page: AppTest) -> None:
    page.session_state[f"{Key.PERSON_TYPED}_{Key.SECOND}"] = "north"  # AppTest types nothing that is no option
    page.run()
    said(page)
    assert page.selectbox(key="second_pick").label.endswith('found for "north"')
    assert "North" in page.selectbox(key="second_pick").options[0]


def test_request_drawer_shows_every_call(page: AppTest) -> None:
    shown = " ".join(requests(page))
    assert shown.count("client.get_recommendations(") == 2
    assert f'"userId": "{BEN}"' in shown


def test_titles_cannot_turn_into_markdown() -> None:
    assert markdown.escaped("*batteries* [not] included: $9_99") == r"\*batteries\* \[not\] included: \$9\_99"


def test_without_data_it_offers_the_next_action(empty_app: AppTest) -> None:
    assert said(opened(empty_app, PAGE)) == "No data yet: load some first."


def test_without_a_campaign_during_training_and_after_a_failed_job(own_films_app: AppTest) -> None:
    app = opened(own_films_app, PAGE)
    group = find_group(process.backend(), "film-demo")
    assert group is not None
    arn = training.train_next(process.backend(), group, "aws-hrnn", event_type="watch")
    app.run()
    assert said(app).startswith("Nora and Ben see the same 25 bestsellers")
    training.stop(process.backend(), arn)
    training.train_next(process.backend(), group, "aws-hrnn-metadata", event_type="never seen")
    until(app, lambda at: not process.backend().capabilities.jobs(active_only=True))
    assert said(app).startswith("Nora and Ben see the same 25 bestsellers")
