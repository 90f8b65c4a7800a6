"""The guided story: a few steps, each with a screen, a sentence to say, a thing to click and a number to point at.

Everything is computed: who the two people are, what the lists hold, which item and which shelf tell most. The film
demo has named viewers for it; other data gets its two most active people whose tastes have nothing in common.
"""

from collections.abc import Callable

from services.backend import Backend
from services.errors import ServiceError
from services.language.phrases import category_noun, counted, cut, listed, possessive
from services.library.catalog import Catalog
from services.library.people import People
from services.library.store import LoadedData
from services.library.tastes import Tastes
from services.lists import item_lists
from services.lists.cast import cast_of
from services.personalize import asking, recipe_names
from services.personalize.recipe_names import FOR_A_LIST, FOR_AN_ITEM, HRNN, POPULARITY_COUNT
from services.screens.cold_start.baselines import RANDOM
from services.screens.cold_start.results import ColdStartResult
from services.screens.cold_start.run import MODEL
from services.screens.evaluation.results import EvaluationResult
from services.screens.live_events import figures, script, tracker
from services.screens.live_events.replay import LENGTH, Plan, Replay
from services.screens.ranking import orders as ranking
from services.story.stage import Stage, StoryStep

NEIGHBOURS, LIST_SIZE = 10, 20
"""What Similar and Ranking show when nothing else is asked."""
TURNING = 20
"""Events that turn a list."""
TITLE = 34
"""Characters of a title in a sentence."""


def story(
    backend: Backend, group: str, data: LoadedData, catalog: Catalog, people: People, tastes: Tastes, count: int
) -> tuple[StoryStep, ...]:
    """Return the steps that this data can tell, in order; () when it has nobody with a history.

    count is how many places the lists have. A campaign that does not answer costs its number, not the step.
    """
    cast = cast_of(data, catalog, people, tastes)
    if cast is None:
        return ()
    stage = Stage(backend, group, data, catalog, people, tastes, cast, count)
    return tuple(step for step in (tell(stage) for tell in STEPS) if step is not None)


def _own_list(stage: Stage) -> StoryStep:
    cast, words = stage.cast, stage.data.words
    campaign = stage.campaign(recipe_names.PERSONAL, first=HRNN)

    def number() -> str:
        if campaign is None:
            return ""
        ids = stage.answer(campaign, cast.one)
        popular = stage.campaign((POPULARITY_COUNT,))
        usual = stage.catalog.most_popular(stage.count) if popular is None else stage.answer(popular, cast.one)
        if not cast.taste:
            shared = len(set(ids) & set(usual))
            return f"{shared} of {len(ids)} also popular"
        inside, others = (sum(stage.tastes.in_taste(items, cast.taste)) for items in (ids, usual))
        return f"{inside} of {len(ids)} in taste (popularity: {others})"

    say = f"The model knows only what {cast.who} {words.past}, and in which order"
    say += f"; nobody told it about {listed(cast.taste)}." if cast.taste else "."
    return StoryStep(
        "own",
        "recommendations",
        f"{cast.who}'s own list, and why",
        say,
        f"Select the first {words.noun} of the list and press Why?",
        _or_nothing(number),
        {"user": cast.one} | ({"campaign": campaign.name} if campaign else {}),
    )


def _nothing_shared(stage: Stage) -> StoryStep | None:
    cast, words = stage.cast, stage.data.words
    if cast.other is None:
        return None
    campaign = stage.campaign(recipe_names.PERSONAL, first=HRNN)

    def number() -> str:
        if campaign is None or cast.other is None:
            return ""
        one, other = (stage.answer(campaign, user_id) for user_id in (cast.one, cast.other))
        return f"{len(set(one) & set(other))} of {len(one)} shared"

    had = counted(cast.n_both, words.noun, words.nouns) if cast.n_both else f"no {words.noun}"
    return StoryStep(
        "two",
        "compare",
        f"{cast.who} and {cast.beside}, side by side",
        f"Same model, same {words.nouns}: {cast.who} and {cast.beside} have {had} in common in their past; look at "
        "what they share now.",
        "Look into the middle: it holds what both get.",
        _or_nothing(number),
        {"user": cast.one, "second": cast.other} | ({"campaign": campaign.name} if campaign else {}),
    )


def _turned(stage: Stage) -> StoryStep | None:
    cast, words = stage.cast, stage.data.words
    campaign = stage.campaign(recipe_names.PERSONAL, first=HRNN)
    if cast.other is None:
        return None
    past = script.past(stage.data, cast.one)
    theirs = script.latest(stage.data, cast.other, TURNING)
    if not theirs:
        return None

    def number() -> str:
        # on AWS what is sent stays, so nothing is sent there for a figure
        if campaign is None or cast.other is None or not tracker.can_forget(stage.backend):
            return ""
        moved = script.after(past, theirs, stage.data.last_timestamp)
        replay = Replay(stage.backend, Plan(stage.group, campaign, past, moved))
        replay.advance()
        if replay.error is not None:
            return ""
        target = asking.item_ids(asking.recommend(stage.backend, campaign, cast.other, LENGTH))
        shared = figures.shared(replay.steps, target)
        return f"{shared[-1]} of {LENGTH} are {possessive(cast.beside)} (before: {shared[0]})"

    return StoryStep(
        "turn",
        "live_events",
        f"{possessive(cast.beside)} {words.nouns} turn {possessive(cast.who)} list",
        f"Nothing is trained now: a copy of {cast.who} gets {possessive(cast.beside)} last "
        f"{counted(len(theirs), words.noun, words.nouns)}, one by one, and the model answers after each.",
        "Press Play, or the space bar; at the end move the slider back.",
        _or_nothing(number),
        {"user": cast.one, "second": cast.other, "step": "0"} | ({"campaign": campaign.name} if campaign else {}),
    )


