"""The engine's settings: read in one place, documented in docs/settings.md."""

import dataclasses
from pathlib import Path

import pytest

from services.engine.errors import InvalidSetting
from services.engine.settings import EngineSettings, from_environment

DOCS = Path(__file__).parents[2] / "docs" / "settings.md"


def test_every_setting_is_documented() -> None:
    rows = [line for line in DOCS.read_text().splitlines() if line.startswith(("| `PERSONALIZE_", "| `AWS_"))]
    documented = {row.split("|")[2].strip(" `") for row in rows}
    assert documented == {field.name for field in dataclasses.fields(EngineSettings)}


def test_environment_is_read() -> None:
    environment = {
        "PERSONALIZE_HOME": "/somewhere",
        "PERSONALIZE_REGION": "eu-west-1",
        "PERSONALIZE_ACCOUNT_ID": "123456789012",
        "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9000",
        "PERSONALIZE_WORKER_THREADS": "2",
        "PERSONALIZE_SYNC": "full",
    }
    settings = from_environment(environment=environment)
    assert settings == EngineSettings(
        home=Path("/somewhere"),
        region="eu-west-1",
        account_id="123456789012",
        s3_endpoint_url="http://127.0.0.1:9000",
        use_s3=True,
        worker_threads=2,
        durable_against_power_cuts=True,
    )


def test_explicit_home_wins_over_the_environment(tmp_path: Path) -> None:
    settings = from_environment(home=tmp_path, environment={"PERSONALIZE_HOME": "/elsewhere"})
    assert settings.home == tmp_path.resolve()
    assert not settings.use_s3


@pytest.mark.parametrize(
    ("variable", "value", "form"),
    [
        ("PERSONALIZE_WORKER_IDLE_S", "-1", "a number from 0 to 86,400"),
        ("PERSONALIZE_WORKER_IDLE_S", "nan", "a number from 0 to 86,400"),
        ("PERSONALIZE_WORKER_IDLE_S", "inf", "a number from 0 to 86,400"),
        ("PERSONALIZE_WORKER_IDLE_S", "soon", "a number from 0 to 86,400"),
        ("PERSONALIZE_WORKER_SILENT_S", "0", "a number from 1 to 86,400"),
        ("PERSONALIZE_WORKER_THREADS", "x", "a whole number from 1 to 1,024"),
        ("PERSONALIZE_WORKER_THREADS", "0", "a whole number from 1 to 1,024"),
        ("PERSONALIZE_WORKER_THREADS", "1.5", "a whole number from 1 to 1,024"),
        ("PERSONALIZE_WORKER_THREADS", "9" * 5000, "a whole number from 1 to 1,024"),
        ("PERSONALIZE_REGION", "us east", "letters, digits and hyphens"),
        ("PERSONALIZE_REGION", "us:east/1", "letters, digits and hyphens"),
        ("PERSONALIZE_ACCOUNT_ID", "1234", "12 digits"),
        ("PERSONALIZE_ACCOUNT_ID", "12345678901x", "12 digits"),
        ("PERSONALIZE_OBJECTS", "minio", '"local" or "s3"'),
        ("PERSONALIZE_SYNC", "FULL", '"normal" or "full"'),
        ("PERSONALIZE_ALLOWED_ORIGINS", "localhost:3000", "origins such as http://localhost:3000"),
        ("PERSONALIZE_ALLOWED_ORIGINS", "http://localhost:3000/app", "origins such as http://localhost:3000"),
        ("AWS_ENDPOINT_URL_S3", "localhost:9000", "a URL that begins with http://"),
    ],
)
def test_a_value_that_is_not_possible_is_refused_by_name(variable: str, value: str, form: str) -> None:
    with pytest.raises(InvalidSetting) as caught:
        from_environment(environment={variable: value})
    assert str(caught.value).startswith(f"{variable} is {value[:100]!r}; it must be {form}. Correct it")


def test_a_home_that_cannot_be_found_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting, match="Correct PERSONALIZE_HOME"):
        from_environment(environment={"PERSONALIZE_HOME": "~no-such-user/home"})


def test_an_empty_variable_is_the_default() -> None:
    names = ("PERSONALIZE_WORKER_IDLE_S", "PERSONALIZE_REGION", "PERSONALIZE_SYNC", "PERSONALIZE_ALLOWED_HOSTS")
    assert from_environment(environment=dict.fromkeys(names, "")) == from_environment(environment={})


def test_hosts_are_a_list() -> None:
    assert from_environment(environment={"PERSONALIZE_ALLOWED_HOSTS": "engine, Demo.example"}).allowed_hosts == (
        "engine",
        "demo.example",
    )
