"""Campaigns: deployed solution versions that answer requests for recommendations."""

from collections.abc import Mapping
from typing import Any

from services.engine.api import limits
from services.engine.api.exploration import check_exploration
from services.engine.api.influence import check_influence
from services.engine.api.paging import resource_page
from services.engine.api.solutions import group_schemas
from services.engine.api.states import ACTIVE, FAILED, require_active
from services.engine.api.tags import requested_tags
from services.engine.clock import now
from services.engine.context import EngineContext
from services.engine.errors import InvalidInput, ResourceInUse
from services.engine.jobs.batch.segment_job import USER_SEGMENTATION
from services.engine.recipes.registry import find
from services.engine.store.resources import Resource
from services.engine.store.versions import newest_active_version, served_version_arn

LATEST = "/$LATEST"


def create_campaign(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Deploy a solution version, or a solution's newest one for SOLUTION_ARN/$LATEST; ACTIVE at once."""
    config = request.get("campaignConfig")
    tags = requested_tags(request)
    with context.database.atomic():
        version = _version(context, request["solutionVersionArn"], config or {})
        _check_recommends(version)
        check_exploration(config or {}, version["recipeArn"])
        check_influence(config or {}, version["recipeArn"], group_schemas(context, version["datasetGroupArn"]))
        group_arn = version["datasetGroupArn"]
        in_group = [c for c in context.resources.list("campaign") if c["_dataset_group_arn"] == group_arn]
        limits.check(
            len(in_group),
            limits.CAMPAIGNS_PER_GROUP,
            f"Cannot create a campaign. More than {limits.CAMPAIGNS_PER_GROUP} resources in ACTIVE state. "
            "Please delete some and try again.",
        )
        arn = context.arns.make("campaign", request["name"])
        body = {
            "name": request["name"],
            "campaignArn": arn,
            "solutionVersionArn": version.arn,
            "minProvisionedTPS": request.get("minProvisionedTPS", 1),
            "campaignConfig": config,
            "_dataset_group_arn": group_arn,
        }
        context.resources.insert("campaign", arn, body, parent_arn=version.parent_arn, status=ACTIVE)
        context.tags.put(arn, tags)
    return {"campaignArn": arn}


def describe_campaign(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Return a campaign with the solution version that it serves now."""
    campaign = context.resources.get("campaign", request["campaignArn"])
    served = {"solutionVersionArn": served_version_arn(context.resources, campaign)}
    return {"campaign": campaign.describe() | served}


def list_campaigns(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Return the campaigns of a solution, or all, oldest first."""
    return resource_page(context, request, "ListCampaigns", "campaigns", "campaign", "solutionArn")


def update_campaign(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Update a campaign; missing members stay unchanged. The next request uses the new version."""
    with context.database.atomic():
        campaign = context.resources.get("campaign", request["campaignArn"])
        if campaign.status not in (ACTIVE, FAILED):
            raise ResourceInUse(f"The campaign {campaign.arn} is {campaign.status}. Wait until it is {ACTIVE}.")
        config = request.get("campaignConfig", campaign.body.get("campaignConfig"))
        version = _updated_version(context, campaign, request, config or {})
        if version["datasetGroupArn"] != campaign["_dataset_group_arn"]:
            raise InvalidInput(
                f"The solution version {version.arn} belongs to another dataset group than the campaign "
                f"{campaign.arn}. Create a campaign of its own for it."
            )
        _check_recommends(version)
        check_exploration(config or {}, version["recipeArn"])
        check_influence(config or {}, version["recipeArn"], group_schemas(context, version["datasetGroupArn"]))
        served = {
            "solutionVersionArn": version.arn,
            "minProvisionedTPS": request.get("minProvisionedTPS", campaign["minProvisionedTPS"]),
            "campaignConfig": config,
        }
        moment = now()
        members = {name: value for name, value in served.items() if value is not None}
        update = members | {"status": ACTIVE, "creationDateTime": moment, "lastUpdatedDateTime": moment}
        context.resources.update(
            campaign.arn,
            status=ACTIVE,
            failure_reason=None,
            parent_arn=version.parent_arn,
            body=served | {"latestCampaignUpdate": update},
        )
    return {"campaignArn": campaign.arn}


def delete_campaign(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Delete a campaign; its solution stays."""
    with context.database.atomic():
        campaign = context.resources.get("campaign", request["campaignArn"])
        context.resources.delete(campaign.arn)
    return {}


def _check_recommends(version: Resource) -> None:
    info = find(version["recipeArn"])
    if info.recipe_type == USER_SEGMENTATION:
        raise InvalidInput(
            f"The recipe {info.name} finds users for items and has no list that a campaign could serve. Create a batch "
            "segment job instead."
        )


def _updated_version(
    context: EngineContext, campaign: Resource, request: Mapping[str, Any], config: Mapping[str, Any]
) -> Resource:
    """Return the version of an update, by default the version served now."""
    arn = request.get("solutionVersionArn")
    if arn is None:
        follows = bool((campaign.body.get("campaignConfig") or {}).get("syncWithLatestSolutionVersion"))
        keeps = bool(config.get("syncWithLatestSolutionVersion")) and follows
        arn = f"{campaign.parent_arn}{LATEST}" if keeps else served_version_arn(context.resources, campaign)
    return _version(context, arn, config)


def _version(context: EngineContext, arn: str, config: Mapping[str, Any]) -> Resource:
    """Return the ACTIVE version of this ARN, or the newest one for SOLUTION_ARN/$LATEST."""
    if not arn.endswith(LATEST):
        if config.get("syncWithLatestSolutionVersion"):
            raise InvalidInput(
                f"syncWithLatestSolutionVersion is true, so solutionVersionArn must end in {LATEST}; it is {arn}. "
                f"Use the solution's ARN followed by {LATEST}."
            )
        version = context.resources.get("solution-version", arn)
        require_active(version)
        return version
    solution = context.resources.get("solution", arn.removesuffix(LATEST))
    newest = newest_active_version(context.resources, solution.arn)
    if newest is None:
        raise InvalidInput(
            f"The solution {solution.arn} has no ACTIVE version. Create one and wait until it is ACTIVE."
        )
    return newest
