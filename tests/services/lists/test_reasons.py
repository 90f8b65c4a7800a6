"""Reasons in words: what is named, how strong it is, what speaks against it, and what stands in on AWS."""

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from services.backend import HistoryEvent, Reasons
from services.language.vocabulary import Words
from services.library.catalog import Catalog
from services.library.columns import ColumnRoles
from services.library.cooccurrence import count
from services.lists import evidence, reasons, sentences
from services.lists.reasons import Evening, Reason
from services.lists.threads import Echo, Singles, Thread
from services.lists.traits import Trait, traits
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


def left_out(answer: Reasons, *evenings: str) -> list[Reason]:
    singles = Singles(
        {event.item_id: (event,) for event in answer.events},
        tuple(tuple(event for event in answer.events if event.item_id in items) for items in evenings),
    )
    return reasons.left_out(answer, singles)


def test_the_item_that_costs_most_log_score_is_named_first() -> None:
    first, _ = left_out(told([[0.2, 0.9, 0.5], [0, 0, 0]], [[4, 8, 20], [2, 2, 2]]))
    assert [cause.item_id for cause in first.because] == ["a", "b", "v"]
    assert [cause.places for cause in first.because] == [7, 19, 3]
    assert first.places == {"v": 3, "a": 7, "b": 19}


def test_an_item_that_costs_no_place_is_not_named() -> None:
    whole, named = left_out(told([[0.9, 0.1, 0.0], [0.9, 0.1, 0.0]], [[1, 1, 1], [2, 3, 2]]))
    assert whole.because == ()
    assert [cause.item_id for cause in named.because] == ["a"]


def test_what_speaks_against_an_item_stands_under_despite_strongest_first() -> None:
    _, item = left_out(told([[0, 0, 0], [-0.1, 0.4, -0.8]], [[1, 1, 1], [1, 5, 1]]))
    assert [(cause.item_id, cause.places) for cause in item.despite] == [("b", -1), ("v", -1)]
    assert [cause.item_id for cause in item.because] == ["a"]


def test_an_item_that_cannot_be_shown_has_no_causes() -> None:
    first, _ = left_out(told([[0, 0, 0], [0, 0, 0]], [[0, 0, 0], [2, 2, 2]], ranks=(0, 2)))
    assert (first.because, first.despite, first.rank) == ((), (), 1)


def test_the_evening_that_costs_most_is_told_with_its_items() -> None:
    answer = told([[0, 0, 0, 0.4, 0.9], [0, 0, 0, 0.3, 0.1]], [[1, 1, 1, 4, 9], [2, 2, 2, 5, 2]])
    first, second = left_out(answer, "va", "ab")
    assert first.evening == Evening(101, 2, 8, 9)
    assert second.evening == Evening(100, 2, 3, 5)
    assert sentences.evening_words(first.evening, first, WORDS) == (
        "without the evening of 1 Jan 1970 (2 films): 9th, not 1st"
    )


@pytest.mark.parametrize(
    ("places", "rank_without", "dots"),
    [(1, 3, 1), (4, 9, 1), (5, 9, 2), (14, 20, 2), (15, 22, 3), (2, 26, 3), (-3, 1, 1), (-7, 26, 2)],
)
def test_dots_follow_the_loss_of_places(places: int, rank_without: int, dots: int) -> None:
    assert reasons.dots_of(places, rank_without, 25) == dots


def thread(kind, values, names, n_before=3, events=()) -> Thread:
    return Thread(Trait(kind, "COLUMN", tuple(values)), tuple(names), tuple(events), n_before, 0.5, 6, 9)


def test_a_thread_is_told_in_the_third_person_with_exactly_what_was_left_out(catalog: Catalog) -> None:
    hitchcock = Reason("r", 3, "left out", thread=thread("by", ["Alfred Hitchcock"], "va"))
    assert sentences.cell(hitchcock, catalog, WORDS) == "4th by Alfred Hitchcock, after Vertigo and Alien"
    assert sentences.sentence(hitchcock, "Nora", catalog, WORDS) == (
        "the 4th film by Alfred Hitchcock for Nora, after Vertigo and Alien"
    )
    assert sentences.short(hitchcock, catalog, WORDS, length=8) == "4th by…"
    assert sentences.loss_words(hitchcock.thread, hitchcock) == "without these 2: 9th, not 3rd"
    evenings = [HistoryEvent("v", 0), HistoryEvent("a", 100_000)]
    noir = Reason("r", 3, "left out", thread=thread("category", ["Crime", "Film-Noir"], "va", events=evenings))
    assert sentences.cell(noir, catalog, WORDS) == "2 evenings of Crime and Film-Noir: Vertigo and Alien"
    shop = Words("product", "products", "buy", "bought", "because you bought")
    together = Reason("r", 3, "left out", thread=thread("together", "v", "v"))
    assert sentences.cell(together, catalog, shop) == "often bought with Vertigo"
    assert sentences.cell(replace(noir, thread=replace(noir.thread, trait=hitchcock.thread.trait)), catalog, shop) == (
        "4th by Alfred Hitchcock, after Vertigo and Alien"
    )
    assert "2 visits of" in sentences.cell(noir, catalog, shop)
    series = Reason("r", 3, "left out", thread=thread("series", ["Toy Story"], "t"))
    assert sentences.sentence(series, "Nora", catalog, WORDS) == "from the same series as Toy Story, which Nora watched"


