"""The rule for names of data set groups, which are also names of folders on this machine."""

import re

from services.errors import SampleError

_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9\-_]{0,62}")
"""AWS: 1 to 63 characters. The limit is also services/personalize/datasets.py MAX_NAME_LENGTH."""


def is_name(name: str) -> bool:
    """Return whether a data set group may have this name."""
    return _NAME.fullmatch(name) is not None


def check_name(name: str) -> None:
    """Raise SampleError for a name that a data set group cannot have."""
    if not is_name(name):
        raise SampleError(
            f'"{name}" cannot be the name of a data set group. Use up to 63 letters, digits, "-" and "_", '
            "beginning with a letter or digit."
        )
