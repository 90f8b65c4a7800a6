from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from services.errors import DataError
from services.personalize import waiting
from services.personalize.waiting import WaitFailed, WaitTimeout, polled, wait_until, wait_until_active, wait_until_gone


def answers(*statuses, **members):
    """Return a describe function that gives one status after the other, wrapped as boto3 answers are."""
    left = list(statuses)

    def describe():
        status = left.pop(0) if len(left) > 1 else left[0]
        return {"campaign": {"campaignArn": "arn:c", "status": status, **members}, "ResponseMetadata": {}}

    return describe


def test_it_returns_the_description_once_active():
    seen = []
    describe = answers("CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE")
    active = wait_until_active(describe, timeout_s=5, interval_s=0, on_poll=lambda d: seen.append(d["status"]))
    assert active["campaignArn"] == "arn:c"
    assert seen == ["CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE"]


def test_a_failure_carries_its_reason():
    describe = answers("CREATE FAILED", failureReason="Column ITEM_ID is missing.")
    with pytest.raises(WaitFailed, match=r"arn:c is CREATE FAILED: Column ITEM_ID is missing\.") as caught:
        wait_until_active(describe, timeout_s=5, interval_s=0)
    assert caught.value.status == "CREATE FAILED"


def test_it_gives_up_after_its_time():
    with pytest.raises(WaitTimeout, match="still CREATE PENDING"):
        wait_until_active(answers("CREATE PENDING"), timeout_s=0, interval_s=0)


def refusal(code):
    return ClientError({"Error": {"Code": code, "Message": "No."}}, "DescribeCampaign")


def test_gone_is_what_cannot_be_found(monkeypatch):
    backend = SimpleNamespace(kind="embedded")

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
        wait_until_gone(SimpleNamespace(kind="embedded"), describe)


def test_polling_looks_at_least_once_and_ends_after_its_time():
    assert list(polled(iter([1, 2]).__next__, interval_s=0, timeout_s=0)) == [1]


def test_waiting_returns_what_has_ended_and_passes_on_everything_before_it():
    seen = []
    assert wait_until(iter([1, 2, 3]).__next__, lambda n: n == 3, interval_s=0, on_poll=seen.append) == 3
    assert seen == [1, 2]
    with pytest.raises(WaitTimeout, match="not ended within 0 s"):
        wait_until(lambda: 1, lambda n: n == 3, interval_s=0, timeout_s=0)
