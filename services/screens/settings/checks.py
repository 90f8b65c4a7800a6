"""What is missing at AWS, step by step: credentials, region, bucket, policies, role, PassRole, quotas.

Each step says what it found, the document to paste where one is missing, and whether the explorer can make it. A step
that may not be asked says so instead of failing; nothing is changed.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from services.backend import PERSONALIZE_SERVICE, Asked, Backend, UnreadableAnswer, allows, regions
from services.errors import to_service_error
from services.personalize.datasets import pages
from services.screens.settings import policies
from services.screens.settings.where import Where, whereabouts

QUOTAS = {"dataset groups": 5, "schemas": 500}
"""AWS's defaults, where Service Quotas cannot be asked."""


@dataclass(frozen=True)
class Check:
    """One step."""

    key: str
    title: str
    fine: bool | None
    """None where it could not be found out."""
    sentence: str
    paste: str = ""
    """The JSON document that is missing."""
    can_make: bool = False
    """Whether repair.make() can make what is missing."""


Step = Callable[[Backend, Where], Check]


def run_checks(backend: Backend) -> list[Check]:
    """Return every step; without credentials only the first, because the others would say the same."""
    where = whereabouts(backend)
    if not where.identity:
        return [Check("credentials", "Credentials", False, where.problem or "AWS did not say who you are.")]
    found = [Check("credentials", "Credentials", True, f"You are {where.identity}.")]
    for key, title, step in STEPS:
        try:
            found.append(step(backend, where))
        except (ClientError, BotoCoreError) as error:
            found.append(Check(key, title, None, f"This could not be found out: {to_service_error(error)}"))
    return found


def missing(checks: list[Check]) -> list[Check]:
    """Return the steps of which the explorer can make what is missing."""
    return [check for check in checks if check.fine is False and check.can_make]


def _region(backend: Backend, where: Where) -> Check:
    if where.region not in regions():
        known = ", ".join(regions())
        return Check("region", "Region", False, f"{where.region} has no Amazon Personalize; these have: {known}.")
    backend.personalize.list_dataset_groups(maxResults=1)
    return Check("region", "Region", True, f"Amazon Personalize answers in {where.region}.")


def _bucket(backend: Backend, where: Where) -> Check:
    try:
        _client(backend, "s3").head_bucket(Bucket=where.bucket)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in ("404", "NoSuchBucket", "NotFound"):
            return Check("bucket", "Bucket", False, f"There is no bucket {where.bucket}.", can_make=True)
        if code not in ("403", "AccessDenied"):
            raise
        return Check(
            "bucket",
            "Bucket",
            False,
            f"The bucket {where.bucket} may not be used by you, or it belongs to another account.",
            policies.text(policies.user_rights(where.bucket)),
        )
    place = _client(backend, "s3").get_bucket_location(Bucket=where.bucket).get("LocationConstraint") or "us-east-1"
    if place != where.region:
        sentence = f"The bucket {where.bucket} is in {place}; it must be in {where.region}. Choose another bucket."
        return Check("bucket", "Bucket", False, sentence)
    return Check("bucket", "Bucket", True, f"The bucket {where.bucket} is in {place}.")


def _bucket_policy(backend: Backend, where: Where) -> Check:
    title = "Policy of the bucket"
    present = present_bucket_policy(backend, where.bucket)
    lacking = [action for action in policies.ACTIONS if not allows([present or {}], _asked(action, where))]
    if not lacking:
        return Check("bucket_policy", title, True, f"It lets {PERSONALIZE_SERVICE} read and write.")
    wanted = policies.text(policies.bucket_policy(where.bucket, where.account, where.region, present))
    sentence = f"It does not allow {', '.join(lacking)} to {PERSONALIZE_SERVICE}."
    return Check("bucket_policy", title, False, sentence, wanted, can_make=True)


