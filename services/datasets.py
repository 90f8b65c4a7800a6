"""What the Data screen asks for: import, follow, export and delete data set groups.

One door to four modules: reading (dataset_views), importing (dataset_import), exporting (dataset_export) and deleting
(teardown).
"""

from services.personalize.datasets import (
    DATASET_TYPES,
    DataError,
    DatasetView,
    GroupView,
    ImportState,
    epoch,
    find_group,
    group_arn,
    group_names,
    groups,
    import_state,
)
from services.personalize.deletion import Doomed, delete_group, deletion_plan
from services.personalize.exports import Exported, export_csv
from services.personalize.imports import WORDS, Source, import_data, import_steps, start_import
from services.progress import Step, StepList

__all__ = [
    "DATASET_TYPES",
    "WORDS",
    "DataError",
    "DatasetView",
    "Doomed",
    "Exported",
    "GroupView",
    "ImportState",
    "Source",
    "Step",
    "StepList",
    "delete_group",
    "deletion_plan",
    "epoch",
    "export_csv",
    "find_group",
    "group_arn",
    "group_names",
    "groups",
    "import_data",
    "import_state",
    "import_steps",
    "start_import",
]
