"""The sentences of the Similar screen, each beside what chance would give."""

from services.language.phrases import category_noun, counted, cut, percent, with_article
from services.language.vocabulary import Words
from services.library.cooccurrence import Hidden
from services.personalize.campaigns import Campaign
from services.personalize.recipe_names import SEMANTIC_SIMILARITY
from services.screens.similar.agreement import Agreement
from services.screens.similar.discount import DiscountView
from services.screens.similar.formula import has_formula
from services.screens.similar.neighbours import SeedItem, shared

TITLE = 34
"""Characters of a title in a sentence."""
BY_FORMULA = """
The recipe's percentiles keep the rarest and the most frequent {nouns} out.
**Over the whole catalogue**: {whole}.
**Discount**: at 0 the number of people with both, at 1 the lift, and between them how surprising the number of people
with both is (Dunning 1993, docs/compatibility.md), over the same histories and with the campaign's other settings. AWS
does not publish its own formula.
"""
BY_MORE = """
**{recipe}** looks at more than the people of both {nouns}: at what stands close together in histories, and at what
the {nouns} are. So a neighbour may have few people in common, or none.
"""
BY_TEXTS = """
**{recipe}** reads titles and descriptions alone. So a neighbour may have few people in common, or none.
"""
"""The end of "How this is computed": for aws-sims, for aws-similar-items and recommenders, and for similar texts."""


def how(campaign: Campaign) -> str:
    """Return the end of "How this is computed" for a campaign."""
    if has_formula(campaign):
        return BY_FORMULA
    return BY_TEXTS if campaign.recipe == SEMANTIC_SIMILARITY else BY_MORE


def headline(seed: SeedItem, other: SeedItem | None, noun: str, words: Words) -> str:
    """Return the sentence over the screen; noun is what categories are called."""
    title = cut(seed.label, TITLE)
    if not seed.n_items:
        return f"No {words.noun} goes with {title}: the campaign returned none."
    if seed.only_popular:
        if seed.n_people == 0:
            return f"Nobody has {words.past} {title} yet: these are bestsellers, not similar {words.nouns}."
        few = f"Too few people {words.past} {title} and another {words.noun}"
        return f"{few}: these are bestsellers, not similar {words.nouns}."
    if seed.n_fillers > seed.n_items / 2:
        left = seed.n_items - seed.n_fillers
        are = "is" if left == 1 else "are"
        sentence = f"Only {left} of {seed.n_items} {words.nouns} {are} similar to {title}; the others are bestsellers."
    elif seed.category is None:
        first = seed.frame.iloc[0]
        sentence = (
            f"{first['both']:,} of {seed.n_people:,} people who {words.past} {title} also {words.past} "
            f"{cut(first['title'], TITLE)}; by chance {first['expected']:,.0f}."
        )
    else:
        share = "shares" if seed.n_agree == 1 else "share"
        most = f", {seed.n_category} of them {seed.category}" if seed.n_category < seed.n_agree else ""
        most = most or f" ({seed.category})"
        sentence = (
            f"{seed.n_agree} of {seed.n_items} {words.nouns} similar to {title} {share} {with_article(noun)} with it"
            f"{most}; by chance {by_chance(seed)}."
        )
    if other is None or not other.n_items:
        return sentence
    number = shared(seed, other)
    return (
        f"{sentence} The two lists share {counted(number, words.noun, words.nouns) if number else f'no {words.noun}'}."
    )


def by_chance(seed: SeedItem) -> str:
    """Return how many neighbours would share a category by chance, as headline, figure and picture say it."""
    return f"{seed.chance_agree * seed.n_items:.1f}"


def hidden_note(hidden: Hidden, words: Words) -> str:
    """Return how much the recipe's percentiles keep out of every list, "" for nothing."""
    if not hidden.n_items:
        return ""
    most = f", {hidden.n_frequent:,} of them the most frequent" if hidden.n_frequent else ""
    if hidden.n_frequent == hidden.n_items:
        most = ", the most frequent"
    return (
        f"Never listed: {counted(hidden.n_items, words.noun, words.nouns)} with {percent(hidden.share)} of the events"
        f"{most}. The recipe's min_item_interaction_count_percentile and max_item_interaction_count_percentile decide."
    )