def _role_trust(backend: Backend, where: Where) -> Check:
    title, name = "Trust of the role", role_name(where.role_arn)
    wanted = policies.text(policies.trust(where.account, where.region))
    if where.role_arn.split(":")[4] != where.account:
        sentence = f"The role {where.role_arn} is of another account; Amazon Personalize refuses such roles."
        return Check("role_trust", title, False, sentence)
    try:
        role = _client(backend, "iam").get_role(RoleName=name)["Role"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchEntity":
            raise
        return Check("role_trust", title, False, f"There is no role {name}.", wanted, can_make=True)
    if allows([document_of(role["AssumeRolePolicyDocument"])], _asked("sts:AssumeRole", where)):
        return Check("role_trust", title, True, f"The role {name} trusts {PERSONALIZE_SERVICE}.")
    sentence = f"The role {name} does not trust {PERSONALIZE_SERVICE}."
    return Check("role_trust", title, False, sentence, wanted, can_make=True)


def _role_rights(backend: Backend, where: Where) -> Check:
    title, name = "Rights of the role", role_name(where.role_arn)
    wanted = policies.text(policies.role_rights(where.bucket))
    try:
        documents = role_documents(backend, name)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchEntity":
            raise
        return Check("role_rights", title, False, f"There is no role {name}.", wanted, can_make=True)
    lacking = [
        action for action in policies.ACTIONS if not allows(documents, Asked(action, _resource(action, where.bucket)))
    ]
    if not lacking:
        return Check("role_rights", title, True, f"The role may read and write s3://{where.bucket}.")
    sentence = f"The role does not allow {', '.join(lacking)} on s3://{where.bucket}."
    return Check("role_rights", title, False, sentence, wanted, can_make=True)


def _pass_role(backend: Backend, where: Where) -> Check:
    title, wanted = "PassRole", policies.text(policies.pass_role(where.role_arn))
    try:
        answer = _client(backend, "iam").simulate_principal_policy(
            PolicySourceArn=_simulated(where.identity),
            ActionNames=["iam:PassRole"],
            ResourceArns=[where.role_arn],
            ContextEntries=[
                {
                    "ContextKeyName": "iam:PassedToService",
                    "ContextKeyValues": [PERSONALIZE_SERVICE],
                    "ContextKeyType": "string",
                }
            ],
        )
    except (ClientError, BotoCoreError, UnreadableAnswer):
        sentence = "IAM does not tell whether you may pass the role. Imports are refused without this right."
        return Check("pass_role", title, None, sentence, wanted)
    if all(result["EvalDecision"] == "allowed" for result in answer["EvaluationResults"]):
        return Check("pass_role", title, True, "You may pass the role to Amazon Personalize.")
    return Check("pass_role", title, False, "You may not pass the role to Amazon Personalize.", wanted)


def _quotas(backend: Backend, where: Where) -> Check:
    groups = sum(1 for _ in pages(backend.personalize, "list_dataset_groups", "datasetGroups"))
    schemas = sum(1 for _ in pages(backend.personalize, "list_schemas", "schemas"))
    limits = QUOTAS | _service_quotas(backend)
    full = groups >= limits["dataset groups"] or schemas >= limits["schemas"]
    sentence = (
        f"{groups} of {limits['dataset groups']} data set groups and {schemas} of {limits['schemas']} schemas are used."
    )
    return Check("quotas", "Quotas", not full, sentence + (" Delete some, or ask AWS for more." if full else ""))


STEPS: tuple[tuple[str, str, Step], ...] = (
    ("region", "Region", _region),
    ("bucket", "Bucket", _bucket),
    ("bucket_policy", "Policy of the bucket", _bucket_policy),
    ("role_trust", "Trust of the role", _role_trust),
    ("role_rights", "Rights of the role", _role_rights),
    ("pass_role", "PassRole", _pass_role),
    ("quotas", "Quotas", _quotas),
)


def present_bucket_policy(backend: Backend, bucket: str) -> dict[str, Any] | None:
    """Return the policy that a bucket has, None without one or without the bucket."""
    try:
        text = _client(backend, "s3").get_bucket_policy(Bucket=bucket)["Policy"]
    except ClientError as error:
        if error.response["Error"]["Code"] in ("NoSuchBucketPolicy", "NoSuchBucket"):
            return None
        raise
    return document_of(text)


def role_documents(backend: Backend, name: str) -> list[dict[str, Any]]:
    """Return the policies of a role, its own and those attached to it."""
    iam, documents = _client(backend, "iam"), []
    for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        documents.append(document_of(iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]))
    for attached in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
        arn = attached["PolicyArn"]
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        found = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
        documents.append(document_of(found))
    return documents


def role_name(role_arn: str) -> str:
    """Return the name of a role, without its path."""
    return role_arn.rpartition("/")[2]


def document_of(policy: str | Mapping[str, Any]) -> dict[str, Any]:
    """Return a policy that IAM or S3 gave as text or as a document."""
    return dict(json.loads(policy)) if isinstance(policy, str) else dict(policy)


def _service_quotas(backend: Backend) -> dict[str, int]:
    """Return the account's own quotas; empty where they cannot be asked."""
    try:
        answer = _client(backend, "service-quotas").list_service_quotas(ServiceCode="personalize")
    except (ClientError, BotoCoreError, UnreadableAnswer):
        return {}
    names = {"Active dataset groups": "dataset groups", "Number of schemas": "schemas"}
    return {names[quota["QuotaName"]]: int(quota["Value"]) for quota in answer["Quotas"] if quota["QuotaName"] in names}


def _simulated(identity: str) -> str:
    """Return the ARN that IAM simulates: of a session of an assumed role the role itself."""
    if ":assumed-role/" not in identity:
        return identity
    name = identity.split("/")[1]
    return f"arn:aws:iam::{identity.split(':')[4]}:role/{name}"


def _asked(action: str, where: Where) -> Asked:
    resource = _resource(action, where.bucket) if action.startswith("s3:") else "*"
    source = f"arn:aws:personalize:{where.region}:{where.account}:dataset-import-job/any"
    return Asked(action, resource, PERSONALIZE_SERVICE, where.account, source)


def _resource(action: str, bucket: str) -> str:
    return f"arn:aws:s3:::{bucket}" if action == "s3:ListBucket" else f"arn:aws:s3:::{bucket}/any"


def _client(backend: Backend, service: str) -> Any:
    assert backend.client is not None
    return backend.client(service)
