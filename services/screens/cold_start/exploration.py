"""What showing new items costs: aws-user-personalization asked at several weights of exploration.

A tenth of the items is new, what is learned ends at one moment, and the people are asked for 25 items. Lost are hits
among the known items, things that people took after the moment and are no longer shown; won are new items that they
took. One training, one campaign, whose itemExplorationConfig is updated from weight to weight.
"""

import time
from collections.abc import Mapping

import numpy as np
import pandas as pd

from services.backend import Backend
from services.errors import DataError
from services.laboratory import groups
from services.library.store import LoadedData
from services.personalize.recipe_names import USER_PERSONALIZATION
from services.screens.cold_start.measures import PLACES
from services.screens.cold_start.replicate import Desk, Update, prepared, settings
from services.screens.cold_start.split import TIME, hold_out

RECIPE = USER_PERSONALIZATION
WEIGHTS = (0.0, 0.1, 0.3, 0.5, 1.0)
SHARE, LATER_SHARE, FEWEST_NEW = 0.1, 0.2, 10
PEOPLE = 500
CUT_OFF_DAYS = "30"
EXPLORATION_COLUMNS = ("weight", "n_people", "new_shown", "new_taken", "hits", "hits_lost", "n_new", "n_items")


def measure(
    backend: Backend, data: LoadedData, desk: Desk, update: Update, hyperparameters: Mapping[str, str]
) -> pd.DataFrame:
    """Return EXPLORATION_COLUMNS, one row a weight.

    new_shown and new_taken are means of a list of 25; hits are known items taken later, per 100 people, and hits_lost
    is what is missing to weight 0.
    """
    held_out = hold_out(
        data,
        share=SHARE,
        seed=0,
        split=TIME,
        n_people=PEOPLE,
        later_share=LATER_SHARE,
        fewest_new=FEWEST_NEW,
    )
    name = groups.group_name(desk.folder.name, "x")
    try:
        update(None, "importing")
        groups.prepare_group(backend, name, prepared(held_out, name), lambda steps: desk.check_cancelled())
        campaign = groups.train_and_deploy(
            backend,
            name,
            RECIPE,
            name=name,
            solution_config=settings(hyperparameters),
            report=update,
            check_cancelled=desk.check_cancelled,
        )
        rows: list[tuple[float, ...]] = []
        new = frozenset(held_out.new_items)
        for weight in WEIGHTS:
            set_weight(backend, campaign, weight)
            update(len(rows) / len(WEIGHTS), f"weight {weight:g}")
            lists = groups.ask_all(
                backend, campaign, held_out.asked, PLACES, report=lambda *_: None, check_cancelled=desk.check_cancelled
            )
            n = len(lists)
            shown = sum(len(new.intersection(ids)) for ids in lists.values())
            taken = sum(len(set(ids) & set(held_out.wanted[user])) for user, ids in lists.items())
            hits = 100 * sum(len(set(ids) & set(held_out.later[user])) for user, ids in lists.items()) / n
            before = rows[0][4] if rows else hits
            rows.append((weight, n, shown / n, taken / n, hits, before - hits, len(new), len(held_out.items)))
        return pd.DataFrame(rows, columns=list(EXPLORATION_COLUMNS))
    finally:
        groups.remove_group(backend, name)


def set_weight(backend: Backend, campaign_arn: str, weight: float, timeout_s: float = 1800.0) -> None:
    """Give a campaign this exploration weight and wait until it answers with it. Raises DataError when it does not."""
    config = {"itemExplorationConfig": {"explorationWeight": f"{weight:g}", "explorationItemAgeCutOff": CUT_OFF_DAYS}}
    backend.personalize.update_campaign(campaignArn=campaign_arn, campaignConfig=config)
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        described = backend.personalize.describe_campaign(campaignArn=campaign_arn)["campaign"]
        update = described.get("latestCampaignUpdate") or described
        if update["status"] == "ACTIVE":
            return
        if "FAILED" in update["status"]:
            raise DataError(f"The campaign could not take the weight {weight:g}: {update.get('failureReason', '')}")
        time.sleep(0.05 if backend.capabilities is not None else 20.0)
    raise DataError(f"The campaign did not take the weight {weight:g} within {timeout_s / 60:.0f} minutes.")


def between(frame: pd.DataFrame, weight: float, column: str) -> float:
    """Return a figure at any weight from 0 to 1: measured, or on the straight line between two measured ones."""
    return float(np.interp(weight, frame["weight"], frame[column]))
