"""Who is shown which kinds of new items: groups of viewers by taste against the categories of what they were shown.

A group is everybody whose strongest taste (services/library/tastes.py) is that category, from what they had before. A
cell of the map is the share of what the group was shown that lies in a category over the category's share among all new
items, so that 1 is what a blind choice gives. An item with k categories counts 1/k to each.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from services.laboratory.columns import item_fields
from services.laboratory.ranking_metrics import PLACES
from services.library.columns import ITEM_ID, split_categories
from services.library.store import LoadedData
from services.library.tastes import Tastes
from services.screens.cold_start.split import HeldOut

MIN_VIEWERS = 20
"""A smaller group cannot be distinguished from chance."""
MAX_GROUPS = 10
MAX_CATEGORIES = 200
"""A column with more of them makes no groups of viewers."""
CELL_COLUMNS = ("group", "category", "n_viewers", "n_new", "shown", "taken", "difference")
NO_TASTE = "no clear taste"
"""The group of the users without one."""
SERVED_COLUMNS = ("group", "n_viewers", "click_rate", "n_clicks")


@dataclass(frozen=True)
class ViewerGroups:
    """The rows and columns of the map: the same categories in the same order."""

    categories: tuple[str, ...]
    """Up to ten, by number of viewers, largest first."""
    members: Mapping[str, tuple[str, ...]]
    """Viewers by category, all that have one, whether the category is drawn or not; in any draw of new items."""
    n_viewers: Mapping[str, int]
    """Their number, mean over the draws."""
    n_new: Mapping[str, float]
    """New items by category, mean over the draws, each counted whole."""
    of: pd.DataFrame
    """seed, user_id, group."""
    without: pd.DataFrame
    """seed, user_id, group: the users without a clear taste, whose group is NO_TASTE."""
    n_without: int
    """Their number, mean over the draws."""

    @property
    def enough(self) -> tuple[str, ...]:
        """The categories whose groups are large enough for a statement."""
        return tuple(name for name in self.categories if self.n_viewers[name] >= MIN_VIEWERS)


def group_columns(data: LoadedData) -> dict[str, dict[str, list[str]]]:
    """Return every item's categories by each column that makes groups of viewers; the usual one first."""
    items = data.items()
    if items is None or "Items" not in data.schemas:
        return {}
    categorical = [field.name for field in item_fields(data.schemas["Items"]) if field.trains and field.categorical]
    columns = {}
    order = [name for name in data.roles.categories if name in categorical]
    for column in [*order, *(name for name in categorical if name not in order)]:
        cells = [split_categories(cell) for cell in items[column]]
        if 1 < len({name for cell in cells for name in cell}) <= MAX_CATEGORIES:
            columns[column] = dict(zip(items[ITEM_ID], cells, strict=True))
    return columns


def tastes_of(data: LoadedData, held_out: HeldOut) -> pd.DataFrame:
    """Return seed, column, user_id, taste for every column that makes groups: the strongest taste, "" for none."""
    counts = {str(item): int(n) for item, n in held_out.interactions[ITEM_ID].value_counts().items()}
    rows = []
    for column, categories in group_columns(data).items():
        tastes = Tastes(column, categories, counts)
        for user in held_out.asked:
            strongest = tastes.top(held_out.known[user], 1)
            rows.append((held_out.seed, column, user, strongest[0] if strongest else ""))
    return pd.DataFrame(rows, columns=["seed", "column", "user_id", "taste"])


def viewer_groups(
    tastes: pd.DataFrame, categories_of: Mapping[str, Sequence[str]], new_items: pd.DataFrame
) -> ViewerGroups:
    """Return the groups. tastes: seed, user_id, taste ("" for none); new_items: seed, item_id."""
    n_seeds = max(1, tastes["seed"].nunique())
    clear = tastes[tastes["taste"] != ""].rename(columns={"taste": "group"})[["seed", "user_id", "group"]]
    n_viewers = {str(name): round(n / n_seeds) for name, n in clear["group"].value_counts().items()}
    order = sorted(n_viewers, key=lambda name: (-n_viewers[name], name))
    n_new: dict[str, float] = {}
    for item in new_items["item_id"]:
        for category in categories_of.get(item, ()):
            n_new[category] = n_new.get(category, 0.0) + 1 / n_seeds
    drawn = tuple([name for name in order if n_new.get(name, 0) > 0][:MAX_GROUPS])
    members = {str(name): tuple(sorted(set(part["user_id"]))) for name, part in clear.groupby("group")}
    n_without = round(int((tastes["taste"] == "").sum()) / n_seeds)
    without = tastes.loc[tastes["taste"] == "", ["seed", "user_id"]].assign(group=NO_TASTE).reset_index(drop=True)
    return ViewerGroups(drawn, members, n_viewers, n_new, clear.reset_index(drop=True), without, n_without)


