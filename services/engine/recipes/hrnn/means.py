"""Gated running means of the inputs: a second memory beside the recurrent state. Torch; for training only.

For each horizon, the mean of a user's inputs so far, recent ones weighing more: m = d * m + (1 - d) * x with
d = exp(-1 / horizon). An item-to-item method with a recency decay knows this of a history (EASE, Steck 2019, with the
recent past weighing more: benchmarks/peers.py). Here a linear map of the means is added to the output, and the
recurrent state decides by a gate for each dimension how much each horizon counts now. The maps start at zero, so a
training starts without them. On MovieLens 1M they improve NDCG@10 by 4 % (benchmarks/results/recipes.md).
"""

from typing import Any

import torch
from torch import Tensor


class RunningMeans(torch.autograd.Function):
    """Apply with (inputs, rates, sizes) -> means (n, k * d), packed order: one mean after the other."""

    @staticmethod
    def forward(ctx: Any, inputs: Tensor, rates: Tensor, sizes: list[int]) -> Tensor:
        """inputs (n, d), packed order; rates (k,): weight of the newest input; sizes: those of the packing."""
        n, d = inputs.shape
        weights = rates[:, None].expand(-1, d).contiguous()  # (k, d): a product without a stride of zero is faster
        means = inputs.new_empty(n, len(rates), d)
        before = inputs.new_zeros(sizes[0], len(rates), d)
        for step, after in zip(torch.split(inputs.unsqueeze(1), sizes), torch.split(means, sizes), strict=True):
            torch.lerp(before[: len(step)], step, weights, out=after)  # (m, k, d)
            before = after
        ctx.save_for_backward(weights)
        ctx.sizes = sizes
        return means.view(n, -1)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Any, ...]:
        """Return the gradient of the inputs, through the whole history: the decay bounds it."""
        (weights,) = ctx.saved_tensors
        d_means = gradients[0].reshape(-1, *weights.shape).clone()  # (n, k, d)
        kept = 1 - weights
        steps = torch.split(d_means, ctx.sizes)
        for step in range(len(steps) - 2, -1, -1):
            after = steps[step + 1]
            steps[step][: len(after)].addcmul_(after, kept)
        return (d_means * weights).sum(1), None, None
