"""Figures, picture and sentences of Live events."""

import pandas as pd
import pytest

from services.errors import ServiceError
from services.language.vocabulary import FILM_WORDS
from services.library.catalog import Catalog
from services.library.store import Library
from services.library.tastes import Tastes
from services.sandbox.replay import Replay
from services.sandbox.script import LiveEvent
from services.sandbox.states import Answered, Plan, ReplayState
from services.screens.live_events import figures, presets, sentences, tastes
from services.screens.live_events.figures import Ceiling
from tests.services.sandbox.worlds import Model, backend, genre_of, three_tastes
from tests.services.worlds import HRNN, answer

IDS = [f"i{n}" for n in range(150)]
CATALOG = Catalog(
    pd.DataFrame(
        {
            "item_id": IDS,
            "title": [f"Film {i}" for i in IDS],
            "year": [1980] * 150,
            "categories": [()] * 150,
            "image": [None] * 150,
            "n_people": [1] * 150,
            "n_events": [1] * 150,
        }
    )
)


def step(number: int, *items: int, sent: int | None = None) -> ReplayState:
    event = None if sent is None else LiveEvent(f"i{sent}", number, "watch")
    return ReplayState(number, event, None, Answered(answer(*(f"i{n}" for n in items))))


FIRST = step(0, *range(100))
THEN = step(1, *range(50, 100), *range(1, 25), sent=0)
STEPS = (FIRST, THEN)
TARGET = [f"i{n}" for n in range(50, 75)]


def test_shared_and_changed_are_counted_over_25_places() -> None:
    assert figures.shared(STEPS, TARGET) == [0, 25]
    assert figures.changed(STEPS, 0) == 0
    assert figures.changed(STEPS, 1) == 25
    swapped = (step(0, 1, 2, 3), step(1, 1, 3, 2))
    assert figures.changed(swapped, 1) == 2


def test_the_ceiling_leaves_out_what_is_hidden() -> None:
    assert figures.ceiling(TARGET, ["i50", "i51", "i99"], FIRST.answer.ids) == Ceiling(23, "2 seen before")
    assert figures.ceiling(TARGET, ["i140"], FIRST.answer.ids) == Ceiling(25, "")
    assert figures.ceiling(TARGET, ["i50", "i0"], FIRST.answer.ids).value == 25, "a recipe that hides nothing"


def test_what_left_says_why() -> None:
    gone = figures.left_out((step(0, *range(25)), step(1, *range(2, 27), 1, sent=0)), 1)
    assert gone == [("i0", "watched", None), ("i1", "overtaken", 26)]
    assert figures.left_out(STEPS, 0) == []


def test_the_list_has_its_moves_and_whose_items_they_are() -> None:
    frame = figures.list_frame((step(0, 1, 2), step(1, 50, 2, 1)), 1, TARGET, CATALOG, 25)
    assert list(frame["mark"]) == ["new", "=", "▼ 2"]
    assert list(frame["theirs"]) == [True, False, False]
    assert frame["rise"].isna().tolist() == [True, False, False]
    assert frame["rise"].tolist()[1:] == [0, -2]
    assert list(figures.list_frame(STEPS, 0, TARGET, CATALOG, 3)["mark"]) == ["", "", ""]


def test_the_matrix_has_a_column_a_step_and_its_ranks() -> None:
    replay = Replay(None, Plan("g", HRNN, (), (LiveEvent("i0", 1, "watch"),)))  # type: ignore[arg-type]
    replay._steps = STEPS
    frame = figures.matrix(replay, CATALOG, TARGET).set_index("item_id")
    assert len(frame) == 50
    assert frame.loc["i50", "step 1"] == 1
    assert frame.loc["i50", "step 0"] == 51
    assert pd.isna(frame.loc["i0", "step 1"])


@pytest.mark.parametrize("n", [1, 5, 9])
def test_few_steps_all_have_their_column(n: int) -> None:
    assert figures.table_steps(n, n) == tuple(range(n + 1))


@pytest.mark.parametrize("n", [10, 20, 60, 500])
def test_many_steps_have_at_most_ten_columns_with_the_chosen_one(n: int) -> None:
    usual = figures.table_steps(n, 0)
    assert usual[0] == 0
    assert usual[-1] == n
    for number in range(n + 1):
        found = figures.table_steps(n, number)
        assert number in found
        assert len(found) == len(usual) <= 10
        assert list(found) == sorted(set(found))
    assert figures.table_steps(20, 20) == (0, 1, 2, 3, 5, 8, 12, 16, 20)


TASTES = Tastes("GENRES", {f"i{n}": (genre_of(f"i{n}"),) for n in range(180)}, {f"i{n}": 1 for n in range(180)})
NOIR, HORROR, FAMILY = (range(first, 180, 3) for first in range(3))


def test_the_stream_grows_with_the_events_and_its_shares_add_up() -> None:
    states = (step(0, *NOIR[:25]), step(1, *NOIR[:20], *HORROR[:5], sent=1), step(2, *HORROR[:25], sent=4))
    target = [f"i{n}" for n in HORROR[:25]]
    rows = tastes.stream(states, 2, target, TASTES)
    assert rows.groupby("step")["share"].sum().tolist() == pytest.approx([1, 1, 1])
    horror = rows[rows["taste"] == "Horror"]
    assert horror["share"].tolist() == pytest.approx([0, 0.2, 1])
    assert horror["role"].nunique() == 1, "one colour through all steps"
    assert set(tastes.stream(states, 0, target, TASTES)["step"]) == {0}, "nothing is told before it was sent"
    assert tastes.stream((step(0, 1),), 0, [], Tastes("", {}, {})).empty
    said = sentences.stream_alt(rows, 2)
    assert "Noir 100 %, now 0 %" in said
    assert "Horror 0 %, now 100 %" in said


