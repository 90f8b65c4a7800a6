"""The sentences of Compare: its headline in every outcome, and what a figure is worth beside chance."""

from collections.abc import Sequence

import pandas as pd

from services.language.phrases import capital, listed, possessive
from services.language.vocabulary import Words
from services.library.tastes import Tastes
from services.lists.sample import MIN_PEOPLE, Chance, ListSample
from services.personalize.recipe_names import EXPLORING, answers_of
from services.screens.compare.sides import Side, also_popular, n_different, own_items, pair_counts, shared_history

FEW_IN_COMMON = 0.1
"""Two histories have little in common below this share of the shorter one."""
SAME_BESTSELLERS = "while everybody gets the same bestsellers"


def headline(compared: Sequence[Side], chance: Chance | None, words: Words, *, by_campaign: bool) -> str:
    """Return the headline; chance is None where it is unknown or does not apply."""
    good = [side for side in compared if side.error is None]
    if len(good) < 2:
        return (
            "The campaign did not answer." if not good else f"Only {good[0].who} got an answer; see the others below."
        )
    if by_campaign:
        return _campaigns(good, words)
    if not good[0].campaign.personal:
        k = max(len(side.ids) for side in good)
        return f"{_listed_who(good)} see the same {k} bestsellers, whatever they {words.past}."
    return _two(good[0], good[1], chance, words) if len(good) == 2 else _many(good, chance, words)


def chance_words(chance: Chance | None) -> str:
    """Return what two random people share, to show beside a figure."""
    if chance is None:
        return ""
    if not chance.known:
        return f"too few people to tell (n = {chance.n_people})"
    return f"two random people: {_number(chance.mean)}"


def chance_note(sample: ListSample, chance: Chance, n_users: int) -> str:
    """Return the note about where the chance comes from."""
    if not chance.known:
        few = f"{chance.n_people} people with a history are too few to tell what is usual"
        return f"{few}; at least {MIN_PEOPLE} are needed."
    among = "all" if len(sample.user_ids) >= n_users else f"a sample of {chance.n_people:,} of {n_users:,}"
    return (
        f"Two random people share {chance.mean:.1f} on average, and 9 in 10 pairs between {chance.low:.0f} and "
        f"{chance.high:.0f}, measured once with {among} people."
    )


def exploring_note(compared: Sequence[Side]) -> str:
    """Return the warning that a campaign's answers differ from call to call, "" where none does."""
    names = list(dict.fromkeys(side.campaign.name for side in compared if side.campaign.recipe in EXPLORING))
    if not names:
        return ""
    return f"{listed(names)}: the recipe tries new items, so some places change with each request."


def _two(one: Side, other: Side, chance: Chance | None, words: Words) -> str:
    k = max(len(one.ids), len(other.ids))
    shared = pair_counts([one, other])[0][2]
    sentence = f"{one.who} and {other.who} share {shared} of {k} {words.nouns}"
    if new := next((side for side in (one, other) if side.new_here), None):
        return f"{sentence}; {new.who} is new to this model and gets the bestsellers."
    if chance is None:
        return f"{sentence}."
    if not chance.known:
        return f"{sentence}; {chance.n_people} people are too few to tell whether that is much."
    usual = f"two random people share {_number(chance.mean)}"
    if shared > chance.high:
        both, least = shared_history(one, other), min(len(set(one.known)), len(set(other.known)))
        if both < FEW_IN_COMMON * least:
            past = f"only {both} {words.noun if both == 1 else words.nouns}" if both else f"no {words.noun}"
            return f"{sentence} although they have {past} in common in their past; {usual}."
        return f"{sentence}, clearly more than usual: {usual}."
    if shared < chance.low or (shared == 0 and chance.mean >= 1):
        return f"{sentence}; {usual}, {SAME_BESTSELLERS}."
    return f"{sentence}, about what is usual: {usual}, {SAME_BESTSELLERS}."


