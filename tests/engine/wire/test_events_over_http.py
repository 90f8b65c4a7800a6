"""Events through a real server: on disk before the answer, whatever becomes of the process, and never there twice."""

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from services.engine import open_engine
from tests.engine.small_world import INTERACTIONS

KEYS = {"aws_access_key_id": "any", "aws_secret_access_key": "any", "region_name": "us-east-1"}
N_EVENTS, KILLED_AFTER = 120, 40


class Server:
    """A `serve` process on one home that can be killed and started again on the same port."""

    def __init__(self, home: Path) -> None:
        self._home, self._port = home, "0"
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "services.engine", "serve", "--port", self._port, "--home", str(self._home)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().split()[2]
        self._port = self.url.rsplit(":", 1)[1]

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def client(self, service: str) -> Any:
        return boto3.client(
            service, endpoint_url=self.url, config=Config(retries={"total_max_attempts": 1}, read_timeout=30), **KEYS
        )


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def server(home):
    started = Server(home)
    yield started
    started.kill()


@pytest.fixture
def tracking_id(server):
    personalize = server.client("personalize")
    group = personalize.create_dataset_group(name="live")["datasetGroupArn"]
    schema = personalize.create_schema(name="live", schema=INTERACTIONS)["schemaArn"]
    personalize.create_dataset(name="live", datasetType="Interactions", datasetGroupArn=group, schemaArn=schema)
    return personalize.create_event_tracker(name="live", datasetGroupArn=group)["trackingId"]


def put(events: Any, tracking_id: str, number: int) -> None:
    event = {
        "eventId": f"e{number}",
        "eventType": "watch",
        "itemId": f"i{number}",
        "sentAt": str(1_700_000_000 + number),
    }
    events.put_events(trackingId=tracking_id, userId="u1", sessionId="s1", eventList=[event])


def stored(home: Path) -> list[str]:
    engine = open_engine(home)
    try:
        live = engine.context.live
        dataset = engine.context.resources.list("dataset")[0].arn
        blocks = live.interactions(dataset, live.newest(dataset))
        return [row["ITEM_ID"] for block in blocks for row in block]
    finally:
        engine.close()


def test_an_answered_event_outlives_the_server(server, home, tracking_id):
    put(server.client("personalize-events"), tracking_id, 1)
    server.kill()
    assert stored(home) == ["i1"]


def test_events_sent_again_to_a_server_that_was_killed_are_there_once(server, home, tracking_id):
    answered: list[int] = []
    repeated: list[int] = []
    enough, back = threading.Event(), threading.Event()

    def send() -> None:
        events = server.client("personalize-events")
        for number in range(N_EVENTS):
            while number not in answered[-1:]:
                try:
                    put(events, tracking_id, number)
                    answered.append(number)
                except BotoCoreError:  # refused, or broken off in the middle: it may or may not be stored
                    repeated.append(number)
                    assert back.wait(60)
            if number == KILLED_AFTER:
                enough.set()

    sender = threading.Thread(target=send)
    sender.start()
    assert enough.wait(60)
    server.kill()
    server.start()
    back.set()
    sender.join(60)
    assert not sender.is_alive()
    assert repeated, "the server was not missed"
    for number in range(0, N_EVENTS, 7):  # a client that never saw the answers
        put(server.client("personalize-events"), tracking_id, number)
    assert stored(home) == [f"i{number}" for number in range(N_EVENTS)]
