"""The engine's settings: read in one place, documented in docs/settings.md."""

import dataclasses
from pathlib import Path

from services.engine.settings import EngineSettings, from_environment

DOCS = Path(__file__).parents[2] / "docs" / "settings.md"


def test_every_setting_is_documented() -> None:
    documented = {line.split("|")[2].strip(" `") for line in DOCS.read_text().splitlines() if line.startswith("| `")}
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
