"""Parts of the Ranking screen: figures, slope chart, table."""

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd
import streamlit as st

from pages.components import panels, tiles
from pages.components.charts.rows import rows_html
from pages.components.charts.slope import slope, steps
from pages.components.keys import Widget
from pages.components.markdown import escaped
from services.language.phrases import cut
from services.library.catalog import Catalog
from services.lists.item_lists import ItemList
from services.lists.moves import Move
from services.screens.ranking import sentences
from services.screens.ranking.orders import FAR, Ranking

MAX_ITEMS = 25
"""Items on the picture."""
N_NAMED = 5
"""Moves of each person that are coloured and named."""
ROLES = ("a", "b")
NAME = 34
LIST = "the list"


def figures(rankings: Sequence[Ranking], catalog: Catalog) -> None:
    """Draw the row of figures of the first user, with the second's in words below."""
    one = rankings[0]
    other = rankings[1] if len(rankings) > 1 else None
    beside = None if other is None else f"{other.who}: {other.n_far}"
    rise, fall = one.rise, one.fall
    kpis = [
        panels.Kpi(
            f"Moved {FAR}+ places",
            f"{one.n_far} of {len(one.moves)}",
            below=beside,
            help=f"For {one.who}, within the list.",
        ),
        panels.Kpi(
            "Largest rise",
            rise.mark if rise else "–",
            below=_title(rise, catalog),
            help=_moved(rankings, catalog, rises=True),
        ),
        panels.Kpi(
            "Largest fall",
            fall.mark if fall else "–",
            below=_title(fall, catalog),
            help=_moved(rankings, catalog, rises=False),
        ),
        panels.Kpi("Like the given order", one.agreement, below=_other_agreement(other), help=_correlations(rankings)),
        panels.Kpi(
            "Unknown ids",
            f"{len(one.unknown)}",
            help=sentences.unknown_sentence(one, ("id is", "ids are")) or "The training data has all of them.",
        ),
    ]
    panels.kpi_row(kpis)


def notes(n_repeated: int, one: Ranking) -> None:
    """Draw what happened to ids that training did not know, and to those given twice."""
    if one.unknown:
        st.caption(escaped(sentences.unknown_sentence(one, ("id is", "ids are"))))
    if n_repeated:
        repeats = "1 id was" if n_repeated == 1 else f"{n_repeated:,} ids were"
        st.caption(f"{repeats} given again; each id is ranked once.")


class Line(NamedTuple):
    """One item's move on the picture; ranks are None below the shown ones."""

    item: str
    words: str
    left: str
    right: str
    left_rank: int | None
    right_rank: int | None
    role: str


class EndName(NamedTuple):
    """An item's name at the end of its line."""

    item: str
    column: str
    rank: int | None
    words: str


def picture(items: ItemList, rankings: Sequence[Ranking], catalog: Catalog) -> None:
    """Draw the slope chart: the list between two users, or at the left of one."""
    first, second = rankings[0], rankings[1] if len(rankings) > 1 else None
    n_items = len(items.item_ids)
    title = f"The first {MAX_ITEMS} of {n_items}" if n_items > MAX_ITEMS else "The list"
    st.markdown(f"**{title}, before and after** · the {N_NAMED} largest moves of each are named")
    columns = [first.who, LIST, second.who] if second is not None else [LIST, first.who]
    shown = set(items.item_ids[:MAX_ITEMS])
    lines: list[Line] = []
    names: list[EndName] = []
    for place, (ranking, role) in enumerate(zip(rankings, ROLES, strict=False)):
        moves = [move for move in ranking.moves if move.item_id in shown]
        named = [move for move in sorted(moves, key=lambda move: -abs(move.rise))[:N_NAMED] if move.rise]
        mirrored = second is not None and place == 0
        lines += [_line(move, ranking.who, role if move in named else "quiet", catalog, mirrored) for move in moves]
        for move in (move for move in moves if move in named):
            names += _ends(move, ranking.who, catalog, at_the_list=second is None)
    below = f"after {MAX_ITEMS}" if any(line.left_rank is None or line.right_rank is None for line in lines) else None
    segments, alt = pd.DataFrame(lines, columns=list(Line._fields)), sentences.alt_text(first, second, catalog)
    with panels.wide(Widget.RANKING_SLOPE):
        panels.show(
            slope(
                segments,
                pd.DataFrame(names, columns=list(EndName._fields)),
                columns,
                min(MAX_ITEMS, max(n_items, 1)),
                below=below,
                room=1.3,
            ),
            alt,
            key=Widget.RANKING_SLOPE,
        )
    with panels.narrow(Widget.RANKING_SLOPE):
        st.html(rows_html(steps(segments), alt))


