"""An account of AWS on this machine: the engine as `serve --like-aws` serves it, beside IAM, S3 and STS of moto."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from moto.server import ThreadedMotoServer

from services.backend import Backend, open_backend
from services.engine import Engine
from services.engine.testing import test_engine
from services.engine.wire.like_aws.account import AccountDispatcher
from services.engine.wire.like_aws.behaviour import Behaviour
from services.engine.wire.server import serving_in_thread
from services.screens.settings.checks import missing, run_checks
from services.screens.settings.repair import make

ACCOUNT = "123456789012"
BUCKET = "settings-films"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/personalize-explorer"
SECRET = "not-to-be-shown"


@contextmanager
def aws_account(
    home: Path, *, s3: bool = True, dispatcher: type[AccountDispatcher] = AccountDispatcher
) -> Iterator[tuple[Engine, dict[str, str]]]:
    """Give the account's engine, and the environment of an explorer that asks it; bucket and role are not made.

    The variables that boto3 reads are set meanwhile. s3: whether the engine reads its objects from moto.
    """
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    moto = f"http://{host}:{port}"
    urlopen(Request(f"{moto}/moto-api/reset", method="POST")).close()  # all servers of a process share one account
    settings = {"account_id": ACCOUNT} | ({"s3_endpoint_url": moto, "use_s3": True} if s3 else {})
    behaviour = Behaviour(seconds=0.0, rate=0.0, iam_endpoint_url=moto if s3 else None)
    chosen = {
        "PERSONALIZE_BACKEND": "aws",
        "PERSONALIZE_BUCKET": BUCKET,
        "PERSONALIZE_ROLE_ARN": ROLE,
        "AWS_ENDPOINT_URL_S3": moto,
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    try:
        with pytest.MonkeyPatch.context() as patch:
            for service in ("S3", "IAM", "STS", "CLOUDWATCH", "SERVICE_QUOTAS"):
                patch.setenv(f"AWS_ENDPOINT_URL_{service}", moto)
            for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
                patch.setenv(name, SECRET)
            patch.setenv("AWS_CONFIG_FILE", "/nonexistent")
            patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
            with (
                test_engine(home, **settings) as engine,
                serving_in_thread(dispatcher(engine.context, behaviour)) as url,
            ):
                for service in ("PERSONALIZE", "PERSONALIZE_RUNTIME", "PERSONALIZE_EVENTS"):
                    patch.setenv(f"AWS_ENDPOINT_URL_{service}", url)
                yield engine, chosen
    finally:
        server.stop()


@contextmanager
def prepared_account(
    home: Path, dispatcher: type[AccountDispatcher] = AccountDispatcher
) -> Iterator[tuple[Engine, dict[str, str]]]:
    """Give an account with bucket and role, as Settings makes them."""
    with aws_account(home / "account", dispatcher=dispatcher) as (engine, chosen):
        backend = answering(open_backend(chosen, home / "making"))
        make(backend, missing(run_checks(backend)))
        yield engine, chosen


def answering(backend: Backend, decision: str = "allowed", max_groups: int = 5) -> Backend:
    """Return the backend with two answers that moto does not have: IAM's simulation, and Service Quotas."""

    def client(service: str) -> Any:
        assert backend.client is not None
        made = backend.client(service)
        if service == "iam":
            made.simulate_principal_policy = lambda **_: {"EvaluationResults": [{"EvalDecision": decision}]}
        if service == "service-quotas":
            quota = {"QuotaName": "Active dataset groups", "Value": float(max_groups)}
            made.list_service_quotas = lambda **_: {"Quotas": [quota]}
        return made

    return replace(backend, client=client)
