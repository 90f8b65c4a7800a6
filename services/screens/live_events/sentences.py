"""The sentences of Live events: headline at every step, the check of the copy, the picture in words."""

from collections.abc import Sequence

import pandas as pd

from services.changes import may_change
from services.language.phrases import counted, listed, percent, possessive, with_article
from services.language.vocabulary import EVENINGS, Words
from services.sandbox.replay import Replay
from services.sandbox.states import LENGTH
from services.screens.live_events.figures import Ceiling
from services.screens.live_events.tastes import Listens

THEN = " then"
SIMILAR, BESTSELLERS = "similar items", "bestsellers"
"""Recipes that do not listen to events."""
NEEDS_EVENTS = (
    "This screen needs a campaign that follows events. Bestsellers do not: they are counted when they are trained, and "
    "one more event of one person hardly changes the count."
)
MAX_NAMED = 2
"""Categories that a sentence names."""


def then(who: str) -> str:
    """Return the name of a user without the latest events: "Max then"."""
    return f"{who}{THEN}"


def headline(
    who: str,
    other: str,
    shared: Sequence[int],
    step: int,
    n: int,
    ceiling: Ceiling,
    third: tuple[str, int] | None,
    n_kept: int,
    words: Words,
) -> str:
    """Return the headline of a replay; third is a third user's name and what the same number of events gave."""
    now, first = shared[step], shared[0]
    nouns = words.nouns
    if step == 0:
        return (
            f"{possessive(who)} list has {first} of {possessive(other)} {LENGTH} {nouns}. "
            f"Press Step to send {possessive(other)} events, one by one."
        )
    control = f" {possessive(third[0])} events would have given {third[1]}." if third is not None else ""
    events = f"{counted(step, 'event', 'events')}"
    if step == n:
        after = f"After all {n} events" if n > 1 else "After 1 event"
        end = f"{after}, {now} of {possessive(who)} {LENGTH} {nouns} {_are(now)} {possessive(other)}"
        end += f", of at most {ceiling.value}" if n > 1 else ""
        if now == first:
            end = f"After {events}, {possessive(who)} list still shares {now} with {possessive(other)}"
        past = f"; {n_kept} {_are(n_kept)} still from {possessive(who)} history." if n_kept else "."
        return end + past + control
    was = f"; before it was {first}" if now != first else ", as before"
    return (
        f"After {step} of {possessive(other)} events, {now} of {possessive(who)} {LENGTH} {nouns} {_are(now)} "
        f"{possessive(other)}{was}.{control}"
    )


def then_headline(who: str, shared: Sequence[int], step: int, n: int, words: Words) -> str:
    """Return the headline for replaying a person's own latest events."""
    nouns, now = words.nouns, shared[step]
    if step == 0:
        return (
            f"Without {possessive(who)} last {counted(n, 'event', 'events')}, {now} of {LENGTH} {nouns} {_are(now)} "
            "the same as in today's list. Press Step to send them back."
        )
    back = counted(n, "event", "events") if step == n else f"{step} of {counted(n, 'event', 'events')}"
    return (
        f"With {'all ' if step == n > 1 else ''}{back} back, {now} of {LENGTH} {nouns} {_are(now)} the same as in "
        f"today's list; without, {shared[0]}."
    )


def hand_headline(who: str, n_events: int, n_new: int, words: Words) -> str:
    """Return the headline for events sent by hand; n_new counts items that were not in the list before them."""
    if not n_events:
        return f"What would {who} get after one more event? Choose {with_article(words.noun)} and press Send."
    events = counted(n_events, "event", "events")
    if not n_new:
        return f"After {events} by hand, the list has the same {LENGTH} {words.nouns} as before."
    return f"After {events} by hand, {n_new} of {possessive(who)} {LENGTH} {words.nouns} {_are(n_new)} new."


def visitor_headline(n_clicks: int, n_left: int, words: Words) -> str:
    """Return the headline for a new visitor; n_left counts places that are no longer those of the first list."""
    if not n_clicks:
        return f"A new visitor gets the same {LENGTH} {words.nouns} as everybody new. Click one to see what changes."
    clicks = counted(n_clicks, "click", "clicks")
    if not n_left:
        return f"{clicks} changed nothing: these are the {LENGTH} {words.nouns} that everybody new gets."
    return f"{clicks} changed {n_left} of {LENGTH} {words.nouns}."


def check_line(replay: Replay, who: str, words: Words, *, user_columns: bool) -> str:
    """Return whether the copy gets the same list as the original, and why not."""
    if not replay.plan.before:
        return "A new user ID without any events."
    same = replay.same_as_original
    past = counted(len(replay.plan.before), "event", "events")
    copy = f"Test copy of {who}, made of {past}"
    if same is None:
        return f"{copy}."
    if same == LENGTH:
        return f"{copy}: the same {LENGTH} {words.nouns} as the original."
    sentence = f"{copy}: {same} of the original's {LENGTH} {words.nouns}"
    return f"{sentence}; events do not carry the columns of the user data." if user_columns else f"{sentence}."


