"""GetRecommendations: checks the parameters and calls runtime/inference.py.

Our choices where AWS's documentation is silent: a campaign that is not ACTIVE is InvalidInput; numResults 0 means the
default; recipes without context ignore context, as AWS's notebooks show, and the others ignore names and values that
are unknown to training.
"""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from services.engine.api.attribution.metric_attributions import remember
from services.engine.api.domains.serving import Serving, campaign_serving, not_hidden, recommender_serving
from services.engine.api.exploration import exploration_of, seed_of, tonight_of, variety_of
from services.engine.api.filters import allowed_items
from services.engine.api.influence import MEMBER as RANKING_INFLUENCE
from services.engine.context import EngineContext
from services.engine.data.schemas import parse_schema
from services.engine.errors import InvalidInput
from services.engine.filters.evaluation import Allowed
from services.engine.models.artifacts import Artifact
from services.engine.recipes.base import Bools
from services.engine.recipes.exploration import Exploration
from services.engine.recipes.registry import find, trainable
from services.engine.recipes.variety import Variety
from services.engine.runtime.inference import Ranked, recommend_for_item, recommend_for_user
from services.engine.runtime.influence import Influence, influence_of, parse_influence
from services.engine.runtime.promotions import ListedItem, Promotion, listed, promoted
from services.engine.store.resources import Resource
from services.engine.store.snapshots import current_snapshot

DEFAULT_RESULTS = 25
MAX_RESULTS = 500
SCORE_DECIMALS = 7
MAX_RESULTS_WITH_METADATA = 50