def _line(move: Move, who: str, role: str, catalog: Catalog, mirrored: bool) -> Line:
    """Return one move, from the list to the user's order; mirrored where the order is at the left."""
    label, words = catalog.label(move.item_id), f"{move.before} → {move.after} for {who}"
    before, after = move.before, _place(move.after)
    if mirrored:
        return Line(label, words, who, LIST, after, before, role)
    return Line(label, words, LIST, who, before, after, role)


def _ends(move: Move, who: str, catalog: Catalog, *, at_the_list: bool) -> list[EndName]:
    """Return the names of a move: at the user's order with its mark, and at the list where nothing else is."""
    label = catalog.label(move.item_id)
    ends = [EndName(label, who, _place(move.after), f"{cut(label, NAME)}  {move.mark}")]
    return [*ends, EndName(label, LIST, move.before, cut(label, NAME))] if at_the_list else ends


def table(rankings: Sequence[Ranking], catalog: Catalog) -> None:
    """Draw each user's order beside the other's, with moves and scores."""
    for column, answer in zip(st.columns(len(rankings), gap="medium"), rankings, strict=True):
        with column:
            st.markdown(f"**{escaped(answer.who)}'s order**")
            frame = answer.frame.assign(
                picture=tiles.pictures(answer.frame),
                move=[
                    move if known else "unknown"
                    for move, known in zip(answer.frame["move"], answer.frame["known"], strict=True)
                ],
            )
            columns = ["after", "move", "picture", "label", "before"]
            columns += ["times_average"] if frame["score"].notna().any() else []
            number = st.column_config.NumberColumn
            panels.table(
                frame[columns],
                alt=sentences.alt_text(answer, None, catalog),
                key=f"{Widget.ORDER}_{answer.who}",
                height=min(420, 38 + 36 * max(1, len(frame))),
                row_height=36,
                column_config={
                    "after": number("#", width=28),
                    "move": st.column_config.TextColumn("Move", width=64),
                    "picture": st.column_config.ImageColumn("", width=34),
                    "label": st.column_config.TextColumn("Title", width=170),
                    "before": number("Before", width=52),
                    "times_average": panels.fit_column("The score against this list's average; the download has it."),
                },
            )


def _other_agreement(other: Ranking | None) -> str | None:
    return None if other is None else f"{other.who}: {other.agreement}"


def _title(move: Move | None, catalog: Catalog) -> str | None:
    return None if move is None else cut(catalog.title(move.item_id), 17)


def _place(rank: int | None) -> int | None:
    return None if rank is None or rank > MAX_ITEMS else rank


def _moved(rankings: Sequence[Ranking], catalog: Catalog, *, rises: bool) -> str:
    return " ".join(
        f"{answer.who}: {sentences.move_words(answer.rise if rises else answer.fall, catalog)}." for answer in rankings
    )


def _correlations(rankings: Sequence[Ranking]) -> str:
    return " ".join(
        f"{answer.who}: {answer.agreement}"
        + ("." if answer.correlation is None else f", rank correlation {answer.correlation:.2f}.")
        for answer in rankings
    )
