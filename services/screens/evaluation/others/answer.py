"""Whether lists of other recommenders are better than ours, and what is odd about them, for one result."""

from collections.abc import Collection, Container, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.errors import DataError
from services.language.vocabulary import Words
from services.library.store import LoadedData
from services.other_lists import checking, fitting, kept, reading
from services.other_lists.checking import Note, Truth
from services.other_lists.kept import OtherLists
from services.screens.evaluation.methods import RANDOM, Method
from services.screens.evaluation.others import sentences
from services.screens.evaluation.others.basis import Basis
from services.screens.evaluation.others.beside import BesideOthers, method_of
from services.screens.evaluation.results import Comparison

FIGURE, AT = "hit_rate", 25


@dataclass(frozen=True)
class Answer:
    """One recommender's lists beside the best of ours."""

    other: OtherLists
    pair: Comparison
    sentence: str


def answers(result: BesideOthers, others: Sequence[OtherLists], metric: str, k: int) -> list[Answer]:
    """Return each recommender against the best of what was trained here, by a metric."""
    ours = best_of_ours(result, metric, k)
    found = []
    for other in others:
        pair = None if ours is None else result.compare(method_of(other), ours, metric, k)
        if pair is not None:
            found.append(Answer(other, pair, sentences.better(pair, other.name)))
    return found


def best_of_ours(result: BesideOthers, metric: str, k: int) -> Method | None:
    """Return the trained method with the highest value, None where the metric was not measured."""
    values = {method: result.estimate(method, metric, k) for method in result.own_models if method.main}
    known = {method: value.value for method, value in values.items() if value is not None}
    return max(known, key=lambda method: known[method]) if known else None


def notes(data: LoadedData, other: OtherLists, users: Container[str], items: Container[str]) -> list[Note]:
    """Return what the lists and the data say of each other."""
    return checking.against_data(other, users, items, data.words)


def odd(result: BesideOthers, basis: Basis, other: OtherLists, words: Words) -> list[Note]:
    """Return who of the asked people has a list, and whether the lists look as if they knew what came after."""
    whole = result.whole
    rate, random = (result.estimate(method, FIGURE, AT) for method in (method_of(other), RANDOM))
    ours = best_of_ours(result, FIGURE, AT)
    best = None if ours is None else result.estimate(ours, FIGURE, AT)
    truth = Truth(
        whole.truth,
        {user: set(known) for user, known in basis.known.items()},
        basis.known_items,
        0.0 if best is None else best.value,
        0.0 if random is None else random.value,
    )
    n_people = sum(user in other.lists for user in whole.truth)
    return checking.against_truth(other, truth, 0.0 if rate is None else rate.value, n_people, words)


@dataclass(frozen=True)
class Upload:
    """A file with lists."""

    content: bytes
    file_name: str
    name: str = ""
    """Replaces the model's name where the file has one model; "" keeps it."""


def add(home: Path, group: str, upload: Upload, users: Collection[str], items: Collection[str]) -> list[OtherLists]:
    """Read a file and keep its lists for a data set group with these users and items. Raises DataError."""
    file_name = upload.file_name
    found = reading.read(upload.content, file_name)
    if not any(user in users for one in found for user in fitting.fitted(one, users, items)[0].lists):
        first = next(iter(found[0].lists))
        raise DataError(
            f'None of the people of {file_name} is in {group}; the first is "{first}". Give the ids of this data set.'
        )
    added = []
    for one in found:
        own, how = fitting.fitted(one, users, items)
        added.append(kept.keep(home, group, file_name, own, upload.name if len(found) == 1 else "", how))
    return added
