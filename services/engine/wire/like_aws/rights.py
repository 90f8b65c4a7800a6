"""Whether Amazon Personalize could use the role of a job, and with it read and write the bucket.

Asked of the IAM and S3 that are served at the endpoints of the settings, for example by moto. Rules: Amazon Personalize
developer guide, "Giving Amazon Personalize access to Amazon S3 resources": the role trusts the service and allows the
actions, and the bucket's policy allows them to the service too.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from services.engine.errors import AccessDenied, InvalidInput
from services.engine.policies import SERVICE, Asked, allows
from services.engine.settings import EngineSettings
from services.engine.store.locations import parse_location

READ, WRITE = ("s3:GetObject", "s3:ListBucket"), ("s3:PutObject", "s3:ListBucket")
INSUFFICIENT = "Insufficient privileges for accessing data in Amazon S3."
"""How AWS begins the failureReason of a job that may not use its bucket."""


@dataclass(frozen=True)
class Use:
    """What a job does with a location."""

    url: str
    actions: tuple[str, ...]


def uses_of(operation: str, request: Mapping[str, Any]) -> list[Use]:
    """Return what the job that an operation creates does in S3; empty for every other operation."""
    if operation == "CreateDatasetImportJob":
        return [Use(request["dataSource"].get("dataLocation", ""), READ)]
    if operation == "CreateDatasetExportJob":
        return [Use(request["jobOutput"]["s3DataDestination"]["path"], WRITE)]
    if operation == "CreateBatchInferenceJob":
        source, output = request["jobInput"]["s3DataSource"], request["jobOutput"]["s3DataDestination"]
        return [Use(source["path"], READ), Use(output["path"], WRITE)]
    return []


class Rights:
    """Asks IAM and S3 for policies and decides by them."""

    def __init__(self, settings: EngineSettings, iam_endpoint_url: str | None) -> None:
        self._settings = settings
        self._iam_endpoint_url = iam_endpoint_url

    def require_role(self, role_arn: str, account: str) -> None:
        """Raise AccessDenied for a role of another account, one that is not there or does not trust the service."""
        if self._iam_endpoint_url is None:
            return
        if role_arn.split(":")[4] != account:
            raise AccessDenied("Cross-account pass role is not allowed.")
        try:
            role = self._iam.get_role(RoleName=_name(role_arn))["Role"]
        except ClientError as error:
            raise AccessDenied(f"Amazon Personalize cannot assume the role {role_arn}: it does not exist.") from error
        if not allows([_document(role["AssumeRolePolicyDocument"])], self._asked("sts:AssumeRole", "*", account)):
            raise AccessDenied(
                f"Amazon Personalize cannot assume the role {role_arn}: its trust policy does not allow "
                f"sts:AssumeRole to {SERVICE}."
            )

    def missing(self, role_arn: str, uses: list[Use], account: str) -> str | None:
        """Return the reason for which a job would fail, None when it has every right."""
        if self._iam_endpoint_url is None:
            return None
        documents = list(self._role_documents(_name(role_arn)))
        for use in uses:
            try:
                location = parse_location(use.url)
            except InvalidInput:
                continue  # refused by the handler, with its sentence
            for action in use.actions:
                whole = action == "s3:ListBucket"
                resource = f"arn:aws:s3:::{location.bucket}" + ("" if whole else f"/{location.key or 'any'}")
                if not allows(documents, Asked(action, resource)):
                    return f"{INSUFFICIENT} The role {role_arn} does not allow {action} on {resource}."
                if not self._bucket_allows(location.bucket, self._asked(action, resource, account)):
                    return f"{INSUFFICIENT} The policy of the bucket does not allow {action} to {SERVICE}."
        return None

    def _asked(self, action: str, resource: str, account: str) -> Asked:
        source = f"arn:aws:personalize:{self._settings.region}:{account}:dataset-import-job/any"
        return Asked(action, resource, SERVICE, account, source)

    def _bucket_allows(self, bucket: str, asked: Asked) -> bool:
        if not self._settings.use_s3:
            return True  # a folder of the home, which has no policies
        try:
            text = self._s3.get_bucket_policy(Bucket=bucket)["Policy"]
        except (ClientError, BotoCoreError):
            return False
        return allows([json.loads(text)], asked)

    def _role_documents(self, name: str) -> Iterator[Mapping[str, Any]]:
        for policy in self._iam.list_role_policies(RoleName=name)["PolicyNames"]:
            yield _document(self._iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"])
        for attached in self._iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
            arn = attached["PolicyArn"]
            version = self._iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
            found = self._iam.get_policy_version(PolicyArn=arn, VersionId=version)
            yield _document(found["PolicyVersion"]["Document"])

    @cached_property
    def _iam(self) -> Any:
        keys = {"aws_access_key_id": "like-aws", "aws_secret_access_key": "like-aws"}
        return boto3.client("iam", endpoint_url=self._iam_endpoint_url, region_name=self._settings.region, **keys)

    @cached_property
    def _s3(self) -> Any:
        return boto3.client("s3", endpoint_url=self._settings.s3_endpoint_url, region_name=self._settings.region)


def _name(role_arn: str) -> str:
    return role_arn.rpartition("/")[2]


def _document(policy: Any) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(policy) if isinstance(policy, str) else policy
    return found
