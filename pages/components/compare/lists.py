"""Lists and histories side by side: shared items of two are in the middle; with more, letters name the other lists."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.components import panels, presenting
from pages.components.compare import taste
from pages.components.compare.controls import Chosen
from pages.components.markdown import COLORS, badge, badges, escaped, quiet
from services.filters.sentences import PROMOTED
from services.language.phrases import counted, cut, multiple, ordinal
from services.library import evenings
from services.library.columns import ITEM_ID
from services.lists import sentences as reason_sentences
from services.screens.compare.sides import ReasonsBySide, Side, answered, had_by, held_by, in_all

TITLE = 28
"""Characters of a title where three or four lists stand side by side."""
BADGE = 4
"""Characters that a letter takes."""
CAUSE, CAUSE_NARROW = 60, 40
"""Characters of a reason, and of one where three or four lists stand side by side."""
CHIPS = 2
LATEST = 40
LIST_HEIGHT = 316
"""The lists end where a window of 720 pixels does."""
Keeps = Callable[[str], bool]
"""Whether the list is kept to this item."""


def columns(compared: Sequence[Side]) -> list[DeltaGenerator]:
    """Return a place for each column that can be drawn over again."""
    two = len(answered(compared)) == 2 == len(compared)
    nothing = two and not in_all(compared)
    widths = [1] * len(compared) if not two else [6, 2, 6] if nothing else [5, 4, 5]
    places = []
    for number, column in enumerate(st.columns(widths, gap="small")):
        small = nothing and number == 1  # what two lists share is little to say where they share nothing
        with column, st.container(height="content" if small else LIST_HEIGHT, border=True):
            places.append(st.empty())
    return places


def draw(
    places: Sequence[DeltaGenerator],
    chosen: Chosen,
    compared: Sequence[Side],
    by_side: ReasonsBySide,
    only: str | None,
) -> None:
    """Draw the lists into their places; `only` keeps the items of one category."""
    keep = None if only is None else _keeps(chosen, only)
    if len(places) == len(compared):
        letters = held_by(compared)
        for place, side in zip(places, compared, strict=True):
            if side.error is not None:
                _refused(place, side)
            else:
                place.markdown(_narrow(chosen, side, letters, by_side, keep))
        return
    one, other = compared
    shared = set(in_all(compared))
    places[0].markdown(_own(chosen, one, shared, by_side, keep))
    places[1].markdown(_middle(chosen, one, other, keep))
    places[2].markdown(_own(chosen, other, shared, by_side, keep))


def histories(chosen: Chosen, compared: Sequence[Side]) -> None:
    """Draw each user's latest events, evening by evening; letters name the others who had an item."""
    had = had_by(compared)
    sides = compared[:1] if chosen.by_campaign else compared
    for column, side in zip(st.columns(len(sides), gap="small"), sides, strict=True):
        with column, st.container(height=LIST_HEIGHT, border=True):
            st.markdown(_history(chosen, side, {} if chosen.by_campaign else had))


def _own(chosen: Chosen, side: Side, shared: set[str], by_side: ReasonsBySide, keep: Keeps | None) -> str:
    """Return the items that only one of two lists holds."""
    ids = [item_id for item_id in side.ids if item_id not in shared]
    lines = [f"{badge(side.letter)} **{escaped(side.who)}** · {len(ids)} of {len(side.ids)} in this list only"]
    kept = _kept(ids, keep)
    lines += [_item(chosen, side, item_id, by_side, chips=True) for item_id in kept]
    if len(lines) == 1:
        lines.append(quiet("All are in another list too." if not ids else "None of these in this category."))
    return _joined(lines)


def _middle(chosen: Chosen, one: Side, other: Side, keep: Keeps | None) -> str:
    """Return the items that two lists share, with both ranks."""
    ids = in_all([one, other])
    lines = [f"{badges(one.letter + other.letter)} **In both** · {len(ids)} of {len(one.ids)}"]
    for item_id in _kept(ids, keep):
        ranks = " / ".join(f":{COLORS[side.letter]}[**{ordinal(side.ranks[item_id])}**]" for side in (one, other))
        lines.append(f"{escaped(chosen.opened.catalog.label(item_id))}  \n{ranks}")
    if not ids:
        lines.append(quiet("None is in both lists."))
    elif len(lines) == 1:
        lines.append(quiet("None of these in this category."))
    return _joined(lines)


