"""Genuine boto3 clients that an engine answers in this process, without a socket.

botocore emits before-send.<service>.<operation> with the prepared request; a handler that returns an AWSResponse
replaces the network (botocore 1.44; a third of a millisecond per call, and half a one where the request is signed).
"""

import threading
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import boto3
import botocore
import botocore.session
from botocore.awsrequest import AWSResponse
from botocore.config import Config

from services.engine.wire.dispatch import Answer, Dispatcher
from services.engine.wire.service_models import model_loader


class _Raw(BytesIO):
    """A body with the interface of urllib3."""

    def stream(self, **kwargs: Any) -> Iterator[bytes]:
        """Yield the complete body."""
        contents = self.read()
        while contents:
            yield contents
            contents = self.read()


def make_client(service: str, dispatcher: Dispatcher, region: str) -> Any:
    """Return a boto3 client of one of the three services whose requests the dispatcher answers.

    It reads no AWS configuration file and no AWS environment variable, so that a profile, an endpoint or a region for
    AWS has no effect here.
    """
    # The standard mode treats LimitExceededException as throttling and would retry for two seconds. Nobody would check
    # a signature, which takes a third of a call's time, or reads who calls, which botocore puts together twice a call.
    config = Config(
        ignore_configured_endpoint_urls=True,
        retries={"mode": "legacy"},
        signature_version=botocore.UNSIGNED,
        user_agent=f"Boto3/{boto3.__version__}",
    )
    with _creating:
        client = _session(region).client(service, config=config)

    # what the signature would say of the region that ARNs carry
    authorization = f"AWS4-HMAC-SHA256 Credential=embedded/20000101/{region}/personalize/aws4_request"

    def answer_here(request: Any, **kwargs: Any) -> AWSResponse:
        return _response(dispatcher, request, authorization)

    # botocore's events use the hyphenated service ID, which equals the name of all three services.
    client.meta.events.register_first(f"before-send.{service}", answer_here)
    return client


_creating = threading.Lock()
"""A session makes one client at a time (boto3's guide, "Multithreading or multiprocessing with clients")."""


@cache
def _session(region: str) -> boto3.Session:
    """Return the session of all clients of a region.

    To make one takes longer than to make a client, which copies its handlers and keeps its own to itself.
    """
    # With None as the source of each variable, botocore uses the default.
    unread = dict.fromkeys(("profile", "config_file", "credentials_file", "region"), (None, None, None, None))
    core = botocore.session.Session(session_vars=unread)
    core.register_component("data_loader", model_loader())  # a second client need not read the models again
    return boto3.Session(
        aws_access_key_id="embedded", aws_secret_access_key="embedded", region_name=region, botocore_session=core
    )


def _response(dispatcher: Dispatcher, request: Any, authorization: str) -> AWSResponse:
    body = request.body or b""
    answer: Answer = dispatcher.answer(
        request.method,
        urlsplit(request.url).path,
        _header(request, "X-Amz-Target"),
        body.encode() if isinstance(body, str) else body,
        authorization,
    )
    return AWSResponse(request.url, answer.status, answer.headers, _Raw(answer.body))


def _header(request: Any, name: str) -> str | None:
    value = request.headers.get(name)
    return value.decode() if isinstance(value, bytes) else value
