"""Rights of `serve --like-aws`: the role of a job and the bucket's policy, as IAM and S3 of moto have them."""

import json

import boto3
import pytest
from moto.server import ThreadedMotoServer

from services.engine.policies import SERVICE, Asked, allows
from services.engine.testing import test_engine
from services.engine.wire.like_aws.account import AccountDispatcher
from services.engine.wire.like_aws.behaviour import Behaviour
from services.engine.wire.server import serving_in_thread
from tests.engine.helpers import INTERACTIONS, refused

ACCOUNT = "123456789012"
BUCKET = "like-aws-films"
READS = ["s3:GetObject", "s3:ListBucket"]
BOTH = [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"]


def statement(actions, resources=BOTH, effect="Allow", **more):
    return {"Effect": effect, "Action": actions, "Resource": resources, **more}


def document(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


TRUST = document({"Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": "sts:AssumeRole"})
OPEN = document(statement(READS, Principal={"Service": SERVICE}))


class Account:
    """Clients of moto's IAM and S3 and of the engine, and a dataset to import into."""

    def __init__(self, endpoint):
        self.iam = boto3.client("iam", endpoint_url=endpoint)
        self.s3 = boto3.client("s3", endpoint_url=endpoint)
        self.n_jobs = 0

    def role(self, name, trust=TRUST, *statements):
        arn = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
        if statements:
            self.iam.put_role_policy(RoleName=name, PolicyName="data", PolicyDocument=json.dumps(document(*statements)))
        return arn

    def bucket_policy(self, policy):
        self.s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy))

    def imported(self, role):
        """Create an import job with this role; return its state and why it failed."""
        self.n_jobs += 1
        arn = self.personalize.create_dataset_import_job(
            jobName=f"job-{self.n_jobs}",
            datasetArn=self.dataset,
            dataSource={"dataLocation": f"s3://{BUCKET}/rows.csv"},
            roleArn=role,
        )["datasetImportJobArn"]
        job = self.personalize.describe_dataset_import_job(datasetImportJobArn=arn)["datasetImportJob"]
        return job["status"], job.get("failureReason", "")


@pytest.fixture(scope="module")
def account(tmp_path_factory):
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "any")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.setenv("AWS_CONFIG_FILE", "/nonexistent")
        opened = Account(endpoint)
        opened.s3.create_bucket(Bucket=BUCKET)
        rows = "".join(f"u{n % 50},i{n % 40},{1_700_000_000 + n}\n" for n in range(1000))
        opened.s3.put_object(Bucket=BUCKET, Key="rows.csv", Body=("USER_ID,ITEM_ID,TIMESTAMP\n" + rows).encode())
        home = tmp_path_factory.mktemp("rights")
        with test_engine(home, account_id=ACCOUNT, s3_endpoint_url=endpoint, use_s3=True) as engine:
            behaviour = Behaviour(seconds=0.0, rate=0.0, iam_endpoint_url=endpoint)
            with serving_in_thread(AccountDispatcher(engine.context, behaviour)) as url:
                opened.personalize = boto3.client("personalize", endpoint_url=url)
                group = opened.personalize.create_dataset_group(name="films")["datasetGroupArn"]
                schema = opened.personalize.create_schema(name="films", schema=INTERACTIONS)["schemaArn"]
                opened.dataset = opened.personalize.create_dataset(
                    name="films", datasetGroupArn=group, schemaArn=schema, datasetType="Interactions"
                )["datasetArn"]
                yield opened
    server.stop()


def test_a_role_with_its_rights_can_import(account):
    account.bucket_policy(OPEN)
    assert account.imported(account.role("good", TRUST, statement(READS))) == ("ACTIVE", "")


def test_a_role_that_cannot_be_assumed_is_denied(account):
    account.bucket_policy(OPEN)
    with refused("AccessDeniedException", "Cross-account pass role is not allowed."):
        account.imported("arn:aws:iam::000000000000:role/good")
    with refused("AccessDeniedException", "does not exist"):
        account.imported(f"arn:aws:iam::{ACCOUNT}:role/nobody")
    lambdas = document({"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:*"})
    with refused("AccessDeniedException", "trust policy does not allow sts:AssumeRole"):
        account.imported(account.role("lambdas", lambdas, statement(READS)))


@pytest.mark.parametrize(
    ("name", "statements", "missing"),
    [
        ("nothing", [], "s3:GetObject on arn:aws:s3:::like-aws-films/rows.csv"),
        ("no-list", [statement(["s3:GetObject"])], "s3:ListBucket on arn:aws:s3:::like-aws-films."),
        ("other-bucket", [statement(READS, ["arn:aws:s3:::other/*"])], "s3:GetObject"),
        ("denied", [statement("s3:*"), statement("s3:ListBucket", effect="Deny")], "s3:ListBucket"),
    ],
)
def test_a_job_whose_role_lacks_a_right_fails_with_that_reason(account, name, statements, missing):
    account.bucket_policy(OPEN)
    status, reason = account.imported(account.role(name, TRUST, *statements))
    assert status == "CREATE FAILED"
    assert reason.startswith("Insufficient privileges for accessing data in Amazon S3.")
    assert missing in reason


def test_a_bucket_policy_without_the_service_lets_the_job_fail(account):
    role = account.role("rights-of-its-own", TRUST, statement(READS))
    account.s3.delete_bucket_policy(Bucket=BUCKET)
    status, reason = account.imported(role)
    assert status == "CREATE FAILED"
    assert "policy of the bucket does not allow s3:GetObject" in reason


def asked(account="1", **more):
    return Asked(**{"action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "account": account} | more)


@pytest.mark.parametrize(
    ("policy", "allowed"),
    [
        (document(statement("s3:Get*", "*")), True),
        (document(statement("S3:getobject", "arn:aws:s3:::b/*")), True),
        (document(statement("s3:GetObject", "arn:aws:s3:::b")), False),
        ({"Statement": statement("s3:*", "*")}, True),
        (document({"Effect": "Allow", "NotAction": "s3:Put*", "Resource": "*"}), True),
        (document({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}), False),
        (document(statement("*", "*"), statement("s3:GetObject", "*", "Deny")), False),
        (document(statement("*", "*", Condition={"StringEquals": {"aws:SourceAccount": "1"}})), True),
        (document(statement("*", "*", Condition={"StringEquals": {"aws:SourceAccount": "2"}})), False),
        (document(statement("*", "*", Condition={"Bool": {"aws:SecureTransport": "true"}})), False),
        (document(), False),
    ],
)
def test_policies_are_decided_as_iam_does(policy, allowed):
    assert allows([policy], asked()) is allowed


def test_a_principal_must_be_named_where_one_asks():
    assert allows([OPEN], asked(resource=BOTH[0], action="s3:ListBucket", principal=SERVICE))
    assert not allows([document(statement("*", "*"))], asked(principal=SERVICE))
    assert allows([document(statement("*", "*", Principal="*"))], asked(principal=SERVICE))
