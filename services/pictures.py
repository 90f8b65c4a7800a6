"""Which hosts a person lets the pictures of a data set come from: HOME/library/NAME/pictures.json.

A browser that loads a picture tells its host which items are looked at. So nothing is loaded until somebody has agreed,
for one data set and for the hosts that it named then; a later file that names other hosts is asked about again.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd

from services.changes import changing_home
from services.library.writing import replace_json

FILE = "pictures.json"
HOST = re.compile(r"[a-z0-9.-]+(:\d{1,5})?")
"""What may stand in a content security policy; another host is never loaded from."""


def host_of(address: str | None) -> str:
    """Return the host, with its port, of a web address; "" for anything else."""
    if not isinstance(address, str) or not address.startswith(("https://", "http://")):
        return ""
    try:
        host = urlsplit(address).netloc.lower()
    except ValueError:
        return ""
    return host if HOST.fullmatch(host) else ""


def hosts_of(addresses: "Iterable[str | None] | pd.Series") -> tuple[str, ...]:
    """Return the hosts that the pictures of a data set come from, those of most pictures first."""
    hosts = pd.Series([host_of(address) for address in addresses], dtype=str)
    return tuple(hosts[hosts != ""].value_counts().index)


def allowed(home: Path, name: str) -> frozenset[str]:
    """Return the hosts that were agreed to for a data set group."""
    return _read(_file(home, name))


def allowed_anywhere(home: Path) -> frozenset[str]:
    """Return the hosts that were agreed to for any data set group of a home."""
    return frozenset().union(*(_read(path) for path in (home / "library").glob(f"*/{FILE}")))


def allow(home: Path, name: str, hosts: Iterable[str]) -> None:
    """Agree to pictures from these hosts in place of those of before; none of them withdraws it."""
    changing_home(home, "AllowPictures", name)
    path = _file(home, name)
    if path.parent.is_dir():
        replace_json(path, {"hosts": sorted(hosts)})


def _file(home: Path, name: str) -> Path:
    return home / "library" / name / FILE


def _read(path: Path) -> frozenset[str]:
    try:
        hosts = json.loads(path.read_text(encoding="utf-8"))["hosts"]
    except (OSError, ValueError, LookupError, TypeError):
        return frozenset()
    return frozenset(host for host in hosts if isinstance(host, str) and HOST.fullmatch(host))
