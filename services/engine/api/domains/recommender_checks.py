"""What CreateRecommender and UpdateRecommender need: a use case of the group's domain, its data and its settings."""

from collections.abc import Mapping
from typing import Any

from services.engine.api.exploration import MEMBER as EXPLORATION
from services.engine.api.exploration import check_exploration
from services.engine.api.solution_config import check_columns
from services.engine.api.solutions import group_schemas
from services.engine.context import EngineContext
from services.engine.data.schemas import canonical_dataset_type
from services.engine.errors import InvalidInput
from services.engine.recipes.use_cases import UseCase, of_domain, use_case_of
from services.engine.store.datasets import datasets_of
from services.engine.store.resources import Resource

ALWAYS_TRAINED = "EVENT_TYPE"
"""A column that a recommender's training cannot exclude (developer guide, "Configuring columns")."""


def use_case_for(group: Resource, recipe_arn: str) -> UseCase:
    """Return the use case of an ARN in a domain dataset group. Raises InvalidInput."""
    domain = group.body.get("domain")
    if domain is None:
        raise InvalidInput(
            f"The dataset group {group.arn} has no domain. Use a domain-specific dataset group to create a "
            "recommender, or create a solution and a campaign."
        )
    use_case = use_case_of(recipe_arn)
    if use_case is None or use_case.domain != domain:
        known = ", ".join(other.name for other in of_domain(domain))
        raise InvalidInput(f"{recipe_arn} is no use case of the domain {domain}. It has {known}.")
    return use_case


def check_config(context: EngineContext, use_case: UseCase, config: Mapping[str, Any], group_arn: str) -> None:
    """Raise InvalidInput for a recommenderConfig that the use case cannot have."""
    if EXPLORATION in config and not use_case.explores:
        able = ", ".join(other.name for other in of_domain(use_case.domain) if other.explores)
        raise InvalidInput(
            f"The use case {use_case.name} does not explore items; {able} does. Leave {EXPLORATION} out."
        )
    check_exploration(config, use_case.info.arn)
    columns = config.get("trainingDataConfig", {})
    check_columns(columns, group_schemas(context, group_arn))
    for given_type, names in columns.get("excludedDatasetColumns", {}).items():
        if canonical_dataset_type(given_type) == "Interactions" and ALWAYS_TRAINED in names:
            raise InvalidInput(f"excludedDatasetColumns names {ALWAYS_TRAINED}, which use cases need. Remove it.")


def check_data(context: EngineContext, use_case: UseCase, group_arn: str) -> None:
    """Raise InvalidInput when the datasets that the use case is trained on are missing or empty."""
    datasets = datasets_of(context.resources, group_arn)
    for kind in ("INTERACTIONS", "ITEMS") if use_case.needs_items_dataset else ("INTERACTIONS",):
        dataset = datasets.get(kind)
        if dataset is None or ("_snapshot" not in dataset.body and not context.live.newest(dataset.arn)):
            words = f"The dataset group {group_arn} has no {canonical_dataset_type(kind)} dataset with imported data"
            raise InvalidInput(f"{words}, and {use_case.name} is trained on it. Import data first.")
