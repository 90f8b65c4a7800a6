"""Dataset groups through boto3."""

from services.engine.api import limits
from tests.engine.helpers import PREFIX, ROLE, refused

KEY = "arn:aws:kms:us-east-1:000000000000:key/1"


def test_group_is_active_at_once(personalize):
    answer = personalize.create_dataset_group(name="films")
    described = personalize.describe_dataset_group(datasetGroupArn=answer["datasetGroupArn"])["datasetGroup"]
    assert answer["datasetGroupArn"] == f"{PREFIX}:dataset-group/films"
    assert "domain" not in answer
    assert described["status"] == "ACTIVE"
    assert set(described) == {"name", "datasetGroupArn", "status", "creationDateTime", "lastUpdatedDateTime"}


def test_group_keeps_key_role_and_domain(personalize):
    answer = personalize.create_dataset_group(name="g", kmsKeyArn=KEY, roleArn=ROLE, domain="VIDEO_ON_DEMAND")
    described = personalize.describe_dataset_group(datasetGroupArn=answer["datasetGroupArn"])["datasetGroup"]
    assert answer["domain"] == "VIDEO_ON_DEMAND"
    assert (described["kmsKeyArn"], described["roleArn"], described["domain"]) == (KEY, ROLE, "VIDEO_ON_DEMAND")


def test_role_without_key_is_refused(personalize):
    with refused("InvalidInputException", "together with a kmsKeyArn"):
        personalize.create_dataset_group(name="g", roleArn=ROLE)


def test_group_name_is_taken_once(personalize):
    personalize.create_dataset_group(name="g")
    with refused("ResourceAlreadyExistsException"):
        personalize.create_dataset_group(name="g")
    assert len(personalize.list_dataset_groups()["datasetGroups"]) == 1


def test_group_is_deleted_when_it_is_empty_only(personalize, films, solution):
    with refused("ResourceInUseException", films.interactions):
        personalize.delete_dataset_group(datasetGroupArn=films.group)
    personalize.delete_dataset(datasetArn=films.interactions)
    with refused("ResourceInUseException", solution):
        personalize.delete_dataset_group(datasetGroupArn=films.group)
    personalize.delete_solution(solutionArn=solution)
    personalize.delete_dataset_group(datasetGroupArn=films.group)
    with refused("ResourceNotFoundException", f"The given dataset group does not exist: {films.group}"):
        personalize.describe_dataset_group(datasetGroupArn=films.group)


def test_groups_have_a_limit(personalize, monkeypatch):
    monkeypatch.setattr(limits, "DATASET_GROUPS", 1)
    personalize.create_dataset_group(name="a")
    with refused("LimitExceededException"):
        personalize.create_dataset_group(name="b")
