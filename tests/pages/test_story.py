"""The guided story on the screens: the card, the bar, presenter mode, what Reset forgets."""

import pytest
from streamlit.testing.v1 import AppTest

from pages.components import navigation
from pages.components.frame import sidebar
from pages.components.keys import KEPT, Key
from services.story.steps import STEPS
from tests.pages.driving import headline

N_STEPS = len(STEPS) - 1
"""Where no map is drawn."""


def words(app: AppTest) -> str:
    return " ".join(element.value for element in [*app.markdown, *app.caption])


def keys(app: AppTest) -> set[str]:
    return {button.key for button in app.button}


def test_home_offers_the_story_with_its_steps(films_app: AppTest) -> None:
    films_app.run()
    assert f"Guided story · {N_STEPS} steps" in words(films_app)
    for part in ("1. One catalogue, two shop windows", "2. Nora's own list, and why", "not deployed yet"):
        assert part in words(films_app)
    assert "story_next" not in keys(films_app)


def test_there_is_no_story_without_data(empty_app: AppTest) -> None:
    empty_app.run()
    assert "Guided story" not in words(empty_app)


def test_every_step_leads_to_a_screen_and_speaks_in_parameters_that_exist(films_app: AppTest) -> None:
    films_app.run()
    parameters = {value for name, value in vars(Key).items() if not name.startswith("_")}
    asked = AppTest.from_function(_told).run()
    assert not asked.exception
    told = asked.session_state["told"]
    assert len(told) == N_STEPS
    for step in told:
        assert navigation.exists(step.screen), step.key
        assert set(step.query) <= parameters, step.key


def _told() -> None:
    import streamlit as st

    from pages.components.story import steps

    st.session_state["told"] = steps.steps("film-demo")


def test_next_and_back_walk_through_the_screens(films_app: AppTest) -> None:
    films_app.run()
    films_app.button(key="story_start").click().run()
    assert "Nora" in headline(films_app)
    assert f"Step 1 of {N_STEPS}" in words(films_app)
    assert films_app.button(key="story_back").disabled
    for number, title in (
        (2, "RECOMMENDATIONS"),
        (3, "COMPARE"),
        (4, "LIVE EVENTS"),
        (5, "SIMILAR"),
        (6, "RANKING"),
        (7, "COLD START"),
        (8, "EVALUATION"),
        (9, "TRY IT YOURSELF"),
    ):
        films_app.button(key="story_next").click().run()
        assert title in words(films_app)
        assert f"Step {number} of {N_STEPS}" in words(films_app)
        assert films_app.query_params[Key.STORY] == str(number)
    assert films_app.button(key="story_next").disabled
    films_app.button(key="story_back").click().run()
    assert "EVALUATION" in words(films_app)
    films_app.button(key="story_end").click().run()
    assert "Step 8" not in words(films_app)
    assert Key.STORY not in films_app.query_params


def test_a_step_draws_the_frame_once(films_app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run in which Next is pressed draws nothing of the screen that is left."""
    films_app.run()
    films_app.button(key="story_start").click().run()
    drawn = []
    draw = sidebar.draw
    monkeypatch.setattr(sidebar, "draw", lambda: drawn.append(1) or draw())
    films_app.button(key="story_next").click().run()
    assert f"Step 2 of {N_STEPS}" in words(films_app)
    films_app.button(key="story_back").click().run()
    assert f"Step 1 of {N_STEPS}" in words(films_app)
    assert len(drawn) == 2


def test_an_address_opens_at_its_step_and_the_menu_keeps_it(films_app: AppTest) -> None:
    films_app.query_params[Key.STORY] = "2"
    films_app.run()
    assert f"Step 2 of {N_STEPS}" in words(films_app)
    films_app.switch_page("pages/training_page.py").run()
    assert f"Step 2 of {N_STEPS}" in words(films_app)


@pytest.mark.parametrize("given", ["99", "-1", "x"])
def test_a_step_that_does_not_exist_is_the_last_or_none(films_app: AppTest, given: str) -> None:
    films_app.query_params[Key.STORY] = given
    films_app.run()
    assert not films_app.exception
    assert (f"Step {N_STEPS} of {N_STEPS}" in words(films_app)) == (given == "99")


def test_presenting_shows_ten_rows_of_the_same_list_and_offers_the_story(films_app: AppTest) -> None:
    films_app.query_params[Key.PRESENT] = "1"
    films_app.run()
    films_app.switch_page("pages/recommendations_page.py").run()
    assert "the same 25 bestsellers" in headline(films_app)
    assert len(next(frame.value for frame in films_app.dataframe if "rank" in frame.value.columns)) == 10
    assert not films_app.expander
    assert "Presenter mode" in words(films_app)
    films_app.button(key="story_next").click().run()
    assert f"1 of {N_STEPS}" in words(films_app)


def test_what_the_presenter_says_is_not_shown_to_the_room(films_app: AppTest) -> None:
    films_app.query_params[Key.STORY] = "1"
    films_app.run()
    assert "Say:" in words(films_app)
    films_app.query_params[Key.PRESENT] = "1"
    films_app.run()
    assert "two shop windows" in words(films_app)
    assert "Say:" not in words(films_app)
    films_app.button(key="story_leave").click().run()
    assert Key.PRESENT not in films_app.query_params
    assert "Say:" in words(films_app)


def test_a_second_window_for_notes_has_no_page_and_no_menu(films_app: AppTest) -> None:
    films_app.query_params[Key.NOTES] = "1"
    films_app.run()
    assert not films_app.exception
    assert not films_app.button
    assert not films_app.subheader


def test_presenting_without_data_says_what_the_story_needs(empty_app: AppTest) -> None:
    empty_app.query_params[Key.PRESENT] = "1"
    empty_app.run()
    assert not empty_app.exception
    assert "needs data with histories" in words(empty_app)


def _reset() -> None:
    import streamlit as st

    from pages.components import presenting

    if st.button("Reset"):
        presenting.forget_picks()


def test_reset_forgets_picks_and_keeps_data_and_unfinished_work() -> None:
    app = AppTest.from_function(_reset)
    kept = {Key.GROUP: "films", Key.DRAFT: "own", f"{Key.HYPERPARAMETER}_epochs": 3, Key.TRAINED_HERE: {"a": "b"}}
    for key, value in kept.items():
        app.session_state[key] = value
    picks = (Key.USER, Key.MADE, Key.WITHOUT, Key.STORY, f"{Key.LIST_TABLE}_1", "key_of_a_later_screen")
    for key in picks:
        app.session_state[key] = "x"
    app.run()
    app.button[0].click().run()
    assert {key: app.session_state[key] for key in kept} == kept
    assert not [key for key in picks if key in app.session_state]


def test_what_reset_keeps_are_declared_keys() -> None:
    assert set(KEPT) <= {value for name, value in vars(Key).items() if not name.startswith("_")}
