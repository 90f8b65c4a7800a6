"""The faults of docs/aws.md on an account like AWS: what is said, and that nothing is lost."""

import json
import re
import types
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import pytest
from botocore.exceptions import EndpointConnectionError

from services.backend import open_backend
from services.engine import tiny_shop
from services.engine.testing import train
from services.engine.wire.dispatch import failure
from services.engine.wire.like_aws.account import AccountDispatcher
from services.errors import DataError, TrainingError
from services.personalize import training, waiting
from services.personalize.datasets import find_group, group_names
from services.personalize.deletion import delete_group
from services.personalize.imports import Source, import_data
from services.personalize.recipe_names import POPULARITY_COUNT
from services.screens.settings.checks import missing, run_checks
from services.screens.settings.policies import text, trust
from services.screens.settings.repair import POLICY, make
from tests.account import ACCOUNT, BUCKET, answering, prepared_account

ROLE_NAME = "personalize-explorer"
ROOT = Path(__file__).parents[3]
MESSAGES = {"ThrottlingException": "Rate exceeded", "ExpiredTokenException": "The security token is expired"}


class Faulty(AccountDispatcher):
    """An account that refuses everything for a while."""

    fault: ClassVar[str] = ""
    """The error code of every answer; "" is none."""
    key: ClassVar[str] = ""
    """Only requests that were signed with this key get it; "" is all."""

    def answer(self, method, path, target, body, authorization=None):
        if Faulty.fault and f"Credential={Faulty.key}" in (authorization or ""):
            return failure("personalize", Faulty.fault, MESSAGES[Faulty.fault], 400)
        return super().answer(method, path, target, body, authorization)


@pytest.fixture(scope="module")
def account(tmp_path_factory):
    with prepared_account(tmp_path_factory.mktemp("account"), Faulty) as opened:
        yield opened


@pytest.fixture
def elapsed(monkeypatch):
    """Let every pause take no time; its seconds are counted, and after_each is called with their sum."""
    counted = SimpleNamespace(seconds=0.0, after_each=lambda seconds: None)

    def pause(seconds):
        counted.seconds += seconds
        counted.after_each(counted.seconds)

    monkeypatch.setattr(waiting, "pause", pause)
    own_clock = types.SimpleNamespace(sleep=pause)  # that of botocore's own retries
    monkeypatch.setattr("botocore.endpoint.time", own_clock)
    return counted


@pytest.fixture
def backend(account, elapsed, tmp_path, monkeypatch):
    monkeypatch.setattr(Faulty, "fault", "")
    monkeypatch.setattr(Faulty, "key", "")
    opened = answering(open_backend(account[1], tmp_path / "home"))
    yield opened
    monkeypatch.setattr(Faulty, "fault", "")
    for name in group_names(opened):
        delete_group(opened, name)


@pytest.fixture
def sources(tmp_path):
    """The files of the tiny shop."""
    made = []
    for kind, (schema, rows) in tiny_shop.datasets().items():
        path = tmp_path / f"{kind}.csv"
        path.write_text(rows, encoding="utf-8")
        made.append(Source(kind, path, schema))
    return made


def notes_of(said):
    return {step.note for steps in said for step in steps}


def failing_after(monkeypatch, client, operation, code, key=""):
    """Let the account refuse everything from the answer of this operation on."""
    real = getattr(client, operation)

    def then_refused(**request):
        answer = real(**request)
        Faulty.fault, Faulty.key = code, key
        return answer

    monkeypatch.setattr(client, operation, then_refused)


def test_throttled_for_a_minute_an_import_goes_on_says_so_and_loses_nothing(backend, sources, elapsed, monkeypatch):
    failing_after(monkeypatch, backend.personalize, "create_dataset_import_job", "ThrottlingException")
    refused_since = []

    def after_each(seconds):
        refused_since.append(seconds)
        if seconds - refused_since[0] > 60:
            Faulty.fault = ""

    elapsed.after_each = after_each
    said = []
    group = import_data(backend, "films", sources[:1], report=said.append)
    assert group.imported
    assert len(group.dataset("Interactions").imports) == 1
    assert elapsed.seconds > 60
    assert "AWS answers no more requests for the moment. Waiting goes on by itself." in notes_of(said)


def test_a_token_that_expires_in_mid_training_is_renewed_and_the_training_is_followed_to_its_end(
    account, backend, sources, elapsed, monkeypatch
):
    group = import_data(backend, "films", sources[:1])
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "first-key")
    backend = answering(open_backend(account[1], backend.home))
    failing_after(monkeypatch, backend.personalize, "create_solution_version", "ExpiredTokenException", "first-key")
    version = training.train(backend, group.arn, "films", POPULARITY_COUNT)
    said = []

    def after_each(seconds):
        if seconds > 3600:  # somebody comes back after lunch and signs in again
            monkeypatch.setenv("AWS_ACCESS_KEY_ID", "second-key")

    elapsed.after_each = after_each
    view = training.follow(backend, version, lambda fraction, words: said.append(words), lambda: None)
    assert view.ready
    assert said[0].startswith("The AWS credentials have expired. Renew them, for example by signing in again;")
    assert Faulty.fault, "the first key is refused still"


