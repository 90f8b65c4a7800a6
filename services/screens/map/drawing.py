"""The map of what a campaign or a recommender serves: whether there is one, how far it is, the request to draw it."""

from services.backend import Backend, ItemMap, JobView, engine_errors
from services.changes import changing_home
from services.personalize.campaigns import Campaign
from services.personalize.recipe_names import FOR_A_LIST, PERSONAL
from services.personalize.states import Status

WITH_VECTORS = (*PERSONAL, *FOR_A_LIST)
"""The recipes whose models have vectors of items."""


def drawn(backend: Backend, campaign: Campaign) -> ItemMap | None:
    """Return the map of what a campaign serves; None before it is drawn, and where the backend has none."""
    if backend.capabilities is None:
        return None
    with engine_errors():
        return backend.capabilities.maps.of(campaign.version_arn)


def is_drawn(backend: Backend, campaign: Campaign) -> bool:
    """Return whether there is a map of what a campaign serves, without reading it."""
    return drawn_by(backend, campaign) is not None


def drawn_by(backend: Backend, campaign: Campaign) -> str | None:
    """Return the ARN of the job that drew the map, without reading it; None before it is drawn."""
    asked = job(backend, campaign)
    return asked.arn if asked is not None and asked.status == Status.ACTIVE else None


def job(backend: Backend, campaign: Campaign) -> JobView | None:
    """Return the job that draws it; None when nobody asked for the map."""
    return None if backend.capabilities is None else backend.capabilities.maps.job(campaign.version_arn)


def draw(backend: Backend, campaign: Campaign) -> None:
    """Ask for the map. Raises ServiceError."""
    if backend.capabilities is None:
        return
    changing_home(backend.home, "DrawMap", campaign.version_arn)
    with engine_errors():
        backend.capabilities.maps.draw(campaign.version_arn)