def neighbour_sentence(seed: SeedItem, place: int, words: Words) -> str:
    """Return the evidence for one neighbour: "61 of 83 who watched it also watched Halloween (1978)"."""
    row = seed.frame.iloc[place]
    if row["filler"]:
        return f"a bestseller, not similar: {row['both']:,} people {words.past} both"
    return f"{row['both']:,} of {row['with_neighbour']:,} who {words.past} it also {words.past} {seed.label}"


def unknown_note(seed: SeedItem, words: Words) -> str:
    """Return the note on a list with places that are no neighbours; "" when all are."""
    if seed.only_popular and seed.n_people == 0:
        return f"Nobody has {words.past} this yet: these are bestsellers, not similar {words.nouns}."
    if seed.n_fillers == 1:
        return f"1 of {seed.n_items} is a bestseller that fills up the list."
    if seed.n_fillers:
        return f"{seed.n_fillers} of {seed.n_items} are bestsellers that fill up the list."
    return ""


def alt_text(seed: SeedItem, noun: str, words: Words) -> str:
    """Return the evidence picture in words."""
    if not seed.n_items:
        return f"No neighbours of {seed.label}."
    strongest = seed.frame.iloc[int(seed.frame["both"].argmax())]
    return (
        f"{seed.n_agree} of {seed.n_items} neighbours of {seed.label} share {with_article(noun)}, by chance "
        f"{by_chance(seed)}; strongest {strongest['label']}: "
        f"{counted(int(strongest['both']), 'person', 'people')} {words.past} both."
    )


def discount_sentence(view: DiscountView, words: Words) -> str:
    """Return the sentence about what the discount does to the typical neighbour."""
    least, most = view.typical(0.0), view.typical(1.0)
    if least is None or most is None:
        return f"Too few people {words.past} this for the discount to change anything."
    if round(least) == round(most):
        return f"The discount changes little here: {most:,.0f} people {words.past} the typical similar {words.noun}."
    return (
        f"With full discount, {most:,.0f} people {words.past} the typical similar {words.noun}; without, {least:,.0f}."
    )


def other_model(view: DiscountView, words: Words) -> str:
    """Return the note for a slider away from the deployed value; "" where it is there."""
    if view.chosen == view.deployed:
        return ""
    changed = len(set(view.items(view.chosen)) - set(view.items(view.deployed)))
    return (
        f"The lists below are those of the campaign, which was trained with a discount of {view.deployed:g}. With "
        f"{view.chosen:g}, {changed} of {len(view.items(view.chosen))} {words.nouns} would change by the formula."
    )


def discount_alt(view: DiscountView, label: str, words: Words) -> str:
    """Return the discount picture in words."""
    stay = len(set(view.items(0.0)) & set(view.items(1.0)))
    return (
        f"Neighbours of {label} by the formula: {stay} of {len(view.items(0.0))} stay between discount 0 and 1. "
        f"{discount_sentence(view, words)}"
    )


def whole_words(whole: Agreement | None, column: str, n: int, words: Words) -> str:
    """Return the explanation of the figure over the whole catalogue, by a categorical column ("" for none)."""
    if not column:
        return "the catalogue has no categorical column"
    noun = category_noun(column)
    if whole is None:
        return f"no item has both {with_article(noun)} and neighbours"
    sample = "an even sample of " if whole.sampled else ""
    having = "any" if whole.least == 1 else "so many"
    return (
        f"the first {n} neighbours by the formula below, of {sample}{whole.n_items:,} "
        f"{words.nouns} that have {having}; their {noun} overlap (common over all of both, "
        f"Jaccard) is {whole.overlap:.2f}, by chance {whole.chance_overlap:.2f}"
    )


def map_alt(seed: SeedItem, n_around: int, between: int) -> str:
    """Return the map in words; between is the number of pairs that are similar to each other."""
    first = ", ".join(seed.frame["label"].head(3))
    pairs = counted(between, "pair of them is similar", "pairs of them are similar")
    return f"{seed.label} and {counted(n_around, 'neighbour', 'neighbours')}, first {first}; {pairs} to each other."


def map_caption(between: int, noun: str) -> str:
    """Return how to read the map; noun is what categories are called, "" without any."""
    caption = "Clockwise from the top, best first. Thicker line: more people in common."
    if not noun:
        return caption
    pairs = counted(between, "pair that is similar", "pairs that are similar")
    return f"{caption} Grey line: {pairs} to each other. Circle: shares {with_article(noun)}."
