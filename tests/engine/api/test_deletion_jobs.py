"""Data deletion jobs through boto3: users and all that they did leave the data sets."""

import csv
import io

import pytest

from services.engine.testing import ROLE, tiny_world
from services.engine.testing import test_engine as opened_engine
from tests.engine.helpers import PREFIX, refused


@pytest.fixture
def world(tmp_path):
    with opened_engine(tmp_path / "home") as engine:
        yield engine, tiny_world(engine)


def delete(world, name, content=None, location=None):
    engine, shop = world
    if content is not None:
        engine.objects.put_bytes(location or f"s3://gone/{name}.csv", content.encode())
    personalize = engine.client("personalize")
    arn = personalize.create_data_deletion_job(
        jobName=name,
        datasetGroupArn=shop.group,
        roleArn=ROLE,
        dataSource={"dataLocation": location or f"s3://gone/{name}.csv"},
    )["dataDeletionJobArn"]
    return personalize.describe_data_deletion_job(dataDeletionJobArn=arn)["dataDeletionJob"]


def users_of(world, kind):
    """Return the users of a data set, as an export writes them."""
    engine, _ = world
    engine.client("personalize").create_dataset_export_job(
        jobName=f"export-{kind}",
        datasetArn=f"{PREFIX}:dataset/shop/{kind}",
        ingestionMode="ALL",
        roleArn=ROLE,
        jobOutput={"s3DataDestination": {"path": f"s3://exported/{kind}/"}},
    )
    found = set()
    for url in engine.objects.list(f"s3://exported/{kind}/"):
        with engine.objects.open_read(url) as file:
            found |= {row["USER_ID"] for row in csv.DictReader(io.StringIO(file.read().decode()))}
    return found


def test_users_leave_every_data_set_with_their_live_rows(world):
    engine, shop = world
    events = engine.client("personalize-events")
    for user in ("u3", "fresh", "stays"):
        events.put_events(
            trackingId=shop.tracking_id,
            userId=user,
            sessionId="s",
            eventList=[{"eventType": "view", "itemId": "i1", "sentAt": 1_700_000_000}],
        )
    events.put_users(datasetArn=f"{PREFIX}:dataset/shop/USERS", users=[{"userId": "fresh"}])
    job = delete(world, "some", "USER_ID\nu3\nu4\nfresh\nnobody\n")
    assert (job["status"], job["numDeleted"]) == ("COMPLETED", 3)
    assert job["dataDeletionJobArn"] == f"{PREFIX}:data-deletion-job/some"
    interactions, users = users_of(world, "INTERACTIONS"), users_of(world, "USERS")
    assert not {"u3", "u4", "fresh"} & (interactions | users)
    assert {"u5", "stays"} <= interactions
    assert "u5" in users
    filters = engine.client("personalize").create_filter(
        name="seen",
        datasetGroupArn=shop.group,
        filterExpression='INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")',
    )
    runtime = engine.client("personalize-runtime")
    asked = {"campaignArn": shop.campaign, "filterArn": filters["filterArn"]}
    assert runtime.get_recommendations(userId="u3", **asked)["itemList"] == []
    assert runtime.get_recommendations(userId="u5", **asked)["itemList"]


def test_every_csv_file_of_a_folder_is_read(world):
    world[0].objects.put_bytes("s3://gone/folder/b.csv", b"USER_ID\nu2\n")
    world[0].objects.put_bytes("s3://gone/folder/notes.txt", b"not read")
    job = delete(world, "folder", "USER_ID\nu1\n", location="s3://gone/folder/a.csv")
    assert job["numDeleted"] == 1
    personalize = world[0].client("personalize")
    arn = personalize.create_data_deletion_job(
        jobName="all", datasetGroupArn=world[1].group, roleArn=ROLE, dataSource={"dataLocation": "s3://gone/folder/"}
    )["dataDeletionJobArn"]
    described = personalize.describe_data_deletion_job(dataDeletionJobArn=arn)["dataDeletionJob"]
    assert (described["status"], described["numDeleted"]) == ("COMPLETED", 1), "u1 was gone already"
    listed = personalize.list_data_deletion_jobs(datasetGroupArn=world[1].group)["dataDeletionJobs"]
    assert [job["jobName"] for job in listed] == ["folder", "all"]


def test_all_users_may_leave(world):
    job = delete(world, "everybody", "USER_ID\n" + "\n".join(f"u{n}" for n in range(50)) + "\n")
    assert job["numDeleted"] == 50
    with refused("InvalidInputException", "no imported data to train on"):
        solution = world[0].client("personalize").list_solutions()["solutions"][0]["solutionArn"]
        world[0].client("personalize").create_solution_version(solutionArn=solution)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("USER\nu1\n", "begins with 'USER'; its first line must be USER_ID"),
        ("USER_ID\n", "names no users"),
        ("USER_ID\nu1,u2\n", "Line 2"),
        (None, "Invalid Data location."),
    ],
)
def test_a_file_that_names_no_users_fails_and_changes_nothing(world, content, words):
    job = delete(world, "bad", content)
    assert job["status"] == "FAILED"
    assert words in job["failureReason"]
    assert "numDeleted" not in job
    assert len(users_of(world, "USERS")) == 50


def test_what_cannot_be_created(world):
    personalize = world[0].client("personalize")
    request = {"jobName": "x", "roleArn": ROLE, "dataSource": {"dataLocation": "s3://gone/x.csv"}}
    with refused("ResourceNotFoundException", "The given dataset group does not exist"):
        personalize.create_data_deletion_job(datasetGroupArn=f"{PREFIX}:dataset-group/none", **request)
    with refused("InvalidInputException", "Give dataSource.dataLocation"):
        personalize.create_data_deletion_job(datasetGroupArn=world[1].group, **request | {"dataSource": {}})