def test_where_no_part_decides_the_whole_history_is_told(catalog: Catalog) -> None:
    echo = Reason("r", 3, "left out", echo=Echo(Trait("category", "GENRES", ("Horror",)), 26))
    assert sentences.cell(echo, catalog, WORDS) == "Horror, like 26 films before"
    assert sentences.sentence(echo, "Ben", catalog, WORDS) == "like 26 of the films that Ben watched: Horror"
    maker = Reason("r", 3, "left out", echo=Echo(Trait("by", "DIRECTOR", ("H",)), 28))
    assert sentences.cell(maker, catalog, WORDS) == "29th by H"
    assert sentences.sentence(maker, "Nora", catalog, WORDS) == "the 29th film by H for Nora"
    whole = Reason("r", 3, "left out")
    assert whole.named == ()
    assert sentences.cell(whole, catalog, WORDS) == sentences.WHOLE


def test_popularity_gives_its_count_and_needs_no_model(catalog: Catalog) -> None:
    backend = SimpleNamespace(capabilities=None)
    found = reasons.reasons_for(backend, POPULAR, "u", ["v"], None, catalog, None, None)
    assert sentences.cell(found["v"], catalog, WORDS) == "5 people watched it"
    assert sentences.source_note(backend, POPULAR, WORDS) == ""


class Additive:
    """A model whose score for an item is a sum over the events: leaving out a group takes its parts away."""

    def __init__(self, carries: dict[str, dict[str, float]], known: str, others: Sequence[float] = ()) -> None:
        self.carries = carries
        self.known = tuple(HistoryEvent(item_id, 100_000 * i) for i, item_id in enumerate(known))
        self.others = others
        self.n_asked = 0

    def known_events(self, arn: str, user_id: str) -> tuple[HistoryEvent, ...]:
        return self.known

    def reasons(self, arn, user_id, item_ids, n_events, *, events, also_had, context, groups) -> Reasons:
        self.n_asked += 1
        known = self.known if events is None else tuple(events)
        scores = self._scores(item_ids, known)
        without = [self._scores(item_ids, [e for e in known if e not in group]) for group in groups]
        return Reasons(
            "left out",
            tuple(item_ids),
            known,
            self._ranks(scores),
            np.array([scores - each for each in without], np.float32).reshape(len(groups), len(item_ids)).T,
            np.array([self._ranks(each) for each in without], np.int32).reshape(len(groups), len(item_ids)).T,
        )

    def _scores(self, item_ids, known):
        return np.array([sum(self.carries[i].get(event.item_id, 0) for event in known) for i in item_ids])

    def _ranks(self, scores):
        return np.array([1 + sum(np.array([*self.others, *scores]) > own) for own in scores], np.int32)


def explained(model: Additive, catalog: Catalog, items: pd.DataFrame, ids: str, both=None) -> dict[str, Reason]:
    backend = SimpleNamespace(capabilities=SimpleNamespace(what_if=model))
    found = traits(items, ColumnRoles(categories=("GENRES",), people=("DIRECTOR",)), None)
    return reasons.reasons_for(backend, HRNN, "u", list(ids), None, catalog, both, lambda: found)


def items(**rows: tuple[str, str]) -> pd.DataFrame:
    """Return items from id=(director, genres); twenty more stand for the rest of the catalogue."""
    rest = {f"x{n}": ("", "Drama") for n in range(20)}
    return pd.DataFrame(
        [(i, director, genres) for i, (director, genres) in {**rows, **rest}.items()],
        columns=["ITEM_ID", "DIRECTOR", "GENRES"],
    )


def test_what_is_named_shares_a_trait_and_carries_the_place(catalog: Catalog) -> None:
    films = items(r=("H", ""), v=("H", ""), a=("H", ""), b=("", "Comedy"), t=("H", ""))
    model = Additive({"r": {"v": 3, "a": 1, "b": 9, "t": -1}}, "vabt", others=[12.5, 10.5])
    reason = explained(model, catalog, films, "r")["r"]
    assert model.n_asked == 2
    # b carries most and shares nothing; t shares the director and speaks against it
    assert reason.thread.item_ids == ("v", "a")
    assert (reason.thread.trait.values, reason.thread.n_before) == (("H",), 3)
    assert (reason.rank, reason.thread.rank_without, reason.thread.places) == (2, 3, 1)
    assert [cause.item_id for cause in reason.because] == ["b", "v"]
    assert [cause.item_id for cause in reason.despite] == ["t"]


