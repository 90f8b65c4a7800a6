"""The plan of a search for the best settings, from solutionConfig: ranges, number of trials, objective.

Documented (Amazon Personalize developer guide, "Hyperparameters and HPO", "Using AutoML to choose an HRNN recipe"; API
reference of HPOConfig, AutoMLConfig): only tunable hyperparameters, in three lists by their type; the default ranges
are those of DescribeAlgorithm; at most 40 trainings; AutoML always searches and uses autoMLConfig only. AWS documents
neither the default number of trainings nor the default metric, and has no parameter for the metric; these are our own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from services.engine.errors import InvalidInput
from services.engine.jobs.evaluation.metrics import AWS_METRICS
from services.engine.recipes import registry
from services.engine.recipes.base import HyperParameter
from services.engine.recipes.hyperparameters import complete, parse, to_text
from services.engine.recipes.registry import RecipeInfo

MAX_TRIALS = 40
MAX_PARALLEL = 10
DEFAULT_TRIALS = 8
DEFAULT_METRIC = "normalized_discounted_cumulative_gain_at_25"
"""Of AWS's eight metrics this one changes with every position in the list, so it is the least noisy on few users."""
AUTO_ML_RECIPES = ("aws-hrnn", "aws-hrnn-metadata", "aws-hrnn-coldstart")
"""AWS's AutoML chooses among its HRNN recipes."""
AUTO_ML_DEFAULT = ("aws-hrnn", "aws-hrnn-metadata")
"""The recipes without a recipeList. Cold start recommends new items only, so it cannot win on events of known items."""
_LISTS = (
    ("integerHyperParameterRanges", ("integer",)),
    ("continuousHyperParameterRanges", ("float",)),
    ("categoricalHyperParameterRanges", ("boolean", "categorical")),
)


@dataclass(frozen=True)
class SearchedParameter:
    """One searched hyperparameter with its typed range."""

    name: str
    kind: str
    """"integer", "float" or "categorical"; a boolean is a categorical one."""
    low: float = 0
    high: float = 0
    """Inclusive bounds of a number."""
    choices: tuple[str, ...] = ()
    """Values of a categorical one, as text."""
    first: Any = None
    """Value of the first trial: the given one, else the default, moved into the range."""


@dataclass(frozen=True)
class SearchPlan:
    """One search over one recipe."""

    recipe: str
    """Recipe name."""
    searched: tuple[SearchedParameter, ...]
    n_trials: int
    metric: str
    """One of AWS's eight, named as in GetSolutionMetrics; higher is better for all of them."""


def hpo_plan(info: RecipeInfo, config: Mapping[str, Any]) -> SearchPlan:
    """Return the search of performHPO. Raises InvalidInput for settings that cannot be searched.

    Hyperparameters with a value in solutionConfig keep it, unless hpoConfig has a range for them.
    """
    hpo = config.get("hpoConfig", {})
    ranges = check_hpo_config(info, hpo)
    algorithm = config.get("algorithmHyperParameters") or {}
    if not ranges:
        ranges = {p.name: _range(p, {}) for p in info.hyperparameters if p.tunable and p.name not in algorithm}
    if not ranges:
        tunable = ", ".join(p.name for p in info.hyperparameters if p.tunable)
        why = (
            f"all of {tunable} are given in algorithmHyperParameters" if tunable else "none of its settings is tunable"
        )
        raise InvalidInput(f"There is nothing to search for {info.name}: {why}. Leave performHPO out.")
    values = complete(info.name, info.hyperparameters, algorithm)
    return SearchPlan(
        info.name,
        tuple(replace(searched, first=_first(searched, values[name])) for name, searched in ranges.items()),
        int(hpo.get("hpoResourceConfig", {}).get("maxNumberOfTrainingJobs", DEFAULT_TRIALS)),
        hpo.get("hpoObjective", {}).get("metricName", DEFAULT_METRIC),
    )


