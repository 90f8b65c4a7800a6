"""The maximum number of each resource: AWS's documented quotas, unless noted.

Source: Amazon Personalize developer guide, "Amazon Personalize endpoints and quotas".
"""

from services.engine.errors import LimitExceeded

DATASET_GROUPS = 500
"""AWS's default is 5 and adjustable; here each loaded data source has a group of its own."""
SCHEMAS = 500
SOLUTIONS_PER_GROUP = 20
"""AWS's Service Quotas say 20 and its guide 10; adjustable."""
CAMPAIGNS_PER_GROUP = 20
"""AWS's default is 5 and adjustable; here every recipe can be tried beside the others."""
RECOMMENDERS_PER_GROUP = 5
PENDING_IMPORTS = 5
PENDING_EXPORTS = 5
PENDING_SOLUTION_VERSIONS = 20
PENDING_BATCH_JOBS = 5
PENDING_SEGMENT_JOBS = 5
PENDING_DELETIONS = 5
"""Per dataset group."""
METRIC_ATTRIBUTIONS_PER_GROUP = 1
FILTERS_PER_GROUP = 30
FILTER_FIELDS_PER_GROUP = 20
TAGS_PER_RESOURCE = 50


def check(present: int, limit: int, message: str) -> None:
    """Raise LimitExceeded with this message when the number of resources has reached the limit."""
    if present >= limit:
        raise LimitExceeded(message)
