"""What answers a request for recommendations: a campaign or a recommender, with its configuration and version."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.engine.api.states import ACTIVE
from services.engine.context import EngineContext
from services.engine.errors import InvalidInput
from services.engine.filters.evaluation import Question
from services.engine.models.artifacts import Artifact
from services.engine.recipes.base import Bools
from services.engine.recipes.registry import find
from services.engine.recipes.use_cases import UseCase, use_case_of
from services.engine.store.resources import Resources
from services.engine.store.versions import recommender_version, served_version_arn


@dataclass(frozen=True)
class Serving:
    """A campaign or recommender that is ready to answer."""

    kind: str
    """"campaign" or "recommender"."""
    arn: str
    group_arn: str
    version_arn: str
    """The trained version that it serves now."""
    config: Mapping[str, Any] = field(default_factory=dict)
    """Its campaignConfig, or recommenderConfig."""
    use_case: UseCase | None = None
    """Of a recommender."""


def campaign_serving(resources: Resources, campaign_arn: str) -> Serving:
    """Return what an ACTIVE campaign serves. Raises ResourceNotFound or InvalidInput."""
    campaign = resources.get("campaign", campaign_arn)
    if campaign.status != ACTIVE:
        raise InvalidInput(f"Campaign {campaign_arn} is {campaign.status}; ask again when it is ACTIVE.")
    version_arn = served_version_arn(resources, campaign)
    config = campaign.body.get("campaignConfig") or {}
    return Serving("campaign", campaign.arn, campaign["_dataset_group_arn"], version_arn, config)


def recommender_serving(resources: Resources, recommender_arn: str) -> Serving:
    """Return what an ACTIVE recommender serves. Raises ResourceNotFound or InvalidInput."""
    recommender = resources.get("recommender", recommender_arn)
    version = recommender_version(resources, recommender.arn)
    if version is None:
        raise InvalidInput(f"Recommender {recommender_arn} is not trained; ask again when it is ACTIVE.")
    if recommender.status != ACTIVE:
        raise InvalidInput(
            f"Recommender {recommender_arn} is {recommender.status}; start it with StartRecommender, then ask again."
        )
    group_arn, use_case = recommender["datasetGroupArn"], use_case_of(recommender["recipeArn"])
    return Serving("recommender", recommender.arn, group_arn, version.arn, version["_config"], use_case)


def not_hidden(
    context: EngineContext, serving: Serving, artifact: Artifact, user_id: str | None, item_id: str | None = None
) -> Bools | None:
    """Return which items a use case's built-in filter leaves a user, (n_items,), such as those not purchased.

    None for all, also for a campaign and without a user.
    """
    hidden = serving.use_case and serving.use_case.hides
    if not hidden or not user_id:
        return None
    question, recipe_type = Question(user_id, item_id, {}), find(artifact.recipe).recipe_type
    expression = f'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("{hidden}")'
    return context.filters.allowed_by(expression, serving.group_arn, artifact.items, question, recipe_type).mask()
