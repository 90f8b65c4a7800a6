"""Every change passes here: in read-only mode it is refused, else the audit log gets its line.

Calls of the API pass in services/backend.py; what is changed without it (the library, drafts, laboratories, the demo)
calls changing_home() first. A screen asks may_change() and leaves out what would be refused.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from services import audit
from services.engine.errors import InvalidSetting
from services.engine.read_only import REFUSAL
from services.engine.read_only import changes as changing
from services.engine.settings import reads_only
from services.errors import ReadOnlyError

__all__ = ["REFUSAL", "changing", "changing_home", "may_change", "named", "record"]

SANDBOX = "sandbox-"
"""How the id of a user made for Live events begins. What is sent for one is removed again, so it is not recorded."""


def may_change(environment: Mapping[str, str] = os.environ) -> bool:
    """Return whether anything may be changed; not with a mode that does not exist, which open_backend refuses."""
    try:
        return not reads_only(environment)
    except InvalidSetting:
        return False


def changing_home(home: Path, operation: str = "", resource: str = "") -> None:
    """Refuse a change of the home folder in read-only mode, else record it. Raises ReadOnlyError.

    Without an operation it is a part of a change that was recorded already.
    """
    if not may_change():
        raise ReadOnlyError(REFUSAL, operation)
    if operation:
        record(home, operation, resource)


def record(home: Path, operation: str, resource: str, outcome: str = "done") -> None:
    """Record a change, unless nobody signs in here or it is an event of a sandbox user."""
    if not resource.startswith(SANDBOX):
        audit.write(home, operation, resource, outcome)


def named(params: Mapping[str, Any]) -> str:
    """Return what the parameters of an operation change: a user, a name, else an ARN; never contents."""
    for wanted in ("userId", "name", "jobName"):
        if isinstance(params.get(wanted), str):
            return str(params[wanted])
    return next((str(value) for name, value in params.items() if name.endswith("Arn") and name != "roleArn"), "")
