"""The server over real HTTP: boto3 and the aws command line against `serve`, and what is refused."""

import http.client
import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import boto3
import pytest

from services.engine.wire import server
from services.engine.wire.server import MAX_BODY_BYTES, AddressInUse, serve
from tests.engine.helpers import PREFIX, refused
from tests.needs import need

KEYS = {"AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any", "AWS_DEFAULT_REGION": "us-east-1", "AWS_PAGER": ""}
JSON_1_1 = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AmazonPersonalize.ListSchemas"}


def start(home: Path, *more: str) -> subprocess.Popen:
    command = [sys.executable, "-m", "services.engine", "serve", "--port", "0", "--home", str(home), *more]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    with start(tmp_path_factory.mktemp("served") / "home") as process:
        line = process.stdout.readline()
        yield line.split()[2]
        process.terminate()
        rest, errors = process.communicate(timeout=30)
    assert rest == "", "exactly one line is printed"
    assert errors == ""


@pytest.fixture
def clients(url):
    options = {"endpoint_url": url, "region_name": "us-east-1"}
    keys = {"aws_access_key_id": "any", "aws_secret_access_key": "any"}
    return {
        name: boto3.client(name, **options, **keys)
        for name in ("personalize", "personalize-runtime", "personalize-events")
    }


@pytest.fixture
def send(url):
    """Return a function that sends a bare request and returns the status and the body."""

    def request(method, path, headers, content=b""):
        connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=30)
        try:
            connection.request(method, path, content, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    return request


def test_line_says_where_it_listens(url):
    assert url.startswith("http://127.0.0.1:")
    with urllib.request.urlopen(f"{url}/health") as answer:
        assert answer.status == 200


def test_three_services_share_the_port(clients):
    arn = clients["personalize"].create_dataset_group(name="shared")["datasetGroupArn"]
    assert clients["personalize"].describe_dataset_group(datasetGroupArn=arn)["datasetGroup"]["status"] == "ACTIVE"
    with refused("ResourceNotFoundException", "The given campaign does not exist"):
        clients["personalize-runtime"].get_recommendations(campaignArn=f"{PREFIX}:campaign/none", userId="u")
    with refused("ResourceNotFoundException", "The given dataset does not exist"):
        clients["personalize-events"].put_actions(datasetArn="arn:aws:personalize:::d", actions=[{"actionId": "a"}])
    clients["personalize"].delete_dataset_group(datasetGroupArn=arn)


def test_batch_jobs_are_asked_for_over_http(clients):
    personalize = clients["personalize"]
    assert personalize.list_batch_inference_jobs()["batchInferenceJobs"] == []
    with refused("ResourceNotFoundException", "The given solution version does not exist"):
        personalize.create_batch_inference_job(
            jobName="mailing",
            solutionVersionArn=f"{PREFIX}:solution/none/12345678",
            jobInput={"s3DataSource": {"path": "s3://local/in/batch.json"}},
            jobOutput={"s3DataDestination": {"path": "s3://local/out/"}},
            roleArn="arn:aws:iam::000000000000:role/any",
        )
    with refused("ResourceNotFoundException", "The given batch inference job does not exist"):
        personalize.describe_batch_inference_job(batchInferenceJobArn=f"{PREFIX}:batch-inference-job/none")


def test_aws_command_line_works(url):
    need("awscli")
    program = Path(sys.executable).with_name("aws")

    def aws(*words: str) -> subprocess.CompletedProcess:
        command = [sys.executable, str(program), "--endpoint-url", url, "--output", "json", *words]
        return subprocess.run(command, env=os.environ | KEYS, capture_output=True, text=True, check=False)

    created = aws("personalize", "create-dataset-group", "--name", "by-command", "--tags", "tagKey=a,tagValue=b")
    arn = json.loads(created.stdout)["datasetGroupArn"]
    assert arn == f"{PREFIX}:dataset-group/by-command"
    tags = json.loads(aws("personalize", "list-tags-for-resource", "--resource-arn", arn).stdout)
    assert tags == {"tags": [{"tagKey": "a", "tagValue": "b"}]}
    refusal = aws("personalize", "delete-campaign", "--campaign-arn", f"{PREFIX}:campaign/none")
    assert refusal.returncode != 0
    assert "ResourceNotFoundException" in refusal.stderr


def test_several_servers_share_one_home(clients, url, tmp_path):
    home = tmp_path / "home"
    with start(home) as first, start(home) as second:
        endpoints = [process.stdout.readline().split()[2] for process in (first, second)]
        one, other = (
            boto3.client(
                "personalize",
                endpoint_url=endpoint,
                region_name="us-east-1",
                aws_access_key_id="any",
                aws_secret_access_key="any",
            )
            for endpoint in endpoints
        )
        one.create_dataset_group(name="seen-by-both")
        assert [group["name"] for group in other.list_dataset_groups()["datasetGroups"]] == ["seen-by-both"]
        for process in (first, second):
            process.terminate()
            process.communicate(timeout=30)


def test_it_can_behave_as_an_account_of_aws(tmp_path):
    with start(tmp_path / "home", "--like-aws", "--like-aws-seconds", "600", "--seed", "7") as process:
        endpoint = process.stdout.readline().split()[2]
        keys = {"aws_access_key_id": "any", "aws_secret_access_key": "any"}
        personalize = boto3.client("personalize", endpoint_url=endpoint, region_name="us-east-1", **keys)
        arn = personalize.create_dataset_group(name="slow")["datasetGroupArn"]
        shown = personalize.describe_dataset_group(datasetGroupArn=arn)["datasetGroup"]
        assert shown["status"] == "CREATE PENDING"
        process.terminate()
        process.communicate(timeout=30)


def test_port_that_is_taken_is_told(url, tmp_path):
    command = [sys.executable, "-m", "services.engine", "serve", "--home", str(tmp_path), "--port", url.split(":")[-1]]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.returncode == 1
    assert finished.stdout == ""
    assert finished.stderr.startswith("Cannot listen on 127.0.0.1 port")
    assert "Traceback" not in finished.stderr


def test_home_of_a_newer_version_is_refused_with_a_sentence(engine, tmp_path):
    with engine.context.database.atomic() as connection:
        connection.execute("PRAGMA user_version = 999")
    command = [sys.executable, "-m", "services.engine", "serve", "--home", str(engine.settings.home), "--port", "0"]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.returncode == 1
    assert "format 999" in finished.stderr
    assert "Traceback" not in finished.stderr


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:8900"])
def test_web_pages_are_refused(send, origin):
    assert send("POST", "/", JSON_1_1, b"{}")[0] == 200
    assert send("POST", "/", JSON_1_1 | {"Origin": origin}, b"{}")[0] == 403
    assert send("GET", "/health", {"Origin": origin})[0] == 403


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "application/json", ""])
def test_content_type_is_checked(send, content_type):
    status, body = send("POST", "/", JSON_1_1 | {"Content-Type": content_type}, b"{}")
    assert status == 415
    assert json.loads(body)["__type"] == "SerializationException"


