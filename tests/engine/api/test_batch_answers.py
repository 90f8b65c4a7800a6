"""Batch inference jobs from a file to answers, through boto3 and a real worker."""

import json
import os
import signal
import threading

import pytest

from services.engine.jobs.batch import batch_job
from services.engine.jobs.batch.batch_job import blocks_of, run_batch
from services.engine.jobs.batch.json_lines import Record
from services.engine.jobs.queue import JobQueue
from services.engine.jobs.tools import JobTools
from services.engine.store.objects import open_objects
from services.personalize.waiting import WaitFailed, wait_until_active
from tests.engine.small_world import PATIENCE_S, ROLE, interactions_csv, small_world, until

LISTED = [f"i{number}" for number in range(20)]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with small_world(tmp_path_factory.mktemp("batch") / "home") as opened:
        group = opened.create_group()
        opened.import_csv(group, interactions_csv())
        opened.versions = {
            "hrnn": opened.train(group, "aws-hrnn", "hrnn", epochs="2", hidden_dimension="32"),
            "popular": opened.train(group, "aws-popularity-count", "popular"),
            "sims": opened.train(group, "aws-sims", "sims"),
            "rank": opened.train(group, "aws-personalized-ranking", "rank", epochs="2", hidden_dimension="32"),
        }
        opened.campaigns = {name: opened.deploy(arn, name) for name, arn in opened.versions.items()}
        yield opened


def start(world, name, version, lines, **request):
    """Upload lines and queue a job; return its ARN."""
    content = "".join(line if isinstance(line, str) else json.dumps(line) + "\n" for line in lines)
    world.engine.objects.put_bytes(f"s3://local/{name}/in/batch.json", content.encode())
    return start_on(world, name, version, f"s3://local/{name}/in/batch.json", **request)


def start_on(world, name, version, source, **request):
    return world.personalize.create_batch_inference_job(
        jobName=name,
        solutionVersionArn=world.versions[version],
        jobInput={"s3DataSource": {"path": source}},
        jobOutput={"s3DataDestination": {"path": f"s3://local/{name}/out/"}},
        roleArn=ROLE,
        **request,
    )["batchInferenceJobArn"]


def finish(world, arn):
    describe = world.personalize.describe_batch_inference_job
    return wait_until_active(lambda: describe(batchInferenceJobArn=arn), timeout_s=PATIENCE_S, interval_s=0.02)


def output(world, name, file="batch.json.out"):
    with world.engine.objects.open_read(f"s3://local/{name}/out/{file}") as opened:
        return [json.loads(line) for line in opened]


def files(world, name):
    return [url.rsplit("/", 1)[-1] for url in world.engine.objects.list(f"s3://local/{name}/out/")]


def failed(world, arn):
    with pytest.raises(WaitFailed) as caught:
        finish(world, arn)
    return str(caught.value)


def test_each_user_gets_the_list_of_a_single_request(world):
    users = [f"u{number}" for number in range(60)] + ["unknown"]
    finish(world, start(world, "users", "hrnn", [{"userId": user} for user in users], numResults=7))
    lines = output(world, "users")
    assert [line["input"] for line in lines] == [{"userId": user} for user in users]
    assert files(world, "users") == ["_CHECK", "batch.json.out"]
    for line in lines:
        single = world.runtime.get_recommendations(
            campaignArn=world.campaigns["hrnn"], userId=line["input"]["userId"], numResults=7
        )["itemList"]
        assert line["output"]["recommendedItems"] == [item["itemId"] for item in single]
        assert line["output"]["scores"] == pytest.approx([item["score"] for item in single], rel=1e-4, abs=1e-7)
        assert line["error"] is None


def test_popularity_has_no_scores_and_the_default_length(world):
    finish(world, start(world, "popular", "popular", [{"userId": "u1"}]))
    (line,) = output(world, "popular")
    assert line["output"] == {"recommendedItems": world.recommended(world.campaigns["popular"], "u1", 25)}


def test_each_item_gets_what_goes_with_it(world):
    finish(world, start(world, "items", "sims", [{"itemId": item} for item in [*LISTED, "nothing"]]))
    for line in output(world, "items"):
        single = world.runtime.get_recommendations(campaignArn=world.campaigns["sims"], itemId=line["input"]["itemId"])
        assert line["output"] == {"recommendedItems": [item["itemId"] for item in single["itemList"]]}


def test_each_list_is_ranked_for_its_user_with_unknown_items_last(world):
    asked = [{"userId": user, "itemList": ["new", *LISTED]} for user in ("u3", "u4", "unknown")]
    finish(world, start(world, "ranked", "rank", asked))
    lines = output(world, "ranked")
    assert [line["input"] for line in lines] == asked
    for line in lines:
        single = world.runtime.get_personalized_ranking(
            campaignArn=world.campaigns["rank"], userId=line["input"]["userId"], inputList=line["input"]["itemList"]
        )["personalizedRanking"]
        assert line["output"]["recommendedItems"] == [item["itemId"] for item in single]
        assert line["output"]["scores"] == pytest.approx([item["score"] for item in single[:-1]], rel=1e-4, abs=1e-7)
    finish(world, start(world, "first-two", "rank", asked, numResults=2))
    assert [len(line["output"]["recommendedItems"]) for line in output(world, "first-two")] == [2, 2, 2]


