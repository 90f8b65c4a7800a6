"""Conversion of hyperparameters between the strings of the API and the typed values of recipes.

AWS sends every hyperparameter as a string (Amazon Personalize developer guide, "Hyperparameters and HPO"; botocore
rejects numbers), separates those of algorithms and of feature transformations, and adds its defaults.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from services.engine.errors import InvalidInput
from services.engine.recipes.base import HyperParameter

MAX_NUMBER = 2**53
"""The greatest number of a hyperparameter without a range; from here on a double has gaps."""
MAX_ECHO = 100
"""Characters of a refused value in a message."""
_TRUE = {"true", "1", "yes"}
_FALSE = {"false", "0", "no"}


def complete(
    recipe_name: str,
    declared: Iterable[HyperParameter],
    algorithm: Mapping[str, str] | None = None,
    featurization: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return every hyperparameter of a recipe as a typed value: the given ones, and defaults for the rest.

    algorithm and featurization are solutionConfig's algorithmHyperParameters and featureTransformationParameters.
    The value None means that the recipe computes it from the size of the data; only engine-only ones have it. Raises
    InvalidInput for an unknown name, a wrong map, a wrong type, a value out of range, or an empty percentile range.
    """
    by_name = {parameter.name: parameter for parameter in declared}
    values = {name: parameter.default for name, parameter in by_name.items()}
    for texts, is_featurization in ((algorithm or {}, False), (featurization or {}, True)):
        for name, text in texts.items():
            parameter = by_name.get(name)
            if parameter is None or parameter.featurization != is_featurization:
                raise InvalidInput(_unknown(recipe_name, name, by_name, is_featurization))
            values[name] = parse(parameter, text)
    for what, who in (("user_history_length", "no user"), ("item_interaction_count", "no item")):
        low, high = f"min_{what}_percentile", f"max_{what}_percentile"
        if low in values and high in values and values[low] >= values[high]:
            raise InvalidInput(
                f"{low} is {values[low]} and {high} is {values[high]}: {who} is between them. "
                f"Make {low} the smaller one."
            )
    return values


def parse(parameter: HyperParameter, text: str) -> Any:
    """Return one hyperparameter's typed value. Raises InvalidInput with the value and the allowed range."""
    value: Any
    if parameter.kind == "boolean":
        word = text.strip().lower()
        if word not in _TRUE | _FALSE:
            raise _refused(parameter, text, "is not a boolean", 'Use "true" or "false".')
        return word in _TRUE
    if parameter.kind == "categorical":
        if text not in parameter.choices:
            raise _refused(parameter, text, "is not one of its values", f"Use one of {', '.join(parameter.choices)}.")
        return text
    try:
        value = int(text) if parameter.kind == "integer" else float(text)
    except ValueError:  # also for more than 4,300 digits
        kind = "a whole number" if parameter.kind == "integer" else "a number"
        raise _refused(parameter, text, f"is not {kind}", f"Use {kind} {range_words(parameter)}.") from None
    # In this order, because isfinite() refuses whole numbers that a float cannot hold.
    if not _within(parameter, value) or abs(value) > MAX_NUMBER or value != value:
        raise _refused(parameter, text, "is out of range", f"Use a value {range_words(parameter)}.")
    return value


def to_text(value: Any) -> str:
    """Return a typed value as AWS writes it in its answers: "43", "0.99", "true"."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def defaults(declared: Iterable[HyperParameter], *, featurization: bool) -> dict[str, str]:
    """Return the defaults in the form of DescribeAlgorithm and DescribeFeatureTransformation, in order.

    Engine-only hyperparameters that are computed from the data have no default and are omitted.
    """
    return {
        parameter.name: to_text(parameter.default)
        for parameter in declared
        if parameter.featurization == featurization and parameter.default is not None
    }


def range_words(parameter: HyperParameter) -> str:
    """Return the allowed range as text: "from 32 to 256"."""
    if parameter.low is not None and parameter.high is not None:
        return f"from {parameter.low:g} to {parameter.high:g}"
    if parameter.low is not None:
        return f"of at least {parameter.low:g}"
    if parameter.high is not None:
        return f"of at most {parameter.high:g}"
    return "of any size"


def _within(parameter: HyperParameter, value: float) -> bool:
    return (parameter.low is None or value >= parameter.low) and (parameter.high is None or value <= parameter.high)


def _refused(parameter: HyperParameter, text: str, why: str, remedy: str) -> InvalidInput:
    return InvalidInput(f"The value {text[:MAX_ECHO]!r} of the hyperparameter {parameter.name} {why}. {remedy}")


def _unknown(recipe_name: str, name: str, by_name: Mapping[str, HyperParameter], is_featurization: bool) -> str:
    maps = ("algorithmHyperParameters", "featureTransformationParameters")
    here, other = maps if not is_featurization else reversed(maps)
    if name in by_name:
        return f"The hyperparameter {name} belongs in {other}, not in {here}."
    known = [p.name for p in by_name.values() if p.featurization == is_featurization]
    return f"The recipe {recipe_name} has no {name} in {here}. " + (
        f"It has {', '.join(known)}." if known else "It takes none there: leave it out."
    )