def _many(compared: Sequence[Side], chance: Chance | None, words: Words) -> str:
    """Say what each gets that nobody else gets, against what popularity would give all; and who is close."""
    own, k = own_items(compared), max(len(side.ids) for side in compared)
    numbers = [len(own[side.letter]) for side in compared]
    same = f"the bestsellers are the same {k} for all {len(compared)}."
    if len(set(numbers)) == 1:
        all_of = "all " if numbers[0] == k else f"{numbers[0]} of "
        sentence = f"{_listed_who(compared)} each get {all_of}{k} {words.nouns} that none of the others gets; {same}"
    else:
        each = listed([f"{side.who} {n}" for side, n in zip(compared, numbers, strict=True)])
        sentence = f"Of {k} {words.nouns} each, in one list only: {each}; {same}"
    one, other, most = pair_counts(compared)[0]
    if chance is not None and chance.known and most > chance.high:
        return f"{sentence} {one.who} and {other.who} share {most}, more than usual."
    return sentence


def own_below(side: Side, popular: Sequence[str], compared: Sequence[Side]) -> str:
    """Return what stands under a person's own items: who is closest, else how many are also what popularity gives."""
    others = [other for other in compared if other is not side]
    closest = max(others, key=lambda other: len(set(side.ids) & set(other.ids)))
    shared = len(set(side.ids) & set(closest.ids))
    return f"{shared} shared with {closest.who}" if shared else f"{also_popular(side, popular)} also bestsellers"


def bestsellers_help(k: int, words: Words) -> str:
    """Return what the figure of bestsellers in both lists counts, and who gets these."""
    return f"{capital(words.nouns)} that are also among the {k} that most people {words.past}, which everybody gets."


def below_titles(compared: Sequence[Side], words: Words) -> str:
    """Return what stands under each title of the lists."""
    times = f"how many times likelier than the average {words.noun}, and " if any(s.scores for s in compared) else ""
    return f"Under a title: {times}what it shares with the history."


def _campaigns(compared: Sequence[Side], words: Words) -> str:
    one, other, most = pair_counts(compared)[0]
    both = capital(f"{_answers(one, compared)} and {_answers(other, compared)}")
    k = max(len(side.ids) for side in compared)
    if len(compared) == 2:
        same = sum(a == b for a, b in zip(one.ids, other.ids, strict=False))
        if most == k and same == k:
            return f"{both} are the same list, place by place."
        at = f"{same} of them at the same place" if same else "none of them at the same place"
        return f"{both} share {most} of {k} {words.nouns}" + (f", {at}." if most else ".")
    places, different = sum(len(side.ids) for side in compared), n_different(compared)
    sentence = f"{len(compared)} lists show {different} different {words.nouns} in {places} places"
    return f"{sentence}. {both} agree most: {most} of {k}." if most else f"{sentence}: no two lists share any."


def _answers(side: Side, compared: Sequence[Side]) -> str:
    """Return what a side's campaign gives, in a customer's words; with its letter where another side has the same."""
    if side.given is not None:
        return f"the list of {side.who}"
    words = answers_of(side.campaign.recipe)
    alone = sum(answers_of(other.campaign.recipe) == words for other in compared) == 1
    return words if alone else f"{words} ({side.letter})"


def _listed_who(compared: Sequence[Side]) -> str:
    return listed([side.who for side in compared])


def _number(value: float) -> str:
    """Return a mean: "6", and "0.4" below one."""
    return f"{value:.0f}" if value >= 0.95 or value == 0 else f"{value:.1f}"


def alt_text(compared: Sequence[Side], tastes: Tastes) -> str:
    """Return the comparison in words, for a screen reader."""
    k = max((len(side.ids) for side in compared), default=0)
    pairs = [f"{one.who} and {other.who} share {n} of {k}" for one, other, n in pair_counts(compared)]
    leans = [
        f"{possessive(side.who)} list leans to {', '.join(leaning)}"
        for side in compared
        if (leaning := tastes.top(side.ids))
    ]
    return f"{'; '.join([*pairs, *leans])}."


def gap_sentence(frame: pd.DataFrame) -> str:
    """Return where the compared users differ most: "Horror: Ben's history 5.1 times everybody's share, Nora's 0.4"."""
    if frame.empty:
        return "The catalogue has no such column."
    first = frame[frame["category"] == frame["category"].iloc[0]]
    sentence = [
        f"{row.who} {row.history:.1f} in the history, {row.list:.1f} in the list"
        for row in first.itertuples()
        if row.history == row.history and row.list == row.list
    ]
    return f"Most different in {first['category'].iloc[0]}, as times everybody's share: {'; '.join(sentence)}."
