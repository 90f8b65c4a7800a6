"""Reasons as sentences, in the third person: what an item shares with a history, and what it would lose without it."""

from services.backend import Backend
from services.language.phrases import counted, cut, day, listed, ordinal
from services.language.vocabulary import EVENINGS, Words
from services.library.catalog import Catalog
from services.lists.reasons import Cause, Evening, Reason
from services.lists.threads import Thread
from services.lists.traits import Trait
from services.personalize.campaigns import Campaign

EXPLORED = "shown to learn more about it"
NO_HISTORY = "a bestseller; no history yet"
NO_EVIDENCE = "nothing in common with the latest events"
WHOLE = "fits the whole history"
FULL, EMPTY = "●", "○"


def dots(n: int) -> str:
    """Return "●●○"; "" for none."""
    return FULL * n + EMPTY * (3 - n) if n else ""


def cell(reason: Reason, catalog: Catalog, words: Words) -> str:
    """Return a reason for a table's cell: "4th by Alfred Hitchcock, after Vertigo and Rope"."""
    if reason.how == "popularity":
        return f"{reason.n_people or 0:,} people {words.past} it"
    names = [catalog.title(item_id) for item_id in reason.named]
    if reason.thread is not None:
        return _shared(reason.thread, names, words)
    if names:
        return f"often {words.past} with {listed(names)}"
    if reason.echo is not None:
        return _echoed(reason.echo.trait, reason.echo.n_before, words)
    return {"left out": WHOLE, "explored": EXPLORED, "no history": NO_HISTORY}.get(reason.how, NO_EVIDENCE)


def sentence(reason: Reason, who: str, catalog: Catalog, words: Words) -> str:
    """Return a reason in words: "the 4th film by Alfred Hitchcock for Nora, after Vertigo (1958) and Rope (1948)"."""
    names = listed([catalog.label(item_id) for item_id in reason.named])
    if reason.thread is not None:
        return _told(reason.thread, names, who, words)
    if names:
        return f"because {who} {words.past} {names}"
    if reason.echo is not None:
        n, trait = reason.echo.n_before, reason.echo.trait
        what = trait_words(trait)
        if trait.kind in ("by", "with"):
            return f"the {ordinal(n + 1)} {words.noun} {what} for {who}"
        return f"like {n} of the {words.nouns} that {who} {words.past}: {what}"
    return cell(reason, catalog, words)


def short(reason: Reason, catalog: Catalog, words: Words, length: int = 60) -> str:
    """Return a reason for a narrow place, cut."""
    return cut(cell(reason, catalog, words), length)


def trait_words(trait: Trait) -> str:
    """Return what items have in common: "by Alfred Hitchcock", "Crime and Film-Noir"."""
    values = " and ".join(trait.values)
    return {"by": f"by {values}", "with": f"with {values}", "series": f"the series {values}"}.get(trait.kind, values)


def evidence_words(cause: Cause, reason: Reason, words: Words) -> str:
    """Return the evidence of a cause: "without it 19th, not 3rd"."""
    both = ""
    if cause.n_both is not None:
        both = f"{cause.n_both:,} of the {cause.n_people or 0:,} people who {words.past} it also {words.past} this"
    if cause.rank_without is None:
        return both
    return "; ".join(part for part in (f"without it {_fall(cause.rank_without, reason)}", both) if part)


def loss_words(thread: Thread, reason: Reason) -> str:
    """Return what the item loses without all that a thread names: "without these 3: 19th, not 3rd"."""
    n = len(thread.item_ids)
    return f"without {f'these {n}' if n > 1 else 'it'}: {_fall(thread.rank_without, reason)}"


def evening_words(evening: Evening, reason: Reason, words: Words) -> str:
    """Return what the item loses without one evening: "without the evening of 3 Mar 2000 (4 films): 19th, not 3rd"."""
    n = counted(evening.n_items, words.noun, words.nouns)
    noun = session_noun(words)
    return f"without the {noun} of {day(evening.timestamp)} ({n}): {_fall(evening.rank_without, reason)}"


def session_noun(words: Words) -> str:
    """Return what one sitting is called: "evening" for films, "visit" for a shop."""
    return "evening" if words.verb in EVENINGS else "visit"


def source_note(backend: Backend, campaign: Campaign, words: Words) -> str:
    """Return the sentence about where reasons come from, "" where the model itself was asked."""
    if backend.capabilities is not None or not campaign.personal:
        return ""
    return f"AWS gives no reasons. These are counted in the loaded data, from people who {words.past} both."


def _fall(rank_without: int, reason: Reason) -> str:
    return f"{ordinal(rank_without)}, not {ordinal(reason.rank)}"


def _shared(thread: Thread, names: list[str], words: Words) -> str:
    kind, what = thread.trait.kind, trait_words(thread.trait)
    if kind in ("by", "with"):
        return f"{ordinal(thread.n_before + 1)} {what}, after {listed(names)}"
    if kind == "series":
        return f"after {listed(names)}: the same series"
    if kind == "together":
        return f"often {words.past} with {listed(names)}"
    return f"{_times(thread, words)}{what}: {listed(names)}"


def _times(thread: Thread, words: Words) -> str:
    return f"{thread.n_evenings} {session_noun(words)}s of " if thread.n_evenings > 1 else ""


def _echoed(trait: Trait, n_before: int, words: Words) -> str:
    if trait.kind in ("by", "with"):
        return f"{ordinal(n_before + 1)} {trait_words(trait)}"
    return f"{trait_words(trait)}, like {counted(n_before, words.noun, words.nouns)} before"


def _told(thread: Thread, names: str, who: str, words: Words) -> str:
    kind, what = thread.trait.kind, trait_words(thread.trait)
    if kind in ("by", "with"):
        return f"the {ordinal(thread.n_before + 1)} {words.noun} {what} for {who}, after {names}"
    if kind == "series":
        return f"from the same series as {names}, which {who} {words.past}"
    if kind == "together":
        return f"because {who} {words.past} {names}, and many others {words.past} both"
    return f"because {who} {words.past} {names}: {_times(thread, words)}{what}"
