"""A trained solution version as a folder: arrays as safetensors, the rest as JSON. No pickle is ever read.

    model.json                  recipe, the model's configuration, sizes, seeds
    model.safetensors           the model's arrays
    vocabularies.safetensors    external ids of users and items
    users.safetensors           every user's history and the model's state after it
    index.safetensors           the cluster index of a large catalogue (recipes/item_clusters.py), where there is one
    evaluation.json             metrics with intervals (models/evaluation_file.py)
    map.safetensors, map.json   the items in two dimensions (models/item_map.py), once somebody asked for the map

A folder is written under a temporary name, synced and renamed; only a map is added afterwards. Reading maps the files
into memory without torch or the safetensors package: the format is eight bytes with the length of a JSON header, the
header with a type, a shape and a position for each array, and the arrays' bytes (https://github.com/huggingface/safetensors).
"""

import json
import logging
import mmap
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from services.engine.data.vocabulary import Vocabulary
from services.engine.errors import JobFailed, ResourceNotFound
from services.engine.models.evaluation_file import VersionEvaluation, write_evaluation
from services.engine.recipes.base import Floats, Histories, Ints, Longs, Model, UserState
from services.engine.recipes.histories import count_unique_users
from services.engine.recipes.item_clusters import ClusterIndex, OutputProbe, probe_of
from services.engine.store.live import LiveEvent

logger = logging.getLogger(__name__)

FORMAT = 1
INDEX = "index.safetensors"
DTYPES = {
    "BOOL": np.bool_,
    "U8": np.uint8,
    "I8": np.int8,
    "I16": np.int16,
    "U16": np.uint16,
    "I32": np.int32,
    "U32": np.uint32,
    "I64": np.int64,
    "U64": np.uint64,
    "F16": np.float16,
    "F32": np.float32,
    "F64": np.float64,
}


class LiveHistory(Protocol):
    """The users' events after those of the training; runtime/live.py implements it."""

    def advanced(self, user_id: str, trained: UserState) -> UserState:
        """Return the state after all of a user's events, given the state at the end of the training."""

    def after(self, state: UserState, events: Sequence[LiveEvent]) -> UserState:
        """Return the state after these events, without storing them."""

    def events_of(self, user_id: str) -> tuple[Ints, Longs]:
        """Return item_index and timestamp of a user's events of known items, in order of arrival."""


@dataclass(frozen=True)
class Artifact:
    """Everything that serving a solution version needs."""

    recipe: str
    """Recipe name."""
    model: Model
    users: Vocabulary
    items: Vocabulary
    histories: Histories
    """The version's training data after event filters, with every user of the vocabulary."""
    states: Floats
    """float32 (n_users, state_size): UserState.vector after each complete history; size 0 for models without states."""
    facts: Mapping[str, Any]
    """JSON-able facts about the training, for information."""
    live: LiveHistory | None = None
    """Live events, for recipes that listen to events; added when the artifact is served."""
    index: ClusterIndex | None = None
    """Of large catalogues; versions of before have none and score all items."""
    actions: Vocabulary | None = None
    """The actions of a version that recommends actions."""

    folder: str | None = None
    """Name of the folder that it was read from."""

    @cached_property
    def users_of_items(self) -> Longs:
        """int64 (n_items,): how many users have each item."""
        return count_unique_users(self.histories)

    @cached_property
    def probe(self) -> OutputProbe | None:
        """What the index is asked with; None without an index."""
        return None if self.index is None else probe_of(self.model)


