"""Web pages, old clients and regions: who may come in over HTTP, and what an ARN carries."""

import asyncio
import json

import boto3
import pytest
from botocore.config import Config

from services.engine import open_engine
from services.engine.errors import InvalidSetting
from services.engine.settings import EngineSettings
from services.engine.wire.hook import make_client
from services.engine.wire.server import application
from tests.engine.helpers import refused

PAGE = "http://localhost:3000"
SIGNED = "AWS4-HMAC-SHA256 Credential=any/20261128/{}/personalize/aws4_request, SignedHeaders=host, Signature=0"
LIST = {"X-Amz-Target": "AmazonPersonalize.ListSchemas", "Content-Type": "application/x-amz-json-1.1"}


@pytest.fixture
def send(engine):
    """Return a function that sends a request to the server's application and returns status, headers and body."""
    app = application(engine.dispatcher, origins=(PAGE,))

    def request(method, path, headers, body=b"{}"):
        pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "method": method, "path": path, "headers": pairs, "query_string": b""}
        sent = []

        async def receive():
            return {"type": "http.request", "body": body}

        async def answer(message):
            sent.append(message)

        asyncio.run(
            app(scope | {"http_version": "1.1", "scheme": "http", "server": ("localhost", 80)}, receive, answer)
        )
        headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:])

    return request


def test_a_page_of_an_allowed_origin_may_read_the_answer(send):
    status, headers, body = send("POST", "/", LIST | {"Origin": PAGE})
    assert (status, json.loads(body)) == (200, {"schemas": []})
    assert headers["access-control-allow-origin"] == PAGE
    assert headers["vary"] == "Origin"


def test_a_browser_may_ask_first(send):
    asked = {"Origin": PAGE, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-amz-target"}
    status, headers, body = send("OPTIONS", "/", asked, b"")
    assert (status, body) == (204, b"")
    assert headers["access-control-allow-methods"] == "POST"
    assert headers["access-control-allow-headers"] == "x-amz-target"


@pytest.mark.parametrize("origin", ["http://localhost:3001", "null", "http://localhost:3000.evil.example"])
@pytest.mark.parametrize("method", ["POST", "OPTIONS"])
def test_other_pages_are_refused(send, origin, method):
    status, headers, body = send(method, "/", LIST | {"Origin": origin})
    assert status == 403
    assert "--allow-origin" in json.loads(body)["message"]
    assert "access-control-allow-origin" not in headers


def test_programs_get_no_headers_for_pages(send):
    assert "access-control-allow-origin" not in send("POST", "/", LIST)[1]


def test_a_signed_request_without_a_content_type_is_taken_as_old_clients_send_it(send):
    request = json.dumps({"campaignArn": "arn:aws:personalize:eu-west-1:0:campaign/none", "userId": "u"}).encode()
    status, _, body = send("POST", "/recommendations", {"Authorization": SIGNED.format("eu-west-1")}, request)
    assert (status, json.loads(body)["__type"]) == (404, "ResourceNotFoundException")
    assert send("POST", "/recommendations", {}, request)[0] == 415
    form = {"Authorization": SIGNED.format("eu-west-1"), "Content-Type": "application/x-www-form-urlencoded"}
    assert send("POST", "/recommendations", form, request)[0] == 415


def test_an_arn_carries_the_region_of_the_signature(send):
    target = {"X-Amz-Target": "AmazonPersonalize.CreateDatasetGroup", "Content-Type": "application/x-amz-json-1.1"}
    body = b'{"name": "films"}'
    arns = [
        json.loads(send("POST", "/", target | {"Authorization": SIGNED.format(region)}, body)[2])["datasetGroupArn"]
        for region in ("eu-west-1", "ap-southeast-1")
    ]
    assert [arn.split(":")[3] for arn in arns] == ["eu-west-1", "ap-southeast-1"]
    unsigned = json.loads(send("POST", "/", target, body)[2])["datasetGroupArn"]
    assert unsigned.split(":")[3] == "us-east-1"


def test_an_arn_that_a_program_builds_from_region_and_account_is_found(tmp_path):
    engine = open_engine(settings=EngineSettings(home=tmp_path / "home", account_id="123456789012"))
    personalize = make_client("personalize", engine.dispatcher, "eu-west-1")
    personalize.create_dataset_group(name="films")
    arn = "arn:aws:personalize:eu-west-1:123456789012:dataset-group/films"
    assert personalize.describe_dataset_group(datasetGroupArn=arn)["datasetGroup"]["name"] == "films"
    engine.close()


def test_an_account_is_set_once_for_a_home(tmp_path):
    home = tmp_path / "home"
    open_engine(settings=EngineSettings(home=home, account_id="111111111111")).close()
    open_engine(settings=EngineSettings(home=home, account_id="123456789012")).close()  # nothing carries the first one
    engine = open_engine(settings=EngineSettings(home=home))
    arn = engine.client("personalize").create_dataset_group(name="films")["datasetGroupArn"]
    assert arn.split(":")[4] == "123456789012"
    engine.close()
    with pytest.raises(InvalidSetting, match="carry the account 123456789012, and 000000000000 was asked for"):
        open_engine(settings=EngineSettings(home=home, account_id="000000000000"))


def test_a_tracker_of_another_region_takes_events(engine, films):
    tracking_id = make_client("personalize", engine.dispatcher, "eu-west-1").create_event_tracker(
        name="t", datasetGroupArn=films.group
    )["trackingId"]
    event = {"eventType": "watch", "itemId": "i1", "sentAt": 1_700_000_000}
    engine.client("personalize-events").put_events(trackingId=tracking_id, sessionId="s", eventList=[event])
    with refused("InvalidInputException", "There is no event tracker"):
        engine.client("personalize-events").put_events(trackingId="none", sessionId="s", eventList=[event])


def test_boto3_signs_for_the_region_that_it_is_made_for(engine):
    """The signature's form is botocore's own; this fails when it changes."""
    seen = []
    client = boto3.client(
        "personalize",
        region_name="sa-east-1",
        aws_access_key_id="any",
        aws_secret_access_key="any",
        config=Config(ignore_configured_endpoint_urls=True),
    )

    def answer(request, **kwargs):
        seen.append(
            engine.dispatcher.answer(
                "POST",
                "/",
                request.headers["X-Amz-Target"].decode(),
                request.body,
                request.headers["Authorization"].decode(),
            )
        )
        raise InterruptedError

    client.meta.events.register_first("before-send.personalize", answer)
    with pytest.raises(InterruptedError):
        client.create_dataset_group(name="films")
    assert json.loads(seen[0].body)["datasetGroupArn"].split(":")[3] == "sa-east-1"
