"""The weights of the hierarchical recurrent network and its forward pass. Torch; for training only.

Input of event t: LayerNorm(item embedding) with dropout, plus an embedding of the time since the previous event.
Recurrent layer: gru.py; beside it, gated running means of the inputs: means.py. Output: LayerNorm(linear(state) +
linear(means)), compared with the same item embeddings plus a bias per item (GRU4Rec, Hidasi et al. 2016/2018; gap
buckets after Ma et al. 2020).
"""

import math
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from services.engine.recipes.base import Floats
from services.engine.recipes.hrnn.batches import Batch
from services.engine.recipes.hrnn.config import FIRST_SESSION_GAP, HORIZONS, N_GAPS, HrnnConfig, mean_rates
from services.engine.recipes.hrnn.gru import SessionGru
from services.engine.recipes.hrnn.means import RunningMeans
from services.engine.recipes.hrnn.repeats import N_RECENT

_OPEN = 2.0
"""Scale of the gates of the running means: a gate starts at 1 / 2, so a mean starts at its full weight."""


class HrnnNetwork(nn.Module):
    """The network; rows of trained items are those of batches.make_sequences."""

    mean_rates: Tensor

    def __init__(self, config: HrnnConfig, items: Floats, counts: NDArray[Any], generator: torch.Generator) -> None:
        """items, float32 (n_trained, item_size): initial embeddings; counts, (n_trained,): events of each item."""
        super().__init__()
        d, h = config.item_size, config.state_size
        self.config = config
        self.generator = generator

        def normal(scale: float, *shape: int) -> nn.Parameter:
            return nn.Parameter(torch.randn(*shape, generator=generator) * scale)

        def uniform(bound: float, *shape: int) -> nn.Parameter:
            return nn.Parameter((torch.rand(*shape, generator=generator) * 2 - 1) * bound)

        self.items = nn.Parameter(torch.from_numpy(items.copy()))
        log_counts = np.log(counts + 1.0)
        self.item_bias = nn.Parameter(torch.as_tensor(log_counts - log_counts.mean(), dtype=torch.float32))
        self.gaps = normal(0.02, N_GAPS, d)
        self.input_norm = nn.LayerNorm(d)
        self.w_x = uniform(1 / math.sqrt(h), d, 3 * h)
        self.b_x = uniform(1 / math.sqrt(h), 3 * h)
        self.w_h = uniform(1 / math.sqrt(h), h, 3 * h)
        self.b_n = uniform(1 / math.sqrt(h), h)
        # Half of the units start as session units, which mostly forget at a pause, half as long-term units.
        keep = torch.full((N_GAPS - FIRST_SESSION_GAP, h), 4.0)
        keep[:, : h // 2] = -1.0
        self.keep = nn.Parameter(keep)
        self.w_o = uniform(1 / math.sqrt(h), h, d)
        self.b_o = nn.Parameter(torch.zeros(d))
        n_means = len(HORIZONS) * d
        self.register_buffer("mean_rates", torch.from_numpy(mean_rates()), persistent=False)
        self.w_gate = nn.Parameter(torch.zeros(h, n_means))
        self.b_gate = nn.Parameter(torch.zeros(n_means))
        self.w_means = nn.Parameter(torch.zeros(n_means, d))
        self.output_norm = nn.LayerNorm(d)
        if not config.masks_seen:
            self.repeat_bias = nn.Parameter(torch.zeros(N_RECENT))

    def catalogue(self, rows: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Return the vectors (n, d) and biases (n,) of these items, or of all n_trained; called once per batch."""
        if rows is None:
            return self.items, self.item_bias
        return self.items[rows], self.item_bias[rows]

    def offsets(self, batch: Batch) -> Tensor | None:
        """Return the offsets added to the batch's inputs, (n, d) in packed order, or None."""
        return None

    def undropped(self, batch: Batch) -> Tensor | None:
        """Return the offsets added to the batch's inputs after dropout, (n, d) in packed order, or None."""
        return None

    def queries(self, batch: Batch) -> Tensor | None:
        """Return the offsets added to the batch's outputs before LayerNorm, (n, d) in token order, or None."""
        return None

    def forward(self, batch: Batch, items: Tensor, inputs: NDArray[np.int64] | None = None) -> Tensor:
        """Return the output vectors of the batch's tokens, (n, d), in token order (by sequence, then time).

        items: the vectors of catalogue(); inputs: where the batch's inputs are among them, None where items are all.
        """
        device = self.items.device
        gaps = torch.from_numpy(batch.gaps).to(device)
        of_inputs = torch.from_numpy(batch.inputs if inputs is None else inputs).to(device)
        x = functional.embedding(of_inputs, items)  # (n, d), packed order
        offsets = self.offsets(batch)
        x = x if offsets is None else x + offsets
        x = self._drop(self.input_norm(x), self.config.input_dropout) + functional.embedding(gaps, self.gaps)
        undropped = self.undropped(batch)
        x = x if undropped is None else x + undropped
        gates_in = torch.addmm(self.b_x, x, self.w_x)  # (n, 3h)
        keep_rows = (gaps - (FIRST_SESSION_GAP - 1)).clamp_min(0)
        keep = torch.cat([torch.ones_like(self.keep[:1]), torch.sigmoid(self.keep)])  # (1 + session gaps, h)
        states = SessionGru.apply(  # type: ignore[no-untyped-call]
            gates_in,
            self.w_h,
            self.b_n,
            functional.embedding(keep_rows, keep),  # (n, h)
            batch.packing.sizes,
            torch.from_numpy(batch.packing.previous).to(device),
            _gated_steps(batch),
            self.config.bptt,
        )  # (n, h), packed order
        states = self._drop(states, self.config.state_dropout)
        outputs = torch.addmm(self.b_o, states, self.w_o)  # (n, d)
        outputs = torch.addmm(outputs, self._gated_means(x, states, batch), self.w_means, alpha=_OPEN)
        outputs = outputs.index_select(0, torch.from_numpy(batch.packing.rows).to(device))  # (n, d), token order
        queries = self.queries(batch)
        outputs = outputs if queries is None else outputs + queries
        normed: Tensor = self.output_norm(outputs)
        return normed

    def _gated_means(self, x: Tensor, states: Tensor, batch: Batch) -> Tensor:
        """Return the running means of the inputs times their gates, (n, n_horizons * d), packed order."""
        means = RunningMeans.apply(x, self.mean_rates, batch.packing.sizes)  # type: ignore[no-untyped-call]
        gates = torch.sigmoid(torch.addmm(self.b_gate, states, self.w_gate))
        gated: Tensor = gates * self._drop(means, self.config.means_dropout)
        return gated

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """Return the weights by the names that model.HrnnModel reads, float32, on the CPU."""
        items, item_bias = self.catalogue()
        tensors = {
            "items": items,
            "item_bias": item_bias,
            "gaps": self.gaps,
            "input_gain": self.input_norm.weight,
            "input_shift": self.input_norm.bias,
            "w_x": self.w_x,
            "b_x": self.b_x,
            "w_h": self.w_h,
            "b_n": self.b_n,
            "keep": torch.sigmoid(self.keep),
            "w_o": self.w_o,
            "b_o": self.b_o,
            "output_gain": self.output_norm.weight,
            "output_shift": self.output_norm.bias,
            "mean_rates": self.mean_rates,
            "w_gate": self.w_gate,
            "b_gate": self.b_gate,
            "w_means": _OPEN * self.w_means,
        }
        if not self.config.masks_seen:
            tensors["repeat_bias"] = self.repeat_bias
        return {name: tensor.detach().cpu().numpy().copy() for name, tensor in tensors.items()}

    def _drop(self, x: Tensor, share: float) -> Tensor:
        return dropped(x, share, self.generator)


def dropped(x: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """Return x (n, d) with dropout. One random byte decides on each number, so the share is rounded to 1 / 256.

    Five times as fast as bernoulli_, which draws 4 bytes and computes with doubles.
    """
    limit = round(share * 256)
    if limit == 0:
        return x
    words = torch.empty(math.ceil(x.numel() / 8), dtype=torch.int64, device=x.device)
    draws = words.random_(-(2**63), None, generator=generator).view(torch.uint8)[: x.numel()].view(x.shape)
    return x * (draws >= limit).to(x.dtype).mul_(256 / (256 - limit))


def _gated_steps(batch: Batch) -> list[bool]:
    """Return for each step whether one of its lanes begins a session."""
    sizes = np.asarray(batch.packing.sizes)
    begins = np.add.reduceat(batch.gaps >= FIRST_SESSION_GAP, np.cumsum(sizes) - sizes)
    gated: list[bool] = (begins > 0).tolist()
    return gated


def decay_groups(network: HrnnNetwork) -> list[dict[str, Any]]:
    """Return AdamW's parameter groups: the weight decay of item embeddings is ten times that of the rest."""
    rest = [parameter for name, parameter in network.named_parameters() if name != "items"]
    return [{"params": [network.items], "weight_decay": 0.01}, {"params": rest, "weight_decay": 0.001}]
