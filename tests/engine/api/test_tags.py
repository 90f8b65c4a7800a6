"""Tags through boto3."""

import pytest

from tests.engine.helpers import PREFIX, refused


def tag(key, value="v"):
    return {"tagKey": key, "tagValue": value}


@pytest.fixture
def group(personalize):
    return personalize.create_dataset_group(name="g", tags=[tag("team", "films"), tag("größe", "")])["datasetGroupArn"]


def tags_of(personalize, arn):
    listed = personalize.list_tags_for_resource(resourceArn=arn)["tags"]
    return {entry["tagKey"]: entry["tagValue"] for entry in listed}


def test_tags_come_with_creation_and_later(personalize, group):
    assert tags_of(personalize, group) == {"team": "films", "größe": ""}
    personalize.tag_resource(resourceArn=group, tags=[tag("team", "books"), tag("new")])
    assert tags_of(personalize, group) == {"team": "books", "größe": "", "new": "v"}
    personalize.untag_resource(resourceArn=group, tagKeys=["team", "never there"])
    assert tags_of(personalize, group) == {"größe": "", "new": "v"}
    assert "tags" not in personalize.describe_dataset_group(datasetGroupArn=group)["datasetGroup"]


def test_every_create_takes_tags(personalize, films, solution, worker):
    version = personalize.create_solution_version(solutionArn=solution, tags=[tag("a")])["solutionVersionArn"]
    job = personalize.create_dataset_import_job(
        jobName="t", datasetArn=films.interactions, dataSource={"dataLocation": "s3://local/x"}, tags=[tag("b")]
    )["datasetImportJobArn"]
    worker.complete(version)
    campaign = personalize.create_campaign(name="c", solutionVersionArn=version, tags=[tag("c")])["campaignArn"]
    assert [list(tags_of(personalize, arn)) for arn in (version, job, campaign)] == [["a"], ["b"], ["c"]]


def test_tags_go_with_their_resource(personalize, group):
    personalize.delete_dataset_group(datasetGroupArn=group)
    with refused("ResourceNotFoundException", group):
        personalize.list_tags_for_resource(resourceArn=group)
    personalize.create_dataset_group(name="g")
    assert tags_of(personalize, group) == {}


@pytest.mark.parametrize("prefix", ["aws:", "AWS:"])
def test_reserved_keys_are_refused(personalize, group, prefix):
    with refused("InvalidInputException", "reserved"):
        personalize.tag_resource(resourceArn=group, tags=[tag(f"{prefix}x")])
    with refused("InvalidInputException", "reserved"):
        personalize.untag_resource(resourceArn=group, tagKeys=[f"{prefix}x"])
    with refused("InvalidInputException", "reserved"):
        personalize.create_dataset_group(name="h", tags=[tag(f"{prefix}x")])
    assert len(personalize.list_dataset_groups()["datasetGroups"]) == 1


def test_a_resource_has_at_most_fifty_tags(personalize, group):
    with refused("TooManyTagsException", "51 tags"):
        personalize.create_dataset_group(name="h", tags=[tag(f"k{i}") for i in range(51)])
    personalize.tag_resource(resourceArn=group, tags=[tag(f"k{i}") for i in range(48)])
    with refused("TooManyTagsException", "more than 50"):
        personalize.tag_resource(resourceArn=group, tags=[tag("k48")])
    personalize.tag_resource(resourceArn=group, tags=[tag("k47", "changed")])
    with refused("TooManyTagKeysException", "51 tag keys"):
        personalize.untag_resource(resourceArn=group, tagKeys=[f"k{i}" for i in range(51)])


def test_key_given_twice_is_refused(personalize, group):
    with refused("InvalidInputException", "more than once"):
        personalize.tag_resource(resourceArn=group, tags=[tag("a"), tag("a")])


def test_characters_of_tags_are_checked_and_not_repeated(personalize, group):
    with refused("InvalidInputException", "at 'tags.1.member.tagKey' failed") as _:
        personalize.tag_resource(resourceArn=group, tags=[tag("secret;")])


def test_schemas_cannot_be_tagged(personalize, films):
    with refused("InvalidInputException", "Schemas cannot be tagged"):
        personalize.tag_resource(resourceArn=films.schema, tags=[tag("a")])


def test_resource_that_is_not_there_has_no_tags(personalize):
    with refused("ResourceNotFoundException"):
        personalize.tag_resource(resourceArn=f"{PREFIX}:campaign/none", tags=[tag("a")])