def test_the_list_listens_to_tonight_or_to_the_life_before() -> None:
    past = [f"i{n}" for n in NOIR[:20]]
    states = (step(0, *NOIR[:25]), step(1, *NOIR[:20], *HORROR[:5], sent=1), step(2, *HORROR[:25], sent=4))
    assert tastes.listens(states, 0, past, TASTES) is None
    life, tonight = (tastes.listens(states, at, past, TASTES) for at in (1, 2))
    assert (life.n_tonight, life.n_life, life.to_tonight) == (5, 20, False)
    assert (tonight.n_tonight, tonight.n_life, tonight.to_tonight) == (25, 0, True)
    assert sentences.listens_line(life, "Nora", FILM_WORDS) == (
        "The model follows Nora's earlier history: 5 of 25 films are Horror, as tonight; 20 are Noir, as before."
    )
    assert "follows the events of tonight: 25 of 25 " in sentences.listens_line(tonight, "Nora", FILM_WORDS)
    assert sentences.listens_line(None, "Nora", FILM_WORDS) == ""


def test_headlines_at_the_start_on_the_way_and_at_the_end() -> None:
    said = [
        sentences.headline("Nora", "Ben", [1, 9, 17], at, 2, Ceiling(23, ""), third, 4, FILM_WORDS)
        for at, third in ((0, None), (1, ("Mia", 2)), (2, ("Mia", 2)))
    ]
    assert said[0] == "Nora's list has 1 of Ben's 25 films. Press Step to send Ben's events, one by one."
    assert said[1] == (
        "After 1 of Ben's events, 9 of Nora's 25 films are Ben's; before it was 1. Mia's events would have given 2."
    )
    assert said[2].startswith(
        "After all 2 events, 17 of Nora's 25 films are Ben's, of at most 23; 4 are still from Nora's history."
    )
    assert max(map(len, said)) <= 140


def test_headline_of_no_difference() -> None:
    on_the_way = sentences.headline("Nora", "Ben", [3, 3, 3], 1, 2, Ceiling(25, ""), None, 0, FILM_WORDS)
    assert on_the_way.endswith("3 of Nora's 25 films are Ben's, as before.")
    end = sentences.headline("Nora", "Ben", [3, 3, 3], 2, 2, Ceiling(25, ""), None, 0, FILM_WORDS)
    assert end == "After 2 events, Nora's list still shares 3 with Ben's."


def test_other_sentences() -> None:
    assert sentences.hand_headline("Nora", 2, 0, FILM_WORDS).endswith("has the same 25 films as before.")
    assert sentences.visitor_headline(3, 14, FILM_WORDS) == "3 clicks changed 14 of 25 films."
    assert sentences.then_headline("Max", [6, 20], 1, 1, FILM_WORDS).startswith("With 1 event back, 20 of 25")
    assert sentences.then_headline("Max", [6, 9, 20], 2, 2, FILM_WORDS).startswith("With all 2 events back, 20 of 25")
    assert sentences.flat_words([1, 1], [0, 0], 1) == "similar items and bestsellers stay at 1, 0"
    assert sentences.flat_words(None, [0, 2], 1) == "bestsellers go from 0 to 2"
    assert sentences.flat_words(None, None, 1) == ""
    text = sentences.alt("Ben", [1, 17], 1, Ceiling(23, ""), ("Mia", 2), "sims stays at 1")
    assert text == (
        "Items shared with Ben rise from 1 to 17 of 25 over 1 event, at most 23; with Mia's events 2; sims stays at 1."
    )


def test_a_stopped_replay_says_what_stays() -> None:
    replay = Replay(None, Plan("g", HRNN, (), (LiveEvent("i0", 1, "watch"),) * 3))  # type: ignore[arg-type]
    replay._error = ServiceError("InvalidInputException", "It is not liked.")
    assert sentences.refused(replay) == "The copy could not be made: It is not liked."
    replay._steps = STEPS
    assert sentences.refused(replay) == "Event 2 was refused: It is not liked. The 1 earlier step stays."


def test_presets_are_found_in_the_data(tmp_path) -> None:
    data = Library(tmp_path).save(three_tastes())
    catalog, people, tastes = data.catalog(), data.people(), data.tastes()
    found = {preset.name: (preset.one, preset.other) for preset in presets.presets(data, catalog, people, tastes)}
    assert found["Ann becomes Bob"] == ("ann", "bob")
    assert found["Dot changed"] == ("dot", "dot")
    assert found["Eve: from nothing"][0] == "eve"
    clicks = presets.to_click(catalog, tastes)
    assert len(set(clicks)) == 6
    assert len({catalog.categories(item) for item in clicks[:3]}) == 3


def test_the_third_person_has_a_taste_and_events(tmp_path) -> None:
    data = Library(tmp_path).save(three_tastes())
    sample = None
    assert presets.third_person("ann", "bob", data.people(), sample, 20) == "cid"  # type: ignore[arg-type]


def test_a_copy_says_how_it_answers(tmp_path) -> None:
    opened = backend(Model({"ann": ["i0"]}), tmp_path)
    past = (LiveEvent("i0", 1, "watch"),)
    replay = Replay(opened, Plan("three-tastes", HRNN, past, (), "ann"))
    replay.advance()
    line = sentences.check_line(replay, "Ann", FILM_WORDS, user_columns=True)
    assert line == "Test copy of Ann, made of 1 event: the same 25 films as the original."
    assert sentences.kept_line(replay, can_forget=True).startswith("Deleted again")
