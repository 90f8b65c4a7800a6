"""The sentences of Home."""

from collections.abc import Mapping, Sequence

from services.language.phrases import age, counted, listed
from services.language.vocabulary import Words
from services.screens.home.faces import Face
from services.screens.home.news import News

KINDS: Mapping[str, tuple[str, str]] = {
    "Data set": ("data set", "data sets"),
    "Solution version": ("trained version", "trained versions"),
    "Campaign": ("campaign", "campaigns"),
    "cold_start": ("cold start result", "cold start results"),
    "evaluation": ("evaluation", "evaluations"),
}
LEARNING: Mapping[str, str] = {
    "make": "A thousand people, each with a taste of their own, choose among real films, evening by evening.",
    "check": "Every column is checked as Amazon Personalize would check it.",
    "import": "Single events become histories: who watched what, and when.",
    "popularity": "The bestsellers are counted. Everybody gets the same ones.",
    "hrnn": "The model reads each history in order and guesses the next film. Every wrong guess teaches it something.",
    "deploy": "The model is put into service. The first list is a moment away.",
}
"""What is being learned, by the step of the preparation."""


def since(entries: Sequence[News], then: float, now: float) -> str:
    """Return what is new since the last visit, in a sentence."""
    if not entries:
        return f"Nothing new since your last visit, {age(then, now)}."
    said = listed([counted(entry.n, *KINDS.get(entry.kind, (entry.kind, entry.kind))) for entry in entries])
    return f"New since your last visit, {age(then, now)}: {said}."


def face(face: Face, words: Words) -> str:
    """Return what is said under a face: the tastes, else how little is known."""
    return " · ".join(face.tastes) or counted(face.n_items, words.noun, words.nouns)


def had(who: str, words: Words) -> str:
    """Return the title of the covers of a history."""
    return f"What {who} {words.past} last"


def chosen_among(n: int) -> str:
    """Return the title of the covers before there is any event."""
    return f"{n} of the films that they choose among"


def counted_already(who: str, words: Words) -> str:
    """Return the title of a personal list before any model is trained."""
    return f"Counted already for {who}: often {words.past} with these"


def everybody(words: Words) -> str:
    """Return the title of the bestsellers."""
    return f"What everybody gets: the bestselling {words.nouns}"
