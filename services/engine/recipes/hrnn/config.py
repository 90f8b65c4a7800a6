"""aws-hrnn's settings: AWS's hyperparameters, our own, and a rule for the settings that depend on the data's size.

hidden_dimension is a unit of size: the item embedding has 1.5 times, the recurrent state three times as many dimensions
(rounded to multiples of 8), so that AWS's default of 43 gives 64 and 128, which measured best on MovieLens 100K. bptt
is the length of back-propagation: the state runs through the whole history, gradients stop every bptt events.

One rule for all data: 300 to 1,200 updates, times the recipe's effort, in batches of about 1 % of the events, with less
dropout on larger data. It was chosen on validation parts; benchmarks/results/recipes.md has the figures under "How the
defaults were chosen".
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.engine.recipes.base import Floats, HyperParameter, Longs

GAP_EDGES_S = (0.5, 10.5, 60.0, 300.0, 1800.0, 21600.0, 86400.0, 604800.0, 2592000.0)
"""Borders in seconds between the buckets of the time since a user's previous event."""
_GAP_EDGES = np.asarray(GAP_EDGES_S)
N_GAPS = len(GAP_EDGES_S) + 2
"""Bucket 0 is the first event, 1 to 10 are gaps from half a second to over a month."""
FIRST_SESSION_GAP = 7
"""From this bucket on (six hours) an event begins a new session, and the session gate is applied."""
HORIZONS = (5.0, 20.0, 100.0)
"""Events after which an input has the weight 1 / e in each running mean; five from 2 to 400 were no better."""
FULL_SOFTMAX_ITEMS = 10_000
"""Up to this many items the loss uses all of them; above, it uses a sample (Jean et al. 2015, log-q correction)."""
SAMPLED_ITEMS = 1_500
SAMPLED_SHARE = 0.6
"""Above this many items the loss uses a sample for this share of the training."""
PEAK_RATE = 7.5e-3
"""Peak learning rate of the one-cycle schedule, unless a recipe or a user sets another one."""
LATER_SHARE = 0.3
"""On small data in which people do not repeat, a token learns a later item instead of the next one this often."""
REPEATS_WEIGHT = 4.0
"""Weight of the neighbours where people repeat; elsewhere _neighbour_weight()."""
FEW_REPEATS = 0.1
"""Below this share of repeated events the model never predicts or shows items that a user already has."""
ENOUGH_EVENTS = 20_000_000
"""Small data are passed three times at least; large data no oftener than makes so many events, or once."""
MAX_SEQUENCE_LENGTH = 2000
"""A longer history is divided into several training sequences, which bounds the memory of one batch."""

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
    """All settings of one training run."""

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
    """Whether items that the user already has are excluded, in the loss and when serving."""
    early_stopping: bool = False
    state_dropout: float = 0.25
    means_dropout: float = 0.25
    label_smoothing: float = 0.1
    later_share: float = 0.0
    """Share of the targets that are a later item instead of the next one."""
    neighbour_weight: float = 0.0
    """How much neighbours (recipes/neighbours.py) count in the logits."""
    n_sampled: int = 1024
    """Number of negatives drawn for the sampled softmax; all rows of a batch share them."""


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
    least_later: float = 0.0,
) -> HrnnConfig:
    """Return the complete settings from typed hyperparameters and the size of the training data.

    default_dimension: the recipe's default hidden_dimension, which means the sizes that measured best. effort
    multiplies the number of updates; more_dropout is added to the rule's; peak_rate is the default learning rate;
    least_later is the share of later targets that stays on large data.
    """
    settings = {name: value for name, value in hyperparameters.items() if value is not None}
    hidden = 43 / default_dimension * int(settings.get("hidden_dimension", default_dimension))
    n_events = max(n_events, 1)
    batch_tokens = int(settings.get("batch_tokens", np.clip(n_events / 90, 128, 4096)))
    growth = 0.25 if n_events < 90_000 else 0.33
    n_updates = effort * float(np.clip(540 * (n_events / 90_000) ** growth, 300, 1200))
    min_epochs = min(3 if effort >= 1 else 2, max(1, ENOUGH_EVENTS // n_events))
    epochs = int(settings.get("epochs", np.clip(round(n_updates * batch_tokens / n_events), min_epochs, 40)))
    output_dropout = 0.1 + 0.15 * smallness(n_events)
    dropout = float(np.clip(0.5 - 0.25 * math.log10(n_events / 90_000), 0.2, 0.5)) + more_dropout
    return HrnnConfig(
        item_size=8 * round(hidden * 1.5 / 8),
        state_size=8 * round(hidden * 3 / 8),
        bptt=int(settings.get("bptt", 32)),
        recency_mask=bool(settings.get("recency_mask", True)),
        epochs=epochs,
        batch_tokens=batch_tokens,
        learning_rate=float(settings.get("learning_rate", peak_rate)),
        input_dropout=float(settings.get("dropout", dropout)),
        state_dropout=output_dropout,
        means_dropout=output_dropout,
        seed=int(settings.get("random_seed", seed)),
        masks_seen=repeat_share < FEW_REPEATS,
        early_stopping=bool(settings.get("early_stopping", False)),
        later_share=0.0 if repeat_share >= FEW_REPEATS else max(least_later, LATER_SHARE * smallness(n_events)),
        neighbour_weight=REPEATS_WEIGHT if repeat_share >= FEW_REPEATS else _neighbour_weight(n_events),
    )


def with_default_dimension(default: int) -> tuple[HyperParameter, ...]:
    """Return HYPERPARAMETERS with a recipe's own default of hidden_dimension; pass the same default to configure()."""
    words = "Size of the model; the default means 64 dimensions of an item and 128 of a user's state."
    return tuple(
        replace(parameter, default=default, description=words) if parameter.name == "hidden_dimension" else parameter
        for parameter in HYPERPARAMETERS
    )


def smallness(n_events: int) -> float:
    """Return 1 for up to 90,000 events, 0 from 900,000 on, and an interpolation by the logarithm in between."""
    return float(np.clip(1 - math.log10(max(n_events, 1) / 90_000), 0, 1))


def _neighbour_weight(n_events: int) -> float:
    """Return how much neighbours count: on small data they know more than the network, on large data less."""
    return 0.15 + 0.25 * smallness(n_events)


def scaled_effort(n_events: int, times: float) -> float:
    """Return the effort of a recipe that needs this many times the updates at 90,000 events; less on larger data."""
    return float(np.clip(times * (max(n_events, 1) / 90_000) ** -0.1, 1, times))


def gap_buckets(gaps_s: Longs) -> NDArray[np.int64]:
    """Return the bucket, 1 to N_GAPS - 1, of each gap in seconds; gaps of 0 or less have bucket 1."""
    return _GAP_EDGES.searchsorted(gaps_s) + 1


def mean_rates() -> Floats:
    """Return the weight of the newest input in each running mean, float32 (n_horizons,)."""
    rates: Floats = (1 - np.exp(-1 / np.array(HORIZONS))).astype(np.float32)
    return rates
