"""The rows of a group as one CSV file for each data set, as both sides import them."""

import os
import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import pandas as pd

from services.backend import Backend, engine_errors
from services.moving.contents import Data
from services.personalize.exports import ALL, export_csv

KEYS = {"Items": "ITEM_ID", "Users": "USER_ID", "Actions": "ACTION_ID"}
"""Of data sets in which a later row replaces an earlier one of the same id."""


def csv_path(folder: Path, dataset_type: str) -> Path:
    """Return where the rows of a data set are written."""
    return folder / f"{dataset_type.lower()}.csv"


def fetch(source: Backend, group: str, data: Data, folder: Path) -> Path:
    """Write the rows of a data set into the folder, unless they are there; return the file.

    From this machine with what was sent live; from AWS from the files of the import, or by an export where they are
    gone. Raises DataError or ServiceError with the reason; a file is there whole or not at all.
    """
    path = csv_path(folder, data.dataset_type)
    if path.exists():
        return path
    urls = data.urls
    if source.kind == "embedded" or not urls:
        urls = export_csv(source, group, data.dataset_type, mode=ALL).urls
    folder.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with ExitStack() as kept:
        with engine_errors():
            files = [kept.enter_context(source.objects.local_path(url)) for url in urls]
        _join(files, part, KEYS.get(data.dataset_type))
    os.replace(part, path)
    return path


def _join(files: Sequence[Path], to: Path, key: str | None) -> None:
    if len(files) == 1:
        shutil.copyfile(files[0], to)
        return
    frame = pd.concat([pd.read_csv(file, dtype=str, keep_default_na=False) for file in files], ignore_index=True)
    frame = frame.fillna("")
    if key is not None and key in frame:
        frame = frame.drop_duplicates(key, keep="last")
    frame.to_csv(to, index=False)