def test_an_item_is_left_out_with_all_its_events(catalog: Catalog) -> None:
    films = items(r=("H", ""), v=("H", ""))
    model = Additive({"r": {"v": 2}}, "vbv", others=[3, 1])
    reason = explained(model, catalog, films, "r")["r"]
    assert reason.thread.events == (model.known[0], model.known[2])
    assert reason.places == {"v": 2, "b": 0}


def test_one_cause_explains_three_rows_at_most_and_the_next_trait_comes_in(catalog: Catalog) -> None:
    ids = "rabt"
    films = items(v=("H", "Noir|War"), **dict.fromkeys(ids, ("H", "Noir|War")))
    model = Additive({i: {"v": 9 - n} for n, i in enumerate(ids)}, "v", others=[0.5] * 9)
    found = explained(model, catalog, films, ids)
    told_traits = [found[i].thread.trait for i in ids]
    assert [trait.values for trait in told_traits[:3]] == [("H",)] * 3
    assert told_traits[3].values == ("Noir", "War")


def test_without_a_part_that_decides_the_history_as_a_whole_is_told(catalog: Catalog) -> None:
    films = items(r=("H", ""), v=("H", ""), a=("H", ""))
    reason = explained(Additive({"r": {"v": 3, "a": 3}}, "va", others=[1]), catalog, films, "r")["r"]
    assert reason.thread.rank_without == 2  # both together carry it
    alone = explained(Additive({"r": {"v": 3, "a": 3}}, "va"), catalog, films, "r")["r"]
    assert alone.thread is None
    assert (alone.echo.trait.values, alone.echo.n_before) == (("H",), 2)


def test_items_without_columns_are_bound_by_the_people_who_had_both(catalog: Catalog) -> None:
    counted = people(catalog, *["vr"] * 4, *["a"] * 20, "b")
    model = Additive({"r": {"v": 3, "a": 5}, "b": {"a": 1}}, "va", others=[6, 2, 0.5])
    found = explained(model, catalog, items(), "rb", lambda: counted)
    assert model.n_asked == 1
    assert found["r"].thread.item_ids == ("v",)
    assert sentences.cell(found["r"], catalog, WORDS) == "often watched with Vertigo"
    assert sentences.evidence_words(found["r"].because[0], found["r"], WORDS) == (
        "without it 2nd, not 1st; 4 of the 4 people who watched it also watched this"
    )
    assert sentences.cell(found["b"], catalog, WORDS) == sentences.WHOLE


def test_somebody_without_a_history_is_told_so(catalog: Catalog) -> None:
    here = SimpleNamespace(capabilities=SimpleNamespace(what_if=Additive({"v": {}}, "")))
    aws = SimpleNamespace(capabilities=None)
    for backend in (here, aws):
        found = reasons.reasons_for(backend, HRNN, "u", ["v"], data(""), catalog, None, lambda: traits_of_nothing)
        assert sentences.cell(found["v"], catalog, WORDS) == "a bestseller; no history yet"


traits_of_nothing = traits(None, ColumnRoles(), None)


def test_an_item_that_the_history_alone_would_not_list_is_explored(catalog: Catalog) -> None:
    model = Additive({"v": {"a": 5}, "r": {"a": 1}}, "a", others=[4, 3, 2, 0.5])
    backend = SimpleNamespace(capabilities=SimpleNamespace(what_if=model))
    explores = replace(HRNN, recipe="aws-user-personalization")
    given = ("u", ["v", "r"], None, catalog, lambda: people(catalog, "v", "a"), lambda: traits_of_nothing)
    found = reasons.reasons_for(backend, explores, *given)
    assert (found["v"].how, found["r"].how) == ("left out", "explored")
    assert sentences.cell(found["r"], catalog, WORDS) == "shown to learn more about it"
    plain = reasons.reasons_for(backend, HRNN, *given)
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
    found = reasons.reasons_for(backend, HRNN, "u", ["r", "t"], data("va"), catalog, lambda: counted, None)
    (first,) = found["r"].because
    assert (first.item_id, first.n_both, first.n_people, first.rank_without) == ("v", 3, 4, None)
    said = sentences.evidence_words(first, found["r"], WORDS)
    assert said == "3 of the 4 people who watched it also watched this"
    assert sentences.cell(found["t"], catalog, WORDS) == "nothing in common with the latest events"
    assert "AWS gives no reasons" in sentences.source_note(backend, HRNN, WORDS)
    assert sentences.cell(found["r"], catalog, WORDS) == "often watched with Vertigo"
    assert sentences.sentence(found["r"], "Nora", catalog, WORDS) == "because Nora watched Vertigo"


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