def auto_ml_plans(config: Mapping[str, Any]) -> tuple[SearchPlan, ...]:
    """Return the searches of performAutoML, one per recipe, in order. Raises InvalidInput."""
    auto = config.get("autoMLConfig", {})
    metric = auto.get("metricName", DEFAULT_METRIC)
    _check_metric(metric, "autoMLConfig.metricName")
    infos = [registry.find(arn) for arn in auto.get("recipeList") or AUTO_ML_DEFAULT]
    names = list(dict.fromkeys(info.name for info in infos))
    for name in names:
        if name not in AUTO_ML_RECIPES:
            known = ", ".join(AUTO_ML_RECIPES)
            raise InvalidInput(f"performAutoML cannot choose {name}. Use recipes among {known} in recipeList.")
    n_trials = max(2, DEFAULT_TRIALS // len(names))
    return tuple(replace(hpo_plan(registry.find(name), {}), n_trials=n_trials, metric=metric) for name in names)


def check_hpo_config(info: RecipeInfo, hpo: Mapping[str, Any]) -> dict[str, SearchedParameter]:
    """Return the ranges of hpoConfig by name. Raises InvalidInput with the value and the allowed range."""
    resources = hpo.get("hpoResourceConfig", {})
    for member, limit in (("maxNumberOfTrainingJobs", MAX_TRIALS), ("maxParallelTrainingJobs", MAX_PARALLEL)):
        text = resources.get(member)
        if text is not None and not 1 <= _whole(text, member) <= limit:
            raise InvalidInput(f"{member} is '{text}'; it can be 1 to {limit}.")
    objective = hpo.get("hpoObjective", {})
    if "metricName" in objective:
        _check_metric(objective["metricName"], "hpoObjective.metricName")
    if objective.get("type", "Maximize") != "Maximize":
        raise InvalidInput(
            f"hpoObjective.type is '{objective['type']}', but every metric is the better the higher. Use Maximize."
        )
    ranges: dict[str, SearchedParameter] = {}
    for member, kinds in _LISTS:
        for entry in hpo.get("algorithmHyperParameterRanges", {}).get(member, []):
            parameter = _tunable(info, entry.get("name"))
            if parameter.kind not in kinds:
                right = next(name for name, its in _LISTS if parameter.kind in its)
                raise InvalidInput(f"The range of {parameter.name} is in {member}. It belongs in {right}.")
            if parameter.name in ranges:
                raise InvalidInput(f"hpoConfig has two ranges for {parameter.name}. Leave one out.")
            ranges[parameter.name] = _range(parameter, entry)
    return ranges


def _range(parameter: HyperParameter, entry: Mapping[str, Any]) -> SearchedParameter:
    """Return the range of an entry; a missing bound is the hyperparameter's own."""
    if parameter.kind in ("boolean", "categorical"):
        own = ("true", "false") if parameter.kind == "boolean" else parameter.choices
        values = tuple(dict.fromkeys(to_text(parse(parameter, value)) for value in entry.get("values", own)))
        if not values:
            raise InvalidInput(f"The range of {parameter.name} has no values. It can have {', '.join(own)}.")
        return SearchedParameter(parameter.name, "categorical", choices=values)
    low, high = (
        parse(parameter, str(entry.get(member, own)))
        for member, own in (("minValue", parameter.low), ("maxValue", parameter.high))
    )
    if low > high:
        raise InvalidInput(f"The range of {parameter.name} begins at {low} and ends at {high}: it is empty.")
    return SearchedParameter(parameter.name, parameter.kind, low, high)


def _first(searched: SearchedParameter, value: Any) -> Any:
    if searched.kind == "categorical":
        text = to_text(value)
        return text if text in searched.choices else searched.choices[0]
    return min(max(value, searched.low), searched.high)


def _tunable(info: RecipeInfo, name: str | None) -> HyperParameter:
    tunable = {parameter.name: parameter for parameter in info.hyperparameters if parameter.tunable}
    if name not in tunable:
        known = ", ".join(tunable) or "none"
        raise InvalidInput(f"The recipe {info.name} has no tunable hyperparameter {name}. Tunable: {known}.")
    return tunable[name]


def _check_metric(name: str, member: str) -> None:
    if name not in AWS_METRICS:
        raise InvalidInput(f"{member} is '{name}', which is no metric. Use one of {', '.join(AWS_METRICS)}.")


def _whole(text: str, member: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise InvalidInput(f"{member} is '{text}', which is not a whole number.") from None
