"""The sentences of Try it yourself, which speaks to its visitor: "you"."""

from collections.abc import Sequence

from services.language.phrases import counted, listed
from services.language.vocabulary import Words
from services.library.catalog import Catalog
from services.lists import sentences as reason_sentences
from services.lists.reasons import Reason
from services.screens.try_it.answer import Answer
from services.screens.try_it.nearest import Near
from services.screens.try_it.picks import N_PICKS

TOGETHER = "fits your picks together"
NUMBERS = {1: "One", 2: "Two", 3: "Three"}


def headline(picks: Sequence[str], answer: Answer, bestsellers: Sequence[str], words: Words) -> str:
    """Return the sentence over the list: what to do, then how far the list has left everybody's."""
    if not picks:
        return f"Pick three {words.nouns} you like, and watch your own list build."
    n = len(picks)
    said = f"{NUMBERS.get(n, str(n))} {words.noun if n == 1 else words.nouns}"
    if not answer.item_ids:
        return f"{said}, and nothing goes with {'it' if n == 1 else 'them'} yet: pick another one."
    own = len(set(answer.item_ids) - set(bestsellers))
    return f"{said}, and {own} of {len(answer.item_ids)} places are yours: not what everybody gets."


def next_pick(picks: Sequence[str], words: Words) -> str:
    """Return what to do next, over the grid."""
    left = N_PICKS - len(picks)
    if not picks:
        return f"Pick the first of three {words.nouns}"
    return f"Pick {'one more' if left == 1 else f'{left} more'}"


def searched(text: str, n_found: int, words: Words) -> str:
    """Return what a search found."""
    if not n_found:
        return f'No {words.noun} is called "{text}". Try a shorter word.'
    return f'{counted(n_found, words.noun, words.nouns)} found for "{text}"'


def list_title(picks: Sequence[str]) -> str:
    """Return the title of the list."""
    return "Made for you" if picks else "What everybody gets"


def why(item_id: str, answer: Answer, reason: Reason | None, catalog: Catalog, words: Words) -> str:
    """Return why an item is in the list, "" where nothing is known."""
    if answer.pick_of is not None:
        return f"often {words.past} with {catalog.title(answer.pick_of[item_id])}"
    if reason is None:
        return ""
    if reason.how == "left out" and reason.thread is None and reason.echo is None:
        return f"{words.because} {catalog.title(reason.because[0].item_id)}" if reason.because else TOGETHER
    return reason_sentences.sentence(reason, "you", catalog, words)


def picks_of(item_id: str, answer: Answer, reason: Reason | None, picks: Sequence[str]) -> tuple[str, ...]:
    """Return the picks that an item is owed to, in the order of the picks."""
    if answer.pick_of is not None:
        return (answer.pick_of[item_id],)
    if reason is None:
        return ()
    named = reason.named or tuple(cause.item_id for cause in reason.because[:1])
    return tuple(pick for pick in picks if pick in named)


def how_asked(answer: Answer, why_not: str, words: Words) -> str:
    """Return how the list was made where no model was asked about the picks, "" where one was."""
    if answer.way == "similar":
        return f"{why_not} This list takes in turn the {words.nouns} most similar to each of your picks."
    if answer.way == "counted":
        return f"{why_not} This list takes in turn what most people {words.past} with each of your picks."
    return ""


def ignored(answer: Answer, catalog: Catalog) -> str:
    """Return the note about picks that the model does not know."""
    unknown = [catalog.title(item_id) for item_id in answer.ignored]
    return f"The model does not know {listed(unknown)}." if unknown else ""


def near(entry: Near, n_picks: int, n_list: int, words: Words) -> str:
    """Return how near a user is: "watched 3 of your 3 picks and 9 of these 24"."""
    return f"{words.past} {entry.n_picks} of your {n_picks} picks and {entry.n_list} of these {n_list}"


def kept(words: Words) -> str:
    """Return where the picks are."""
    return f"Your picks are in the address of this page only: nothing is stored, and no {words.noun} gets an event."


def only_here() -> str:
    """Return the note under an address that others cannot open."""
    return (
        "This address works on this machine only. To let phones in, start the explorer for your network, "
        "then open it by this machine's name."
    )


HOW = """
The picks are one evening of somebody whom the data does not have: two hours between two picks, the last one at the
data's newest moment. The model answers for this history; nothing is sent as an event and nothing is stored. *Why*
leaves each pick out once and asks again: what an item loses without a pick is owed to it. Where no model can be asked
(AWS answers for known people only, and bestsellers are the same for everybody), the list takes in turn what goes with
each pick: the answer of a campaign for similar items, else the items of most people who had both.

*Nearest* are the people who had most of the picks; of equal ones those whose history has the largest cosine with picks
and list together.
"""


def nearest(typed: str, n_found: int, words: Words) -> str:
    """Return what a search says that found nothing, over what is nearest to it."""
    return f'Nothing is called "{typed}"; nearest: {counted(n_found, words.noun, words.nouns)}'