def test_charset_may_stand_beside_the_content_type(send):
    headers = JSON_1_1 | {"Content-Type": "application/x-amz-json-1.1; charset=utf-8"}
    assert send("POST", "/", headers, b"{}")[0] == 200


def test_large_bodies_are_refused_with_and_without_an_announced_length(send):
    large = b" " * (MAX_BODY_BYTES + 1)
    assert send("POST", "/", JSON_1_1, large)[0] == 413
    assert send("POST", "/", JSON_1_1, iter([large[::2], large[1::2]]))[0] == 413
    assert send("POST", "/", JSON_1_1, iter([b"{", b"}"]))[0] == 200


def test_unknown_paths_and_methods_are_not_found(send):
    assert send("GET", "/nonsense", {})[0] == 404
    assert send("PUT", "/recommendations", {})[0] == 404


def test_listening_beyond_this_machine_is_warned_about(engine, caplog, monkeypatch):
    monkeypatch.setattr(server._Server, "run", lambda self, sockets: sockets[0].close())
    serve(engine.dispatcher, "127.0.0.1", 0, lambda url: None)
    assert caplog.text == ""
    serve(engine.dispatcher, "0.0.0.0", 0, lambda url: None)
    assert "can be reached by other machines" in caplog.text


def test_port_beyond_the_range_is_told(engine):
    with pytest.raises(AddressInUse, match="70000"):
        serve(engine.dispatcher, "127.0.0.1", 70000, lambda url: None)
