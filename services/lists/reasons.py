"""Why an item is in a user's list: "because you watched Vertigo", its strength in places, and "despite".

Where the embedded engine answers, each recent event has been left out once and the places that the item loses are its
strength. Popularity's reason is its count. AWS tells nothing of the kind: there, people who had both items, counted in
the loaded data, stand in, and the screen says so (source_note). All three are the same Reason, so that screens need not
know.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from services.backend import Backend, HistoryEvent, Reasons, engine_errors
from services.language.phrases import cut, listed, ordinal
from services.language.vocabulary import Words
from services.library.catalog import Catalog
from services.library.cooccurrence import Cooccurrence
from services.library.store import LoadedData
from services.lists.evidence import Evidence, evidence
from services.personalize.campaigns import Campaign
from services.personalize.recipe_names import EXPLORING

MAX_CAUSES = 5
MAX_DESPITE = 3
TWO_DOTS, THREE_DOTS = 5, 15
"""From this loss of places on."""
TWO_DOTS_TIMES, THREE_DOTS_TIMES = 3.0, 6.0
"""The same for people who had both, in times chance."""
SECOND_NAMED = 0.5
"""The second cause is named too if it has at least this share of the first's strength."""
EXPLORED = "shown to learn more about it"
NO_HISTORY = "popular, no history yet"
NO_EVIDENCE = "nothing in common with the recent past"
WHOLE = "fits your history as a whole"
FULL, EMPTY = "●", "○"


@dataclass(frozen=True)
class Cause:
    """One event, or one item of the history, that speaks for an item or against it."""

    item_id: str
    dots: int
    """1 to 3."""
    strength: float
    """Log-score that the item loses without the event; for people who had both the cosine."""
    timestamp: int | None = None
    """Of the event; None where no single event is meant."""
    places: int = 0
    """Places that the item loses without the event, below 0 when it gains."""
    rank_without: int | None = None
    n_both: int | None = None
    """How many users had both items, and..."""
    n_people: int | None = None
    """...how many had the history's, where that is the evidence."""


@dataclass(frozen=True)
class Reason:
    """Why one item is where it is."""

    item_id: str
    rank: int
    """In the list, from 1."""
    how: Literal["left out", "people with both", "popularity", "explored", "no history"]
    """Explored: the history alone would not have brought the item into the list."""
    because: tuple[Cause, ...] = ()
    """Strongest first; () when the item fits the history as a whole."""
    despite: tuple[Cause, ...] = ()
    """Events that speak against the item, strongest first."""
    n_people: int | None = None
    """How many users had the item, where that is the reason."""
    places: Mapping[tuple[str, int], int] | None = None
    """Places lost without each event that was left out, by item and time."""

    @property
    def dots(self) -> int:
        """Strength of the first cause, 0 without one."""
        return self.because[0].dots if self.because else 0

    @property
    def named(self) -> tuple[Cause, ...]:
        """The causes that a short sentence names: the strongest, and the next if it comes near."""
        near = [cause for cause in self.because[1:2] if cause.strength >= SECOND_NAMED * self.because[0].strength]
        return (*self.because[:1], *near)


@dataclass(frozen=True)
class Past:
    """A history other than the known one: its events, and items that count as had besides."""

    events: tuple[HistoryEvent, ...]
    also_had: tuple[str, ...] = ()


def reasons_for(
    backend: Backend,
    campaign: Campaign,
    user_id: str | None,
    item_ids: Sequence[str],
    data: LoadedData,
    catalog: Catalog,
    people_with_both: Callable[[], Cooccurrence],
    *,
    past: Past | None = None,
    context: Mapping[str, str] | None = None,
) -> dict[str, Reason]:
    """Return the reason of every item of a list, by item id.

    people_with_both gives the counts of the loaded data and is called only where no model can be asked. past: explain
    a list for this history instead of the known one. Raises ServiceError when the model cannot answer.
    """
    if not campaign.personal:
        return {
            item_id: Reason(item_id, rank, "popularity", n_people=catalog.n_people(item_id))
            for rank, item_id in enumerate(item_ids, 1)
        }
    if backend.capabilities is None:
        recent = data.counted_history(user_id or "")
        if not recent:
            return _without_history(item_ids)
        numbers = {item_id: number for number, item_id in enumerate(catalog.ids)}
        by_item = evidence(item_ids, recent, numbers, people_with_both())
        return {
            item_id: Reason(item_id, rank, "people with both", tuple(map(_together, by_item[item_id][:MAX_CAUSES])))
            for rank, item_id in enumerate(item_ids, 1)
        }
    with engine_errors():
        answer = backend.capabilities.reasons(
            campaign.arn,
            user_id,
            item_ids,
            events=None if past is None else past.events,
            also_had=() if past is None else past.also_had,
            context=context,
        )
    if not answer.events:
        return _without_history(item_ids)
    causes = left_out(answer)
    if campaign.recipe in EXPLORING:
        beyond = [rank == 0 or rank > len(item_ids) for rank in answer.ranks.tolist()]
        causes = [Reason(r.item_id, r.rank, "explored") if b else r for r, b in zip(causes, beyond, strict=True)]
    return {reason.item_id: reason for reason in causes}