def test_bad_lines_are_refused_one_by_one_with_their_number(world):
    lines = [{"userId": "u1"}, "oops\n", "\n", {"itemId": "i1"}, {"userId": "u2"}]
    finish(world, start(world, "mixed", "hrnn", lines, numResults=1))
    found = output(world, "mixed")
    assert [line["error"] is None for line in found] == [True, False, False, True]
    assert found[1] == {
        "input": "oops",
        "output": None,
        "error": 'the line is not JSON in UTF-8; write {"userId": "105"}',
    }
    assert found[2]["input"] == {"itemId": "i1"}
    assert [error["line"] for error in output(world, "mixed", "batch.json.errors")] == [2, 4]


def test_a_folder_gives_a_file_of_answers_for_each_of_its_files(world):
    for name in ("a.json", "b.json"):
        world.engine.objects.put_bytes(f"s3://local/folder/in/{name}", b'{"userId":"u1"}\n')
    finish(world, start_on(world, "folder", "popular", "s3://local/folder/in/"))
    assert files(world, "folder") == ["_CHECK", "a.json.out", "b.json.out"]


def test_not_one_good_line_fails_and_says_which_and_why(world):
    reason = failed(world, start(world, "all-bad", "sims", [{"userId": "u1"}, {"userId": "u2"}]))
    assert "Not one of the 2 lines of s3://local/all-bad/in/batch.json could be answered." in reason
    assert 'batch.json, line 1: itemId is missing; write {"itemId": "105"}.' in reason
    assert files(world, "all-bad") == ["batch.json.errors", "batch.json.out"]


def test_input_that_is_not_there_or_empty_fails_in_awss_words(world):
    gone = failed(world, start_on(world, "gone", "hrnn", "s3://local/gone/in/batch.json"))
    assert "Invalid S3 input path. There is no file s3://local/gone/in/batch.json" in gone
    assert "holds no lines; write one object a line" in failed(world, start(world, "empty", "hrnn", []))
    assert files(world, "gone") == files(world, "empty") == []


def test_progress_counts_the_lines(world):
    arn = start(world, "counted", "hrnn", [{"userId": f"u{number % 60}"} for number in range(5000)])
    finish(world, arn)
    job = world.engine.capabilities.job(arn)
    assert [stage.name for stage in job.stages] == ["count", "answer"]
    assert job.stages[1].note.startswith("5,000 of 5,000 people done, ")
    assert "5,000 lines read, 0 of them refused" in job.log[-2] + job.log[-1]
    assert (job.kind, job.resource_kind, job.name) == ("batch", "batch-inference-job", "counted")
    expected = world.engine.capabilities.batch_seconds_expected
    assert expected(world.versions["hrnn"], 10_000) > expected(world.versions["hrnn"], 100) > 0
    assert expected(world.versions["sims"], 1000) > 0
    assert expected("arn:aws:personalize:us-east-1:000000000000:solution/none/1", 10) is None


def test_a_killed_worker_fails_the_job_leaves_nothing_half_done_and_the_next_one_cleans_up(world, worker_processes):
    until(world.worker_is_gone)
    lines = [f'{{"userId":"u{number % 60}"}}\n' for number in range(400_000)]
    arn = start(world, "killed", "hrnn", lines)
    os.kill(world.running_pid(arn, "answer"), signal.SIGKILL)
    until(world.worker_is_gone)
    assert "ended unexpectedly while it was recommending" in failed(world, arn)
    assert files(world, "killed") == []
    finish(world, start(world, "after", "popular", [{"userId": "u1"}]))
    assert list(world.engine.settings.scratch_path.iterdir()) == []


def test_memory_holds_one_block_of_lines(world, monkeypatch):
    """The worker's own function, in this process: no more than a block is ever asked of the model at once."""
    monkeypatch.setattr(batch_job, "BLOCK_LINES", 100)
    asked, whole = [], batch_job.answers

    def watched(artifact, records, *more):
        asked.append(len(records))
        return whole(artifact, records, *more)

    monkeypatch.setattr(batch_job, "answers", watched)
    arn = start(world, "watched", "popular", [{"userId": f"u{number}"} for number in range(1050)])
    finish(world, arn)
    context = world.engine.context
    tools = JobTools(
        context.settings,
        context.database,
        context.resources,
        JobQueue(context.database),
        open_objects(context.settings),
    )
    run_batch(tools, context.queue.find(arn), threading.Event())
    assert asked == [100] * 10 + [50]
    with world.engine.objects.open_read("s3://local/watched/in/batch.json") as file:
        first = next(blocks_of(file, "USER_PERSONALIZATION"))
        assert len(first) == 100
        assert all(isinstance(record, Record) for record in first)
        assert file.tell() < 100 * 20
