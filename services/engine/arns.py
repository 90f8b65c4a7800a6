"""Amazon Resource Names (ARNs) in the formats of Amazon Personalize.

Source: Amazon Personalize developer guide and the output of its sample notebooks. Recipes, algorithms and feature
transformations have neither region nor account; a dataset's ARN contains its group and type, not its name.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

_CREDENTIAL = re.compile(r"AWS4-HMAC-SHA256\b.*\bCredential=[^,\s]*/\d{8}/([a-z0-9-]{1,40})/[^/,\s]+/aws4_request")
_signed_region: ContextVar[str | None] = ContextVar("signed_region", default=None)


@contextmanager
def in_signed_region(authorization: str | None) -> Iterator[None]:
    """Make ARNs of the region that a request is signed for, as at AWS; without a signature of the default region.

    authorization: the request's Authorization header (AWS, "Signature Version 4").
    """
    match = _CREDENTIAL.match(authorization or "")
    token = _signed_region.set(match[1] if match else None)
    try:
        yield
    finally:
        _signed_region.reset(token)


def service_arn(kind: str, name: str) -> str:
    """Return the ARN of a resource of AWS, for example ("recipe", "aws-hrnn")."""
    return f"arn:aws:personalize:::{kind}/{name}"


@dataclass(frozen=True)
class ArnMaker:
    """Creates the ARNs of one account, in the region of the present request or the default one."""

    default_region: str
    account_id: str

    def make(self, kind: str, name: str) -> str:
        """Return the ARN of a named resource; kind as in the ARN, for example "dataset-group"."""
        return f"arn:aws:personalize:{_signed_region.get() or self.default_region}:{self.account_id}:{kind}/{name}"

    def dataset(self, dataset_group_name: str, dataset_type: str) -> str:
        """Return a dataset's ARN, from its group's name and its upper-case type."""
        return self.make("dataset", f"{dataset_group_name}/{dataset_type.upper()}")

    def solution_version(self, solution_name: str) -> str:
        """Return a new solution version's ARN, ending in eight random hexadecimal digits."""
        return self.make("solution", f"{solution_name}/{secrets.token_hex(4)}")


def resource_name(arn: str) -> str:
    """Return the part after the resource kind: "films" for "...:dataset-group/films"."""
    return arn.rsplit(":", 1)[-1].partition("/")[2]


def resource_kind(arn: str) -> str:
    """Return the resource kind: "dataset-group" for "...:dataset-group/films"."""
    return arn.rsplit(":", 1)[-1].partition("/")[0]