def left_out(answer: Reasons) -> list[Reason]:
    """Return the reasons from the engine's answer about left-out events, in the order of the list."""
    n_items = len(answer.item_ids)
    reasons = []
    for row, item_id in enumerate(answer.item_ids):
        rank = int(answer.ranks[row])
        causes = [
            Cause(
                item_id=event.item_id,
                dots=dots_of(without - rank, without, n_items),
                strength=strength,
                timestamp=event.timestamp,
                places=without - rank,
                rank_without=without,
            )
            for event, strength, without in zip(
                answer.events, answer.strengths[row].tolist(), answer.ranks_without[row].tolist(), strict=True
            )
            if rank and without
        ]
        places = {(cause.item_id, cause.timestamp or 0): cause.places for cause in causes}
        causes.sort(key=lambda cause: -cause.strength)
        because = _once([cause for cause in causes if cause.places > 0 and cause.strength > 0])
        despite = _once([cause for cause in reversed(causes) if cause.places < 0 and cause.strength < 0])
        reasons.append(
            Reason(item_id, rank or row + 1, "left out", because[:MAX_CAUSES], despite[:MAX_DESPITE], places=places)
        )
    return reasons


def dots_of(places: int, rank_without: int, n_items: int) -> int:
    """Return a loss or gain of places as one to three dots; an item that falls out of the list gets three."""
    if abs(places) >= THREE_DOTS or (places > 0 and rank_without > n_items):
        return 3
    return 2 if abs(places) >= TWO_DOTS else 1


def dots(n: int) -> str:
    """Return "●●○"; "" for none."""
    return FULL * n + EMPTY * (3 - n) if n else ""


def cell(reason: Reason, catalog: Catalog, words: Words) -> str:
    """Return a reason for a table's cell: "●●○ Vertigo and Psycho"."""
    if reason.how == "popularity":
        return f"{reason.n_people or 0:,} people {words.past} it"
    if not reason.because:
        return {"left out": WHOLE, "explored": EXPLORED, "no history": NO_HISTORY}.get(reason.how, NO_EVIDENCE)
    return f"{dots(reason.dots)} {listed([catalog.title(cause.item_id) for cause in reason.named])}"


def sentence(reason: Reason, catalog: Catalog, words: Words) -> str:
    """Return a reason in words: "because you watched Vertigo (1958) and Psycho (1960)"."""
    if reason.how == "popularity" or not reason.because:
        return cell(reason, catalog, words)
    return f"{words.because} {listed([catalog.label(cause.item_id) for cause in reason.named])}"


def short(reason: Reason, catalog: Catalog, words: Words, length: int = 28) -> str:
    """Return a reason for a narrow place: "because you watched Vertigo", its title cut."""
    if reason.how == "popularity" or not reason.because:
        return cell(reason, catalog, words)
    return f"{words.because} {cut(catalog.title(reason.because[0].item_id), length)}"


def evidence_words(cause: Cause, reason: Reason, words: Words) -> str:
    """Return the evidence of a cause: "without it 19th, not 3rd"."""
    if cause.n_both is not None:
        return f"{cause.n_both:,} of the {cause.n_people or 0:,} people who {words.past} it also {words.past} this"
    return f"without it {ordinal(cause.rank_without or 0)}, not {ordinal(reason.rank)}"


def source_note(backend: Backend, campaign: Campaign, words: Words) -> str:
    """Return the sentence about where reasons come from, "" where the model itself was asked."""
    if backend.capabilities is not None or not campaign.personal:
        return ""
    return f"AWS gives no reasons; these come from people who {words.past} both, counted here in the loaded data."


def _without_history(item_ids: Sequence[str]) -> dict[str, Reason]:
    return {item_id: Reason(item_id, rank, "no history") for rank, item_id in enumerate(item_ids, 1)}


def _once(causes: Sequence[Cause]) -> tuple[Cause, ...]:
    """Return the causes with each item once, at its first place."""
    return tuple(
        {cause.item_id: cause for cause in reversed(causes)}[i] for i in dict.fromkeys(c.item_id for c in causes)
    )


def _together(both: Evidence) -> Cause:
    n_dots = 3 if both.times >= THREE_DOTS_TIMES else 2 if both.times >= TWO_DOTS_TIMES else 1
    return Cause(both.item_id, n_dots, both.cosine, n_both=both.n_both, n_people=both.n_people)
