"""The sentences of the Similar screen, each computed and each with what chance would give."""

from services.language.phrases import chance, counted, cut
from services.language.vocabulary import Words
from services.screens.similar.discount import DiscountView
from services.screens.similar.neighbours import Cause, shared

TITLE = 34
"""Characters of a title in a sentence."""


def headline(cause: Cause, other: Cause | None, words: Words) -> str:
    """Return the sentence over the screen."""
    title = cut(cause.label, TITLE)
    if not cause.n_items:
        return f"Nothing stands next to {title}: the campaign returned no {words.nouns}."
    if cause.only_popular:
        if cause.n_people == 0:
            return f"Nobody has {words.past} {title} yet: these are popular {words.nouns}, not similar ones."
        return f"Too few {words.past} {title} and anything else: these are popular {words.nouns}, not similar ones."
    if cause.n_fillers > cause.n_items / 2:
        left = cause.n_items - cause.n_fillers
        are = "is a neighbour" if left == 1 else "are neighbours"
        sentence = f"Only {left} of {cause.n_items} places next to {title} {are}; the others are popular {words.nouns}."
    elif cause.category is None:
        first = cause.frame.iloc[0]
        sentence = (
            f"{first['both']:,} of {cause.n_people:,} who {words.past} {title} also {words.past} "
            f"{cut(first['title'], TITLE)}; by chance {first['expected']:,.0f}."
        )
    else:
        sentence = (
            f"{cause.n_category} of {cause.n_items} {words.nouns} next to {title} are {cause.category}; "
            f"any {words.noun} would be with chance {chance(cause.chance_category)}."
        )
    if other is None or not other.n_items:
        return sentence
    number = shared(cause, other)
    return (
        f"{sentence} The two causes share {counted(number, words.noun, words.nouns) if number else f'no {words.noun}'}."
    )


def evidence_title(cause: Cause, words: Words) -> str:
    """Return what the bars of one cause show."""
    return f"{words.past.capitalize()} it too, of all who {words.past} the neighbour"


def neighbour_sentence(cause: Cause, place: int, words: Words) -> str:
    """Return the evidence for one neighbour: "61 of 83 who watched it also watched Halloween (1978)"."""
    row = cause.frame.iloc[place]
    if row["filler"]:
        return f"popular, not similar: {row['both']:,} people {words.past} both"
    return f"{row['both']:,} of {row['with_neighbour']:,} who {words.past} it also {words.past} {cause.label}"


def unknown_note(cause: Cause, words: Words) -> str:
    """Return what to know of a list that is not, or not only, made of neighbours; "" when it is."""
    if cause.only_popular and cause.n_people == 0:
        return f"Nobody has {words.past} this yet: these are popular {words.nouns}, not similar ones."
    if cause.n_fillers == 1:
        return f"1 of {cause.n_items} is a popular {words.noun} that fills up the list, not a neighbour."
    if cause.n_fillers:
        return f"{cause.n_fillers} of {cause.n_items} are popular {words.nouns} that fill up the list, not neighbours."
    return ""


def alt_text(cause: Cause, noun: str, words: Words) -> str:
    """Return the evidence picture in words."""
    if not cause.n_items:
        return f"No neighbours of {cause.label}."
    strongest = cause.frame.iloc[int(cause.frame["both"].argmax())]
    return (
        f"{cause.n_agree} of {cause.n_items} neighbours of {cause.label} share a {noun}, by chance "
        f"{cause.chance_agree * cause.n_items:.1f}; strongest {strongest['label']}, "
        f"{counted(int(strongest['both']), 'person', 'people')} in common who {words.past} both."
    )


def discount_sentence(view: DiscountView, words: Words) -> str:
    """Return what the discount does to the typical neighbour."""
    least, most = view.typical(0.0), view.typical(1.0)
    if least is None or most is None:
        return f"Too few people {words.past} this for the discount to change anything."
    if round(least) == round(most):
        return f"The discount changes little here: the typical neighbour was {words.past} by {most:,.0f} people."
    return f"More discount: typical neighbour {words.past} by {most:,.0f} people instead of {least:,.0f}."


def other_model(view: DiscountView, words: Words) -> str:
    """Return what to know when the slider is not at the deployed value; "" when it is."""
    if view.chosen == view.deployed:
        return ""
    changed = len(set(view.items(view.chosen)) - set(view.items(view.deployed)))
    return (
        f"Discount {view.chosen:g} needs another model: the campaign was trained with {view.deployed:g} and the lists "
        f"below are its own. By the formula, {changed} of {len(view.items(view.chosen))} {words.nouns} would change."
    )


def discount_alt(view: DiscountView, label: str, words: Words) -> str:
    """Return the discount picture in words."""
    stay = len(set(view.items(0.0)) & set(view.items(1.0)))
    return (
        f"Neighbours of {label} by the formula: {stay} of {len(view.items(0.0))} stay between discount 0 and 1. "
        f"{discount_sentence(view, words)}"
    )
