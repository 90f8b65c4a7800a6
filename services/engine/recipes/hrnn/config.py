"""aws-hrnn's settings: AWS's hyperparameters, ours, and the rule that fills in what depends on the data's size.

hidden_dimension is a unit of size: the item embedding has one and a half times, the recurrent state three times as many
dimensions (rounded to multiples of 8), so that AWS's default of 43 gives the 64 and 128 that measured best on
MovieLens 100K. bptt is taken literally: the state runs through the whole history, gradients stop every bptt events.

One rule for all data: some 300 to 1,200 updates whatever the size, times the recipe's effort, in batches of about 1 %
of the events, and less dropout the more there is to learn from. It was chosen on validation parts; benchmarks/README.md
has the figures under "How the defaults were chosen".
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.engine.recipes.base import HyperParameter, Longs

GAP_EDGES_S = (0.5, 10.5, 60.0, 300.0, 1800.0, 21600.0, 86400.0, 604800.0, 2592000.0)
"""Borders in seconds between the buckets of the time since a user's previous event."""
_GAP_EDGES = np.asarray(GAP_EDGES_S)
N_GAPS = len(GAP_EDGES_S) + 2
"""Bucket 0 is the first event, 1 to 10 the gaps from "at once" to "over a month"."""
FIRST_SESSION_GAP = 7
"""From this bucket on (six hours) an event begins a new session, and the session gate acts."""
FULL_SOFTMAX_ITEMS = 10_000
"""Up to this many items the loss looks at all of them; above, at a sample (reference: Jean et al. 2015, log-q)."""
PEAK_RATE = 7.5e-3
"""Learning rate at the top of the one-cycle schedule, unless a recipe or a person says otherwise."""
FEW_REPEATS = 0.1
"""Below this share of repeated events a user's items count as used up: never predicted, never shown again."""
LONGEST_SEQUENCE = 2000
"""Events after which a longer history goes on as another training sequence; bounds the memory of one batch."""

_LENGTH_PERCENTILES = (
    HyperParameter(
        "min_user_history_length_percentile",
        "float",
        0.0,
        0.0,
        1.0,
        featurization=True,
        description="Users with shorter histories than this percentile are left out of training.",
    ),
    HyperParameter(
        "max_user_history_length_percentile",
        "float",
        0.99,
        0.0,
        1.0,
        featurization=True,
        description="Users with longer histories than this percentile are left out of training.",
    ),
)

HYPERPARAMETERS: tuple[HyperParameter, ...] = (
    HyperParameter(
        "hidden_dimension",
        "integer",
        43,
        32,
        256,
        tunable=True,
        description="Size of the model: 1.5 times as many dimensions for an item, 3 times as many for a user's state.",
    ),
    HyperParameter(
        "bptt",
        "integer",
        32,
        2,
        32,
        tunable=True,
        description="Back-propagation through time: how many events back an error is followed.",
    ),
    HyperParameter(
        "recency_mask",
        "boolean",
        True,
        tunable=True,
        description="Whether recent events weigh more in training than old ones.",
    ),
    *_LENGTH_PERCENTILES,
    HyperParameter("epochs", "integer", None, 1, 200, engine_only=True, description="Passes over the data."),
    HyperParameter("learning_rate", "float", None, 1e-5, 0.1, engine_only=True, description="Peak learning rate."),
    HyperParameter("dropout", "float", None, 0.0, 0.9, engine_only=True, description="Dropout of the item embedding."),
    HyperParameter(
        "batch_tokens", "integer", None, 32, 65536, engine_only=True, description="Events in one training step."
    ),
    HyperParameter(
        "early_stopping",
        "boolean",
        None,
        engine_only=True,
        description="Whether to put some users' last event aside and keep the epoch that foresees it best.",
    ),
    HyperParameter("random_seed", "integer", None, 0, 2**31 - 1, engine_only=True, description="Seed of the training."),
)


@dataclass(frozen=True)
class HrnnConfig:
    """Everything that decides one training run, complete."""

    item_size: int
    """d: dimensions of an item embedding."""
    state_size: int
    """h: dimensions of a user's state."""
    bptt: int
    recency_mask: bool
    epochs: int
    batch_tokens: int
    learning_rate: float
    """Peak of the one-cycle schedule."""
    input_dropout: float
    seed: int
    masks_seen: bool
    """Whether items that the user already has are out of the game, in the loss and when serving."""
    early_stopping: bool = False
    state_dropout: float = 0.25
    label_smoothing: float = 0.1
    n_sampled: int = 512
    """Draws of negatives of the sampled softmax, shared by a batch."""


def configure(
    hyperparameters: Mapping[str, Any],
    *,
    n_events: int,
    repeat_share: float,
    seed: int = 0,
    default_dimension: int = 43,
    effort: float = 1.0,
    more_dropout: float = 0.0,
    peak_rate: float = PEAK_RATE,
) -> HrnnConfig:
    """Return the complete settings from typed hyperparameters and the size of what is trained on.

    default_dimension: the recipe's default hidden_dimension, which stands for the sizes that measured best. effort
    multiplies the number of updates; more_dropout is added to the rule's, peak_rate is the learning rate's default.
    """
    given = {name: value for name, value in hyperparameters.items() if value is not None}
    hidden = 43 / default_dimension * int(given.get("hidden_dimension", default_dimension))
    n_events = max(n_events, 1)
    batch_tokens = int(given.get("batch_tokens", np.clip(n_events / 90, 128, 4096)))
    n_updates = effort * float(np.clip(540 * (n_events / 90_000) ** 0.25, 300, 1200))
    fewest = 3 if effort >= 1 else 2
    epochs = int(given.get("epochs", np.clip(round(n_updates * batch_tokens / n_events), fewest, 40)))
    dropout = float(np.clip(0.5 - 0.25 * math.log10(n_events / 90_000), 0.2, 0.5)) + more_dropout
    return HrnnConfig(
        item_size=8 * round(hidden * 1.5 / 8),
        state_size=8 * round(hidden * 3 / 8),
        bptt=int(given.get("bptt", 32)),
        recency_mask=bool(given.get("recency_mask", True)),
        epochs=epochs,
        batch_tokens=batch_tokens,
        learning_rate=float(given.get("learning_rate", peak_rate)),
        input_dropout=float(given.get("dropout", dropout)),
        seed=int(given.get("random_seed", seed)),
        masks_seen=repeat_share < FEW_REPEATS,
        early_stopping=bool(given.get("early_stopping", False)),
    )


def with_default_dimension(default: int) -> tuple[HyperParameter, ...]:
    """Return HYPERPARAMETERS with a recipe's own default of hidden_dimension; pass the same default to configure()."""
    words = "Size of the model; the default stands for 64 dimensions of an item and 128 of a user's state."
    return tuple(
        replace(parameter, default=default, description=words) if parameter.name == "hidden_dimension" else parameter
        for parameter in HYPERPARAMETERS
    )


def smallness(n_events: int) -> float:
    """Return 1 for up to 90,000 events, 0 from 900,000 on, and a share by their logarithm in between."""
    return float(np.clip(1 - math.log10(max(n_events, 1) / 90_000), 0, 1))


def longer(n_events: int, times: float) -> float:
    """Return the effort of a recipe that takes so many times the updates at 90,000 events, less on larger data."""
    return float(np.clip(times * (max(n_events, 1) / 90_000) ** -0.1, 1, times))


def gap_buckets(gaps_s: Longs) -> NDArray[np.int64]:
    """Return the bucket, 1 to N_GAPS - 1, of each gap in seconds; a gap that is not positive counts as none."""
    return _GAP_EDGES.searchsorted(gaps_s) + 1