def write_artifact(folder: Path, artifact: Artifact, evaluation: VersionEvaluation) -> None:
    """Write a folder, completely or not at all.

    Raises OSError when the disk is full, and JobFailed for a model with NaN, which would answer with nonsense.
    """
    _check_numbers(artifact)
    temporary = folder.with_name(f".{folder.name}.writing")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    try:
        write_arrays(temporary / "model.safetensors", artifact.model.to_arrays())
        write_arrays(
            temporary / "vocabularies.safetensors",
            _prefixed("users.", artifact.users.to_arrays())
            | _prefixed("items.", artifact.items.to_arrays())
            | ({} if artifact.actions is None else _prefixed("actions.", artifact.actions.to_arrays())),
        )
        histories = artifact.histories
        write_arrays(
            temporary / "users.safetensors",
            {
                "offsets": histories.offsets,
                "items": histories.items,
                "timestamps": histories.timestamps,
                "states": artifact.states,
            },
        )
        if artifact.index is not None:
            write_arrays(temporary / INDEX, artifact.index.to_arrays())
        description = {
            "format": FORMAT,
            "recipe": artifact.recipe,
            "config": artifact.model.to_config(),
            "n_items": histories.n_items,
            "facts": dict(artifact.facts),
        }
        (temporary / "model.json").write_text(json.dumps(description, indent=1), encoding="utf-8")
        write_evaluation(temporary, evaluation)
        for path in temporary.iterdir():
            _sync(path)
        _sync(temporary)
        temporary.rename(folder)
        _sync(folder.parent)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def _check_numbers(artifact: Artifact) -> None:
    """Raise JobFailed if an array of the model or of the states contains NaN; infinity may mean "never"."""
    broken = [
        name
        for name, array in [*artifact.model.to_arrays().items(), ("states", artifact.states)]
        if array.dtype.kind == "f" and np.isnan(array).any()
    ]
    if broken:
        raise JobFailed(
            f"The training computed values that are not numbers ({', '.join(sorted(broken))}), so the model is not "
            "kept. Train again; if it fails again, train with the recipe's default hyperparameters."
        )


def read_artifact(folder: Path) -> Artifact:
    """Open a folder; its arrays are read-only memory maps.

    Raises FileNotFoundError when it has been removed, and ResourceNotFound when its files are damaged.
    """
    try:
        return _read(folder)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        logger.exception("damaged model folder=%s", folder)
        raise ResourceNotFound(
            f"The model files in {folder} are damaged ({type(error).__name__}); create the solution version again."
        ) from error


def _read(folder: Path) -> Artifact:
    from services.engine.recipes.registry import load_model

    description = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    vocabularies = map_arrays(folder / "vocabularies.safetensors")
    users = map_arrays(folder / "users.safetensors")
    index = folder / INDEX
    return Artifact(
        folder=folder.name,
        recipe=description["recipe"],
        model=load_model(description["recipe"], map_arrays(folder / "model.safetensors"), description["config"]),
        users=Vocabulary.from_arrays(_without_prefix("users.", vocabularies)),
        items=Vocabulary.from_arrays(_without_prefix("items.", vocabularies)),
        histories=Histories(users["offsets"], users["items"], users["timestamps"], description["n_items"]),
        states=users["states"],
        facts=description["facts"],
        index=ClusterIndex.from_arrays(map_arrays(index)) if index.exists() else None,
        actions=Vocabulary.from_arrays(actions) if (actions := _without_prefix("actions.", vocabularies)) else None,
    )


def map_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Return every array of a safetensors file by name, as read-only memory maps."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        header_size = int.from_bytes(file.read(8), "little")
        if not 0 < header_size <= size - 8:
            raise ValueError(f"{path} is not a safetensors file: its header claims {header_size} of {size} bytes.")
        header = json.loads(file.read(header_size))
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    start = 8 + header_size
    arrays = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        dtype = np.dtype(DTYPES[entry["dtype"]])  # the file is little-endian, as is every machine that torch runs on
        begin, end = entry["data_offsets"]
        values = np.frombuffer(mapped, dtype, count=(end - begin) // dtype.itemsize, offset=start + begin)
        arrays[name] = values.reshape(entry["shape"])
    return arrays


def write_arrays(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write arrays as one safetensors file; an array without dimensions stays one."""
    from safetensors.numpy import save_file

    save_file({name: np.asarray(values, order="C") for name, values in arrays.items()}, path)


def _prefixed(prefix: str, arrays: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    return {prefix + name: values for name, values in arrays.items()}


def _without_prefix(prefix: str, arrays: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    return {name.removeprefix(prefix): values for name, values in arrays.items() if name.startswith(prefix)}


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
