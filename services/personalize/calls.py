"""An API call as a screen shows it: request, response, duration, and the same call as a boto3 program."""

import pprint
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LOCAL_ADDRESS = "http://127.0.0.1:8900"
"""The address of `make serve`."""


@dataclass(frozen=True)
class ApiCall:
    """One finished call."""

    service: str
    """Name of the boto3 client, for example "personalize-runtime"."""
    operation: str
    """As AWS writes it, for example "GetRecommendations"."""
    method: str
    """As boto3 writes it, for example "get_recommendations"."""
    request: Mapping[str, Any]
    response: Mapping[str, Any]
    """Without boto3's ResponseMetadata."""
    milliseconds: float
    """0 for a call made earlier."""

    def as_boto3(self) -> str:
        """Return a program that makes the same call; one marked line differs on AWS."""
        arguments = "".join(
            f"    {name}={pprint.pformat(value, width=100, sort_dicts=False)},\n"
            for name, value in self.request.items()
        )
        local = f'endpoint_url="{LOCAL_ADDRESS}", region_name="us-east-1", '
        local += 'aws_access_key_id="local", aws_secret_access_key="local"'
        return (
            "import boto3\n\n"
            f"# >>> the one line that differs; on AWS: client = boto3.client({self.service!r})\n"
            f'client = boto3.client("{self.service}", {local})\n\n'
            f"answer = client.{self.method}(\n{arguments})\n"
            "print(answer)\n"
        )


def timed(client: Any, method: str, **request: Any) -> ApiCall:
    """Make a call and return it with request, response and duration. Errors of boto3 pass through."""
    started = time.perf_counter()
    response = getattr(client, method)(**request)
    milliseconds = 1000 * (time.perf_counter() - started)
    return ApiCall(
        service=client.meta.service_model.service_name,
        operation=client.meta.method_to_api_mapping[method],
        method=method,
        request=request,
        response={name: value for name, value in response.items() if name != "ResponseMetadata"},
        milliseconds=milliseconds,
    )