def test_a_laptop_that_is_closed_for_a_night_finds_its_training_again(account, backend, sources, elapsed):
    group = import_data(backend, "films", sources[:1])
    version = training.train(backend, group.arn, "films", POPULARITY_COUNT)
    away, said = [True], []

    def unreachable(request, **_):
        if away:
            raise EndpointConnectionError(endpoint_url=request.url)

    def after_each(seconds):
        if seconds > 8 * 3600:
            away.clear()

    elapsed.after_each = after_each
    backend.personalize.meta.events.register("before-send.personalize", unreachable)
    view = training.follow(backend, version, lambda fraction, words: said.append(words), lambda: None)
    assert view.ready
    assert set(said) == {"AWS cannot be reached. Waiting goes on when the network is back."}


@pytest.mark.parametrize(
    ("what", "step", "said"),
    [
        ("bucket", "bucket", f"There is no bucket {BUCKET!r}"),
        ("bucket policy", "bucket_policy", "Insufficient privileges for accessing data in Amazon S3."),
        ("trust", "role_trust", "trust policy does not allow sts:AssumeRole"),
        ("rights", "role_rights", "Insufficient privileges for accessing data in Amazon S3."),
        ("role", "role_trust", "does not exist"),
    ],
)
def test_access_that_is_denied_at_a_step_says_which_keeps_what_was_there_and_is_mended_on_settings(
    backend, sources, what, step, said
):
    before = import_data(backend, "films", sources[:1])
    deny(backend, what)
    with pytest.raises(DataError, match=re.escape(said)):
        import_data(backend, "others", sources[:1])
    assert find_group(backend, "others") is None, "nothing half made is left"
    assert find_group(backend, "films").dataset("Interactions").arn == before.dataset("Interactions").arn
    found = run_checks(backend)
    wrong = [check for check in found if check.fine is False]
    assert step in [check.key for check in wrong]
    assert all(check.can_make for check in wrong)
    make(backend, missing(found))
    assert import_data(backend, "others", sources[:1]).imported


def deny(backend, what):
    """Take one of the things away that an import needs."""
    s3, iam = backend.client("s3"), backend.client("iam")
    if what == "bucket policy":
        s3.delete_bucket_policy(Bucket=BUCKET)
    if what == "bucket":
        for entry in s3.list_objects_v2(Bucket=BUCKET).get("Contents", []):
            s3.delete_object(Bucket=BUCKET, Key=entry["Key"])
        s3.delete_bucket(Bucket=BUCKET)
    if what == "trust":
        other = json.loads(text(trust(ACCOUNT, "us-east-1")).replace("personalize.amazonaws.com", "ec2.amazonaws.com"))
        iam.update_assume_role_policy(RoleName=ROLE_NAME, PolicyDocument=json.dumps(other))
    if what in ("rights", "role"):
        iam.delete_role_policy(RoleName=ROLE_NAME, PolicyName=POLICY)
    if what == "role":
        iam.delete_role(RoleName=ROLE_NAME)


def test_a_training_that_somebody_else_deletes_ends_the_wait_and_the_data_stays(account, backend, sources, elapsed):
    group = import_data(backend, "films", sources[:1])
    version = training.train(backend, group.arn, "films", POPULARITY_COUNT)
    account[0].client("personalize").delete_solution(solutionArn=version.rpartition("/")[0])
    assert training.follow(backend, version, lambda *_: None, lambda: None) is None
    with pytest.raises(TrainingError, match="This version was deleted"):
        training.retry(backend, version)
    assert find_group(backend, "films").imported


def test_a_quota_that_is_reached_says_what_to_do_and_leaves_nothing_half_made(account, backend, sources):
    group = import_data(backend, "films", sources[:1])
    version, _ = train(account[0], group.arn, POPULARITY_COUNT, "films")
    for number in range(2, 6):
        training.deploy(backend, version, f"films-{number}")
    with pytest.raises(TrainingError, match=r"[Dd]elete some"):
        training.deploy(backend, version, "films-6")
    assert len(backend.personalize.list_campaigns()["campaigns"]) == 5
    for number in range(1, 5):
        backend.personalize.create_dataset_group(name=f"full-{number}")
    n_schemas = len(backend.personalize.list_schemas()["schemas"])
    with pytest.raises(DataError, match="More than 5 dataset groups"):
        import_data(backend, "sixth", sources)
    assert len(backend.personalize.list_schemas()["schemas"]) == n_schemas
    assert find_group(backend, "films").imported


def test_every_test_that_the_table_of_faults_names_exists():
    named = re.findall(r"`(tests/[a-z_/]+\.py)::(test_\w+)`", (ROOT / "docs" / "aws.md").read_text(encoding="utf-8"))
    assert len(named) >= 10
    for path, test in named:
        assert f"def {test}" in (ROOT / path).read_text(encoding="utf-8"), f"{path} has no {test}"
