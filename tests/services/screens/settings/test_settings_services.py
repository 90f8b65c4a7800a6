"""Settings on AWS: who answers, what is missing step by step, making it, and removing what the explorer made.

The account is the engine as `serve --like-aws` serves it, beside IAM, S3 and STS of moto.
"""

import json

import pytest

from services.backend import OWN_TAG, choose_backend, open_backend
from services.errors import BackendError
from services.screens.settings import sentences
from services.screens.settings.checks import missing, run_checks
from services.screens.settings.policies import bucket_policy
from services.screens.settings.repair import make
from services.screens.settings.teardown import own_groups, tear_down
from services.screens.settings.where import whereabouts
from tests.account import ACCOUNT, BUCKET, ROLE, answering, aws_account


@pytest.fixture(scope="module")
def account(tmp_path_factory):
    """Give an engine that is like AWS, and the environment of an explorer on it; nothing is in the account."""
    with aws_account(tmp_path_factory.mktemp("account")) as opened:
        yield opened


@pytest.fixture
def backend(account, tmp_path):
    opened = answering(open_backend(account[1], tmp_path))
    yield opened
    opened.close()


def by_key(checks):
    return {check.key: check for check in checks}


def test_where_am_i_names_account_and_identity_and_nothing_secret(backend):
    where = whereabouts(backend)
    assert (where.is_aws, where.account, where.region) == (True, ACCOUNT, "us-east-1")
    assert sentences.headline(where).startswith(f"AWS answers: account {ACCOUNT} in us-east-1, as ")
    assert "not-to-be-shown" not in repr(where)


def test_what_is_missing_is_found_made_and_then_enough_to_import(account, backend):
    before = by_key(run_checks(backend))
    assert [key for key, check in before.items() if check.fine is False] == [
        "bucket",
        "bucket_policy",
        "role_trust",
        "role_rights",
    ]
    assert before["bucket"].sentence == f"There is no bucket {BUCKET}."
    assert json.loads(before["role_trust"].paste)["Statement"][0]["Action"] == "sts:AssumeRole"
    made = make(backend, missing(list(before.values())))
    assert made == [
        f"bucket {BUCKET}",
        f"policy of the bucket {BUCKET}",
        "trust of the role personalize-explorer",
        "rights of the role personalize-explorer",
    ]
    after = run_checks(backend)
    assert not [check for check in after if check.fine is False]
    assert "not-to-be-shown" not in repr(after)
    assert sentences.checked(after) == "All 8 steps are fine: the account is ready."
    tags = backend.client("s3").get_bucket_tagging(Bucket=BUCKET)["TagSet"]
    assert {"Key": "created-by", "Value": "personalize-explorer"} in tags


def test_a_right_that_only_an_administrator_can_give_is_pasted(account, tmp_path):
    checks = by_key(run_checks(answering(open_backend(account[1], tmp_path), "implicitDeny", max_groups=0)))
    passing = checks["pass_role"]
    assert (passing.fine, passing.can_make) == (False, False)
    assert json.loads(passing.paste)["Statement"][0]["Resource"] == ROLE
    assert checks["quotas"].fine is False
    assert checks["quotas"].sentence.startswith("0 of 0 data set groups and 0 of 500 schemas are used.")


def test_a_policy_that_is_there_keeps_its_statements(backend):
    theirs = {"Sid": "Theirs", "Effect": "Deny", "Principal": "*", "Action": "s3:DeleteBucket", "Resource": "*"}
    wanted = bucket_policy(BUCKET, ACCOUNT, "us-east-1", {"Statement": [theirs]})
    assert [statement["Sid"] for statement in wanted["Statement"]] == ["Theirs", "PersonalizeExplorer"]
    again = bucket_policy(BUCKET, ACCOUNT, "us-east-1", wanted)
    assert again == wanted, "its own statement is not added twice"


def test_a_role_of_another_account_is_named_as_what_aws_refuses(account, tmp_path):
    environment = account[1] | {"PERSONALIZE_ROLE_ARN": "arn:aws:iam::999999999999:role/theirs"}
    check = by_key(run_checks(answering(open_backend(environment, tmp_path))))["role_trust"]
    assert check.fine is False
    assert not check.can_make
    assert "another account" in check.sentence


def test_a_tear_down_takes_what_the_explorer_made_and_nothing_else(account, backend):
    engine, _ = account
    engine.client("personalize").create_dataset_group(name="theirs")
    backend.personalize.create_dataset_group(name="ours", tags=[{"tagKey": "team", "tagValue": "films"}])
    mixed = backend.personalize.create_dataset_group(name="mixed")["datasetGroupArn"]
    engine.client("personalize").create_event_tracker(name="theirs-in-ours", datasetGroupArn=mixed)
    tags = backend.personalize.list_tags_for_resource(resourceArn=mixed)["tags"]
    assert OWN_TAG in tags
    groups = own_groups(backend)
    assert {group.name: bool(group.others) for group in groups} == {"ours": False, "mixed": True}
    assert sentences.to_be_removed(groups) == (
        "This would delete 1 data set group with 1 resources. mixed would stay: others made something in it."
    )
    assert tear_down(backend, groups) == 1
    left = [group["name"] for group in backend.personalize.list_dataset_groups()["datasetGroups"]]
    assert left == ["theirs", "mixed"]


def test_another_backend_is_chosen_for_the_process_or_everything_stays(account, tmp_path):
    _, chosen = account
    environment = {"PERSONALIZE_HOME": str(tmp_path), "AWS_ENDPOINT_URL_S3": chosen["AWS_ENDPOINT_URL_S3"]}
    choose_backend({name: chosen[name] for name in list(chosen)[:3]} | {"AWS_DEFAULT_REGION": "eu-west-1"}, environment)
    assert open_backend(environment).label == "AWS eu-west-1"
    before = dict(environment)
    with pytest.raises(BackendError, match="PERSONALIZE_ROLE_ARN"):
        choose_backend({"PERSONALIZE_BACKEND": "aws", "PERSONALIZE_ROLE_ARN": ""}, environment)
    assert environment == before
    choose_backend({"PERSONALIZE_BACKEND": "embedded"}, environment)
    assert open_backend(environment).kind == "embedded"


def test_without_an_answer_only_the_first_step_is_told(account, tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    checks = run_checks(open_backend(account[1], tmp_path))
    assert [(check.key, check.fine) for check in checks] == [("credentials", False)]
    assert "127.0.0.1:1" in checks[0].sentence
