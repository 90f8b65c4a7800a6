"""Batch inference jobs through boto3, ended by hand: states, lists, limits, what is refused."""

import pytest

from tests.engine.helpers import POPULARITY, PREFIX, ROLE, refused

SOURCE = {"s3DataSource": {"path": "s3://local/in/batch.json"}}
TARGET = {"s3DataDestination": {"path": "s3://local/out/"}}
RANKING = "arn:aws:personalize:::recipe/aws-personalized-ranking"


@pytest.fixture
def version(train, solution):
    return train(solution)


@pytest.fixture
def create(personalize, version):
    """Return a function that queues a job of the version and returns its ARN."""

    def make(name="mailing", **changes):
        request = {
            "jobName": name,
            "solutionVersionArn": version,
            "jobInput": SOURCE,
            "jobOutput": TARGET,
            "roleArn": ROLE,
        }
        return personalize.create_batch_inference_job(**request | changes)["batchInferenceJobArn"]

    return make


def described(personalize, arn):
    return personalize.describe_batch_inference_job(batchInferenceJobArn=arn)["batchInferenceJob"]


def test_job_passes_through_awss_states(personalize, create, worker, version):
    arn = create()
    assert arn == f"{PREFIX}:batch-inference-job/mailing"
    job = described(personalize, arn)
    assert job["status"] == "CREATE PENDING"
    assert (job["jobInput"], job["jobOutput"], job["roleArn"]) == (SOURCE, TARGET, ROLE)
    assert (job["numResults"], job["solutionVersionArn"]) == (25, version)
    assert job["batchInferenceJobMode"] == "BATCH_INFERENCE"
    worker.begin(arn)
    assert described(personalize, arn)["status"] == "CREATE IN_PROGRESS"
    worker.complete(arn)
    assert described(personalize, arn)["status"] == "ACTIVE"


def test_failed_job_says_why(personalize, create, worker):
    arn = create()
    worker.begin(arn)
    worker.fail(arn, "batch.json, line 3: no.")
    job = described(personalize, arn)
    assert (job["status"], job["failureReason"]) == ("CREATE FAILED", "batch.json, line 3: no.")


def test_jobs_are_listed_by_version_and_in_pages(personalize, create, version, train, films):
    other = train(
        personalize.create_solution(name="p", datasetGroupArn=films.group, recipeArn=POPULARITY)["solutionArn"]
    )
    arns = [create(f"j{number}") for number in range(3)]
    elsewhere = create("elsewhere", solutionVersionArn=other)
    listed = personalize.list_batch_inference_jobs(solutionVersionArn=version)["batchInferenceJobs"]
    assert [job["batchInferenceJobArn"] for job in listed] == arns
    assert set(listed[0]) == {
        "batchInferenceJobArn",
        "jobName",
        "status",
        "creationDateTime",
        "lastUpdatedDateTime",
        "solutionVersionArn",
        "batchInferenceJobMode",
    }
    pages = personalize.get_paginator("list_batch_inference_jobs").paginate(PaginationConfig={"PageSize": 2})
    assert [job["batchInferenceJobArn"] for page in pages for job in page["batchInferenceJobs"]] == [*arns, elsewhere]


def test_five_jobs_may_wait(create, worker):
    arns = [create(f"j{number}") for number in range(5)]
    with refused("LimitExceededException", "More than 5 resources with PENDING or IN_PROGRESS status."):
        create("j5")
    worker.complete(arns[0])
    create("j5")


def test_job_name_is_taken_once(create):
    create()
    with refused("ResourceAlreadyExistsException", "batch-inference-job/mailing"):
        create()


def test_job_has_tags(personalize, create):
    arn = create(tags=[{"tagKey": "for", "tagValue": "mail"}])
    assert personalize.list_tags_for_resource(resourceArn=arn)["tags"] == [{"tagKey": "for", "tagValue": "mail"}]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"batchInferenceJobMode": "THEME_GENERATION"}, "aws-hrnn has no themes"),
        ({"themeGenerationConfig": {"fieldsForThemeGeneration": {"itemName": "TITLE"}}}, "themeGenerationConfig"),
        ({"batchInferenceJobConfig": {"itemExplorationConfig": {"explorationWeight": "1"}}}, "itemExplorationConfig"),
        ({"batchInferenceJobConfig": {"rankingInfluence": {"POPULARITY": 0.5}}}, "rankingInfluence"),
        ({"numResults": 0}, "numResults is 0; a batch job gives 1 to 500"),
        ({"numResults": 501}, "numResults is 501"),
        ({"jobInput": {"s3DataSource": {"path": "https://x/in.json"}}}, "Invalid S3 input path. 'https://x/in.json'"),
        ({"jobOutput": {"s3DataDestination": {"path": "s3://local/../x"}}}, "Invalid S3 output path."),
        ({"jobInput": {"s3DataSource": {"path": "s3://local/out/"}}}, "Invalid S3 output path."),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(personalize, create, changes, words):
    with refused("InvalidInputException", words):
        create(**changes)
    assert personalize.list_batch_inference_jobs()["batchInferenceJobs"] == []


def test_the_output_folder_may_hold_the_input_file(personalize, create):
    arn = create(jobOutput={"s3DataDestination": {"path": "s3://local/in/"}})
    assert described(personalize, arn)["jobOutput"]["s3DataDestination"]["path"] == "s3://local/in/"


def test_version_must_be_there_and_ready(personalize, create, solution):
    with refused("ResourceNotFoundException", "The given solution version does not exist"):
        create(solutionVersionArn=f"{PREFIX}:solution/none/12345678")
    unready = personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]
    with refused("ResourceInUseException", "is CREATE PENDING"):
        create(solutionVersionArn=unready)
    with refused("ResourceNotFoundException", "The given batch inference job does not exist"):
        described(personalize, f"{PREFIX}:batch-inference-job/none")


def test_ranking_gives_whole_lists_unless_told_otherwise(personalize, create, train, films):
    ranker = train(personalize.create_solution(name="r", datasetGroupArn=films.group, recipeArn=RANKING)["solutionArn"])
    assert "numResults" not in described(personalize, create("whole", solutionVersionArn=ranker))
    assert described(personalize, create("ten", solutionVersionArn=ranker, numResults=10))["numResults"] == 10


def test_solution_stays_until_its_batch_jobs_have_ended_and_takes_their_records_along(
    personalize, create, worker, solution
):
    arn = create()
    with refused("ResourceInUseException", f"while its batch inference job {arn} is CREATE PENDING"):
        personalize.delete_solution(solutionArn=solution)
    worker.complete(arn)
    personalize.delete_solution(solutionArn=solution)
    assert personalize.list_batch_inference_jobs()["batchInferenceJobs"] == []