def heat_map(
    rows: pd.DataFrame,
    taken: pd.DataFrame,
    viewers: ViewerGroups,
    categories_of: Mapping[str, Sequence[str]],
    new_items: pd.DataFrame,
) -> pd.DataFrame:
    """Return CELL_COLUMNS: how many times as often as chance a category is shown to a group, and is taken by it.

    rows: one method's lists. taken: seed, user_id, item_id of what the users really took. difference is shown over
    taken; it is NaN where nothing was taken, and all three are where the group is too small.
    """
    everywhere = _shares_of(new_items["item_id"], categories_of)
    shown = _times_of(_placed(rows, viewers), everywhere, categories_of)
    really = _times_of(taken.merge(viewers.of, on=["seed", "user_id"]), everywhere, categories_of)
    cells = []
    for group in viewers.categories:
        n = viewers.n_viewers[group]
        for category in viewers.categories:
            times_shown, times_taken = (
                part[group].get(category, 0.0) if group in part and n >= MIN_VIEWERS else np.nan
                for part in (shown, really)
            )
            difference = times_shown / times_taken if times_taken > 0 else np.nan
            cells.append((group, category, n, viewers.n_new[category], times_shown, times_taken, difference))
    return pd.DataFrame(cells, columns=list(CELL_COLUMNS))


def diagonal(cells: pd.DataFrame) -> pd.Series:
    """Return the value "shown" of each group's own category, by group, without groups that are too small."""
    own = cells[cells["group"] == cells["category"]].set_index("group")["shown"]
    return own.dropna()


def served(rows: pd.DataFrame, viewers: ViewerGroups) -> pd.DataFrame:
    """Return SERVED_COLUMNS, best served first: the share of what a group was shown that it took.

    Large groups only; the users without a clear taste are one of them.
    """
    placed = _placed(rows, viewers)
    sizes = {name: viewers.n_viewers[name] for name in viewers.enough}
    if viewers.n_without >= MIN_VIEWERS:
        sizes[NO_TASTE] = viewers.n_without
    grouped = placed[placed["group"].isin(list(sizes))].groupby("group")
    frame = pd.DataFrame({"click_rate": grouped["hit"].mean(), "n_clicks": grouped["hit"].sum()}).reset_index()
    frame["n_viewers"] = [sizes[str(name)] for name in frame["group"]]
    frame = frame.sort_values(["click_rate", "group"], ascending=[False, True])
    return frame[list(SERVED_COLUMNS)].reset_index(drop=True)


def examples(
    rows: pd.DataFrame,
    viewers: ViewerGroups,
    group: str,
    n: int = 3,
    category: str | None = None,
    categories_of: Mapping[str, Sequence[str]] | None = None,
) -> pd.DataFrame:
    """Return item_id, n_shown, n_clicks, viewers (those who took it first): what most of a group was shown.

    category leaves out items of other categories.
    """
    part = _placed(rows, viewers)
    part = part[part["group"] == group]
    if category is not None and categories_of is not None:
        part = part[[category in categories_of.get(item, ()) for item in part["item_id"]]]
    part = part.sort_values(["hit", "rank", "user_id"], ascending=[False, True, True])
    grouped = part.groupby("item_id", sort=False)
    frame = pd.DataFrame(
        {
            "n_shown": grouped["user_id"].nunique(),
            "n_clicks": grouped["hit"].sum().astype(int),
        }
    ).reset_index()
    frame = frame.sort_values(["n_shown", "n_clicks", "item_id"], ascending=[False, False, True]).head(n)
    frame["viewers"] = [tuple(part.loc[part["item_id"] == item, "user_id"].unique()) for item in frame["item_id"]]
    return frame.reset_index(drop=True)


def _placed(rows: pd.DataFrame, viewers: ViewerGroups) -> pd.DataFrame:
    """Return the first places of every user, with group; NO_TASTE for those without a clear taste."""
    everybody = pd.concat([viewers.of, viewers.without], ignore_index=True)
    return rows[rows["rank"] <= PLACES].merge(everybody, on=["seed", "user_id"])


def _shares_of(ids: pd.Series, categories_of: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Return each category's share of these items, 1/k to each of k."""
    weight: dict[str, float] = {}
    for item, count in ids.value_counts().items():
        names = categories_of.get(str(item), ())
        for name in names:
            weight[name] = weight.get(name, 0.0) + float(count) / len(names)
    whole = sum(weight.values()) or 1.0
    return {name: value / whole for name, value in weight.items()}


def _times_of(
    rows: pd.DataFrame,
    everywhere: Mapping[str, float],
    categories_of: Mapping[str, Sequence[str]],
) -> dict[str, dict[str, float]]:
    times = {}
    for group, part in rows.groupby("group"):
        shares = _shares_of(part["item_id"], categories_of)
        times[str(group)] = {name: shares.get(name, 0.0) / share for name, share in everywhere.items() if share > 0}
    return times
