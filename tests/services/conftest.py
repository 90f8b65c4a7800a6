"""Data that several tests of services start from."""

import pytest

from services.library.prepared import PreparedData
from tests.services import worlds


@pytest.fixture
def small_world() -> PreparedData:
    """Twelve people, eight films; see tests/services/worlds.py."""
    return worlds.small_world()
