"""Checks a solution's configuration at its creation, before a training could fail.

Rules: Amazon Personalize developer guide, "Creating a solution", "Hyperparameters and HPO", and the API reference of
SolutionConfig. Unsupported members are refused by name; nothing is accepted and then ignored.
"""

from collections.abc import Mapping
from typing import Any

from services.engine.data.schemas import Schema, canonical_dataset_type
from services.engine.errors import InvalidInput
from services.engine.jobs.search.plan import check_hpo_config
from services.engine.recipes.hyperparameters import complete
from services.engine.recipes.registry import RecipeInfo

NOT_FOR_RECIPE = {
    "eventsConfig": "weights of event types; the two v2 recipes have them",
    "optimizationObjective": "optimization objective; aws-user-personalization and aws-personalized-ranking have",
}


WITH_OBJECTIVE = ("aws-user-personalization", "aws-personalized-ranking")
"""The recipes that AWS optimizes for an additional objective."""


def check_config(
    info: RecipeInfo, config: Mapping[str, Any], schemas: Mapping[str, Schema], trains_itself: bool = False
) -> None:
    """Raise InvalidInput with the value and the remedy for a configuration that cannot be trained.

    schemas are those of the group's datasets by type ("Interactions", ...); a dataset may still be missing.
    """
    complete(
        info.name,
        info.hyperparameters,
        config.get("algorithmHyperParameters"),
        config.get("featureTransformationParameters"),
    )
    for member, words in NOT_FOR_RECIPE.items():
        if member in config and not _has(info, member):
            raise InvalidInput(f"The recipe {info.name} has no {words}. Leave {member} out.")
    if "autoMLConfig" in config:
        raise InvalidInput("autoMLConfig belongs to performAutoML. Set that to true, or leave autoMLConfig out.")
    if "autoTrainingConfig" in config and not trains_itself:
        raise InvalidInput("autoTrainingConfig belongs to performAutoTraining. Set that to true, or leave it out.")
    _check_objective(config.get("optimizationObjective"), schemas.get("Items"))
    check_event_weights(config.get("eventsConfig"), schemas.get("Interactions"))
    threshold = config.get("eventValueThreshold")
    if threshold is not None:
        _number(threshold, "eventValueThreshold")
    if "hpoConfig" in config:
        check_hpo_config(info, config["hpoConfig"])
    check_columns(config.get("trainingDataConfig", {}), schemas)


def check_event_weights(events: Mapping[str, Any] | None, interactions: Schema | None) -> None:
    """Raise InvalidInput for an eventsConfig that weighs nothing, or columns that the interactions do not have."""
    if events is None:
        return
    listed = events.get("eventParametersList") or []
    types = [str(entry.get("eventType", "")).lower() for entry in listed]
    if not listed or "" in types:
        raise InvalidInput("eventsConfig needs an eventParametersList whose entries each have an eventType.")
    twice = sorted({name for name in types if types.count(name) > 1})
    if twice:
        raise InvalidInput(f"eventsConfig lists the event type {twice[0]} twice. Leave one of the two out.")
    weights = [float(entry.get("weight", 1.0)) for entry in listed]
    if not all(0 <= weight <= 1 for weight in weights) or max(weights) == 0:
        raise InvalidInput(f"The weights of eventsConfig are {weights}. Give weights from 0 to 1, one of them above 0.")
    needed = ["EVENT_TYPE"]
    needed += ["EVENT_VALUE"] if any(entry.get("eventValueThreshold") is not None for entry in listed) else []
    for column in needed if interactions is not None else ():
        if interactions is not None and interactions.find(column) is None:
            raise InvalidInput(
                f"eventsConfig needs the field {column}, which the schema of the Interactions dataset does not have. "
                "Leave eventsConfig out, or import interactions with that column."
            )


def check_events(event_type: str | None, config: Mapping[str, Any], interactions: Schema) -> None:
    """Raise InvalidInput when the events are selected by a column that the interactions do not have."""
    filters = {"EVENT_TYPE": event_type, "EVENT_VALUE": config.get("eventValueThreshold")}
    members = {"EVENT_TYPE": "eventType", "EVENT_VALUE": "eventValueThreshold"}
    for column, value in filters.items():
        if value is not None and interactions.find(column) is None:
            raise InvalidInput(
                f"{members[column]} is '{value}', but the schema of the Interactions dataset has no field {column}. "
                f"Leave {members[column]} out, or import interactions with that column."
            )


def _has(info: RecipeInfo, member: str) -> bool:
    """Return whether a recipe has a use for a member of NOT_FOR_RECIPE."""
    return info.recipe_class.weighs_events if member == "eventsConfig" else info.name in WITH_OBJECTIVE


def _check_objective(objective: Mapping[str, Any] | None, items: Schema | None) -> None:
    """Raise InvalidInput for an objective without a column of numbers, all of which must be there."""
    if objective is None:
        return
    column = objective.get("itemAttribute")
    field = None if items is None or column is None else items.find(column)
    if field is None or not field.is_numeric or field.nullable:
        raise InvalidInput(
            f"optimizationObjective names {column}, which must be a column of numbers of the Items dataset whose type "
            "does not allow null. Name another one."
        )


def check_columns(training_data: Mapping[str, Any], schemas: Mapping[str, Schema]) -> None:
    """Raise InvalidInput for a trainingDataConfig that names columns which are unknown or cannot be left out."""
    for member, excluding in (("excludedDatasetColumns", True), ("includedDatasetColumns", False)):
        for given_type, columns in training_data.get(member, {}).items():
            dataset_type = canonical_dataset_type(given_type)
            schema = schemas.get(dataset_type)
            for column in columns if schema is not None else ():
                field = schema.find(column) if schema is not None else None
                if field is None:
                    raise InvalidInput(f"{member} names {column}, which the schema of {dataset_type} does not have.")
                if excluding and field.required:
                    raise InvalidInput(f"{member} names {column}, which {dataset_type} cannot do without. Remove it.")


def _number(text: str, member: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InvalidInput(f"{member} is '{text}', which is not a number.") from None