def _narrow(chosen: Chosen, side: Side, letters: Mapping[str, str], by_side: ReasonsBySide, keep: Keeps | None) -> str:
    """Return one of three or four lists."""
    lines = [f"{badge(side.letter)} **{escaped(side.who)}**"]
    for item_id in _kept(side.ids, keep):
        others = letters[item_id].replace(side.letter, "")
        lines.append(_item(chosen, side, item_id, by_side, others=others))
    if len(lines) == 1:
        lines.append(quiet("Nothing." if not side.ids else "None in this category."))
    return _joined(lines)


def _item(
    chosen: Chosen, side: Side, item_id: str, by_side: ReasonsBySide, *, others: str = "", chips: bool = False
) -> str:
    """Return one place of a list: rank, title, letters of other lists or tastes it meets; below it fit and reason."""
    catalog, words = chosen.opened.catalog, chosen.opened.data.words
    label = catalog.label(item_id) if chips else cut(catalog.title(item_id), TITLE - BADGE * len(others))
    parts = [f"**{side.ranks[item_id]}** {escaped(label)}"]
    if others:
        parts.append(badges(others))
    if chips:
        met = [name for name in catalog.categories(item_id) if name in side.tastes][:CHIPS]
        parts += [f":gray-badge[{escaped(name)}]" for name in met]
    if side.effect is not None and item_id in side.effect.promoted:
        parts.append(PROMOTED)
    below = []
    if item_id in (scores := side.scores):
        below.append(multiple(scores[item_id] * catalog.n_items))
    reason = by_side.get(side.letter, {}).get(item_id)
    if reason is not None:
        below.append(escaped(reason_sentences.short(reason, catalog, words, CAUSE if chips else CAUSE_NARROW)))
    return " ".join(parts) + (f"  \n{quiet(' · '.join(below))}" if below else "")


def _history(chosen: Chosen, side: Side, had: Mapping[str, str]) -> str:
    catalog, words = chosen.opened.catalog, chosen.opened.data.words
    latest = evenings.history_frame(side.history, catalog, words, limit=LATEST)
    n_items = side.history[ITEM_ID].nunique()
    about = f"latest {len(latest)} of {counted(n_items, words.noun, words.nouns)}"
    lines = [f"{badge(side.letter)} **{escaped(side.who)}** · {about}"]
    for evening, item_id, events in zip(latest["evening"], latest["item_id"], latest["events"], strict=True):
        if evening:
            lines.append(quiet(escaped(evening)))
        others = badges(had.get(item_id, "").replace(side.letter, ""))
        names = quiet(escaped(", ".join(events)))
        lines.append(" ".join(part for part in (escaped(catalog.label(item_id)), names, others) if part))
    if latest.empty:
        lines.append(quiet(f"The data has no event of {escaped(side.who)}."))
    return _joined(lines)


def _joined(lines: Sequence[str]) -> str:
    """Return the head as its own paragraph and the rest line by line."""
    return "\n\n".join(part for part in (lines[0], "  \n".join(lines[1:])) if part)


def _refused(place: DeltaGenerator, side: Side) -> None:
    with place.container(), panels.failed(str(side.error), title=f"No list for {side.who}"):
        st.caption("The other lists are complete.")


def _kept(ids: Sequence[str], keep: Keeps | None) -> list[str]:
    """Return the items of a list that are drawn."""
    kept = [item_id for item_id in ids if keep is None or keep(item_id)]
    return kept[: presenting.shown_rows(len(kept))]


def _keeps(chosen: Chosen, only: str) -> Keeps:
    tastes = taste.tastes_of(chosen)
    return lambda item_id: tastes.in_taste([item_id], [only])[0]
