"""The solution version that a campaign serves, read from the resources at every request."""

from services.engine.store.resources import Resource, Resources


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
