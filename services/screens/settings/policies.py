"""The policies that Amazon Personalize needs, as documents to paste.

Source: Amazon Personalize developer guide, "Giving Amazon Personalize access to Amazon S3 resources", "Cross-service
confused deputy prevention" and "Grant permission".
"""

import json
from typing import Any

from services.backend import PERSONALIZE_SERVICE

ACTIONS = ("s3:GetObject", "s3:ListBucket", "s3:PutObject")
"""Reading imports, writing exports and batch jobs."""
SID = "PersonalizeExplorer"

Document = dict[str, Any]


def trust(account: str, region: str) -> Document:
    """Return the trust policy of the role."""
    return _document(
        {"Principal": {"Service": PERSONALIZE_SERVICE}, "Action": "sts:AssumeRole", **_only(account, region)}
    )


def role_rights(bucket: str) -> Document:
    """Return the policy of the role."""
    return _document({"Action": list(ACTIONS), "Resource": _resources(bucket)})


def bucket_policy(bucket: str, account: str, region: str, present: Document | None = None) -> Document:
    """Return the policy of the bucket; the statements that it has stay, but an earlier one of the explorer."""
    kept = [statement for statement in (present or {}).get("Statement", []) if statement.get("Sid") != SID]
    own = {
        "Principal": {"Service": PERSONALIZE_SERVICE},
        "Action": list(ACTIONS),
        "Resource": _resources(bucket),
        **_only(account, region),
    }
    return {"Version": "2012-10-17", "Statement": [*kept, *_document(own)["Statement"]]}


def pass_role(role_arn: str) -> Document:
    """Return the policy of whoever uses the explorer."""
    own = {
        "Action": "iam:PassRole",
        "Resource": role_arn,
        "Condition": {"StringEquals": {"iam:PassedToService": PERSONALIZE_SERVICE}},
    }
    return _document(own)


def user_rights(bucket: str) -> Document:
    """Return the policy of whoever uses the explorer, without PassRole."""
    document = _document(
        {"Action": ["personalize:*", "cloudwatch:GetMetricStatistics", "cloudwatch:ListMetrics"], "Resource": "*"}
    )
    document["Statement"] += _document({"Action": ["s3:*Object", "s3:ListBucket"], "Resource": _resources(bucket)})[
        "Statement"
    ]
    for number, statement in enumerate(document["Statement"], start=1):
        statement["Sid"] = f"{SID}{number}"
    return document


def text(document: Document) -> str:
    """Return a document as it is pasted."""
    return json.dumps(document, indent=2)


def _document(statement: Document) -> Document:
    return {"Version": "2012-10-17", "Statement": [{"Sid": SID, "Effect": "Allow", **statement}]}


def _resources(bucket: str) -> list[str]:
    return [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]


def _only(account: str, region: str) -> Document:
    return {
        "Condition": {
            "StringEquals": {"aws:SourceAccount": account},
            "ArnLike": {"aws:SourceArn": f"arn:aws:personalize:{region}:{account}:*"},
        }
    }
