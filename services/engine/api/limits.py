"""How many of each resource there may be: AWS's documented quotas, unless the reason beside one says otherwise.

Source: Amazon Personalize developer guide, "Amazon Personalize endpoints and quotas".
"""

from services.engine.errors import LimitExceeded

DATASET_GROUPS = 500
"""AWS starts an account with 5 and raises it on request; here each loaded data source is a group of its own."""
SCHEMAS = 500
SOLUTIONS_PER_GROUP = 10
CAMPAIGNS_PER_GROUP = 5
PENDING_IMPORTS = 5
PENDING_EXPORTS = 5
PENDING_SOLUTION_VERSIONS = 20
PENDING_BATCH_JOBS = 5
TAGS_PER_RESOURCE = 50


def check(present: int, limit: int, message: str) -> None:
    """Raise LimitExceeded with this message when as many resources as the limit allows are there already."""
    if present >= limit:
        raise LimitExceeded(message)
