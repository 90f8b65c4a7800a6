"""Where the explorer is installed, which version it is, and where its home folder is by default.

A clone stores its data in .workspace of the folder where it is started. An installed wheel may be started anywhere, so
its home is in the user's data folder: ~/.local/share/personalize-explorer on Linux.
"""

import os
import tomllib
from importlib import metadata
from pathlib import Path

import platformdirs

NAME = "personalize-explorer"
ROOT = Path(__file__).resolve().parents[2]
"""The folder of app.py, pages/ and services/: a clone, or the wheel's folder in site-packages."""


def is_clone(root: Path = ROOT) -> bool:
    """Return whether this is a clone, and not an installed wheel."""
    return (root / "pyproject.toml").exists()


def version() -> str:
    """Return the version; in a clone that of its files, whatever is installed beside it."""
    if not is_clone():
        return metadata.version(NAME)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


def default_home() -> str:
    """Return the home folder that is used without PERSONALIZE_HOME and --home."""
    return ".workspace" if is_clone() else platformdirs.user_data_dir(NAME, appauthor=False)


def choose_home(home: str | None) -> str:
    """Set PERSONALIZE_HOME to the home of this command, for the processes that it starts too; return it."""
    chosen = home or os.environ.get("PERSONALIZE_HOME") or default_home()
    os.environ["PERSONALIZE_HOME"] = chosen
    return chosen
