"""Import and export jobs through boto3, ended by hand."""

import pytest

from tests.engine.helpers import ITEMS, PREFIX, ROLE, refused

SOURCE = {"dataLocation": "s3://local/films.csv"}
OUTPUT = {"s3DataDestination": {"path": "s3://local/out/"}}


def test_import_job_passes_through_its_states(personalize, films, worker):
    arn = personalize.create_dataset_import_job(jobName="second", datasetArn=films.interactions, dataSource=SOURCE)[
        "datasetImportJobArn"
    ]
    assert arn == f"{PREFIX}:dataset-import-job/second"

    def described():
        return personalize.describe_dataset_import_job(datasetImportJobArn=arn)["datasetImportJob"]

    assert described()["status"] == "CREATE PENDING"
    worker.begin(arn)
    assert described()["status"] == "CREATE IN_PROGRESS"
    worker.fail(arn, "films.csv, line 3: no.")
    assert described()["status"] == "CREATE FAILED"
    assert described()["failureReason"] == "films.csv, line 3: no."
    assert described()["importMode"] == "FULL"
    assert described()["dataSource"] == SOURCE
    assert described()["publishAttributionMetricsToS3"] is False
    assert "roleArn" not in described()


def test_incremental_import_needs_an_import_before_it(personalize, films):
    schema = personalize.create_schema(name="items", schema=ITEMS)["schemaArn"]
    dataset = personalize.create_dataset(name="i", datasetGroupArn=films.group, schemaArn=schema, datasetType="Items")[
        "datasetArn"
    ]
    with refused("InvalidInputException", "mode FULL first"):
        personalize.create_dataset_import_job(
            jobName="i", datasetArn=dataset, dataSource=SOURCE, importMode="INCREMENTAL"
        )
    personalize.create_dataset_import_job(
        jobName="i", datasetArn=films.interactions, dataSource=SOURCE, importMode="INCREMENTAL", roleArn=ROLE
    )
    job = personalize.describe_dataset_import_job(datasetImportJobArn=f"{PREFIX}:dataset-import-job/i")
    assert job["datasetImportJob"]["importMode"] == "INCREMENTAL"
    assert job["datasetImportJob"]["roleArn"] == ROLE


@pytest.mark.parametrize("location", ["http://x/films.csv", "s3://local/../etc/passwd", "s3://local/a//b.csv"])
def test_import_refuses_a_bad_location_in_awss_words(personalize, films, location):
    with refused("InvalidInputException", "Invalid Data location."):
        personalize.create_dataset_import_job(
            jobName="x", datasetArn=films.interactions, dataSource={"dataLocation": location}
        )
    with refused("InvalidInputException", "Invalid Data location."):
        personalize.create_dataset_import_job(jobName="x", datasetArn=films.interactions, dataSource={})


def test_import_refuses_what_the_engine_cannot_do(personalize, films):
    with refused("InvalidInputException", "publishAttributionMetricsToS3"):
        personalize.create_dataset_import_job(
            jobName="x", datasetArn=films.interactions, dataSource=SOURCE, publishAttributionMetricsToS3=True
        )


def test_five_imports_may_wait(personalize, films, worker):
    arns = [
        personalize.create_dataset_import_job(jobName=f"j{i}", datasetArn=films.interactions, dataSource=SOURCE)[
            "datasetImportJobArn"
        ]
        for i in range(5)
    ]
    with refused("LimitExceededException", "More than 5 resources with PENDING or IN_PROGRESS status."):
        personalize.create_dataset_import_job(jobName="j5", datasetArn=films.interactions, dataSource=SOURCE)
    worker.complete(arns[0])
    personalize.create_dataset_import_job(jobName="j5", datasetArn=films.interactions, dataSource=SOURCE)


def test_job_name_is_taken_once(personalize, films):
    with refused("ResourceAlreadyExistsException", "dataset-import-job/first"):
        personalize.create_dataset_import_job(jobName="first", datasetArn=films.interactions, dataSource=SOURCE)


def test_export_job_has_awss_default_mode(personalize, films, worker):
    arn = personalize.create_dataset_export_job(
        jobName="out", datasetArn=films.interactions, roleArn=ROLE, jobOutput=OUTPUT
    )["datasetExportJobArn"]
    worker.complete(arn)
    job = personalize.describe_dataset_export_job(datasetExportJobArn=arn)["datasetExportJob"]
    assert (job["status"], job["ingestionMode"], job["jobOutput"]) == ("ACTIVE", "PUT", OUTPUT)
    listed = personalize.list_dataset_export_jobs(datasetArn=films.interactions)["datasetExportJobs"]
    assert [entry["datasetExportJobArn"] for entry in listed] == [arn]
    assert "jobOutput" not in listed[0]


def test_export_refuses_a_bad_path(personalize, films):
    with refused("InvalidInputException", "s3://BUCKET/KEY"):
        personalize.create_dataset_export_job(
            jobName="out",
            datasetArn=films.interactions,
            roleArn=ROLE,
            jobOutput={"s3DataDestination": {"path": "https://x/out"}},
        )


def test_jobs_of_a_dataset_that_is_not_there_are_refused(personalize):
    arn = f"{PREFIX}:dataset/none/ITEMS"
    with refused("ResourceNotFoundException", arn):
        personalize.create_dataset_import_job(jobName="x", datasetArn=arn, dataSource=SOURCE)
    with refused("ResourceNotFoundException", arn):
        personalize.create_dataset_export_job(jobName="x", datasetArn=arn, roleArn=ROLE, jobOutput=OUTPUT)
    assert personalize.list_dataset_import_jobs(datasetArn=arn)["datasetImportJobs"] == []
