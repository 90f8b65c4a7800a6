import pytest

from services.personalize.waiting import WaitFailed, WaitTimeout, wait_until_active, wait_until_gone


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


def test_gone_is_what_cannot_be_found():
    class ResourceNotFoundException(Exception):
        pass

    def describe():
        raise ResourceNotFoundException

    wait_until_gone(describe, timeout_s=0)
    with pytest.raises(WaitTimeout, match="still there"):
        wait_until_gone(answers("DELETE IN_PROGRESS"), timeout_s=0, interval_s=0)
