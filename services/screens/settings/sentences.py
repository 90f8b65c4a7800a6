"""The sentences of Settings."""

from collections.abc import Sequence

from services.language.phrases import counted
from services.money.stopping import Stop
from services.screens.settings.checks import Check
from services.screens.settings.teardown import OwnGroup
from services.screens.settings.where import Where


def headline(where: Where) -> str:
    """Return who answers."""
    if not where.is_aws:
        return "The embedded engine answers, on this machine; nothing costs anything."
    if where.problem:
        return "AWS is chosen, and does not say who you are."
    return f"AWS answers: account {where.account} in {where.region}, as {where.name}."


def source(where: Where) -> str:
    """Return the grey line under the headline."""
    return f"s3://{where.bucket} · {where.role_arn}" if where.is_aws else "Amazon Personalize, embedded"


def checked(checks: Sequence[Check]) -> str:
    """Return what all steps together say."""
    wrong = sum(check.fine is False for check in checks)
    unknown = sum(check.fine is None for check in checks)
    if wrong:
        return f"{wrong} of {len(checks)} steps {'needs' if wrong == 1 else 'need'} something."
    if unknown:
        return f"Nothing is missing as far as AWS tells; {counted(unknown, 'step', 'steps')} could not be found out."
    return f"All {len(checks)} steps are fine: the account is ready."


def to_be_stopped(plan: Sequence[Stop]) -> str:
    """Return what "stop all" would do."""
    if not plan:
        return "There is nothing to stop."
    campaigns = sum(entry.kind == "campaign" for entry in plan)
    words = f"This would stop {counted(len(plan), 'thing', 'things')}."
    return f"{words} Campaigns are deleted; data, solutions and models stay." if campaigns else words


def to_be_removed(groups: Sequence[OwnGroup]) -> str:
    """Return what a tear-down would delete."""
    own = [group for group in groups if not group.others]
    n = sum(len(group.plan) for group in own)
    kept = [group for group in groups if group.others]
    stays = f" {', '.join(g.name for g in kept)} would stay: others made something in it." if kept else ""
    if not own:
        return f"The explorer made nothing here that can be removed.{stays}"
    return f"This would delete {counted(len(own), 'data set group', 'data set groups')} with {n} resources.{stays}"
