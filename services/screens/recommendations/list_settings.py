"""How a campaign of the embedded engine makes its lists: how much tonight counts, popularity, variety.

They stand in the campaign's itemExplorationConfig (docs/settings.md) and hold for everybody who asks it. AWS has none
of the three.
"""

from dataclasses import astuple, dataclass, fields

from services.backend import Backend
from services.errors import DataError, service_errors
from services.personalize.campaigns import Campaign
from services.personalize.states import Status
from services.personalize.waiting import poll_seconds, polled

MEMBER = "itemExplorationConfig"
NAMES = {"tonight": "tonight", "popularity_discount": "popularityDiscount", "diversity": "diversity"}
"""The engine's name of each setting."""
MAX_UPDATE_S = 60.0


@dataclass(frozen=True)
class ListSettings:
    """Three settings, 0 to 1 each; the defaults are the recipe's own lists, which are best for hits."""

    tonight: float = 1.0
    popularity_discount: float = 0.0
    diversity: float = 0.0


def possible(backend: Backend, campaign: Campaign) -> bool:
    """Return whether the campaign can be given settings: a personal one of the embedded engine."""
    return backend.capabilities is not None and campaign.personal and not campaign.use_case


def current(backend: Backend, campaign: Campaign) -> ListSettings:
    """Return the settings of a campaign. Raises ServiceError."""
    config = _exploration(backend, campaign)
    given = {name: float(config[NAMES[name]]) for name in NAMES if NAMES[name] in config}
    return ListSettings(**given)


def change(backend: Backend, campaign: Campaign, settings: ListSettings) -> None:
    """Give a campaign these settings, which keeps its other ones. Raises ServiceError, DataError."""
    ours = {NAMES[field.name]: f"{value:g}" for field, value in zip(fields(settings), astuple(settings), strict=True)}
    config = {MEMBER: {**_exploration(backend, campaign), **ours}}
    with service_errors():
        backend.personalize.update_campaign(campaignArn=campaign.arn, campaignConfig=config)

    def state() -> str:
        described = backend.personalize.describe_campaign(campaignArn=campaign.arn)["campaign"]
        return str(described.get("latestCampaignUpdate", described)["status"])

    for status in polled(state, interval_s=poll_seconds(backend), timeout_s=MAX_UPDATE_S):
        if status == Status.ACTIVE:
            return
        if "FAILED" in status:
            break
    raise DataError(f"The campaign {campaign.name} did not take the settings. Try again in a moment.")


def _exploration(backend: Backend, campaign: Campaign) -> dict[str, str]:
    with service_errors():
        described = backend.personalize.describe_campaign(campaignArn=campaign.arn)["campaign"]
    return dict(described.get("campaignConfig", {}).get(MEMBER, {}))
