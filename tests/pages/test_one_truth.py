"""Every figure that is said twice: the story's, Home's and Training's are those of the pages, in both modes."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from pages.components.keys import Key
from services.laboratory.hit_rates import LABEL
from tests.pages.driving import headline, text, values

TITLES = ("STOREFRONT", "RECOMMENDATIONS", "COMPARE", "MAP", "LIVE EVENTS", "SIMILAR", "RANKING", "COLD START")
TITLES += ("EVALUATION", "TRY IT YOURSELF")
TURN = 5
STARTS = {"usual": "story_start", "presenting": "story_start_presenting"}


def told() -> None:
    import streamlit as st

    from pages.components.story import steps

    st.session_state["told"] = steps.steps("film-demo")


def figures(app: AppTest) -> dict[str, str]:
    """Return what the page says in figures, without the time that a call took."""
    return {label: value for label, value in values(app).items() if "time" not in label.lower()}


def walk(app: AppTest, mode: str) -> tuple[list[str], list[dict[str, str]]]:
    """Return the headline and the figures of each step; the replay is looked at when it has ended."""
    app.run()
    app.button(key=STARTS[mode]).click().run()
    said, shown = [], []
    for number, title in enumerate(TITLES, start=1):
        if number > 1:
            app.button(key="story_next").click().run()
        assert title in text(app)
        assert app.query_params[Key.STORY] == str(number)
        if number == TURN:
            assert "(before:" not in text(app), "the number is said before the play"
            app.session_state[Key.LIVE_STEP] = "20"
            app.run()
            assert ("(before:" in text(app)) == (mode == "usual")
        said.append(headline(app))
        shown.append(figures(app))
        if number == TURN:
            for replay in app.session_state[Key.LIVE_REPLAYS]:
                replay.close()
    return said, shown


@pytest.fixture(scope="module")
def seen() -> dict[str, tuple[list[str], list[dict[str, str]]]]:
    return {}


@pytest.mark.parametrize("mode", list(STARTS))
def test_every_figure_of_the_story_stands_on_its_page(story_app: AppTest, seen, mode: str) -> None:
    story_app.run()
    steps = AppTest.from_function(told).run().session_state["told"]
    numbers = [step.number for step in steps]
    assert len(numbers) == len(TITLES)
    assert all(numbers), numbers
    said, shown = seen[mode] = walk(story_app, mode)
    window, own, two, placed, turned, near, order, new, worth, _ = numbers
    n_shared, many = re.findall(r"\d+", window)
    assert f"share {'none' if n_shared == '0' else n_shared} of their first {many} films" in said[0]
    assert own.split(" in taste")[0] == shown[1]["In taste"]
    assert re.search(r"bestsellers: (\d+)", own)[1] == re.search(r"of the bestsellers, (\d+)", said[1])[1]
    assert f"share {two.removesuffix(' shared')} films" in said[2]
    assert sum(f"{n} of {whose}" in said[3] for n, whose in re.findall(r"(\d+) of (\w+'s)", placed)) in (0, 2)
    assert ("lights are in" in said[3]) == (len(set(re.findall(r"25 in ([\w-]+)", placed))) == 2)
    assert turned.split(" are ")[0] == next(value for label, value in shown[4].items() if label.startswith("Shared"))
    assert near.split(" share")[0] == shown[5]["Share a genre"]
    assert order in said[6] or "the same" in said[6]
    assert new.split(" (")[0] in said[7]
    assert re.search(r"random: (.*)\)", new)[1] in said[7]
    right, beside = re.findall(r"\d+ %", worth)
    assert shown[8][LABEL] == right
    assert all(part in said[8] for part in (right, beside, worth.split("(")[1].split(":")[0]))
    if "usual" in seen and mode == "presenting":
        assert (said, shown) == seen["usual"]


def test_home_and_training_say_what_evaluation_says(story_app: AppTest) -> None:
    story_app.run()
    at_home, in_words = values(story_app)[LABEL], re.findall(r"\d+ %", headline(story_app))
    story_app.switch_page("pages/training_page.py").run()
    assert values(story_app)[LABEL] == at_home
    assert re.findall(r"\d+ %", headline(story_app)) == in_words
    story_app.switch_page("pages/evaluation_page.py").run()
    assert values(story_app)[LABEL] == at_home
    assert re.findall(r"\d+ %", headline(story_app)) == in_words
    better, worse = (int(n) for n in re.search(r"better for (\d+), worse for (\d+)", headline(story_app)).groups())
    assert values(story_app)["Better : worse"] == f"{better} : {worse}"
