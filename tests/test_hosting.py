"""Dockerfile, compose.yaml and the devcontainer say what the code says: Python, ports, home, commands, bucket."""

import json
import re
import shlex
from pathlib import Path

import yaml

from services.backend import LOCAL_BUCKET
from services.commands import check
from services.commands.__main__ import command_parser
from services.engine.__main__ import command_parser as engine_parser

ROOT = Path(__file__).resolve().parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
OURS = ("pages", "api")


def instructions() -> list[tuple[str, str]]:
    """Return the Dockerfile's instructions with their arguments, in order."""
    text = re.sub(r"\\\n", " ", re.sub(r"^\s*#.*\n", "", DOCKERFILE, flags=re.MULTILINE))
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in text.splitlines() if line.strip()]


def last(name: str) -> str:
    """Return the arguments of the last instruction of this name: the one that counts in the image."""
    return [arguments for found, arguments in instructions() if found == name][-1]


def test_image_has_a_python_that_the_explorer_is_made_for() -> None:
    major, minor = re.findall(r"python:(\d+)\.(\d+)-slim", last("ARG") + DOCKERFILE)[0]
    assert check.python((int(major), int(minor)), "").fine


def test_image_installs_the_build_of_pytorch_that_make_run_installs() -> None:
    index = re.findall(r"TORCH_CPU_INDEX := (\S+)", (ROOT / "Makefile").read_text())
    assert re.findall(r"ARG TORCH_INDEX=(\S+)", DOCKERFILE) == index
    pins = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if line.startswith("torch==")]
    assert len(pins) == 1, "the Dockerfile takes this line"


def test_image_runs_without_root_and_owns_its_home() -> None:
    user = last("USER")
    home = last("VOLUME")
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", user)
    assert f"PERSONALIZE_HOME={home}" in last("ENV").split()
    (making,) = [arguments for name, arguments in instructions() if name == "RUN" and "useradd" in arguments]
    words = shlex.split(making)
    name = words[words.index("explorer")]
    assert words[words.index("--uid") + 1] == user.split(":")[0]
    assert words[words.index("-o") + 1] == name
    assert words[-1] == home


def test_image_starts_the_pages_on_a_port_that_it_exposes() -> None:
    assert json.loads(last("ENTRYPOINT")) == ["personalize-explorer"]
    options, more = command_parser().parse_known_args(json.loads(last("CMD")))
    assert (options.command, more) == ("run", [])
    assert options.address == "0.0.0.0"
    assert str(options.port) in last("EXPOSE").split()


def test_health_check_asks_the_exposed_ports() -> None:
    program, *arguments = json.loads(last("HEALTHCHECK").partition("CMD ")[2])
    assert program == "personalize-explorer"
    options, more = command_parser().parse_known_args(arguments)
    assert (options.command, options.running, more) == ("check", True, [])
    assert [str(options.port), str(options.serve_port)] == last("EXPOSE").split()


def test_compose_opens_ports_to_this_machine_only() -> None:
    published = [port for service in COMPOSE["services"].values() for port in service.get("ports", ())]
    assert len(published) >= len(OURS)
    assert [port for port in published if not port.startswith("127.0.0.1:")] == []
    inside = {port.rpartition(":")[2] for name in OURS for port in COMPOSE["services"][name]["ports"]}
    assert inside == set(last("EXPOSE").split())


def test_compose_serves_the_api_on_the_port_that_it_publishes() -> None:
    api = COMPOSE["services"]["api"]
    options = engine_parser().parse_args(api["command"])
    assert api["ports"] == [f"127.0.0.1:{options.port}:{options.port}"]
    assert options.host == "0.0.0.0"


def test_compose_keeps_one_home_in_a_volume() -> None:
    for name in OURS:
        (mount,) = COMPOSE["services"][name]["volumes"]
        volume, _, path = mount.partition(":")
        assert volume in COMPOSE["volumes"]
        assert path == last("VOLUME")
        assert COMPOSE["services"][name]["read_only"]


def test_compose_sets_what_the_settings_page_explains() -> None:
    settings = (ROOT / "docs" / "settings.md").read_text() + (ROOT / "docs" / "hosting.md").read_text()
    names = COMPOSE["services"]["pages"]["environment"]
    assert [name for name in names if f"`{name}`" not in settings] == []


def test_compose_containers_reach_each_other_by_name() -> None:
    names = COMPOSE["services"]["pages"]["environment"]["PERSONALIZE_ALLOWED_HOSTS"].split(",")
    assert set(OURS) <= set(names)


def test_compose_makes_the_bucket_that_uploads_go_into() -> None:
    (command,) = COMPOSE["services"]["bucket"]["command"]
    assert command.split()[-1] == f"store/{LOCAL_BUCKET}"
    assert f" set store {endpoint()} " in command


def endpoint() -> str:
    """Return the endpoint that the profile gives to our services; the file reads it with the profile's variable."""
    value = COMPOSE["services"]["pages"]["environment"]["AWS_ENDPOINT_URL_S3"]
    return re.fullmatch(r"\$\{COMPOSE_PROFILES:\+(http://minio:9000)\}", value).group(1)


def test_devcontainer_prepares_what_tests_need() -> None:
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())
    assert [str(port) for port in container["forwardPorts"]] == last("EXPOSE").split()
    assert container["postCreateCommand"].split() == ["make", ".venv/.installed-dev"]
    assert "DEVELOPED := $(VENV)/.installed-dev" in (ROOT / "Makefile").read_text()
    assert "chromium" in container["onCreateCommand"]