def kept_line(replay: Replay, *, can_forget: bool) -> str:
    """Return what becomes of the events that were sent."""
    if not replay.sends and not may_change():
        return "This demo is read-only: nothing is sent, and the events exist only on this page."
    if not replay.sends:
        return "**Opened from an address**: nothing was sent, and the events exist only on this page."
    if replay.forgotten:
        return "Deleted again: the next training does not see the events."
    if can_forget:
        return "The events are deleted at the end."
    return "AWS keeps the events; the next solution version trains on them."


def how_line(who: str, *, sends: bool) -> str:
    """Return how a copy comes to its events and its lists; who's past it gets, "" for a new visitor."""
    past = f"{possessive(who)} past" if who else "nothing before"
    if not sends:
        return (
            f"Nothing is sent. The engine computes the list of a new user ID with {past} and the events so far: the "
            "list that GetRecommendations gives after PutEvents with them."
        )
    if not who:
        return (
            "Every list is an answer of GetRecommendations for a new user ID without a past; each event by hand is one "
            "more call of PutEvents."
        )
    return (
        f"PutEvents sends {past} to a new user ID, with its own time stamps, ten events a call; then one event a call. "
        "GetRecommendations answers with 100 places after each. Every list is an answer."
    )


def opened_line(n_events: int) -> str:
    """Return what an address shows before anybody has pressed a button."""
    return (
        f"Opened from an address: {counted(n_events, 'event is', 'events are')} shown as if they were sent, and "
        "nothing is stored."
    )


def stays_line(n_events: int, who: str) -> str:
    """Return the warning before events are sent to a service that cannot remove them."""
    return (
        f"This creates an event tracker if there is none, and sends {counted(n_events, 'event', 'events')} for a new "
        f"user ID, a copy of {who}. AWS keeps them, and the next solution version trains on them."
    )


def flat_words(sims: Sequence[int] | None, popular: Sequence[int] | None, step: int) -> str:
    """Return the figures of recipes that do not listen: "similar items and bestsellers stay at 1, 0"; "" without."""
    named = [(name, values) for name, values in ((SIMILAR, sims), (BESTSELLERS, popular)) if values is not None]
    if not named:
        return ""
    names = " and ".join(name for name, _ in named)
    if all(len(set(values[: step + 1])) == 1 for _, values in named):
        return f"{names} stay at {', '.join(str(values[0]) for _, values in named)}"
    return "; ".join(f"{name} go from {values[0]} to {values[step]}" for name, values in named)


def alt(
    other: str,
    shared: Sequence[int],
    step: int,
    ceiling: Ceiling,
    third: tuple[str, int] | None,
    flat: str,
) -> str:
    """Return the overlap picture in words."""
    move = "rise" if shared[step] > shared[0] else "fall" if shared[step] < shared[0] else "stay"
    goes = f"{move} from {shared[0]} to {shared[step]}" if move != "stay" else f"stay at {shared[0]}"
    sentence = f"Items shared with {other} {goes} of {LENGTH} over {counted(step, 'event', 'events')}"
    sentence += f", at most {ceiling.value}"
    if third is not None:
        sentence += f"; with {possessive(third[0])} events {third[1]}"
    return f"{sentence}; {flat}." if flat else f"{sentence}."


def listens_line(listens: Listens | None, who: str, words: Words) -> str:
    """Return whether the list follows the events just sent or the life before, "" where that cannot be told apart."""
    if listens is None:
        return ""
    now, life = listed(listens.tonight[:MAX_NAMED]), listed(listens.life[:MAX_NAMED])
    session = "tonight" if words.verb in EVENINGS else "this visit"
    to = f"the events of {session}" if listens.to_tonight else f"{possessive(who)} earlier history"
    return (
        f"The model follows {to}: {listens.n_tonight} of {LENGTH} {words.nouns} {_are(listens.n_tonight)} {now}, as "
        f"{session}; {listens.n_life} {_are(listens.n_life)} {life}, as before."
    )


def stream_alt(rows: pd.DataFrame, step: int) -> str:
    """Return the stream in words: each taste's share at the start and now."""
    if rows.empty:
        return "No item of the list has a category."
    first, now = (rows[rows["step"] == number].set_index("taste")["share"] for number in (0, step))
    parts = [f"{taste} {percent(first[taste])}, now {percent(now[taste])}" for taste in now.index]
    return f"Shares of the list at the start and after {counted(step, 'event', 'events')}: {'; '.join(parts)}."


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def refused(replay: Replay) -> str:
    """Return what stopped a replay and what stays."""
    number = len(replay.steps)
    sentence = str(replay.error)
    if number == 0:
        return f"The copy could not be made: {sentence}"
    before = counted(number - 1, "earlier step stays", "earlier steps stay")
    rest = f"The {before}." if number > 1 else "The copy stays."
    return f"Event {number} was refused: {sentence} {rest}"


def unchanged_line(seconds: float) -> str:
    """Return why a list may not have changed on AWS."""
    return (
        f"Unchanged after {seconds:.0f} s. The service may not have read the event yet, the solution may leave out its "
        "type, or the item may be new to the model. Step again, or wait and ask again."
    )


def nothing_listens_headline(words: Words) -> str:
    """Return the headline where no campaign follows events."""
    return f"Does a list change with the next {words.noun}? No campaign follows events yet."


def their_events_line(other: str, who: str) -> str:
    """Return which events of a user a copy gets, and when."""
    return f"The events are {possessive(other)} latest ones. They keep their pauses and begin a day after {who}'s last."
