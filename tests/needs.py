"""Tests whose package of requirements-dev.txt is missing: they are skipped with the reason, and fail in CI."""

import importlib.util
import os

import pytest


def need(package: str) -> None:
    """Skip the test, or the file that is being collected, unless this package is installed; in CI go on and fail."""
    if importlib.util.find_spec(package) is None and not os.environ.get("CI"):
        pytest.skip(f"{package} is not installed: pip install -r requirements-dev.txt", allow_module_level=True)
