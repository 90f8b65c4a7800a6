"""Recommendations for a user or an item: look up the state, score all items, return the best.

Scores are defined as in AWS: the softmax over all items of the catalogue, so they sum to 1 over the catalogue and not
over the list; recipes without scores return none (Amazon Personalize developer guide, "How recommendation scoring
works").
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from services.engine.models.artifacts import Artifact
from services.engine.recipes.base import Bools, Floats, Ints, RelatedItemsModel, UserModel, UserState
from services.engine.recipes.exploration import Exploration, ExploringModel, Trial, TryingModel
from services.engine.recipes.item_clusters import MAX_LIST
from services.engine.recipes.registry import find
from services.engine.recipes.tonight import blended
from services.engine.recipes.top_items import top_items
from services.engine.recipes.variety import Variety, varied
from services.engine.runtime.influence import Influence
from services.engine.runtime.known import known_state, life_state


@dataclass(frozen=True)
class Ranked:
    """A list of items, best first."""

    item_indices: Ints
    """int32 (n,)."""
    scores: Floats | None
    """float32 (n,), or None for recipes without scores; NaN for items that have none."""
    tried: frozenset[int] = frozenset()
    """Item_index of the new items that the list tries (recipes/exploration.py, TryingModel)."""


def recommend_for_user(
    artifact: Artifact,
    user_id: str,
    n: int,
    context: Mapping[str, str] | None = None,
    exploration: Exploration | None = None,
    variety: Variety | None = None,
    allowed: Bools | None = None,
    tonight: float = 1.0,
) -> Ranked:
    """Return at most n items for a user; an unknown user gets the list of a new user.

    context: that of the request, text by column name; recipes without context columns ignore it. exploration: that of
    the campaign, with the seed of this answer; None: no exploration. With variety the scores, which stay the recipe's,
    need not fall along the list. allowed: what a filter allows, bool (n_items,). tonight: how much the newest session
    counts (recipes/tonight.py); 1 is the recipe's own list.
    """
    model = artifact.model
    if not isinstance(model, UserModel):
        raise TypeError(f"{artifact.recipe} does not answer for users")
    state = model.in_context(known_state(artifact, user_id), context or {})
    if isinstance(model, TryingModel) and exploration is not None:
        trials = model.trials(state, n, exploration.generator(0), allowed)
        return _with_trials(
            recommend_for_user(artifact, user_id, n, context, None, variety, allowed, tonight), trials, n
        )
    life = life_state(artifact, user_id, state) if tonight < 1 else None
    if exploration is None and life is None and not variety:
        ranked = _from_index(artifact, state, n, allowed)
        if ranked is not None:
            return ranked
    scores = scores_of(model, [state], exploration)
    if life is not None:
        of_life = scores_of(model, [model.in_context(life, context or {})], exploration)
        scores = blended(scores, of_life, tonight)
    scores = only(scores, allowed)
    if variety:
        items = varied(model, scores[0], artifact.users_of_items, n, variety)
        return Ranked(items, np.exp(scores[0, items]))
    return _best(artifact, scores, n)


def _with_trials(ranked: Ranked, trials: Sequence[Trial], n: int) -> Ranked:
    """Return the list with new items in their places; a shorter list has them at its end at the latest."""
    items, scores = ranked.item_indices.tolist(), None if ranked.scores is None else ranked.scores.tolist()
    for trial in trials:
        items.insert(trial.place, trial.item_index)
        if scores is not None:
            scores.insert(trial.place, float("nan"))
    chosen = None if scores is None else np.array(scores[:n], np.float32)
    return Ranked(np.array(items[:n], np.int32), chosen, frozenset(trial.item_index for trial in trials))


def _from_index(artifact: Artifact, state: UserState, n: int, allowed: Bools | None) -> Ranked | None:
    """Return the list by the cluster index of a large catalogue; None where all items have to be scored.

    With a filter, the longest list that the index gives is filtered; where less than n items are left, all are scored.
    """
    if artifact.index is None or artifact.probe is None or n > MAX_LIST:
        return None
    length = n if allowed is None else MAX_LIST
    output = artifact.probe.output(state)
    if output is None:
        return None
    items, scores = artifact.index.best(output, state.seen if artifact.probe.hides_seen else state.seen[:0], length)
    if allowed is not None:
        kept = allowed[items]
        if kept.sum() < n:
            return None
        items, scores = items[kept][:n], scores[kept][:n]
    return Ranked(items, np.exp(scores))


def scores_of(model: UserModel, states: Sequence[UserState], exploration: Exploration | None, first: int = 0) -> Floats:
    """Return log-scores, float32 (len(states), n_items), with exploration unless it is None.

    first: position of the first state in its batch; a state's sample depends only on the seed and its position. Raises
    TypeError for a model that cannot explore.
    """
    if exploration is None:
        return model.item_scores(states)
    if not isinstance(model, ExploringModel):
        raise TypeError(f"{type(model).__name__} does not explore")
    return model.explored_scores(states, exploration, first)


def recommend_for_item(
    artifact: Artifact, item_id: str, n: int, allowed: Bools | None = None, influence: Influence | None = None
) -> Ranked:
    """Return at most n items related to an item, of those allowed; popular items for an unknown item.

    influence: how much popularity and freshness count in the order; scores stay the recipe's.
    """
    model = artifact.model
    if not isinstance(model, RelatedItemsModel):
        raise TypeError(f"{artifact.recipe} does not answer for items")
    scores = only(model.related_scores(artifact.items.index_of(item_id))[None], allowed)
    if influence is None:
        return _best(artifact, scores, n)
    best = top_items(influence.ordered(scores), n)[0]
    best = best[best >= 0]
    return Ranked(best, np.exp(scores[0, best]) if find(artifact.recipe).recipe_class.has_scores else None)


def only(scores: Floats, allowed: Bools | None) -> Floats:
    """Return scores, (b, n_items), with -inf for items that are not allowed; None allows all."""
    if allowed is None:
        return scores
    filtered: Floats = np.where(allowed, scores, np.float32(-np.inf))
    return filtered


def _best(artifact: Artifact, scores: Floats, n: int) -> Ranked:
    """Return the best of one row of scores, (1, n_items)."""
    best = top_items(scores, n)[0]
    best = best[best >= 0]
    if not find(artifact.recipe).recipe_class.has_scores:
        return Ranked(best, None)
    return Ranked(best, np.exp(scores[0, best]))
