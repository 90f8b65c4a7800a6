"""Trained versions, and which of them a campaign or a recommender serves, read from the resources at every request.

A solution's versions are of the kind "solution-version". Those of a recommender are of the kind "recommender-version",
which no operation lists: a recommender trains and serves at once.
"""

from services.engine.errors import ResourceNotFound
from services.engine.store.resources import Resource, Resources

RECOMMENDER_VERSION = "recommender-version"
VERSION_KINDS = ("solution-version", RECOMMENDER_VERSION)


def trained_version(resources: Resources, arn: str) -> Resource:
    """Return the version of a solution or of a recommender. Raises ResourceNotFound."""
    found = resources.find_any(arn)
    if found is None or found.kind not in VERSION_KINDS:
        raise ResourceNotFound(f"The given solution version does not exist: {arn}")
    return found


def newest_active_version(resources: Resources, solution_arn: str) -> Resource | None:
    """Return the solution's newest version that is ACTIVE, or None."""
    return resources.newest("solution-version", solution_arn, "ACTIVE")


def served_version_arn(resources: Resources, campaign: Resource) -> str:
    """Return the ARN of the solution version that the campaign serves now.

    With syncWithLatestSolutionVersion that is the solution's newest ACTIVE version, otherwise the version of its last
    update.
    """
    config = campaign.body.get("campaignConfig") or {}
    if config.get("syncWithLatestSolutionVersion") and campaign.parent_arn is not None:
        newest = newest_active_version(resources, campaign.parent_arn)
        if newest is not None:
            return newest.arn
    arn: str = campaign["solutionVersionArn"]
    return arn


def recommender_version(resources: Resources, recommender_arn: str) -> Resource | None:
    """Return the version that a recommender serves, its newest ACTIVE one; None before its first training ended."""
    return resources.newest(RECOMMENDER_VERSION, recommender_arn, "ACTIVE")
