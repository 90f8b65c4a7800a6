"""The guided story: a few steps, each with a screen, a sentence to say, a thing to click and a number to point at.

All of it is computed from the data: the two users, the item and the list that are shown. The film demo has personas
for the two users; other data gets its two most active users whose tastes differ.
"""

from collections.abc import Callable

from services.backend import Backend
from services.language.phrases import category_noun, counted, cut, listed, possessive, with_article
from services.library.catalog import Catalog
from services.library.people import People
from services.library.store import LoadedData
from services.library.tastes import Tastes
from services.lists import item_lists
from services.lists.cast import cast_of
from services.personalize import recipe_names
from services.personalize.campaigns import Campaign
from services.personalize.recipe_names import HRNN, SIMS
from services.sandbox import script
from services.screens.map import drawing
from services.story import numbers
from services.story.stage import Stage, StoryStep

LIST_SIZE = 20
"""Items in the list that both users get in their own order; Ranking's default."""
N_SENT = 20
"""How many events of the second user are sent in the first one's name."""
MAX_TITLE = 34
"""Characters of an item's title in a step's title."""


def story(
    backend: Backend, group: str, data: LoadedData, catalog: Catalog, people: People, tastes: Tastes, count: int
) -> tuple[StoryStep, ...]:
    """Return the steps that this data allows, in order; () when no user has a history.

    count is the length of the lists. When a campaign does not answer, its step has no number.
    """
    cast = cast_of(data, catalog, people, tastes)
    if cast is None:
        return ()
    stage = Stage(backend, group, data, catalog, people, tastes, cast, count)
    return tuple(step for step in (step_of(stage) for step_of in STEPS) if step is not None)


def _windows(stage: Stage) -> StoryStep | None:
    cast, words = stage.cast, stage.data.words
    if cast.other is None:
        return None
    campaign = stage.campaign(recipe_names.PERSONAL, first=HRNN)
    return StoryStep(
        "window",
        "storefront",
        f"One catalogue, two shop windows: {cast.who} and {cast.beside}",
        f"This is what a customer sees: the same {words.nouns}, but each row is in {cast.who}'s order or in "
        f"{cast.beside}'s. Only the grey row is for everybody.",
        f"Click {with_article(words.noun)} in {cast.who}'s first row: the rows change, and each cover says why.",
        numbers.in_the_windows(stage, campaign),
        {"user": cast.one, "second": cast.other} | ({"campaign": campaign.name} if campaign else {}),
    )


def _own_list(stage: Stage) -> StoryStep:
    cast, words = stage.cast, stage.data.words
    campaign = stage.campaign(recipe_names.PERSONAL, first=HRNN)
    say = f"The model knows only what {cast.who} {words.past}, and in which order"
    say += f"; nobody told it about {listed(cast.taste)}." if cast.taste else "."
    return StoryStep(
        "own",
        "recommendations",
        f"{cast.who}'s own list, and why",
        say,
        f"Select the first {words.noun} of the list and press Why?",
        numbers.in_taste(stage, campaign),
        {"user": cast.one} | ({"campaign": campaign.name} if campaign else {}),
    )


def _nothing_shared(stage: Stage) -> StoryStep | None:
    cast, words = stage.cast, stage.data.words
    if cast.other is None:
        return None
    campaign = stage.campaign(recipe_names.PERSONAL, first=HRNN)
    had = counted(cast.n_both, words.noun, words.nouns) if cast.n_both else f"no {words.noun}"
    return StoryStep(
        "two",
        "compare",
        f"{cast.who} and {cast.beside}, side by side",
        f"Same model, same {words.nouns}: {cast.who} and {cast.beside} have {had} in common in their past; look at "
        "what they share now.",
        "Look at the middle column: it has what both get.",
        numbers.shared(stage, campaign),
        {"user": cast.one, "second": cast.other} | ({"campaign": campaign.name} if campaign else {}),
    )


def _on_the_map(stage: Stage) -> StoryStep | None:
    cast, words = stage.cast, stage.data.words
    campaign = stage.campaign(recipe_names.PERSONAL, first=HRNN)
    if cast.other is None or campaign is None or not drawing.is_drawn(stage.backend, campaign):
        return None
    return StoryStep(
        "map",
        "map",
        f"Where {cast.who} and {cast.beside} are among all {words.nouns}",
        f"Nobody told the model what {with_article(category_noun(stage.tastes.column))} is: it put {words.nouns} near "
        "each other that the same people choose one after the other.",
        f"Click {with_article(words.noun)} far from the lights and suppose that {cast.who} {words.past} it.",
        numbers.on_the_map(stage, campaign),
        {"user": cast.one, "second": cast.other, "model": campaign.name},
        missing="no region counted",
    )


