"""The door between screens and clients: embedded by default, AWS when it is configured, words when it is not."""

import json
from io import BytesIO
from pathlib import Path

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError

from services.backend import open_backend
from services.errors import BackendError


@pytest.fixture
def aws(monkeypatch):
    """Give a boto3 that has credentials and a region of its own and reads nobody's files."""
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    return {
        "PERSONALIZE_BACKEND": "aws",
        "PERSONALIZE_BUCKET": "films-bucket",
        "PERSONALIZE_ROLE_ARN": "arn:aws:iam::123456789012:role/personalize",
    }


def test_the_embedded_engine_is_the_default(tmp_path):
    backend = open_backend({}, tmp_path)
    try:
        assert (backend.kind, backend.label, backend.bucket) == ("embedded", "Embedded engine", "local")
        assert backend.home == tmp_path.resolve()
        assert backend.capabilities is not None
        arn = backend.personalize.create_dataset_group(name="films")["datasetGroupArn"]
        assert backend.personalize.list_dataset_groups()["datasetGroups"][0]["datasetGroupArn"] == arn
        backend.objects.put_bytes(f"s3://{backend.bucket}/a.csv", b"x")
        assert backend.objects.exists(f"s3://{backend.bucket}/a.csv")
        assert backend.runtime.meta.service_model.service_name == "personalize-runtime"
        assert backend.events.meta.service_model.service_name == "personalize-events"
    finally:
        backend.close()


def test_aws_gives_plain_clients_and_no_capabilities(aws, tmp_path):
    backend = open_backend(aws, tmp_path)
    assert (backend.kind, backend.label, backend.bucket) == ("aws", "AWS eu-west-1", "films-bucket")
    assert backend.role_arn == aws["PERSONALIZE_ROLE_ARN"]
    assert backend.capabilities is None
    assert backend.personalize.meta.endpoint_url == "https://personalize.eu-west-1.amazonaws.com"
    backend.close()


@pytest.mark.parametrize("missing", ["PERSONALIZE_BUCKET", "PERSONALIZE_ROLE_ARN"])
def test_aws_names_the_variable_that_is_missing(aws, tmp_path, missing):
    environment = {name: value for name, value in aws.items() if name != missing}
    with pytest.raises(BackendError, match=f"also needs {missing}"):
        open_backend(environment, tmp_path)


def test_aws_without_credentials_or_region_says_what_to_do(aws, tmp_path, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(BackendError, match="aws configure"):
        open_backend(aws, tmp_path)
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    with pytest.raises(BackendError, match="AWS_DEFAULT_REGION"):
        open_backend(aws, tmp_path)


def test_how_often_aws_is_looked_at_can_be_set_and_must_be_possible(aws, tmp_path):
    assert open_backend(aws, tmp_path).poll_s == 5
    assert open_backend(aws | {"PERSONALIZE_POLL_S": "0.2"}, tmp_path).poll_s == 0.2
    for wrong in ("often", "0", "nan"):
        with pytest.raises(BackendError, match=f'PERSONALIZE_POLL_S is "{wrong}"'):
            open_backend(aws | {"PERSONALIZE_POLL_S": wrong}, tmp_path)


def test_another_word_is_refused(tmp_path):
    with pytest.raises(BackendError, match='PERSONALIZE_BACKEND is "cloud"'):
        open_backend({"PERSONALIZE_BACKEND": "cloud"}, tmp_path)


def test_a_setting_that_is_not_possible_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(BackendError, match="PERSONALIZE_WORKER_IDLE_S is '-1'"):
        open_backend({"PERSONALIZE_WORKER_IDLE_S": "-1"}, tmp_path)


def test_expired_credentials_are_looked_for_again(aws, tmp_path, monkeypatch):
    """Who renews them need not start the explorer again."""
    backend = open_backend(aws, tmp_path)
    signed = []

    def answer(request, **_):
        signed.append(request.headers["Authorization"].decode().partition("Credential=")[2].partition("/")[0])
        expired = signed[-1] == "test"
        body = {"__type": "ExpiredTokenException", "message": "expired"} if expired else {"schemas": []}
        headers = {"Content-Type": "application/x-amz-json-1.1"}
        return AWSResponse(request.url, 400 if expired else 200, headers, Raw(json.dumps(body).encode()))

    backend.personalize.meta.events.register_first("before-send.personalize", answer)
    with pytest.raises(ClientError, match="ExpiredTokenException"):
        backend.personalize.list_schemas()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "renewed")
    assert backend.personalize.list_schemas()["schemas"] == []
    assert signed == ["test", "renewed"]


class Raw(BytesIO):
    """A body as urllib3 gives it."""

    def stream(self, **_):
        yield self.read()
