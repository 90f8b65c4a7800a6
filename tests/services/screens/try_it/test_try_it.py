"""What Try it yourself asks for, by a catalogue of six items: the first grid, picks, deals, the nearest, addresses."""

from types import SimpleNamespace
from typing import cast
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.backend import Backend
from services.language.vocabulary import FILM_WORDS
from services.library import cooccurrence
from services.library.catalog import Catalog
from services.library.cooccurrence import Cooccurrence
from services.library.store import LoadedData
from services.library.tastes import Tastes
from services.lists import supposed
from services.lists.reasons import Cause, Reason
from services.lists.together import dealt, neighbours
from services.personalize.campaigns import Campaign
from services.personalize.recipe_names import HRNN
from services.screens.try_it import nearest, picks, sentences, sharing
from services.screens.try_it.answer import Answer, Sources, answer
from services.screens.try_it.nearest import Near
from services.screens.try_it.tempting import tempting

IDS = list("abcdef")
GENRES = ["Drama", "Drama", "Drama", "Horror", "Horror", "Western"]


@pytest.fixture
def catalog() -> Catalog:
    table = pd.DataFrame({"item_id": IDS, "title": [f"Film {i}" for i in IDS], "year": None, "image": None})
    return Catalog(table.assign(n_people=range(60, 0, -10), n_events=1, categories=[(g,) for g in GENRES]))


@pytest.fixture
def counted() -> Cooccurrence:
    """Users 0 to 3 had a, b and c; user 4 had everything; user 5 had d and e."""
    histories = {**dict.fromkeys(range(4), "abc"), 4: "abcdef", 5: "de"}
    pairs = [(user, IDS.index(item)) for user, items in histories.items() for item in items]
    users, items = (np.array(column, dtype=np.int64) for column in zip(*pairs, strict=True))
    return cooccurrence.count(users, items, 6, 6)


def test_the_first_grid_has_something_of_every_taste(catalog: Catalog) -> None:
    tastes = Tastes("GENRES", dict(zip(IDS, [(g,) for g in GENRES], strict=True)), dict.fromkeys(IDS, 1))
    assert tempting(catalog, tastes, IDS, 3) == ("a", "d", "f")
    assert tempting(catalog, tastes, IDS, 100) == tuple(IDS)


def test_without_categories_the_first_grid_is_the_best_known(catalog: Catalog) -> None:
    assert tempting(catalog, Tastes("", {}, {}), IDS, 4) == ("a", "b", "c", "d")


@settings(max_examples=60)
@given(st.lists(st.text(max_size=3), max_size=10))
def test_any_address_gives_picks_that_exist(given_ids: list[str]) -> None:
    usable = picks.usable(given_ids, IDS)
    assert len(usable) <= picks.N_PICKS
    assert len(set(usable)) == len(usable)
    assert set(usable) <= set(IDS)


def test_a_click_picks_takes_back_or_replaces_the_last() -> None:
    assert picks.toggled((), "a") == ("a",)
    assert picks.toggled(("a", "b"), "a") == ("b",)
    assert picks.toggled(("a", "b", "c"), "d") == ("a", "b", "d")


def test_neighbours_are_dealt_in_turn_the_newest_pick_first() -> None:
    ids, brought = dealt(("a", "b"), [["b", "x", "y"], ["y", "z"]], 3)
    assert ids == ("y", "x", "z")
    assert brought == {"y": "b", "x": "a", "z": "b"}
    assert dealt(("a",), [["b", "c"]], 3, had=["b"]) == (("c",), {"c": "a"})
    assert dealt(("a",), [[]], 3) == ((), {})


def test_counted_neighbours_leave_out_what_few_had_together(counted: Cooccurrence) -> None:
    assert neighbours(counted, IDS, "a") == ("b", "c")
    assert neighbours(counted, IDS, "f") == ()


def test_the_nearest_had_the_picks_and_little_else(counted: Cooccurrence) -> None:
    found = nearest.nearest(counted, [0, 1], [2], n=5)
    assert found[0] == Near(0, 2, 1)
    assert [entry.number for entry in found] == [0, 1, 2, 3, 4]  # who had everything is the farthest of them
    assert nearest.nearest(counted, [5], [], n=3) == [Near(4, 1, 0)]


def test_an_address_keeps_every_pick_and_its_code_is_dark_on_white() -> None:
    address = sharing.address(
        "http://host:8501/try?old=1#x", "pick", ["a b", "ü&c"], [("data", "my shop"), ("user", "")]
    )
    assert address.startswith("http://host:8501/try?data=my+shop&")
    assert parse_qs(urlsplit(address).query) == {"data": ["my shop"], "pick": ["a b", "ü&c"]}
    assert sharing.address("http://host/try", "pick", []) == "http://host/try"
    code = sharing.qr_svg(address)
    assert 'fill="#fff"' in code
    assert 'stroke="#000"' in code


@pytest.mark.parametrize(
    ("url", "local"), [("http://localhost:1/try", True), ("http://[::1]/", True), ("https://a.b", False)]
)
def test_an_address_of_this_machine_is_told_from_others(url: str, local: bool) -> None:
    assert sharing.only_here(url) is local


def test_where_nobody_answers_for_made_up_people_the_list_is_counted_and_says_so(
    catalog: Catalog, counted: Cooccurrence
) -> None:
    aws = cast(Backend, SimpleNamespace(capabilities=None, label="AWS"))
    personal = Campaign("c", "arn:c", HRNN, "arn:v", 0.0, None)
    data = cast(LoadedData, None)  # only a model's made-up evening needs its newest moment
    found = answer(Sources(aws, data, catalog, personal, None, lambda: counted), ("a",))
    assert (found.way, found.item_ids) == ("counted", ("b", "c"))
    said = sentences.how_asked(found, supposed.why_not(aws, personal), FILM_WORDS)
    assert said.startswith("AWS answers only for people whom it knows.")
    assert said.endswith("what most people watched with each of your picks.")
    assert answer(Sources(aws, data, catalog, None, None, lambda: counted), ()).item_ids == tuple(IDS)


def test_sentences_count_what_is_the_visitors_own(catalog: Catalog) -> None:
    shown = Answer(("b", "c", "d"), "counted", pick_of={"b": "a", "c": "a", "d": "a"})
    assert sentences.headline(("a",), shown, ("a", "b"), FILM_WORDS) == (
        "One film, and 2 of 3 places are yours: not what everybody gets."
    )
    assert "pick another one" in sentences.headline(("f",), Answer((), "counted", pick_of={}), (), FILM_WORDS)
    assert sentences.why("b", shown, None, catalog, FILM_WORDS) == "often watched with Film a"
    assert sentences.picks_of("b", shown, None, ("a",)) == ("a",)


def test_a_reason_names_the_pick_that_it_is_owed_to(catalog: Catalog) -> None:
    shown = Answer(("c",), "model")
    reason = Reason("c", 1, "left out", because=(Cause("b", 2, 0.5, places=7),))
    assert sentences.why("c", shown, reason, catalog, FILM_WORDS) == "because you watched Film b"
    assert sentences.picks_of("c", shown, reason, ("a", "b")) == ("b",)
    alone = Reason("c", 1, "left out")
    assert sentences.why("c", shown, alone, catalog, FILM_WORDS) == sentences.TOGETHER
    assert sentences.picks_of("c", shown, alone, ("a", "b")) == ()
