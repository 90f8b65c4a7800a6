"""What a batch job's filter took away and put in, by name: its first lists beside answers without the filter.

Ranked lists hold their own input, so nothing is asked for them. For the others a campaign of the same solution version
is asked for the first lines without the filter; without such a campaign nothing can be compared.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from services.backend import Backend
from services.filters import named
from services.language.phrases import counted
from services.language.vocabulary import Words
from services.library.catalog import Catalog
from services.personalize import asking, campaigns
from services.personalize.batch_jobs import BatchJob
from services.personalize.batch_versions import ITEMS, LISTS, OTHER_KINDS
from services.personalize.campaigns import Campaign
from services.personalize.recipe_names import FOR_A_USER
from services.screens.batch.results import Lists

N_COMPARED = 20
"""Lists that are compared."""
N_NAMED = 5


@dataclass(frozen=True)
class Taken:
    """What a filter did to the first lists of a job."""

    name: str
    """The filter's."""
    n_lists: int
    """Lists that were compared, 0 where nothing could be."""
    taken: tuple[tuple[str, int], ...] = ()
    """Items that were taken away, with the number of lists, most first."""
    put: tuple[tuple[str, int], ...] = ()
    """The same for items that came in their places."""
    n_taken: int = 0
    """Places in all compared lists."""
    n_short: int = 0
    """Lists of the whole job that are shorter than was asked for."""


def taken(backend: Backend, group: str, job: BatchJob, kind: str, lists: Lists) -> Taken | None:
    """Return what the job's filter did; None for a job without one. Raises ServiceError."""
    if job.filter_arn is None:
        return None
    name = next((one.name for one in named.filters_of(backend, group) if one.arn == job.filter_arn), "a deleted filter")
    n_short = (
        0 if job.n_results is None else sum(row < job.n_results for row in (lists.codes >= 0).sum(axis=1).tolist())
    )
    rows = range(min(N_COMPARED, lists.n_lists))
    with_filter = [lists.list_of(row) for row in rows]
    without = _without(backend, group, job, kind, lists, rows)
    if without is None:
        return Taken(name, 0, n_short=n_short)
    out = Counter(item for one, other in zip(without, with_filter, strict=True) for item in set(one) - set(other))
    came = Counter(item for one, other in zip(without, with_filter, strict=True) for item in set(other) - set(one))
    return Taken(name, len(rows), tuple(out.most_common()), tuple(came.most_common()), out.total(), n_short)


def sentence(found: Taken, lists: Lists, catalog: Catalog, words: Words) -> str:
    """Return what the filter did, by name."""
    short = f" {found.n_short:,} of {lists.n_lists:,} lists are shorter than asked for." if found.n_short else ""
    if not found.n_lists:
        return f"With the filter {found.name}; no campaign of this version can show the lists without it.{short}"
    if not found.n_taken:
        return f"The filter {found.name} took nothing away from the first {found.n_lists} lists.{short}"
    each = counted(found.n_taken, "place", "places")
    text = (
        f"In the first {found.n_lists} lists the filter {found.name} took away {each}: {_named(found.taken, catalog)}"
    )
    if found.put:
        text += f"; these moved up: {_named(found.put, catalog)}"
    return f"{text}.{short}"


def _named(counts: Sequence[tuple[str, int]], catalog: Catalog) -> str:
    named_items = [f"{catalog.title(item_id)} ({number}×)" for item_id, number in counts[:N_NAMED]]
    more = len(counts) - len(named_items)
    return ", ".join(named_items) + (f" and {more} more" if more else "")


def _without(
    backend: Backend, group: str, job: BatchJob, kind: str, lists: Lists, rows: Sequence[int]
) -> list[list[str]] | None:
    """Return the same lists without the filter; None where nobody can be asked."""
    if kind == LISTS:
        return [list(lists.ranked_lists[lists.ranked_list_of[row]]) for row in rows]
    campaign = _campaign(backend, group, job)
    if campaign is None or job.n_results is None:
        return None
    ask = asking.similar if kind == ITEMS else asking.recommend
    return [asking.item_ids(ask(backend, campaign, lists.keys[row], job.n_results)) for row in rows]


def _campaign(backend: Backend, group: str, job: BatchJob) -> Campaign | None:
    deployed = campaigns.for_recipes(backend, group, (*FOR_A_USER, *OTHER_KINDS))
    return next((one for one in deployed if one.version_arn == job.version_arn), None)
