"""The map of a campaign's version: whether there is one, how far its drawing is, and the request to draw it."""

from services.backend import Backend, ItemMap, JobView, engine_errors
from services.changes import changing_home
from services.personalize.campaigns import Campaign
from services.personalize.recipe_names import FOR_A_LIST, PERSONAL
from services.personalize.states import Status

WITH_VECTORS = (*PERSONAL, *FOR_A_LIST)
"""The recipes whose models have vectors of items."""


def drawn(backend: Backend, campaign: Campaign) -> ItemMap | None:
    """Return the map of a campaign's version; None before it is drawn, and where the backend has none."""
    if backend.capabilities is None:
        return None
    with engine_errors():
        return backend.capabilities.item_map(campaign.version_arn)


def is_drawn(backend: Backend, campaign: Campaign) -> bool:
    """Return whether a campaign's version has a map, without reading it."""
    asked = job(backend, campaign)
    return asked is not None and asked.status == Status.ACTIVE


def job(backend: Backend, campaign: Campaign) -> JobView | None:
    """Return the job that draws it; None when nobody asked for the map."""
    return None if backend.capabilities is None else backend.capabilities.map_job(campaign.version_arn)


def draw(backend: Backend, campaign: Campaign) -> None:
    """Ask for the map. Raises ServiceError."""
    if backend.capabilities is None:
        return
    changing_home(backend.home, "DrawMap", campaign.version_arn)
    with engine_errors():
        backend.capabilities.draw_map(campaign.version_arn)
