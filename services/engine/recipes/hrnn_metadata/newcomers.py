"""Lists for users without history: popular items, adjusted by the user's features and by the context.

The item vectors of the finished model stay fixed. One table of vectors for the users' features and one for the
context's are fitted so that popularity * exp(offset . item) predicts the items of users with these features (a
multinomial logistic regression of low rank). Dropout removes either part at times, so that each also works alone.
Torch; training only.
"""

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from services.engine.recipes.adamw import AdamW
from services.engine.recipes.base import Floats, Histories
from services.engine.recipes.halves import computing_threads
from services.engine.recipes.hrnn.loss import FullSoftmaxLoss
from services.engine.recipes.hrnn_metadata.features import FeatureRows
from services.engine.recipes.hrnn_metadata.model import HrnnMetadataModel
from services.engine.recipes.hrnn_metadata.network import SideFeatures, bag

_STEPS = 80
_BATCH = 2048
_MAX_LOGITS = 20_000_000
"""Logits per step, which bounds the time on large catalogues."""
_RATE = 0.02
_FEATURE_DROPOUT = 0.3


def newcomer_tables(
    model: HrnnMetadataModel, histories: Histories, side: SideFeatures, seed: int, n_threads: int
) -> dict[str, Floats]:
    """Return the model's tables user_newcomers and context_newcomers, fitted to the histories' events."""
    arrays = model.to_arrays()
    size = arrays["items"].shape[1]
    tables = {
        "user_newcomers": torch.zeros(side.n_user_features + 1, size, requires_grad=True),
        "context_newcomers": torch.zeros(side.n_context_features + 1, size, requires_grad=True),
    }
    if histories.n_events and side.n_user_features + side.n_context_features:
        with computing_threads(n_threads):
            _fit(tables, model, histories, side, np.random.default_rng([seed, 2]))
    return {name: table.detach().numpy() for name, table in tables.items()}


def _fit(
    tables: dict[str, Tensor],
    model: HrnnMetadataModel,
    histories: Histories,
    side: SideFeatures,
    rng: np.random.Generator,
) -> None:
    arrays = model.to_arrays()
    items = torch.from_numpy(np.array(arrays["items"]))
    bias = torch.from_numpy(np.log(np.maximum(arrays["popularity"], 1e-3)).astype(np.float32))
    rows = np.full(histories.n_items, -1, np.int64)
    rows[arrays["trained_items"]] = np.arange(len(items))
    users = np.repeat(np.arange(histories.n_users), histories.lengths())
    optimizer = AdamW([{"params": tables.values(), "weight_decay": 0.0}])
    size = max(64, min(_BATCH, _MAX_LOGITS // max(len(items), 1)))
    for step, events in enumerate(_batches(histories.n_events, size, rng)):
        offsets = _summed(tables["user_newcomers"], side.users.take(users[events]), rng)
        offsets = offsets + _summed(tables["context_newcomers"], side.events.take(events), rng)
        loss = FullSoftmaxLoss.apply(  # type: ignore[no-untyped-call]
            offsets,
            items,
            bias,
            torch.from_numpy(rows[histories.items[events]]),
            torch.full((len(events),), 1 / len(events)),
            None,
            [],
            0.0,
            None,
            None,
        )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step(_RATE * (1 - step / _STEPS))


def _summed(table: Tensor, rows: FeatureRows, rng: np.random.Generator) -> Tensor:
    kept = (rng.random((len(rows.ids), 1)) >= _FEATURE_DROPOUT).astype(np.float32)
    return bag(table, torch.from_numpy(rows.ids).long(), torch.from_numpy(rows.weights * kept))


def _batches(n_events: int, size: int, rng: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    for _ in range(_STEPS):
        yield rng.integers(0, n_events, min(size, n_events))
