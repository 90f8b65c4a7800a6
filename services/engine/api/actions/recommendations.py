"""GetActionRecommendations: what a person may be shown, and the model's order of it.

Source: Amazon Personalize developer guide, "Getting action recommendations" and "Actions dataset requirements": an
action after its expiration, and one that the person met within its repeat frequency, are not recommended.
"""

import uuid
from collections.abc import Mapping
from typing import Any

import numpy as np

from services.engine.api.domains.serving import Serving, campaign_serving
from services.engine.api.exploration import seed_of
from services.engine.api.filters import allowed_items
from services.engine.api.recommendations import rounded
from services.engine.clock import now
from services.engine.context import EngineContext
from services.engine.data.vocabulary import Vocabulary
from services.engine.errors import InvalidInput
from services.engine.filters.evaluation import FilterData
from services.engine.filters.syntax import ACTION
from services.engine.filters.values import Test
from services.engine.models.artifacts import Artifact
from services.engine.recipes.actions import ActionEvents, Person, event_code
from services.engine.recipes.base import Bools
from services.engine.recipes.registry import find
from services.engine.runtime.actions import recommend_actions
from services.engine.runtime.known import known_history
from services.engine.store.datasets import datasets_of
from services.engine.store.versions import trained_version

PERSONALIZED_ACTIONS = "PERSONALIZED_ACTIONS"
DEFAULT_RESULTS = 5
MAX_RESULTS = 100
DAY_S = 86_400
EXPIRY = ("EXPIRATION_TIMESTAMP", "ACTION_EXPIRATION_TIMESTAMP")
REPEAT = "REPEAT_FREQUENCY"


def get_action_recommendations(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Return the actions that a person will most probably take, with their propensities."""
    if not request.get("campaignArn"):
        raise InvalidInput("campaignArn is missing; give the ARN of an ACTIVE campaign that recommends actions.")
    serving = campaign_serving(context.resources, request["campaignArn"])
    artifact = context.models.get(serving.version_arn)
    if find(artifact.recipe).recipe_type != PERSONALIZED_ACTIONS or artifact.actions is None:
        raise InvalidInput(f"Recipe {artifact.recipe} recommends no actions; use GetRecommendations.")
    if not request.get("userId"):
        raise InvalidInput(f"userId is missing; give one, as campaigns of recipe {artifact.recipe} need it.")
    n_results = int(request.get("numResults") or DEFAULT_RESULTS)
    if n_results > MAX_RESULTS:
        raise InvalidInput(f"numResults is {n_results}; at most {MAX_RESULTS} are given.")
    recommendation_id = f"RID-{uuid.uuid4()}"
    moment = int(now())
    data = context.filters.of(serving.group_arn, artifact.actions, ACTION)
    person = _person(context, artifact, artifact.actions, serving, data, request["userId"])
    allowed = _may_be_shown(artifact.actions, data, person, moment)
    filtered = allowed_items(context, request, serving.group_arn, artifact)
    if filtered is not None:
        allowed = allowed & filtered.mask()
    best = recommend_actions(artifact, person, moment, n_results, allowed, seed_of(recommendation_id))
    scores = np.zeros(len(best.item_indices)) if best.scores is None else best.scores
    actions = [
        {"actionId": action_id, "score": rounded(float(score))}
        for action_id, score in zip(artifact.actions.ids(best.item_indices), scores, strict=True)
    ]
    return {"actionList": actions, "recommendationId": recommendation_id}


def _person(
    context: EngineContext,
    artifact: Artifact,
    actions: Vocabulary,
    serving: Serving,
    data: FilterData,
    user_id: str,
) -> Person:
    """Return what is known of a person: item interactions of the training and after it, and all action interactions."""
    items, timestamps = known_history(artifact, user_id)
    dataset = datasets_of(context.resources, serving.group_arn).get("INTERACTIONS")
    after = int(trained_version(context.resources, serving.version_arn).body.get("_events_up_to", 0))
    later = [] if dataset is None else context.live.events_of(dataset.arn, user_id, after)
    indices = artifact.items.indices_of([event.item_id for event in later])
    known = indices >= 0
    times = np.array([event.sent_at for event in later], np.int64)
    history = [] if data.interactions is None else data.interactions.history(user_id)
    places = actions.indices_of([event.id for event in history])
    kinds = [event_code(event.event_type) for event in history]
    usable = [n for n, kind in enumerate(kinds) if kind is not None and places[n] >= 0]
    return Person(
        np.concatenate([items, indices[known]]).astype(np.int32),
        np.concatenate([timestamps, times[known]]).astype(np.int64),
        ActionEvents(
            places[usable].astype(np.int32),
            np.array([kinds[n] for n in usable], np.int8),
            np.array([history[n].timestamp for n in usable], np.int64),
        ),
    )


def _may_be_shown(actions: Vocabulary, data: FilterData, person: Person, moment: int) -> Bools:
    """Return which actions have not expired and are not within their repeat frequency, bool (n_actions,)."""
    allowed = np.ones(len(actions), bool)
    schema = data.schemas.get("Actions")
    if data.items is None or schema is None:
        return allowed
    for name in EXPIRY:
        field = schema.find(name)
        if field is not None:
            allowed &= ~data.items.mask(field, Test("<=", (float(moment),)))
    repeat = schema.find(REPEAT)
    if repeat is not None:
        for action, timestamp in _newest(person).items():
            days = data.items.cell(repeat, actions.id_of(action))
            if isinstance(days, float) and moment < timestamp + days * DAY_S:
                allowed[action] = False
    return allowed


def _newest(person: Person) -> Mapping[int, int]:
    """Return the time of the newest event of each action."""
    newest: dict[int, int] = {}
    for action, timestamp in zip(person.actions.actions.tolist(), person.actions.timestamps.tolist(), strict=True):
        newest[action] = max(timestamp, newest.get(action, 0))
    return newest
