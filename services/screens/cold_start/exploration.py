"""What showing new items costs: aws-user-personalization asked at several weights of exploration.

A tenth of the items is new, what is learned ends at one moment, and the users are asked for 25 items. Lost are hits
among the known items, things that users took after the moment and are no longer shown; won are new items that they
took. One training, one campaign, whose itemExplorationConfig is updated from weight to weight.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from services.backend import Backend
from services.errors import DataError
from services.laboratory import groups
from services.laboratory.context import RunContext
from services.laboratory.stages import Update
from services.library.store import LoadedData
from services.personalize.recipe_names import USER_PERSONALIZATION
from services.personalize.states import Status
from services.personalize.waiting import poll_seconds, polled
from services.screens.cold_start import training_group
from services.screens.cold_start.split import TIME, HeldOut, Histories, hold_out

RECIPE = USER_PERSONALIZATION
WEIGHTS = (0.0, 0.1, 0.3, 0.5, 1.0)
SHARE, LATER_SHARE, MIN_NEW = 0.1, 0.2, 10
MAX_PEOPLE = 500
CUT_OFF_DAYS = "30"
MAX_UPDATE_S = 1800.0
"""How long a campaign may take to answer with another weight."""


class WeightFigures(NamedTuple):
    """One row of the table: the figures of one weight."""

    weight: float
    n_people: int
    new_shown: float
    """New items of a list of 25, mean."""
    new_taken: float
    """Those of them that the user took, mean."""
    hits: float
    """Known items that users took later, per 100 users."""
    hits_lost: float
    """What is missing to the hits of weight 0."""
    n_new: int
    n_items: int


def measure(
    backend: Backend, data: LoadedData, context: RunContext, update: Update, hyperparameters: Mapping[str, str]
) -> pd.DataFrame:
    """Return the fields of WeightFigures as columns, one row per weight."""
    held_out = hold_out(
        data,
        share=SHARE,
        seed=0,
        split=TIME,
        n_people=MAX_PEOPLE,
        later_share=LATER_SHARE,
        min_new=MIN_NEW,
    )
    name = groups.group_name(context.folder.name, "x")
    try:
        update(None, "importing")
        prepared = training_group.training_data(held_out, name)
        groups.prepare_group(backend, name, prepared, lambda steps: context.check_cancelled())
        campaign = groups.train_and_deploy(
            backend,
            name,
            RECIPE,
            name=name,
            solution_config=groups.config_of(hyperparameters),
            report=update,
            check_cancelled=context.check_cancelled,
        )
        rows: list[WeightFigures] = []
        for weight in WEIGHTS:
            set_weight(backend, campaign, weight)
            update(len(rows) / len(WEIGHTS), f"weight {weight:g}")
            lists = training_group.ask(backend, context, campaign, held_out, lambda *_: None)
            rows.append(_figures(weight, lists, held_out, rows[0].hits if rows else None))
        return pd.DataFrame(rows, columns=list(WeightFigures._fields))
    finally:
        groups.remove_group(backend, name)


def set_weight(backend: Backend, campaign_arn: str, weight: float) -> None:
    """Give a campaign this exploration weight and wait until it answers with it. Raises DataError when it does not."""
    config = {"itemExplorationConfig": {"explorationWeight": f"{weight:g}", "explorationItemAgeCutOff": CUT_OFF_DAYS}}
    backend.personalize.update_campaign(campaignArn=campaign_arn, campaignConfig=config)

    def latest_update() -> dict[str, Any]:
        campaign = backend.personalize.describe_campaign(campaignArn=campaign_arn)["campaign"]
        return dict(campaign.get("latestCampaignUpdate") or campaign)

    for update in polled(latest_update, interval_s=poll_seconds(backend), timeout_s=MAX_UPDATE_S):
        if update["status"] == Status.ACTIVE:
            return
        if "FAILED" in update["status"]:
            raise DataError(f"The campaign could not take the weight {weight:g}: {update.get('failureReason', '')}")
    raise DataError(f"The campaign did not take the weight {weight:g} within {MAX_UPDATE_S / 60:.0f} minutes.")


def between(frame: pd.DataFrame, weight: float, column: str) -> float:
    """Return a figure at any weight from 0 to 1: measured, or on the straight line between two measured ones."""
    return float(np.interp(weight, frame["weight"], frame[column]))


def _figures(weight: float, lists: Histories, held_out: HeldOut, hits_at_zero: float | None) -> WeightFigures:
    n, new = len(lists), frozenset(held_out.new_items)
    hits = 100 * sum(len(set(ids) & set(held_out.later[user])) for user, ids in lists.items()) / n
    return WeightFigures(
        weight=weight,
        n_people=n,
        new_shown=sum(len(new.intersection(ids)) for ids in lists.values()) / n,
        new_taken=sum(len(set(ids) & set(held_out.taken[user])) for user, ids in lists.items()) / n,
        hits=hits,
        hits_lost=0.0 if hits_at_zero is None else hits_at_zero - hits,
        n_new=len(new),
        n_items=len(held_out.items),
    )