def get_recommendations(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Return recommended items for a user, or for an item, by a campaign's recipe or a recommender's use case."""
    serving = _serving(context, request)
    artifact = context.models.get(serving.version_arn)
    columns = metadata_columns(serving, request)
    recommendation_id = f"RID-{uuid.uuid4()}"
    exploration = exploration_of(serving.config, artifact.recipe, recommendation_id)
    n_results = _n_results(request, with_metadata=bool(columns))
    kept = not_hidden(context, serving, artifact, request.get("userId"), request.get("itemId"))
    mask = _both(kept, _mask(allowed_items(context, request, serving.group_arn, artifact)))
    promotion = _requested_promotion(context, request, serving, artifact, kept)
    variety, tonight = variety_of(serving.config), tonight_of(serving.config)
    influence = _influence(context, serving, artifact)

    def rank(n: int, only: Bools | None) -> Ranked:
        return _ranked(artifact, request, serving, n, exploration, variety, only, tonight, influence)

    if promotion is None:
        chosen = listed(rank(n_results, mask))
    else:
        chosen = promoted(rank, n_results, mask, promotion, seed_of(recommendation_id))
    if mask is not None and len(chosen) < n_results and find(artifact.recipe).recipe_class.fills_up:
        chosen = context.models.popular.fill(artifact, chosen, n_results, mask)
    if serving.use_case is not None:  # recommenders give no scores
        chosen = [replace(item, score=None) for item in chosen]
    items = _items(artifact, chosen)
    if columns:
        add_metadata(context, serving, columns, items)
    answer = {"itemList": items, "recommendationId": recommendation_id}
    remember(context, serving.group_arn, serving.arn, answer, "itemList")
    return answer


def _serving(context: EngineContext, request: Mapping[str, Any]) -> Serving:
    campaign, recommender = request.get("campaignArn"), request.get("recommenderArn")
    if campaign and recommender:
        raise InvalidInput("campaignArn and recommenderArn were given. Give the one of the two that should answer.")
    if recommender:
        return recommender_serving(context.resources, recommender)
    if not campaign:
        raise InvalidInput(
            "campaignArn is missing; give the ARN of an ACTIVE campaign, or a recommenderArn of an ACTIVE recommender."
        )
    return campaign_serving(context.resources, campaign)


def _influence(context: EngineContext, serving: Serving, artifact: Artifact) -> Influence | None:
    """Return the influence of a campaign's rankingInfluence; None without one."""
    given = parse_influence(serving.config.get(RANKING_INFLUENCE))
    if not given:
        return None
    creation = context.filters.of(serving.group_arn, artifact.items).numbers("CREATION_TIMESTAMP")
    return influence_of(given, artifact.users_of_items.astype(float), creation)


def _mask(allowed: Allowed | None) -> Bools | None:
    return None if allowed is None else allowed.mask()


def _both(one: Bools | None, other: Bools | None) -> Bools | None:
    """Return what both masks allow; None allows all."""
    if one is None or other is None:
        return one if other is None else other
    return one & other


def _requested_promotion(
    context: EngineContext, request: Mapping[str, Any], serving: Serving, artifact: Artifact, kept: Bools | None
) -> Promotion | None:
    """Return the promotion of a request, of what a built-in filter keeps; None without one.

    Raises InvalidInput, or ResourceNotFound for its filter.

    Source: Amazon Personalize developer guide, "Promoting items in recommendations". AWS's model allows several
    promotions and its guide one; here more than one, and one without a filter, are InvalidInput.
    """
    promotions = request.get("promotions")
    if not promotions:
        return None
    if serving.use_case is None and not find(artifact.recipe).recipe_class.promotes:
        able = ", ".join(info.name for info in trainable() if info.recipe_class.promotes)
        raise InvalidInput(f"Recipe {artifact.recipe} promotes no items; {able} do. Leave promotions out.")
    if len(promotions) > 1:
        raise InvalidInput(f"{len(promotions)} promotions were given; a request has one.")
    promotion = promotions[0]
    missing = [member for member in ("name", "percentPromotedItems", "filterArn") if promotion.get(member) is None]
    if missing:
        raise InvalidInput(f"promotions.1.{missing[0]} is missing. Give a promotion a name, a percentage and a filter.")
    of_promotion = {member: request.get(member) for member in ("userId", "itemId")} | promotion
    allowed = _both(kept, _mask(allowed_items(context, of_promotion, serving.group_arn, artifact)))
    assert allowed is not None
    return Promotion(promotion["name"], int(promotion["percentPromotedItems"]), allowed)


def _n_results(request: Mapping[str, Any], *, with_metadata: bool) -> int:
    """Return the requested number of items, limited by the developer guide; botocore's model has no limit."""
    n_results = int(request.get("numResults") or DEFAULT_RESULTS)
    if with_metadata and n_results > MAX_RESULTS_WITH_METADATA:
        raise InvalidInput(
            f"numResults is {n_results}; with metadataColumns at most {MAX_RESULTS_WITH_METADATA} are given."
        )
    if n_results > MAX_RESULTS:
        raise InvalidInput(f"numResults is {n_results}; at most {MAX_RESULTS} are given.")
    return n_results


def _ranked(
    artifact: Artifact,
    request: Mapping[str, Any],
    serving: Serving,
    n_results: int,
    exploration: Exploration | None,
    variety: Variety,
    allowed: Bools | None,
    tonight: float,
    influence: Influence | None,
) -> Ranked:
    needs_user, needs_item, who = _needs(artifact, serving)
    user_id = _required(request, "userId", who) if needs_user else request.get("userId") or ""
    if needs_item:
        return recommend_for_item(artifact, _required(request, "itemId", who), n_results, allowed, influence)
    context = request.get("context")
    return recommend_for_user(artifact, user_id, n_results, context, exploration, variety, allowed, tonight)


def _needs(artifact: Artifact, serving: Serving) -> tuple[bool, bool, str]:
    """Return whether a request needs a userId and an itemId, and the words for what needs them."""
    if serving.use_case is not None:
        return (
            serving.use_case.needs_user,
            serving.use_case.needs_item,
            f"the use case {serving.use_case.name} needs it",
        )
    words = f"campaigns of recipe {artifact.recipe} need it"
    kind = find(artifact.recipe).recipe_type
    if kind == "USER_PERSONALIZATION":
        return find(artifact.recipe).recipe_class.needs_user, False, words
    if kind == "RELATED_ITEMS":
        return False, True, words
    raise InvalidInput(f"Recipe {artifact.recipe} only ranks lists that it is given; use GetPersonalizedRanking.")


def _required(request: Mapping[str, Any], member: str, who: str) -> str:
    value = request.get(member)
    if not value:
        raise InvalidInput(f"{member} is missing; give one, as {who}.")
    return str(value)


def _items(artifact: Artifact, items: list[ListedItem]) -> list[dict[str, Any]]:
    ids = artifact.items.ids(item.item_index for item in items)
    return [_item(item_id, item) for item_id, item in zip(ids, items, strict=True)]


def _item(item_id: str, item: ListedItem) -> dict[str, Any]:
    """Return one item of an answer; the reasons are AWS's words (API reference, PredictedItem)."""
    shown: dict[str, Any] = {"itemId": item_id}
    if item.score is not None:
        shown["score"] = rounded(item.score)
    if item.promotion is not None:
        shown |= {"promotionName": item.promotion, "reason": ["Promoted item"]}
    if item.is_filler:
        shown["reason"] = ["Popular item"]
    if item.is_tried:
        shown.setdefault("reason", []).append("Exploration")
    return shown


def rounded(score: float) -> float:
    """Return a score with the decimals of AWS's answers."""
    return round(score, SCORE_DECIMALS)


def metadata_columns(serving: Serving, request: Mapping[str, Any]) -> list[str]:
    """Return the Items columns that the answer should contain."""
    requested = request.get("metadataColumns") or {}
    if not requested:
        return []
    if not serving.config.get("enableMetadataWithRecommendations"):
        raise InvalidInput(
            f"metadataColumns need a {serving.kind} with enableMetadataWithRecommendations; {serving.arn} has it off. "
            f"Switch it on with Update{serving.kind.capitalize()}."
        )
    unknown = sorted(set(requested) - {"ITEMS"})
    if unknown:
        raise InvalidInput(f'metadataColumns names the dataset type "{unknown[0]}"; only ITEMS can be named.')
    return list(requested["ITEMS"])


def add_metadata(context: EngineContext, serving: Serving, columns: list[str], items: list[dict[str, Any]]) -> None:
    """Add the Items columns to an answer's items."""
    dataset = _items_dataset(context, serving)
    snapshot = current_snapshot(context.settings, dataset)
    schema = parse_schema(context.resources.get("schema", dataset["schemaArn"])["schema"])
    known = sorted(set(schema.names) - {"ITEM_ID"})
    unknown = sorted(set(columns) - set(known))
    if unknown:
        raise InvalidInput(
            f'metadataColumns names "{unknown[0]}", which the Items dataset does not have; it has {", ".join(known)}.'
        )
    ids = [item["itemId"] for item in items]
    imported = [{}] * len(ids) if snapshot is None else context.models.metadata.of(snapshot.rows, columns, ids)
    for item, metadata in zip(items, imported, strict=True):
        put = context.live.record(dataset.arn, item["itemId"])
        item["metadata"] = metadata if put is None else {name: put[name] for name in columns if put.get(name)}


def _items_dataset(context: EngineContext, serving: Serving) -> Resource:
    """Return the Items dataset of the dataset group."""
    for dataset in context.resources.list("dataset", parent_arn=serving.group_arn):
        if dataset["datasetType"] == "ITEMS" and ("_snapshot" in dataset.body or context.live.newest(dataset.arn)):
            return dataset
    raise InvalidInput("metadataColumns need an Items dataset with rows; this dataset group has none.")
