"""Decides what a policy document of IAM or S3 allows: pure functions, no account is asked.

Source: IAM user guide, "Policy evaluation logic" and "IAM JSON policy elements". Conditions on aws:SourceAccount and
aws:SourceArn are decided; with another condition a statement allows nothing, and denies.
"""

import fnmatch
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

SERVICE = "personalize.amazonaws.com"


@dataclass(frozen=True)
class Asked:
    """One question: may the service do this?"""

    action: str
    """For example "s3:GetObject"."""
    resource: str = "*"
    """For example "arn:aws:s3:::films/data.csv"."""
    principal: str | None = None
    """The service that asks; None where the document belongs to a role and names no principal."""
    account: str = ""
    source_arn: str = ""
    """For conditions on aws:SourceAccount and aws:SourceArn."""


def allows(documents: Iterable[Mapping[str, Any]], asked: Asked) -> bool:
    """Return whether the documents allow what is asked: one statement allows it, and none denies it."""
    effects = {
        str(statement.get("Effect", "")).lower()
        for document in documents
        for statement in _listed(document.get("Statement"))
        if _is_about(statement, asked)
    }
    return "allow" in effects and "deny" not in effects


def _is_about(statement: Mapping[str, Any], asked: Asked) -> bool:
    return (
        _names(statement, "Action", asked.action, ignore_case=True)
        and ("Resource" not in statement or _names(statement, "Resource", asked.resource))
        and (asked.principal is None or _is_principal(statement, asked.principal))
        and _conditions_hold(statement, asked)
    )


def _names(statement: Mapping[str, Any], member: str, value: str, *, ignore_case: bool = False) -> bool:
    if f"Not{member}" in statement:
        return not _names({member: statement[f"Not{member}"]}, member, value, ignore_case=ignore_case)
    patterns = [str(pattern) for pattern in _listed(statement.get(member))]
    if ignore_case:
        value, patterns = value.lower(), [pattern.lower() for pattern in patterns]
    return any(fnmatch.fnmatchcase(value, pattern.replace("[", "[[]")) for pattern in patterns)


def _is_principal(statement: Mapping[str, Any], principal: str) -> bool:
    named = statement.get("Principal")
    if named == "*":
        return True
    if not isinstance(named, Mapping):
        return False
    return principal in _listed(named.get("Service")) or "*" in _listed(named.get("AWS"))


def _conditions_hold(statement: Mapping[str, Any], asked: Asked) -> bool:
    denies = str(statement.get("Effect", "")).lower() == "deny"
    values = {"aws:sourceaccount": asked.account, "aws:sourcearn": asked.source_arn}
    for operator, keys in (statement.get("Condition") or {}).items():
        for key, patterns in keys.items():
            value = values.get(key.lower())
            if value is None or operator not in ("StringEquals", "StringLike", "ArnLike", "ArnEquals"):
                return denies
            if not any(fnmatch.fnmatchcase(value, str(pattern)) for pattern in _listed(patterns)):
                return False
    return True


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]
