"""Writing an expression: what may follow, as words to click, and what is wrong with what stands there.

The embedded engine's own grammar says what may follow and points at the character that is wrong. AWS says what is
wrong when the filter is created; there all words are offered all the time.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.backend import Backend, FilterProblem
from services.filters.columns import INTERACTIONS, ITEMS, USERS, Column
from services.filters.expressions import FOR_NUMBERS, quoted
from services.personalize.datasets import group_arn

MAX_CHIPS = 40
_FIELD = re.compile(r"\b(Interactions|Items|CurrentUser)\.(\w+)", re.IGNORECASE)
_WORDS = {
    "TARGET": ("ItemID",),
    "ACTION": ("INCLUDE", "EXCLUDE"),
    "WHERE": ("WHERE",),
    "IN": ("IN (",),
    "NOT_IN": ("NOT IN (",),
    "AND": ("AND",),
    "OR": ("OR",),
    "IF": ("IF",),
    "LPAR": ("(",),
    "RPAR": (")",),
    "COMMA": (",",),
    "VBAR": ("|",),
}
"""What stands for a terminal of the grammar, where that does not depend on the data."""
_ALWAYS = frozenset({*_WORDS, "DATASET", "TEXT", "COMPARISON"}) - {"LPAR"}


@dataclass(frozen=True)
class Written:
    """An expression as far as it is written."""

    problem: FilterProblem | None
    """None where it is whole and right, and where only CreateFilter can tell."""
    whole: bool
    """Whether it can be created."""
    next_words: tuple[str, ...]
    """What may follow, to be clicked."""


def written(backend: Backend, group: str, text: str, columns: Sequence[Column]) -> Written:
    """Return what is wrong with a text and what may follow it."""
    arn = group_arn(backend, group)
    if backend.capabilities is None or arn is None:
        return Written(None, bool(text.strip()), next_words(_ALWAYS, text, columns))
    following = next_words(backend.capabilities.filters.continuations(text), text, columns)
    problem = backend.capabilities.filters.problem(arn, text) if text.strip() else None
    return Written(problem, bool(text.strip()) and problem is None, following)


def next_words(terminals: frozenset[str], text: str, columns: Sequence[Column]) -> tuple[str, ...]:
    """Return the words for these terminals of the grammar, after this text."""
    column = _column_before(text, columns)
    words: list[str] = []
    for terminal in ("ACTION", "TARGET", "WHERE"):
        words += _WORDS[terminal] if terminal in terminals else ()
    if "DATASET" in terminals:
        words += [one.field for one in _selecting(text, columns)]
    if "CURRENT_USER" in terminals:
        words += [one.field for one in columns if one.dataset == USERS]
    words += _tests(terminals, column)
    for terminal in ("LPAR", "COMMA", "RPAR", "AND", "OR", "IF", "VBAR"):
        words += _WORDS[terminal] if terminal in terminals else ()
    return tuple(dict.fromkeys(words))[:MAX_CHIPS]


def appended(text: str, word: str) -> str:
    """Return a text with a word that was clicked behind it, with a space where one belongs."""
    before = text.rstrip()
    glued = not before or word in (",", ")") or before.endswith("(")
    return f"{before}{'' if glued else ' '}{word}{' ' if word not in ('IN (', 'NOT IN (', '(') else ''}"


def pointed(text: str, position: int) -> str:
    """Return a text in one line with a mark under the character at a position."""
    line = " ".join(text.split("\n"))
    return f"{line}\n{' ' * min(position, len(line))}^"


def _tests(terminals: frozenset[str], column: Column | None) -> list[str]:
    """Return the operators and values that fit the column before."""
    words: list[str] = []
    is_number = column is not None and column.is_number
    if not is_number:
        words += [word for terminal in ("IN", "NOT_IN") if terminal in terminals for word in _WORDS[terminal]]
    if "COMPARISON" in terminals and (column is None or column.dataset != INTERACTIONS):
        words += FOR_NUMBERS if is_number or column is None else ("=", "!=")
    if "NUMBER" in terminals and column is not None and is_number:
        words += [f"{value:g}" if abs(value) < 1e6 else f"{value:.0f}" for value in _between(column)]
    if "TEXT" in terminals and column is not None and not is_number:
        words += [quoted(value) for value in column.values]
    if "PARAMETER" in terminals and column is not None:
        words.append(f"${column.name}")
    return words


def _between(column: Column) -> list[float]:
    if column.low is None or column.high is None:
        return []
    return sorted({column.low, (column.low + column.high) / 2, column.high})


def _column_before(text: str, columns: Sequence[Column]) -> Column | None:
    found = list(_FIELD.finditer(text))
    if not found:
        return None
    dataset, name = found[-1][1].lower(), found[-1][2].lower()
    kind = USERS.lower() if dataset == "currentuser" else dataset
    return next((one for one in columns if (one.dataset.lower(), one.name.lower()) == (kind, name)), None)


def _selecting(text: str, columns: Sequence[Column]) -> list[Column]:
    """Return the columns that may stand next: an expression is about one dataset."""
    own = text.rsplit("|", 1)[-1]
    begun = {match[1].lower() for match in _FIELD.finditer(own)} & {INTERACTIONS.lower(), ITEMS.lower()}
    allowed = begun or {INTERACTIONS.lower(), ITEMS.lower()}
    return [one for one in columns if one.dataset.lower() in allowed]
