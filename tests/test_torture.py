"""A short slice of benchmarks/torture: a case of the quick families without a fault, and the same cases by one seed."""

import hashlib
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.torture import __main__ as command
from benchmarks.torture import clock, files, kills, links, requests
from benchmarks.torture.campaign import Campaign, Tally
from benchmarks.torture.tables import Files
from benchmarks.torture.world import small_world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home that the families copy."""
    return small_world(tmp_path_factory.mktemp("torture") / "family")


@pytest.mark.parametrize(
    ("family", "counted", "run"),
    [
        ("requests", "requests", lambda campaign, world: requests.run(campaign, world, n_requests=100)),
        ("files", "files", lambda campaign, world: files.run(campaign, n_files=5)),
        ("links", "links", lambda campaign, world: links.run(campaign, world)),
        ("clock", "clock steps", lambda campaign, world: clock.run(campaign, n_steps=8)),
        ("kills", "kills", lambda campaign, world: kills.run(campaign, kinds=("import",), n_kills=1)),
    ],
)
def test_a_case_shows_no_fault(family: str, counted: str, run: Callable[[Campaign, Path], None], world: Path) -> None:
    campaign = Campaign(family, seed=7, folder=world.parent / family, seconds=60, max_cases=1)
    run(campaign, world)
    assert campaign.tally.faults == []
    assert campaign.tally.counts[counted] > 0


def test_one_seed_draws_the_same_files_and_links_on_any_day(monkeypatch: pytest.MonkeyPatch) -> None:
    def drawn(seed: int) -> str:
        draw = random.Random(seed)
        drawn = [(Files(draw).upload(), Files(draw).object(), links.draw_link(draw)) for _ in range(20)]
        return hashlib.sha256(repr(drawn).encode()).hexdigest()  # the files themselves are too long to be shown

    today, now = drawn(3), time.time()
    monkeypatch.setattr(time, "time", lambda: now + 86_400)
    assert drawn(3) == today
    assert drawn(4) != today


def test_a_fault_is_told_with_the_command_that_repeats_its_case(tmp_path: Path) -> None:
    campaign = Campaign("files", seed=5, folder=tmp_path / "files", seconds=60, max_cases=2)
    for case in campaign.cases():
        with case.running():
            case.count("files")
            raise ValueError(f"broken {case.number}")
    campaign.tally.write(tmp_path / "tally.json")
    found = Tally.read(tmp_path / "tally.json")
    shown = command.table({"files": found}, seed=5, seconds=1.0)
    assert "| files: files | 2 |" in shown
    assert "| faults | 2 |" in shown
    assert "python -m benchmarks.torture --only files --seed 5 --case 1" in shown
