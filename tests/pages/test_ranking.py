"""Ranking: one list before and after, for two people or one, from every source, and every state without an answer."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.components import pickers, process
from pages.components.keys import Key
from services.errors import ServiceError
from services.personalize import asking, training
from services.personalize.calls import ApiCall
from services.personalize.datasets import find_group
from tests.pages.driving import headline, opened, requests, said, text, until

PAGE = "pages/ranking_page.py"


@pytest.fixture
def page(ranking_app: AppTest) -> AppTest:
    return opened(ranking_app, PAGE)


def metrics(app: AppTest) -> dict[str, Any]:
    return {metric.label: metric.value for metric in app.metric}


def test_two_people_order_one_shelf_differently(page: AppTest) -> None:
    assert said(page).startswith("Same 20 ")
    assert "for Nora and Ben" in said(page)
    assert page.query_params[Key.SECOND] == "viewer-0002"
    one, other = (table.value for table in page.dataframe)
    assert sorted(one["label"]) == sorted(other["label"])
    assert list(one["after"]) == list(range(1, 21))
    assert sorted(one["before"]) == list(range(1, 21))
    assert list(metrics(page)) == [
        "Moved 3+ places",
        "Largest rise",
        "Largest fall",
        "Like the given order",
        "Unknown ids",
    ]


def test_one_person_alone(page: AppTest) -> None:
    page.selectbox(key="second_pick").select(None).run()
    assert "in Nora's order" in said(page)
    assert len(page.dataframe) == 1
    assert page.query_params[Key.SECOND] == pickers.NOTHING


def test_the_same_person_twice_is_one(ranking_app: AppTest) -> None:
    app = opened(ranking_app, PAGE, user="viewer-0002", second="viewer-0002")
    assert "in Ben's order" in said(app)


def test_another_category_is_another_shelf(page: AppTest) -> None:
    page.selectbox(key=Key.CATEGORY).select("Western").run()
    assert said(page).startswith("Same 20 Western films")
    page.get_by_key(Key.LIST_SIZE).set_value(10).run()
    assert said(page).startswith("Same 10 Western films")


def test_a_search_makes_a_shelf(page: AppTest) -> None:
    page.selectbox(key=Key.LIST_FROM).select("Search result").run()
    assert said(page) == "Choose films to put into order."
    page.text_input(key=Key.SEARCH).set_value("hitchcock").run()
    assert 'found for "hitchcock"' in said(page)


def test_an_empty_list_offers_three_shelves(ranking_app: AppTest) -> None:
    app = opened(ranking_app, PAGE, shelf="Ids")
    offers = [button for button in app.button if str(button.key).startswith("suggest_")]
    assert len(offers) == 3
    offers[0].click().run()
    assert f"Same 20 {offers[0].label} films" in said(app)


def test_pasted_ids_are_ranked_and_unknown_ones_come_last(ranking_app: AppTest) -> None:
    app = opened(ranking_app, PAGE, shelf="Ids", ids="no-such-film\nfilm-0389\nfilm-0480\nfilm-0100\nfilm-0389")
    assert "4 films given by id" in said(app)
    assert metrics(app)["Unknown ids"] == "1"
    assert "1 id is not in the training data, so last and without a score, as at AWS: no-such-film." in text(app)
    assert "1 id was given again; each id is ranked once." in text(app)
    table = app.dataframe[0].value
    assert (table["label"].iloc[-1], table["move"].iloc[-1]) == ("no-such-film", "unknown")


def test_a_file_fills_the_ids(ranking_app: AppTest) -> None:
    app = opened(ranking_app, PAGE, shelf="Ids")
    app.get_by_key(Key.UPLOADED).set_value(
        [("mine.csv", b"title,item_id\nA,film-0389\nB,film-0480\n", "text/csv")]
    ).run()
    assert "2 films given by id" in said(app)
    assert app.text_area(key=Key.PASTED).value == "film-0389\nfilm-0480"
    assert "2 ids from mine.csv" in text(app)


def test_more_ids_than_aws_ranks_are_not_sent(ranking_app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(ranking_app, PAGE, shelf="Ids")
    monkeypatch.setattr(asking, "rank", lambda *arguments: pytest.fail("it was sent"))
    app.text_area(key=Key.PASTED).set_value("\n".join(f"i{n}" for n in range(501))).run()
    assert said(app).startswith("501 ids are more than GetPersonalizedRanking takes: 500 at most.")


def test_somebody_without_events_gets_the_order_of_popularity(ranking_app: AppTest) -> None:
    app = opened(ranking_app, PAGE, user="nobody-at-all", second=pickers.NOTHING, category="Western")
    assert said(app) == "nobody-at-all is new to this model and sees 20 Western films with the bestsellers first."


def test_request_drawer_shows_both_calls(page: AppTest) -> None:
    shown = " ".join(requests(page))
    assert shown.count("client.get_personalized_ranking(") == 2


def test_a_refusal_stays_with_its_person(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = asking.rank

    def refuse(backend: Any, campaign: Any, user_id: str, item_ids: Any, *more: Any) -> ApiCall:
        if user_id == "viewer-0002":
            raise ServiceError("ThrottlingException", "Rate exceeded.", "Wait a moment and try again.")
        return answer(backend, campaign, user_id, item_ids, *more)

    monkeypatch.setattr(asking, "rank", refuse)
    page.run()
    assert "in Nora's order" in headline(page)
    assert "No order for Ben" in page.error[0].value
    assert len(page.dataframe) == 1


def test_without_data_it_offers_the_next_action(empty_app: AppTest) -> None:
    app = opened(empty_app, PAGE)
    assert said(app) == "No data yet: load some first."


def test_it_says_when_nothing_ranks_and_how_long_training_takes(films_app: AppTest) -> None:
    app = opened(films_app, PAGE)
    assert "Personalized ranking is not deployed yet" in said(app)
    assert app.button(key="needs_train_aws-personalized-ranking").label.startswith("Train and deploy · about")


def test_while_it_trains_it_shows_how_far(own_films_app: AppTest) -> None:
    app = opened(own_films_app, PAGE)
    app.button(key="needs_train_aws-personalized-ranking").click().run()
    until(app, lambda at: not any(button.key == "needs_train_aws-personalized-ranking" for button in at.button))
    assert "Personalized ranking is not deployed yet" in said(app)
    assert not app.error
    version = next(iter(app.session_state[Key.TRAINED_HERE]))
    training.stop(process.backend(), version)
    until(app, lambda at: any(button.key == "needs_train_aws-personalized-ranking" for button in at.button))


def test_after_a_failed_training_it_says_why(own_films_app: AppTest) -> None:
    app = opened(own_films_app, PAGE)
    group = find_group(process.backend(), "film-demo")
    assert group is not None
    training.train_next(process.backend(), group, "aws-personalized-ranking", event_type="never seen")
    until(app, lambda at: bool(at.error))
    assert "“Personalized ranking” failed" in app.error[0].value
