"""Parts of the Ranking screen: figures, slope chart, table."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from pages.components import panels, tiles
from pages.components.charts.slope import slope
from pages.components.keys import Widget
from pages.components.ranking.controls import Chosen
from services.language.phrases import cut
from services.library.catalog import Catalog
from services.lists.moves import Move
from services.screens.ranking import sentences
from services.screens.ranking.orders import FAR, Ranking

MOST = 25
"""Items on the picture."""
NAMED = 5
"""Moves of each person that are coloured and named."""
ROLES = ("a", "b")
NAME = 34


def figures(chosen: Chosen, rankings: Sequence[Ranking]) -> None:
    """Draw the row of figures, of the first person; the second's stand beside in words."""
    one, catalog = rankings[0], chosen.opened.catalog
    other = rankings[1] if len(rankings) > 1 else None
    beside = None if other is None else f"{other.who}: {other.n_far}"
    rise, fall = one.rise, one.fall
    kpis = [
        panels.Kpi(
            f"Move by {FAR} or more",
            f"{one.n_far} of {len(one.moves)}",
            below=beside,
            help=f"For {one.who}; by so many places within the list.",
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
        panels.Kpi(
            "Agreement with the list", one.agreement, below=_other_agreement(other), help=_correlations(rankings)
        ),
        panels.Kpi(
            "Unknown ids",
            f"{len(one.unknown)}",
            help=sentences.unknown_sentence(one, ("id is", "ids are")) or "The training data holds all of them.",
        ),
    ]
    panels.kpi_row(kpis)


def notes(chosen: Chosen, one: Ranking) -> None:
    """Say what happened to ids that training did not know, and to those given twice."""
    if one.unknown:
        st.caption(sentences.unknown_sentence(one, ("id is", "ids are")))
    if chosen.items.n_repeated:
        repeats = "1 id was" if chosen.items.n_repeated == 1 else f"{chosen.items.n_repeated:,} ids were"
        st.caption(f"{repeats} given again; each id is ranked once.")


def picture(chosen: Chosen, rankings: Sequence[Ranking]) -> None:
    """Draw the slope chart: the list in the middle between two people, on the left of one."""
    one = rankings[0]
    other = rankings[1] if len(rankings) > 1 else None
    catalog = chosen.opened.catalog
    shown = set(chosen.items.item_ids[:MOST])
    title = f"The first {MOST} of {len(chosen.items.item_ids)}" if len(chosen.items.item_ids) > MOST else "The list"
    st.markdown(f"**{title}, before and after** · the {NAMED} largest moves of each are named")
    columns = [one.who, "the list", other.who] if other is not None else ["the list", one.who]
    parts, names = [], []
    for place, (answer, role) in enumerate(zip(rankings, ROLES, strict=False)):
        left = other is not None and place == 0
        moves = [move for move in answer.moves if move.item_id in shown]
        named = {move.item_id for move in sorted(moves, key=lambda move: -abs(move.rise))[:NAMED] if move.rise}
        for move in moves:
            ends = ("the list", answer.who, move.before, _place(move.after))
            from_column, to_column, from_rank, to_rank = (ends[1], ends[0], ends[3], ends[2]) if left else ends
            words = f"{move.before} → {move.after} for {answer.who}"
            label = catalog.label(move.item_id)
            colour = role if move.item_id in named else "quiet"
            parts.append((label, words, from_column, to_column, from_rank, to_rank, colour))
            if move.item_id in named:
                names.append((label, answer.who, _place(move.after), f"{cut(label, NAME)}  {move.mark}"))
                if other is None:
                    names.append((label, "the list", move.before, cut(label, NAME)))
    below = f"after {MOST}" if any(line[4] is None or line[5] is None for line in parts) else None
    panels.show(
        slope(
            pd.DataFrame(parts, columns=["item", "words", "left", "right", "left_rank", "right_rank", "role"]),
            pd.DataFrame(names, columns=["item", "column", "rank", "words"]),
            columns,
            min(MOST, max(len(chosen.items.item_ids), 1)),
            below=below,
            room=1.3,
        ),
        sentences.alt_text(one, other, catalog),
        key=Widget.RANKING_SLOPE,
    )


def table(chosen: Chosen, rankings: Sequence[Ranking]) -> None:
    """Draw each person's order beside the other's, with moves and scores."""
    catalog = chosen.opened.catalog
    for column, answer in zip(st.columns(len(rankings), gap="medium"), rankings, strict=True):
        with column:
            st.markdown(f"**{answer.who}'s order**")
            frame = answer.frame.assign(
                picture=tiles.pictures(answer.frame),
                fit=100 * answer.frame["fit"],
                move=[
                    move if known else "unknown"
                    for move, known in zip(answer.frame["move"], answer.frame["known"], strict=True)
                ],
            )
            columns = ["after", "move", "picture", "label", "before"]
            columns += ["fit"] if frame["score"].notna().any() else []
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
                    "fit": st.column_config.ProgressColumn(
                        "Fit",
                        width=76,
                        format="%.0f %%",
                        min_value=0,
                        max_value=100,
                        help="Relative to the first place; the download has the scores.",
                    ),
                },
            )


def _other_agreement(other: Ranking | None) -> str | None:
    return None if other is None else f"{other.who}: {other.agreement}"


def _title(move: Move | None, catalog: Catalog) -> str | None:
    return None if move is None else cut(catalog.title(move.item_id), 17)


def _place(rank: int | None) -> int | None:
    return None if rank is None or rank > MOST else rank


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
