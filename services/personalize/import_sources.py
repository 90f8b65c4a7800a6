"""The tables of an import, its modes and its steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from services.progress import Step

FULL = "FULL"
INCREMENTAL = "INCREMENTAL"
"""AWS: an import replaces what was imported in bulk, or adds to it."""
WORDS = {"Interactions": "events", "Items": "items", "Users": "users"}


@dataclass(frozen=True)
class Source:
    """A table to import."""

    dataset_type: str
    """"Interactions", "Items" or "Users"."""
    csv: Path
    """A local file with a header, as AWS reads it."""
    schema: str
    """The Avro schema, JSON."""
    n_rows: int | None = None
    """For the step list; None when unknown."""


def import_steps(sources: Sequence[Source]) -> tuple[Step, ...]:
    """Return the steps of import_data(), all waiting."""
    return (
        Step("group", "Data set group, schemas, data sets"),
        Step("upload", "Copy the files to the object store"),
        *(Step(source.dataset_type, f"Check and import {WORDS[source.dataset_type]}") for source in sources),
    )
