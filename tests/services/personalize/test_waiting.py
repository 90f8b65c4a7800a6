from pathlib import Path
from types import SimpleNamespace

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError
from botocore.stub import Stubber

from services.errors import DataError
from services.personalize import waiting
from services.personalize.waiting import WaitFailed, WaitTimeout, polled, wait_until, wait_until_active, wait_until_gone

CAMPAIGN = "arn:aws:personalize:us-east-1:123456789012:campaign/c"


def answers(*statuses, **members):
    """Return a describe function that gives one status after the other, wrapped as boto3 answers are."""
    left = list(statuses)

    def describe():
        status = left.pop(0) if len(left) > 1 else left[0]
        return {"campaign": {"campaignArn": CAMPAIGN, "status": status, **members}, "ResponseMetadata": {}}

    return describe


def test_it_returns_the_description_once_active():
    seen = []
    describe = answers("CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE")
    active = wait_until_active(describe, timeout_s=5, interval_s=0, on_poll=lambda d: seen.append(d["status"]))
    assert active["campaignArn"] == CAMPAIGN
    assert seen == ["CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE"]


def test_a_failure_carries_its_reason():
    describe = answers("CREATE FAILED", failureReason="Column ITEM_ID is missing.")
    with pytest.raises(WaitFailed, match=r'The campaign "c" is CREATE FAILED: Column ITEM_ID is missing\.') as caught:
        wait_until_active(describe, timeout_s=5, interval_s=0)
    assert caught.value.status == "CREATE FAILED"


def test_it_gives_up_after_its_time():
    with pytest.raises(WaitTimeout, match="still CREATE PENDING"):
        wait_until_active(answers("CREATE PENDING"), timeout_s=0, interval_s=0)


def refusal(code):
    return ClientError({"Error": {"Code": code, "Message": "No."}}, "DescribeCampaign")


def test_gone_is_what_cannot_be_found(monkeypatch):
    backend = SimpleNamespace(poll_s=0)

    def describe():
        raise refusal("ResourceNotFoundException")

    monkeypatch.setattr(waiting, "MAX_DELETION_S", 0)
    wait_until_gone(backend, describe)
    with pytest.raises(DataError, match="Deleting has not ended"):
        wait_until_gone(backend, answers("DELETE IN_PROGRESS"))


def test_another_refusal_than_not_found_ends_the_wait():
    def describe():
        raise refusal("AccessDeniedException")

    with pytest.raises(ClientError):
        wait_until_gone(SimpleNamespace(poll_s=0), describe)


def test_polling_looks_at_least_once_and_ends_after_its_time():
    assert list(polled(iter([1, 2]).__next__, interval_s=0, timeout_s=0)) == [1]


def test_waiting_returns_what_has_ended_and_passes_on_everything_before_it():
    seen = []
    assert wait_until(iter([1, 2, 3]).__next__, lambda n: n == 3, interval_s=0, on_poll=seen.append) == 3
    assert seen == [1, 2]
    with pytest.raises(WaitTimeout, match="not ended within 0 s"):
        wait_until(lambda: 1, lambda n: n == 3, interval_s=0, timeout_s=0)


class Looks:
    """A client of botocore whose answers a Stubber gives, and the pauses between them."""

    def __init__(self, monkeypatch):
        self.client = boto3.client(
            "personalize",
            region_name="us-east-1",
            aws_access_key_id="any",
            aws_secret_access_key="any",
            config=Config(retries={"total_max_attempts": 1}),
        )
        self.stubber = Stubber(self.client)
        self.stubber.activate()
        self.pauses, self.said = [], []
        monkeypatch.setattr(waiting, "pause", self.pauses.append)

    def fails(self, code, n=1):
        for _ in range(n):
            self.stubber.add_client_error("describe_campaign", code, "No.")
        return self

    def shows(self, status):
        self.stubber.add_response("describe_campaign", {"campaign": {"campaignArn": CAMPAIGN, "status": status}})
        return self

    def look(self):
        return self.client.describe_campaign(campaignArn=CAMPAIGN)["campaign"]

    def wait(self, **more):
        return wait_until(
            self.look, lambda c: c["status"] == "ACTIVE", interval_s=5, on_trouble=self.said.append, **more
        )


@pytest.fixture
def looks(monkeypatch):
    return Looks(monkeypatch)


def test_throttling_makes_looks_rarer_and_loses_nothing(looks):
    looks.shows("CREATE IN_PROGRESS").fails("ThrottlingException", 8).shows("ACTIVE")
    assert looks.wait()["status"] == "ACTIVE"
    after_throttling = looks.pauses[1:]
    assert len(after_throttling) == 8
    assert all(5 <= pause <= waiting.LONGEST_PAUSE_S for pause in after_throttling)
    assert len(set(after_throttling)) == 8, "by chance"
    assert set(looks.said) == {"AWS answers no more requests for the moment. Waiting goes on by itself."}
    looks.stubber.assert_no_pending_responses()


def test_expired_credentials_are_said_and_waiting_goes_on_after_renewal(looks):
    looks.fails("ExpiredTokenException", 3).shows("ACTIVE")
    assert looks.wait()["status"] == "ACTIVE"
    assert "credentials have expired. Renew them" in looks.said[0]


def test_a_network_that_is_away_does_not_end_a_wait(monkeypatch):
    monkeypatch.setattr(waiting, "pause", lambda seconds: None)
    answers = iter([EndpointConnectionError(endpoint_url="https://personalize"), NoCredentialsError(), "ACTIVE"])

    def look():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    said = []
    assert wait_until(look, bool, interval_s=5, on_trouble=said.append) == "ACTIVE"
    assert "cannot be reached" in said[0]
    assert "credentials" in said[1]


def test_a_wait_that_somebody_cancels_ends_although_aws_answers_nothing(looks):
    looks.fails("ThrottlingException")

    def cancel(sentence):
        raise DataError("cancelled")

    with pytest.raises(DataError, match="cancelled"):
        wait_until(looks.look, bool, interval_s=5, on_trouble=cancel)


def test_what_is_in_the_way_is_raised_when_the_time_is_over(looks):
    looks.fails("ThrottlingException")
    with pytest.raises(ClientError, match="ThrottlingException"):
        looks.wait(timeout_s=0)


def test_a_resource_that_somebody_deletes_ends_the_wait_with_a_sentence(looks):
    looks.shows("CREATE IN_PROGRESS").fails("ResourceNotFoundException")
    with pytest.raises(WaitFailed, match='The campaign "c" was deleted by somebody else meanwhile'):
        wait_until_active(looks.look, timeout_s=60, interval_s=5)


def test_looks_at_aws_become_rarer_and_those_at_the_engine_do_not():
    assert waiting.calmer(0.1, 100) == 0.1
    assert 4.5 <= waiting.calmer(5, 1) <= 5.5
    assert 27 <= waiting.calmer(5, 50) <= 33
    assert 5 <= waiting.longer(5, 1) <= 10
    assert waiting.longer(5, 50) <= 60


def test_what_is_made_at_aws_is_waited_for_in_one_place():
    """Other pauses wait for something of this machine: a turn, a lock, an event that is seen a second later."""
    root = Path(__file__).parents[3]
    pausing = {
        path.relative_to(root).as_posix()
        for path in (root / "services").rglob("*.py")
        if not path.is_relative_to(root / "services" / "engine") and "time.sleep(" in path.read_text(encoding="utf-8")
    }
    assert pausing == {
        "services/personalize/waiting.py",
        "services/moving/script.py",  # the text of a program to take along
        *("services/sandbox/replay.py", "services/library/turns.py", "services/laboratory/runs.py"),
    }
