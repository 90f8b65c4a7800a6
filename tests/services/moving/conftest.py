"""A group on this machine, and an account of AWS: the engine like AWS, with bucket and role of moto."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from services.backend import Backend, open_backend, open_local
from services.engine import Engine
from services.engine.testing import TinyWorld, test_engine, tiny_world
from services.moving.runner import MovingRunner
from services.personalize import waiting
from services.personalize.datasets import group_names
from services.personalize.deletion import delete_group
from tests.account import prepared_account


@dataclass
class Sides:
    """Both sides of a move."""

    engine: Engine
    """Of this machine."""
    world: TinyWorld
    """The shop on this machine."""
    account: Engine
    aws: Backend
    here: Callable[[Backend], Backend]

    def runner(self) -> MovingRunner:
        """Return a runner as a process that starts has it."""
        return MovingRunner(self.aws, self.here)


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, dict[str, str]]]:
    """An account with bucket and role."""
    with prepared_account(tmp_path_factory.mktemp("account")) as opened:
        yield opened


@pytest.fixture
def sides(account: tuple[Engine, dict[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sides]:
    """A shop with a campaign and a filter here, and the account; jobs of both sides run at once."""
    monkeypatch.setattr(waiting, "pause", lambda seconds: None)
    home = tmp_path / "home"
    with test_engine(home) as engine:
        world = tiny_world(engine)
        engine.client("personalize").create_filter(
            name="shop-in-stock",
            datasetGroupArn=world.group,
            filterExpression='INCLUDE ItemID WHERE Items.AVAILABLE IN ("True")',
        )

        def here(backend: Backend) -> Backend:
            opened = open_local(backend)
            return replace(opened, personalize=engine.client("personalize"), objects=engine.objects)

        aws = open_backend(account[1], home)
        yield Sides(engine, world, account[0], aws, here)
        for group in group_names(aws):  # an account has five at most
            delete_group(aws, group)
