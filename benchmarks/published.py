"""A model as a campaign that answers, without a training job: for benchmarks of answers.

Its dataset group has an Interactions data set, so that an answer includes the look for live events.
"""

from pathlib import Path

from services.engine import open_engine
from services.engine.models.artifacts import Artifact, write_artifact
from services.engine.models.evaluation_file import VersionEvaluation
from services.engine.store.resources import Resources

_ARN = "arn:aws:personalize:us-east-1:000000000000"


def publish(home: Path, artifact: Artifact) -> tuple[str, str]:
    """Write a solution version and a campaign that serves it; return their ARNs."""
    engine = open_engine(home)
    write_artifact(engine.settings.models_path / "bench", artifact, VersionEvaluation(0, "", (), {}))
    resources = Resources(engine.context.database)
    version, campaign = f"{_ARN}:solution/bench/1", f"{_ARN}:campaign/bench"
    group, dataset = f"{_ARN}:dataset-group/bench", f"{_ARN}:dataset/bench/INTERACTIONS"
    resources.insert("dataset", dataset, {"datasetType": "INTERACTIONS"}, parent_arn=group, status="ACTIVE")
    trained = {"_model_path": "bench", "datasetGroupArn": group}
    resources.insert("solution-version", version, trained, status="ACTIVE")
    body = {"solutionVersionArn": version, "campaignConfig": {}, "_dataset_group_arn": group}
    resources.insert("campaign", campaign, body, status="ACTIVE")
    engine.close()
    return version, campaign
