"""What of a solution, campaign or recommender another side trains and serves in the same way, and what differs there.

AWS answers some settings under other names than it takes them: "training.bptt" for bptt, "data.recency_mask" for
recency_mask, "min_hist_length_percentile" for min_user_history_length_percentile (developer guide, "Configuring
hyperparameter tuning"; boto3 issue 3514). They are sent as CreateSolution takes them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.errors import DataError
from services.money.price_lists import PriceList
from services.moving.contents import Described
from services.personalize.legacy.stand_ins import STAND_INS, StandIn
from services.personalize.recipes import PARAMETERS

HYPERPARAMETERS, FEATURES = "algorithmHyperParameters", "featureTransformationParameters"
EXPLORATION = "itemExplorationConfig"
EXPLORATION_AT_AWS = ("explorationWeight", "explorationItemAgeCutOff")
LISTS_AT_AWS = ("eventsConfig", "optimizationObjective", "trainingDataConfig")
"""Members of solutionConfig that hold on both sides as they are."""


@dataclass(frozen=True)
class Target:
    """The side that a group is moved to."""

    is_aws: bool
    region: str = "us-east-1"
    bucket: str = ""
    role_arn: str = ""
    recipes: frozenset[str] | None = None
    """The recipes that it offers; None where it was not asked, as for a script to take along."""
    priced: PriceList | None = None
    """The prices that count there; None for the table's."""

    def trains(self, recipe: str) -> bool:
        """Return whether it offers a recipe, as far as is known."""
        if self.recipes is None:
            return not self.is_aws or recipe not in STAND_INS
        return recipe in self.recipes


@dataclass(frozen=True)
class Moved:
    """One thing as the other side makes it."""

    recipe: str
    config: Mapping[str, Any] = field(default_factory=dict)
    """solutionConfig, campaignConfig or recommenderConfig."""
    differs: str = ""
    """Sentences; "" where it is the same."""


def solution(described: Described, tuned: Mapping[str, str], target: Target) -> Moved:
    """Return a solution as the target trains it. Raises DataError for a recipe that nothing stands in for."""
    recipe = recipe_of(described)
    stand_in, differs = _stand_in(recipe, target), []
    config = {k: v for k, v in described.get("solutionConfig", {}).items() if k in (HYPERPARAMETERS, FEATURES)}
    config = {k: _as_taken(v) for k, v in config.items()}
    if described.get("performHPO") or described.get("performAutoML"):
        config[HYPERPARAMETERS] = {**config.get(HYPERPARAMETERS, {}), **_as_taken(tuned)}
        found = "the values that the search found are used" if tuned else "the defaults are used"
        differs.append(f"No new search for settings: {found}.")
    if target.is_aws:
        own = sorted(name for part in config.values() for name in part if name not in PARAMETERS)
        config = {k: {n: v for n, v in part.items() if n not in own} for k, part in config.items()}
        if own:
            differs.append(f"AWS has no setting {', '.join(own)}.")
    config |= {k: v for k, v in described.get("solutionConfig", {}).items() if k in LISTS_AT_AWS and v}
    config = {k: v for k, v in stand_in.config(config).items() if v}
    if described.get("performAutoTraining"):
        differs.append("It trains when asked, not by itself.")
    return Moved(stand_in.recipe, config, " ".join([stand_in.differs, *differs]).strip())


def campaign(described: Described, of: Described, target: Target) -> Moved:
    """Return a campaign of a solution as the target serves it."""
    stand_in = _stand_in(recipe_of(of), target)
    given = described.get("campaignConfig", {})
    config = {k: v for k, v in given.items() if k in ("enableMetadataWithRecommendations", "rankingInfluence") and v}
    exploration = dict(given.get(EXPLORATION, {}))
    own = sorted(name for name in exploration if name not in EXPLORATION_AT_AWS) if target.is_aws else []
    exploration = {name: value for name, value in exploration.items() if name not in own}
    exploration |= stand_in.campaign_config.get(EXPLORATION, {})
    if exploration:
        config[EXPLORATION] = exploration
    differs = f"AWS has no setting {', '.join(own)}." if own else ""
    return Moved(stand_in.recipe, config, differs)


def recommender(described: Described, target: Target) -> Moved:
    """Return a recommender as the target serves it. Raises DataError where it does not offer its use case."""
    recipe = recipe_of(described)
    _stand_in(recipe, target)
    return Moved(recipe, {k: v for k, v in described.get("recommenderConfig", {}).items() if v})


def recipe_of(described: Described) -> str:
    """Return the name of a recipe, of an AutoML solution the one that was found best."""
    arn = described.get("recipeArn") or described.get("autoMLResult", {}).get("bestRecipeArn", "")
    return str(arn).rpartition("/")[2]


def _stand_in(recipe: str, target: Target) -> StandIn:
    if target.trains(recipe):
        return StandIn(recipe)
    if recipe in STAND_INS:
        return STAND_INS[recipe]
    side = "AWS" if target.is_aws else "The embedded engine"
    raise DataError(f"{side} does not offer the recipe {recipe}, and nothing stands in for it. Leave it out.")


_RENAMED = {
    "min_hist_length_percentile": "min_user_history_length_percentile",
    "max_hist_length_percentile": "max_user_history_length_percentile",
}


def _as_taken(values: Mapping[str, str]) -> dict[str, str]:
    """Return hyperparameters under the names that CreateSolution takes."""
    plain = {name.removeprefix("training.").removeprefix("data."): value for name, value in values.items()}
    return {_RENAMED.get(name, name): value for name, value in plain.items()}
