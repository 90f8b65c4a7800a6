"""The datasets of a dataset group."""

from services.engine.store.resources import Resource, Resources


def datasets_of(resources: Resources, dataset_group_arn: str) -> dict[str, Resource]:
    """Return the datasets of a group by their upper-case type, for example "INTERACTIONS"."""
    return {dataset["datasetType"]: dataset for dataset in resources.list("dataset", parent_arn=dataset_group_arn)}
