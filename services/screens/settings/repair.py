"""Makes what the checks found missing: the bucket, its policy, the role, its trust and its rights; nothing else."""

from collections.abc import Callable, Sequence
from typing import Any

from services.backend import OWN_TAG, Backend
from services.changes import changing_home
from services.errors import service_errors
from services.screens.settings import policies
from services.screens.settings.checks import Check, present_bucket_policy, role_name
from services.screens.settings.where import Where, whereabouts

POLICY = "personalize-explorer"
"""The name of the policy inside the role."""
UNFINISHED_DAYS = 7
"""After which S3 forgets the parts of an upload that was broken off; until then they are billed, and it can go on."""
CONFIRMATION = "create"
"""What a person types before anything is made."""


def make(backend: Backend, checks: Sequence[Check]) -> list[str]:
    """Make what these steps lack, in their order; return the names of what was made. Raises ServiceError."""
    assert backend.client is not None
    where = whereabouts(backend)
    makers: dict[str, Callable[[Backend, Where], str]] = {
        "bucket": _bucket,
        "bucket_policy": _bucket_policy,
        "role_trust": _role_trust,
        "role_rights": _role_rights,
    }
    made = []
    with service_errors():
        for check in checks:
            if check.can_make and check.fine is False:
                changing_home(
                    backend.home, f"Make{check.key}", where.bucket if "bucket" in check.key else where.role_arn
                )
                made.append(makers[check.key](backend, where))
    return made


def _bucket(backend: Backend, where: Where) -> str:
    elsewhere = {"CreateBucketConfiguration": {"LocationConstraint": where.region}}
    s3 = _client(backend, "s3")
    s3.create_bucket(Bucket=where.bucket, **({} if where.region == "us-east-1" else elsewhere))
    s3.put_public_access_block(
        Bucket=where.bucket,
        PublicAccessBlockConfiguration=dict.fromkeys(
            ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
        ),
    )
    parts: dict[str, Any] = {"ID": POLICY, "Status": "Enabled", "Filter": {"Prefix": ""}}
    parts["AbortIncompleteMultipartUpload"] = {"DaysAfterInitiation": UNFINISHED_DAYS}
    s3.put_bucket_lifecycle_configuration(Bucket=where.bucket, LifecycleConfiguration={"Rules": [parts]})
    s3.put_bucket_tagging(Bucket=where.bucket, Tagging={"TagSet": [_tag()]})
    return f"bucket {where.bucket}"


def _bucket_policy(backend: Backend, where: Where) -> str:
    present = present_bucket_policy(backend, where.bucket)
    wanted = policies.bucket_policy(where.bucket, where.account, where.region, present)
    _client(backend, "s3").put_bucket_policy(Bucket=where.bucket, Policy=policies.text(wanted))
    return f"policy of the bucket {where.bucket}"


def _role_trust(backend: Backend, where: Where) -> str:
    iam, name = _client(backend, "iam"), role_name(where.role_arn)
    trust = policies.text(policies.trust(where.account, where.region))
    try:
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust, Tags=[_tag()])
    except iam.exceptions.EntityAlreadyExistsException:
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=trust)
    return f"trust of the role {name}"


def _role_rights(backend: Backend, where: Where) -> str:
    name = role_name(where.role_arn)
    document = policies.text(policies.role_rights(where.bucket))
    _client(backend, "iam").put_role_policy(RoleName=name, PolicyName=POLICY, PolicyDocument=document)
    return f"rights of the role {name}"


def _tag() -> dict[str, str]:
    return {"Key": OWN_TAG["tagKey"], "Value": OWN_TAG["tagValue"]}


def _client(backend: Backend, service: str) -> Any:
    assert backend.client is not None
    return backend.client(service)