def _turned(stage: Stage) -> StoryStep | None:
    cast, words = stage.cast, stage.data.words
    campaign = stage.campaign(recipe_names.PERSONAL, first=HRNN)
    if cast.other is None:
        return None
    past = script.past(stage.data, cast.one)
    theirs = script.latest(stage.data, cast.other, N_SENT)
    if not theirs:
        return None
    return StoryStep(
        "turn",
        "live_events",
        f"{possessive(cast.beside)} {words.nouns} change {possessive(cast.who)} list",
        f"Nothing is trained now: a copy of {cast.who} gets {possessive(cast.beside)} last "
        f"{counted(len(theirs), words.noun, words.nouns)}, one by one, and the model answers after each.",
        "Press Play, or the space bar; at the end move the slider back.",
        numbers.turned(stage, campaign, past, theirs),
        {"user": cast.one, "second": cast.other, "step": "0"} | ({"campaign": campaign.name} if campaign else {}),
        len(theirs),
    )


def _neighbours(stage: Stage) -> StoryStep | None:
    cast, words, catalog = stage.cast, stage.data.words, stage.catalog
    item_id = cast.item if cast.item is not None else cast.other_item
    if item_id is None:
        return None
    campaign = stage.for_an_item
    second = cast.other_item if cast.other_item != item_id else None
    had = counted(catalog.n_people(item_id), "person", "people")
    return StoryStep(
        "item",
        "similar",
        f"What goes with {cut(catalog.title(item_id), MAX_TITLE)}",
        _what_goes(campaign, had, words.past),
        f"Scroll to the map and click {with_article(words.noun)} to walk on from it.",
        numbers.related(stage, campaign, item_id),
        {"item": item_id} | ({"other": second} if second is not None else {}),
    )


def _what_goes(campaign: Campaign | None, had: str, past: str) -> str:
    """Return what is said of an item's neighbours, which not every recipe takes from counts alone."""
    if campaign is not None and campaign.recipe != SIMS:
        return f"{had} {past} it: what they {past} too, close to it, and what is like it, decides together."
    return f"Counted, not guessed: {had} {past} it, and this is what they {past} more often than others did."


def _two_orders(stage: Stage) -> StoryStep | None:
    cast, words, catalog = stage.cast, stage.data.words, stage.catalog
    category = cast.category
    if cast.other is None or category is None:
        return None
    item_list = item_lists.category_list(catalog, category, LIST_SIZE, words)
    campaign = stage.for_a_list
    return StoryStep(
        "shelf",
        "ranking",
        "One list, two orders",
        f"The same {item_list.name} for both; only the order is {cast.who}'s or {cast.beside}'s.",
        "Choose another category: the list changes, the two people stay.",
        numbers.reordered(stage, campaign, item_list),
        {"user": cast.one, "second": cast.other, "shelf": "Category", "category": category},
    )


def _new_items(stage: Stage) -> StoryStep | None:
    words = stage.data.words
    if stage.data.items() is None or not stage.tastes.column:
        return None
    return StoryStep(
        "new",
        "cold_start",
        f"New {words.nouns} find their people",
        f"Half of the {words.nouns} lost all their events before the training: the model knows only their description.",
        f"Look along the outlined diagonal: does every taste get its own new {words.nouns}?",
        numbers.new_items_found(stage, stage.cold_start),
        {"run": stage.cold_start.name} if stage.cold_start else {},
        missing="not measured yet",
    )


def _worth_it(stage: Stage) -> StoryStep:
    words = stage.data.words
    return StoryStep(
        "worth",
        "evaluation",
        "Is it better than the bestsellers?",
        f"The newest events were held out from the training. Now we count for how many people the {words.nouns} shown "
        "were right, and for how many the bestsellers.",
        "Show a typical person, then the ones it served best and worst.",
        numbers.better_than_bestsellers(stage.evaluation),
        {"result": stage.evaluation.name} if stage.evaluation else {},
        missing="not measured yet",
    )


def _try(stage: Stage) -> StoryStep:
    words = stage.data.words
    return StoryStep(
        "try",
        "try_it",
        "Now you",
        f"Somebody in the room names three {words.nouns}; no model has ever heard of this person.",
        "Type the first one into the search, or let the room scan the code.",
        "the places that are theirs alone, in the headline",
    )


STEPS: tuple[Callable[[Stage], StoryStep | None], ...] = (
    _windows,
    _own_list,
    _nothing_shared,
    _on_the_map,
    _turned,
    _neighbours,
    _two_orders,
    _new_items,
    _worth_it,
    _try,
)
"""The story in its order; a step returns None when the data does not allow it."""
