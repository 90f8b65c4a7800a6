"""The number that each step of the story points at, from the answers of campaigns and the runs of laboratories.

Every function returns "" while its number is missing: nothing is deployed or measured yet, or the campaign fails.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import ParamSpec

from services.errors import ServiceError
from services.laboratory import hit_rates
from services.laboratory.runs import RunView
from services.language.phrases import category_noun, fine_percent, listed, percent, possessive, with_article
from services.lists.item_lists import ItemList
from services.personalize import asking
from services.personalize.campaigns import Campaign
from services.personalize.recipe_names import POPULARITY_COUNT
from services.sandbox import script
from services.sandbox.in_memory import replay_of
from services.sandbox.script import LiveEvent
from services.sandbox.states import LENGTH, Plan
from services.screens.cold_start import sentences as cold_start_sentences
from services.screens.cold_start.baselines import RANDOM
from services.screens.cold_start.results import ColdStartResult
from services.screens.live_events import figures
from services.screens.map import drawing, viewers
from services.screens.map import sentences as map_sentences
from services.screens.map.atlas import atlas as atlas_of
from services.screens.ranking import orders
from services.screens.ranking import sentences as ranking_sentences
from services.screens.storefront import rows, shop
from services.screens.storefront import sentences as storefront_sentences
from services.story.stage import Stage

N_NEIGHBOURS = 10
"""How many neighbours Similar shows by default."""

Asked = ParamSpec("Asked")


def _or_nothing(number: Callable[Asked, str]) -> Callable[Asked, str]:
    """Return "" instead of the number when a campaign does not answer, or a run is deleted while it is read."""

    @wraps(number)
    def guarded(*args: Asked.args, **kwargs: Asked.kwargs) -> str:
        try:
            return number(*args, **kwargs)
        except (ServiceError, FileNotFoundError):
            return ""

    return guarded


@_or_nothing
def in_the_windows(stage: Stage, campaign: Campaign | None) -> str:
    """Return how many covers of the storefront's first row both users share, as the row itself says it."""
    row = rows.read(stage.backend.home, stage.group)[0][0]
    if campaign is None or stage.cast.other is None or row.kind != rows.FOR_YOU:
        return ""
    firsts = []
    for user_id in (stage.cast.one, stage.cast.other):
        ids = asking.item_ids(asking.recommend(stage.backend, campaign, user_id, shop.N_PLACES))
        shopper = shop.shopper_of(ids, stage.data.history(user_id), stage.data.event_type)
        firsts.append(shop.first_places(shopper)[: row.n_items])
    return storefront_sentences.shared_note(len(set(firsts[0]) & set(firsts[1])), min(map(len, firsts)), row.kind)


@_or_nothing
def in_taste(stage: Stage, campaign: Campaign | None) -> str:
    """Return how many items of the first user's list are in the user's taste, beside those of popularity's list."""
    cast = stage.cast
    if campaign is None:
        return ""
    ids = stage.answer(campaign, cast.one)
    popularity = stage.campaign((POPULARITY_COUNT,))
    popular = stage.catalog.most_popular(stage.count) if popularity is None else stage.answer(popularity, cast.one)
    if not cast.taste:
        return f"{len(set(ids) & set(popular))} of {len(ids)} also bestsellers"
    inside, of_popular = (sum(stage.tastes.in_taste(items, cast.taste)) for items in (ids, popular))
    return f"{inside} of {len(ids)} in taste (bestsellers: {of_popular})"


@_or_nothing
def shared(stage: Stage, campaign: Campaign | None) -> str:
    """Return how many items the lists of both users share."""
    if campaign is None or stage.cast.other is None:
        return ""
    first, second = (stage.answer(campaign, user_id) for user_id in (stage.cast.one, stage.cast.other))
    return f"{len(set(first) & set(second))} of {len(first)} shared"


@_or_nothing
def on_the_map(stage: Stage, campaign: Campaign) -> str:
    """Return in which region of the map most of each user's list lies; AWS has no map."""
    drawn = drawing.drawn(stage.backend, campaign)
    if drawn is None or stage.cast.other is None:
        return ""
    atlas = atlas_of(drawn, stage.catalog)
    said = []
    for user_id, who in ((stage.cast.one, stage.cast.who), (stage.cast.other, stage.cast.beside)):
        ids = asking.item_ids(asking.recommend(stage.backend, campaign, user_id, viewers.LENGTH))
        regions = map_sentences.by_region(atlas, ids)
        if regions:
            said.append(f"{regions[0][1]} of {possessive(who)} {len(ids)} in {regions[0][0]}")
    return listed(said)


@_or_nothing
def turned(stage: Stage, campaign: Campaign | None, past: tuple[LiveEvent, ...], sent: tuple[LiveEvent, ...]) -> str:
    """Return how many items of the second user's list are in the first one's after these events, and before them.

    Nothing is sent: the story is told on pages that were only opened. AWS cannot answer for hypothetical events.
    """
    if campaign is None or stage.cast.other is None or stage.backend.capabilities is None:
        return ""
    moved = script.after(past, sent, stage.data.last_timestamp)
    replay = replay_of(stage.backend, Plan(stage.group, campaign, past, moved), sends=False)
    replay.advance()
    if replay.error is not None:
        return ""
    target = asking.item_ids(asking.recommend(stage.backend, campaign, stage.cast.other, LENGTH))
    counts = figures.shared(replay.steps, target)
    return f"{counts[-1]} of {LENGTH} are {possessive(stage.cast.beside)} (before: {counts[0]})"


@_or_nothing
def related(stage: Stage, campaign: Campaign | None, item_id: str) -> str:
    """Return how many neighbours of an item share a category with it."""
    if campaign is None:
        return ""
    ids = asking.item_ids(asking.similar(stage.backend, campaign, item_id, N_NEIGHBOURS))
    own = set(stage.catalog.categories(item_id))
    if not own:
        return f"{len(ids)} go with it"
    related_ids = [neighbour for neighbour in ids if not own.isdisjoint(stage.catalog.categories(neighbour))]
    return f"{len(related_ids)} of {len(ids)} share {with_article(category_noun(stage.tastes.column))} with it"


@_or_nothing
def reordered(stage: Stage, campaign: Campaign | None, item_list: ItemList) -> str:
    """Return in how many of the first places the two users' orders of a list differ."""
    if campaign is None or stage.cast.other is None:
        return ""
    ids = item_list.item_ids
    first, second = (_order(stage, campaign, user_id, ids) for user_id in (stage.cast.one, stage.cast.other))
    n = min(orders.FIRST, len(first.moves))
    return ranking_sentences.differing_words(orders.differing(first, second, n), n)


@_or_nothing
def new_items_found(stage: Stage, run: RunView | None) -> str:
    """Return how many of the new items in the lists of a Cold start run were had later."""
    if run is None:
        return ""
    result = ColdStartResult(run.folder)
    found = cold_start_sentences.shown_and_taken(result, stage.data.words)
    return f"{found} (at random: {fine_percent(result.metric(RANDOM).value)})"


@_or_nothing
def better_than_bestsellers(run: RunView | None) -> str:
    """Return the hit rate of an Evaluation run beside that of the stronger popularity."""
    rates = None if run is None else hit_rates.of_evaluation(run)
    if rates is None:
        return ""
    return f"right for {percent(rates.model)} ({rates.against}: {percent(rates.bestsellers)})"


def _order(stage: Stage, campaign: Campaign, user_id: str, ids: Sequence[str]) -> orders.Ranking:
    return orders.ranking(asking.rank(stage.backend, campaign, user_id, ids), ids, "", stage.catalog)
