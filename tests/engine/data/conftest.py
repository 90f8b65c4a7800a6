"""A workbench on a temporary folder."""

from pathlib import Path

import pytest

from tests.engine.data.csv_data import Workbench


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    return Workbench(tmp_path)