def _neighbours(stage: Stage) -> StoryStep | None:
    cast, words, catalog = stage.cast, stage.data.words, stage.catalog
    item_id = cast.item if cast.item is not None else cast.other_item
    if item_id is None:
        return None
    campaign = stage.campaign(FOR_AN_ITEM)

    def number() -> str:
        if campaign is None:
            return ""
        ids = asking.item_ids(asking.similar(stage.backend, campaign, item_id, NEIGHBOURS))
        own = set(catalog.categories(item_id))
        if not own:
            return f"{len(ids)} next to it"
        agree = sum(not own.isdisjoint(catalog.categories(neighbour)) for neighbour in ids)
        return f"{agree} of {len(ids)} share a {category_noun(stage.tastes.column)} with it"

    other = {"other": cast.other_item} if cast.other_item not in (None, item_id) else {}
    had = counted(catalog.n_people(item_id), "person", "people")
    return StoryStep(
        "item",
        "similar",
        f"What goes with {cut(catalog.title(item_id), TITLE)}",
        f"Counted, not guessed: {had} {words.past} it, and this is what they {words.past} more often than others did.",
        f"Scroll to the map and click a {words.noun}: it becomes the cause.",
        _or_nothing(number),
        {"item": item_id} | {key: str(value) for key, value in other.items()},
    )


def _two_orders(stage: Stage) -> StoryStep | None:
    cast, words, catalog = stage.cast, stage.data.words, stage.catalog
    category = cast.category
    if cast.other is None or category is None:
        return None
    item_list = item_lists.category_list(catalog, category, LIST_SIZE, words)
    campaign = stage.campaign(FOR_A_LIST)

    def number() -> str:
        if campaign is None or cast.other is None:
            return ""
        orders = [
            ranking.ranking(
                asking.rank(stage.backend, campaign, user_id, item_list.item_ids), item_list.item_ids, "", catalog
            )
            for user_id in (cast.one, cast.other)
        ]
        n = min(ranking.FIRST, len(orders[0].moves))
        return f"{ranking.differing(orders[0], orders[1], n)} of the first {n} differ"

    return StoryStep(
        "shelf",
        "ranking",
        "One shelf, two orders",
        f"The same {item_list.name} for both; only the order is {cast.who}'s or {cast.beside}'s.",
        "Choose another category: the shelf changes, the two people stay.",
        _or_nothing(number),
        {"user": cast.one, "second": cast.other, "shelf": "Category", "category": category},
    )


def _new_items(stage: Stage) -> StoryStep | None:
    words = stage.data.words
    if stage.data.items() is None or not stage.tastes.column:
        return None

    def number() -> str:
        folder = stage.finished_run("cold_start")
        if folder is None:
            return ""
        found = ColdStartResult(folder)
        rate, chance = found.metric(MODEL).value, found.metric(RANDOM).value
        return f"{rate:.1%} of them {words.past} (at random {chance:.1%})"

    return StoryStep(
        "new",
        "cold_start",
        f"New {words.nouns} find their people",
        f"Half of the {words.nouns} lost every event before the training, so the model knows them by their description "
        "alone.",
        f"Look along the outlined diagonal: does every taste get its own new {words.nouns}?",
        _or_nothing(number),
        missing="not measured yet",
    )


def _worth_it(stage: Stage) -> StoryStep:
    words = stage.data.words

    def number() -> str:
        folder = stage.finished_run("evaluation")
        found = None if folder is None else EvaluationResult(folder)
        if found is None or not found.models:
            return ""
        against = found.baseline("hit_rate", stage.count)
        pair = found.compare(found.models[0], against, "hit_rate", stage.count)
        if pair is None:
            return ""
        return f"right for {pair.model_value.value:.0%} (popularity: {pair.other_value.value:.0%})"

    return StoryStep(
        "worth",
        "evaluation",
        "Does it beat popularity, honestly?",
        f"The newest events were put away before the training; now we count for whom the {words.nouns} shown were "
        "right, and for whom popularity was.",
        "Open Segments, then the person it served worst.",
        _or_nothing(number),
        missing="not measured yet",
    )


STEPS: tuple[Callable[[Stage], StoryStep | None], ...] = (
    _own_list,
    _nothing_shared,
    _turned,
    _neighbours,
    _two_orders,
    _new_items,
    _worth_it,
)
"""The story in its order; a step returns None when the data cannot tell it."""


def _or_nothing(number: Callable[[], str]) -> str:
    try:
        return number()
    except (ServiceError, FileNotFoundError):  # a run may be deleted while it is read
        return ""
