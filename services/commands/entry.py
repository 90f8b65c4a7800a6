"""The console command `personalize-explorer` of an installed wheel.

A wheel puts the whole explorer into one folder of site-packages, personalize_explorer, because names as general as
app, pages and services would meet those of other packages. The installed command imports this module as a part of that
folder; from there on the folder is the first place to import from, as the root of a clone is.
"""

import sys
from pathlib import Path


def main() -> int:
    """Run the command line; return the exit status."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from services.commands.__main__ import main as command

    return command()
