"""The state of an unfinished training as named arrays: a training that resumes from it ends with the same model.

It contains everything that the next batch depends on: weights, AdamW's moments, the states of all random generators,
the position within the epochs, and the state of early stopping.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from services.engine.recipes.adamw import AdamW
from services.engine.recipes.hrnn.batches import Sequences
from services.engine.recipes.hrnn.network import HrnnNetwork
from services.engine.recipes.hrnn.tail import EarlyStopping

Arrays = Mapping[str, NDArray[Any]]

_VERSION = 2
"""Increased when the same settings train another model; a checkpoint of another version is not resumed."""


@dataclass(frozen=True)
class Position:
    """The progress of a training."""

    epoch: int = 0
    """Completed epochs."""
    tokens: int = 0
    """Tokens processed, over all epochs."""
    points: int = 0
    """Points of the learning curve so far."""


@dataclass(frozen=True)
class TrainingState:
    """The parts of a training that change with every batch."""

    network: HrnnNetwork
    optimizer: AdamW
    generators: Sequence[np.random.Generator]
    stopping: EarlyStopping | None
    fingerprint: str
    """Identifies the training; see fingerprint_of."""

    def to_arrays(self, position: Position) -> dict[str, NDArray[Any]]:
        """Return the state as copied arrays."""
        arrays = {f"network.{name}": _copied(tensor) for name, tensor in self.network.state_dict().items()}
        arrays |= {f"optimizer.{name}": _copied(tensor) for name, tensor in self.optimizer.state().items()}
        arrays["torch_generator"] = _copied(self.network.generator.get_state())
        states = [generator.bit_generator.state for generator in self.generators]
        arrays["numpy_generators"] = _text(json.dumps(states))
        arrays["position"] = np.array([position.epoch, position.tokens, position.points], np.int64)
        arrays["fingerprint"] = _text(self.fingerprint)
        if self.stopping is not None:
            arrays |= {f"stopping.{name}": value for name, value in self.stopping.to_arrays().items()}
        return arrays

    def restore(self, arrays: Arrays) -> Position | None:
        """Restore the state and return its position; None, without a change, for arrays of another training."""
        if "fingerprint" not in arrays or arrays["fingerprint"].tobytes().decode() != self.fingerprint:
            return None
        self.network.load_state_dict(_tensors(arrays, "network."))
        self.optimizer.restore(_tensors(arrays, "optimizer."))
        self.network.generator.set_state(torch.from_numpy(arrays["torch_generator"].copy()))
        states = json.loads(arrays["numpy_generators"].tobytes().decode())
        for generator, state in zip(self.generators, states, strict=True):
            generator.bit_generator.state = state
        if self.stopping is not None:
            prefix = "stopping."
            self.stopping.take({k.removeprefix(prefix): v for k, v in arrays.items() if k.startswith(prefix)})
        return Position(*arrays["position"].tolist())


def fingerprint_of(network: HrnnNetwork, sequences: Sequences) -> str:
    """Return a hash of the training's settings, its sequences and its initial weights.

    The initial weights depend on the seed and on every feature of items, users and interactions.
    """
    digest = hashlib.sha256(f"{_VERSION} {torch.__version__} {type(network).__name__} {network.config}".encode())
    for array in (sequences.lengths, sequences.inputs, sequences.targets, sequences.gaps, sequences.weights):
        digest.update(np.ascontiguousarray(array).data)
    for name, tensor in network.state_dict().items():
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(_copied(tensor)).data)
    return digest.hexdigest()


def _copied(tensor: torch.Tensor) -> NDArray[Any]:
    copied: NDArray[Any] = tensor.detach().cpu().numpy().copy()
    return copied


def _tensors(arrays: Arrays, prefix: str) -> dict[str, torch.Tensor]:
    return {k.removeprefix(prefix): torch.from_numpy(v.copy()) for k, v in arrays.items() if k.startswith(prefix)}


def _text(text: str) -> NDArray[Any]:
    return np.frombuffer(text.encode(), np.uint8)
