"""The resources that a move makes, as boto3 names their calls: one table for runner, script and template."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One kind of resource."""

    words: str
    """On screens."""
    operation: str
    """After create_, describe_ and, with an s, list_: "dataset_group"."""
    member: str
    """Of Describe answers; with Arn behind it the name of its ARN."""
    listed: str
    """Of List answers."""
    within: str = ""
    """The member of the request that narrows List to where it is: "datasetGroupArn"; "" for the whole account."""
    name: str = "name"
    """The member of the request that has the name."""

    @property
    def arn(self) -> str:
        """The name of its ARN in requests and answers."""
        return f"{self.member}Arn"


GROUP, SCHEMA, DATASET, IMPORT = "group", "schema", "dataset", "import"
TRACKER, FILTER, SOLUTION, VERSION = "tracker", "filter", "solution", "version"
CAMPAIGN, RECOMMENDER = "campaign", "recommender"
ACTION_EVENTS = "Action_Interactions"
"""The type of the data set that has a tracking ID of its own."""
FETCH, UPLOAD, LIBRARY = "fetch", "upload", "library"
"""Steps that make no resource: data is written to files here, copied to the bucket, kept for the screens."""
_IN_GROUP, _IN_SOLUTION = "datasetGroupArn", "solutionArn"
KINDS = {
    GROUP: Kind("data set group", "dataset_group", "datasetGroup", "datasetGroups"),
    SCHEMA: Kind("schema", "schema", "schema", "schemas"),
    DATASET: Kind("data set", "dataset", "dataset", "datasets", _IN_GROUP),
    IMPORT: Kind("import", "dataset_import_job", "datasetImportJob", "datasetImportJobs", "datasetArn", "jobName"),
    TRACKER: Kind("event tracker", "event_tracker", "eventTracker", "eventTrackers", _IN_GROUP),
    FILTER: Kind("filter", "filter", "filter", "Filters", _IN_GROUP),
    SOLUTION: Kind("solution", "solution", "solution", "solutions", _IN_GROUP),
    VERSION: Kind("training", "solution_version", "solutionVersion", "solutionVersions", _IN_SOLUTION),
    CAMPAIGN: Kind("campaign", "campaign", "campaign", "campaigns", _IN_SOLUTION),
    RECOMMENDER: Kind("recommender", "recommender", "recommender", "recommenders", _IN_GROUP),
}
