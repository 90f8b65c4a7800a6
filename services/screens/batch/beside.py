"""A batch job's lists beside those of other recommenders: what both show the same people."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from services.backend import Backend
from services.language.phrases import counted, percent
from services.language.vocabulary import Words
from services.library.catalog import Catalog
from services.other_lists import fitting, kept, reading
from services.other_lists.kept import OtherLists
from services.personalize.batch_jobs import BatchJob
from services.screens.batch import results
from services.screens.batch.results import Lists

COLUMNS = ("lists", "people", "shared", "same_first", "different", "of_job", "most", "most_share")


def beside(lists: Lists, others: Sequence[OtherLists], catalog: Catalog) -> pd.DataFrame:
    """Return COLUMNS for each recommender: over the people who have a list of both, at the shorter one's length.

    people: how many; shared: mean share of items that both lists have; same_first: share of people with the same first
    item; different and of_job: different items of the other lists and of the job's; most and most_share: the item that
    most of the other lists have.
    """
    row_of = {key: row for row, key in enumerate(lists.keys)}
    rows = []
    for other in others:
        both = [user for user in other.lists if user in row_of]
        pairs = [(lists.list_of(row_of[user]), list(other.lists[user])) for user in both]
        pairs = [(own[:n], given[:n]) for own, given in pairs if (n := min(len(own), len(given)))]
        if not pairs:
            rows.append((other.name, 0, np.nan, np.nan, 0, 0, "", np.nan))
            continue
        shared = [len(set(own) & set(given)) / len(own) for own, given in pairs]
        counts = pd.Series([item for _, given in pairs for item in set(given)]).value_counts()
        rows.append(
            (
                other.name,
                len(pairs),
                float(np.mean(shared)),
                float(np.mean([own[0] == given[0] for own, given in pairs])),
                len(counts),
                len({item for own, _ in pairs for item in own}),
                catalog.label(str(counts.index[0])),
                float(counts.iloc[0]) / len(pairs),
            )
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def keep(backend: Backend, group: str, job: BatchJob, users: Sequence[str], items: Sequence[str]) -> OtherLists:
    """Keep a job's lists beside the data, so that Evaluation measures them. Raises DataError."""
    content = results.file_bytes(backend, results.output_urls(backend, job))
    (found,) = reading.read(content, f"{job.name}.out")
    fitted, how = fitting.fitted(found, set(users), set(items))
    return kept.keep(Path(backend.home), group, f"{job.name}.out", fitted, job.name, how)


def sentence(row: Mapping[str, Any], words: Words) -> str:
    """Return what a row of beside() says."""
    if not row["people"]:
        return f"{row['lists']} has no list for anybody of this job."
    who = counted(int(row["people"]), "person", "people")
    return (
        f"{row['lists']} and this job share {percent(row['shared'])} of their {words.nouns} for the same "
        f"{who}; the first one is the same for {percent(row['same_first'])}."
    )
