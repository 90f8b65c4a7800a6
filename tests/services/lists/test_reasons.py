"""Reasons in words: what is named, how strong it is, what speaks against it, and what stands in on AWS."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from services.backend import HistoryEvent, Reasons
from services.language.vocabulary import Words
from services.library.catalog import Catalog
from services.library.cooccurrence import count
from services.lists import evidence, reasons
from services.lists.reasons import Cause, Reason
from services.personalize.campaigns import Campaign

WORDS = Words("film", "films", "watch", "watched", "because you watched")
TITLES = {"v": "Vertigo", "r": "Rear Window", "a": "Alien", "b": "Big", "t": "Toy Story"}
HRNN = Campaign("films-hrnn", "arn:hrnn", "aws-hrnn", "arn:v", 0.0, 100)
POPULAR = Campaign("films-popularity", "arn:pop", "aws-popularity-count", "arn:p", 0.0, 100)


@pytest.fixture
def catalog() -> Catalog:
    rows = [(i, TITLES[i], None, (), None, n, n) for n, i in enumerate(sorted(TITLES), 1)]
    columns = ["item_id", "title", "year", "categories", "image", "n_people", "n_events"]
    return Catalog(pd.DataFrame(rows, columns=columns))


def told(strengths, ranks_without, ranks=(1, 2), items=("x", "y"), events=("v", "a", "b")) -> Reasons:
    return Reasons(
        kind="left out",
        item_ids=items,
        events=tuple(HistoryEvent(item_id, 100 + i) for i, item_id in enumerate(events)),
        ranks=np.array(ranks, np.int32),
        strengths=np.array(strengths, np.float32),
        ranks_without=np.array(ranks_without, np.int32),
    )


def test_the_event_that_costs_most_log_score_is_named_first() -> None:
    first, _ = reasons.left_out(told([[0.2, 0.9, 0.5], [0, 0, 0]], [[4, 8, 20], [2, 2, 2]]))
    assert [cause.item_id for cause in first.because] == ["a", "b", "v"]
    assert [cause.places for cause in first.because] == [7, 19, 3]
    assert first.places == {("v", 100): 3, ("a", 101): 7, ("b", 102): 19}


def test_an_event_that_costs_no_place_is_not_named() -> None:
    whole, named = reasons.left_out(told([[0.9, 0.1, 0.0], [0.9, 0.1, 0.0]], [[1, 1, 1], [2, 3, 2]]))
    assert whole.because == ()
    assert [cause.item_id for cause in named.because] == ["a"]


def test_what_speaks_against_an_item_stands_under_despite_strongest_first() -> None:
    _, item = reasons.left_out(told([[0, 0, 0], [-0.1, 0.4, -0.8]], [[1, 1, 1], [1, 5, 1]]))
    assert [(cause.item_id, cause.places) for cause in item.despite] == [("b", -1), ("v", -1)]
    assert [cause.item_id for cause in item.because] == ["a"]


def test_an_item_that_was_had_twice_is_named_once() -> None:
    first, _ = reasons.left_out(told([[0.2, 0.9, 0.5], [0, 0, 0]], [[4, 8, 20], [2, 2, 2]], events=("v", "a", "v")))
    assert [(cause.item_id, cause.timestamp) for cause in first.because] == [("a", 101), ("v", 102)]


def test_an_item_that_cannot_be_shown_has_no_causes() -> None:
    first, _ = reasons.left_out(told([[0, 0, 0], [0, 0, 0]], [[0, 0, 0], [2, 2, 2]], ranks=(0, 2)))
    assert (first.because, first.despite, first.rank) == ((), (), 1)


@pytest.mark.parametrize(
    ("places", "rank_without", "dots"),
    [(1, 3, 1), (4, 9, 1), (5, 9, 2), (14, 20, 2), (15, 22, 3), (2, 26, 3), (-3, 1, 1), (-7, 26, 2)],
)
def test_dots_follow_the_loss_of_places(places: int, rank_without: int, dots: int) -> None:
    assert reasons.dots_of(places, rank_without, 25) == dots


def cause(item_id: str, strength: float, dots: int = 2) -> Cause:
    return Cause(item_id, dots, strength, 100, 6, 9)


def test_a_second_cause_is_named_when_it_comes_near(catalog: Catalog) -> None:
    near = Reason("r", 3, "left out", (cause("v", 1.0), cause("a", 0.6), cause("b", 0.5)))
    far = Reason("r", 3, "left out", (cause("v", 1.0), cause("a", 0.4)))
    assert reasons.sentence(near, catalog, WORDS) == "because you watched Vertigo and Alien"
    assert reasons.sentence(far, catalog, WORDS) == "because you watched Vertigo"
    assert reasons.cell(near, catalog, WORDS) == "●●○ Vertigo and Alien"
    assert reasons.short(near, catalog, WORDS, length=5) == "because you watched Vert…"
    assert reasons.evidence_words(near.because[0], near, WORDS) == "without it 9th, not 3rd"


def test_without_a_cause_an_item_fits_the_history_as_a_whole(catalog: Catalog) -> None:
    whole = Reason("r", 3, "left out")
    assert whole.dots == 0
    for said in (reasons.sentence, reasons.cell, reasons.short):
        assert said(whole, catalog, WORDS) == "fits your history as a whole"


def test_popularity_gives_its_count_and_needs_no_model(catalog: Catalog) -> None:
    backend = SimpleNamespace(capabilities=None)
    found = reasons.reasons_for(backend, POPULAR, "u", ["v"], None, catalog, None)
    assert reasons.cell(found["v"], catalog, WORDS) == "5 people watched it"
    assert reasons.source_note(backend, POPULAR, WORDS) == ""


def test_somebody_without_a_history_is_told_so(catalog: Catalog) -> None:
    nothing = told(np.zeros((2, 0)), np.zeros((2, 0)), events=())
    here = SimpleNamespace(capabilities=SimpleNamespace(reasons=lambda *given, **more: nothing))
    aws = SimpleNamespace(capabilities=None)
    for backend in (here, aws):
        found = reasons.reasons_for(backend, HRNN, "u", ["v"], data(""), catalog, None)
        assert reasons.cell(found["v"], catalog, WORDS) == "popular, no history yet"


def test_an_item_that_the_history_alone_would_not_list_is_explored(catalog: Catalog) -> None:
    answer = told([[0.9, 0, 0], [0.9, 0, 0]], [[9, 1, 1], [99, 40, 40]], ranks=(1, 40), items=("v", "r"))
    backend = SimpleNamespace(capabilities=SimpleNamespace(reasons=lambda *given, **more: answer))
    explores = replace(HRNN, recipe="aws-user-personalization")
    found = reasons.reasons_for(backend, explores, "u", ["v", "r"], None, catalog, None)
    assert (found["v"].how, found["r"].how) == ("left out", "explored")
    assert reasons.cell(found["r"], catalog, WORDS) == "shown to learn more about it"
    plain = reasons.reasons_for(backend, HRNN, "u", ["v", "r"], None, catalog, None)
    assert plain["r"].how == "left out"


def data(items) -> SimpleNamespace:
    return SimpleNamespace(counted_history=lambda user_id: tuple(items))


def people(catalog: Catalog, *lists: str):
    """Return who had both, from one word of items a person."""
    pairs = [(person, list(catalog.ids).index(item)) for person, items in enumerate(lists) for item in items]
    users, numbers = np.array(pairs, np.int64).T
    return count(users, numbers, len(lists), catalog.n_items)


def test_where_no_model_tells_people_who_had_both_stand_in_and_it_is_said(catalog: Catalog) -> None:
    counted = people(catalog, "vr", "vr", "vr", "v", "a", "a", "ab", "b", "ta", "t")
    backend = SimpleNamespace(capabilities=None)
    found = reasons.reasons_for(backend, HRNN, "u", ["r", "t"], data("va"), catalog, lambda: counted)
    (first,) = found["r"].because
    assert (first.item_id, first.n_both, first.n_people, first.rank_without) == ("v", 3, 4, None)
    said = reasons.evidence_words(first, found["r"], WORDS)
    assert said == "3 of the 4 people who watched it also watched this"
    assert reasons.cell(found["t"], catalog, WORDS) == "nothing in common with the recent past"
    assert "AWS gives no reasons" in reasons.source_note(backend, HRNN, WORDS)


def test_evidence_agrees_with_counting_one_by_one(catalog: Catalog) -> None:
    rng = np.random.default_rng(0)
    lists = ["".join(rng.choice(list("abrtv"), rng.integers(1, 5), replace=False)) for _ in range(60)]
    counted = people(catalog, *lists)
    numbers = {item_id: number for number, item_id in enumerate(catalog.ids)}
    found = evidence.evidence(["a", "zzz"], ["v", "b", "v", "nothing"], numbers, counted)
    assert found["zzz"] == []
    for entry in found["a"]:
        both = sum("a" in had and entry.item_id in had for had in lists)
        one, other = sum("a" in had for had in lists), sum(entry.item_id in had for had in lists)
        assert (entry.n_both, entry.n_people) == (both, other)
        assert entry.times == pytest.approx(both * 60 / (one * other))
        assert entry.cosine == pytest.approx(both / (one * other) ** 0.5)


def test_evidence_leaves_out_what_chance_would_give_and_the_item_itself(catalog: Catalog) -> None:
    numbers = {item_id: number for number, item_id in enumerate(catalog.ids)}
    everybody = people(catalog, *["va"] * 10)
    assert evidence.evidence(["a"], ["v", "a"], numbers, everybody)["a"] == []
    few = people(catalog, *["va"] * 2, *["b"] * 20)
    assert evidence.evidence(["a"], ["v"], numbers, few)["a"] == []
    enough = people(catalog, *["va"] * 3, *["b"] * 20)
    assert [entry.item_id for entry in evidence.evidence(["a"], ["v"], numbers, enough)["a"]] == ["v"]
    assert evidence.evidence([], ["v"], numbers, enough) == {}
    assert evidence.evidence(["a"], [], numbers, enough) == {"a": []}


def test_a_cause_is_one_of_the_named_only_if_it_is_strong(catalog: Catalog) -> None:
    reason = Reason("r", 1, "left out", (cause("v", 0.2),))
    assert replace(reason, because=()).named == ()
    assert reason.named == reason.because
