"""The loss: cross entropy of the next item, over all items or over a sample, in one pass.

Full: softmax over the catalogue with label smoothing, computed in chunks in one reused buffer; the forward pass also
computes the gradients, so that logits are neither stored nor computed twice. A chunk fits into the processor's cache,
and what does not need the logits is done outside: the smoothing, the targets and the weights. Sampled: negatives
shared by the batch, corrected by the log of their inclusion probability (sampling.py; Jean et al. 2015; Bengio and
Senecal 2008). Both exclude the items that the user already has if the data has no repeats; otherwise see repeats.py.
"""

from typing import Any

import torch
from torch import Tensor

from services.engine.recipes.halves import in_halves

MASKED = -30.0
"""Logit of excluded items: a probability of almost zero without infinities."""
_CHUNK_LOGITS = 500_000


class FullSoftmaxLoss(torch.autograd.Function):
    """Apply with (outputs, items, bias, targets, weights, mask, mask_ends, smoothing, recent, recent_bias) -> mean."""

    @staticmethod
    def forward(
        ctx: Any,
        outputs: Tensor,
        items: Tensor,
        bias: Tensor,
        targets: Tensor,
        weights: Tensor,
        mask: Tensor | None,
        mask_ends: list[int],
        smoothing: float,
        recent: Tensor | None,
        recent_bias: Tensor | None,
    ) -> Tensor:
        """outputs (n, d), items (v, d), bias (v); weights (n) sum to 1; mask: flat indices into (n, v), sorted by row.

        mask_ends[r] is the end of the indices of row r. Label smoothing distributes its share over all items.
        recent_bias (k) is added to the logits of the items recent, int64 (n, k), -1 for none, distinct within a row.
        """
        n, v = outputs.shape[0], items.shape[0]
        rows = max(1, min(n, _CHUNK_LOGITS // v))
        weighted = outputs * weights.unsqueeze(1)
        d_outputs, p_targets = torch.empty_like(outputs), outputs.new_empty(n, 1)

        def of_rows(first: int, last: int) -> tuple[Tensor, Tensor, Tensor | None]:
            """Return the gradients of items, bias and recent_bias from these rows, and fill in the rows' own."""
            buffer = outputs.new_empty(min(rows, last - first), v)
            d_items, d_bias = torch.zeros_like(items), torch.zeros_like(bias)
            d_recent = None if recent_bias is None else torch.zeros_like(recent_bias)
            for start in range(first, last, rows):
                end = min(start + rows, last)
                p = buffer[: end - start]
                torch.addmm(bias, outputs[start:end], items.t(), out=p)  # (rows, v)
                if mask is not None:
                    before = mask_ends[start - 1] if start else 0
                    p.view(-1).index_fill_(0, mask[before : mask_ends[end - 1]] - start * v, MASKED)
                if recent is not None and recent_bias is not None:
                    places, present = recent[start:end].clamp_min(0), recent[start:end] >= 0
                    p.scatter_add_(1, places, recent_bias * present)
                torch.softmax(p, 1, out=p)
                index = targets[start:end].unsqueeze(1)
                torch.gather(p, 1, index, out=p_targets[start:end])
                if recent is not None and d_recent is not None:
                    slopes = p.gather(1, places) - (1 - smoothing) * (places == index) - smoothing / v
                    d_recent += (slopes * present * weights[start:end].unsqueeze(1)).sum(0)
                torch.mm(p, items, out=d_outputs[start:end])
                d_items.addmm_(p.t(), weighted[start:end])
                d_bias.addmv_(p.t(), weights[start:end])
            return d_items, d_bias, d_recent

        (d_items, d_bias, d_recent), others = in_halves(n, of_rows)
        d_items, d_bias = d_items.add_(others[0]), d_bias.add_(others[1])
        if d_recent is not None and others[2] is not None:
            d_recent.add_(others[2])
        loss = -(weights * p_targets.squeeze(1).clamp_min_(1e-30).log_()).sum()
        # d loss / d logit = w * (p - (1 - smoothing) * onehot - smoothing / v): the last two terms
        d_outputs.sub_(items.sum(0), alpha=smoothing / v).sub_(items[targets], alpha=1 - smoothing)
        d_outputs.mul_(weights.unsqueeze(1))
        d_items.sub_(weighted.sum(0), alpha=smoothing / v).index_add_(0, targets, weighted, alpha=smoothing - 1)
        d_bias.sub_(weights.sum(), alpha=smoothing / v).index_add_(0, targets, weights, alpha=smoothing - 1)
        ctx.save_for_backward(d_outputs, d_items, d_bias, d_recent)
        return loss

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Any, ...]:
        """Return the gradients of the forward pass, times that of the loss."""
        d_outputs, d_items, d_bias, d_recent = ctx.saved_tensors
        scale = gradients[0]
        of_recent = None if d_recent is None else d_recent * scale
        return d_outputs * scale, d_items * scale, d_bias * scale, None, None, None, None, None, None, of_recent


class SampledSoftmaxLoss(torch.autograd.Function):
    """Apply with (outputs, items, bias, targets, weights, negatives, log_inclusion, hidden) -> mean loss, a scalar.

    Its forward pass computes the gradients, like FullSoftmaxLoss: 25 % faster than autograd, with less memory.
    """

    @staticmethod
    def forward(
        ctx: Any,
        outputs: Tensor,
        items: Tensor,
        bias: Tensor,
        targets: Tensor,
        weights: Tensor,
        negatives: Tensor,
        log_inclusion: Tensor,
        hidden: Tensor,
    ) -> Tensor:
        """outputs (n, d), items (v, d), bias and log_inclusion (v); weights (n) sum to 1; negatives (k) serve all rows.

        hidden, bool (n, k): negatives to exclude in a row, its own target and the items that its user already has.
        """
        positives, drawn = items[targets], items[negatives]  # (n, d), (k, d)
        corrected = bias - log_inclusion
        of_drawn = corrected[negatives]
        positive = (outputs * positives).sum(1) + corrected[targets]  # (n,)
        d_positive, d_outputs, total = positive.new_empty(len(positive), 1), torch.empty_like(outputs), positive.clone()

        def of_rows(first: int, last: int) -> tuple[Tensor, Tensor]:
            """Return the gradients of the drawn items and their biases from these rows, and fill in the rows' own."""
            own = slice(first, last)
            p = torch.addmm(of_drawn, outputs[own], drawn.t())  # (rows, k)
            p.masked_fill_(hidden[own], MASKED)
            top = torch.maximum(p.amax(1), positive[own])
            p.sub_(top.unsqueeze(1)).exp_()
            p_positive = (positive[own] - top).exp_()
            sums = p.sum(1) + p_positive
            torch.add(sums.log(), top, out=total[own])
            # d loss / d logit = weight * (share - 1 for the target)
            p.mul_((weights[own] / sums).unsqueeze(1))
            d_positive[own, 0] = weights[own] * (p_positive / sums - 1)
            torch.addmm(d_positive[own] * positives[own], p, drawn, out=d_outputs[own])
            return p.t() @ outputs[own], p.sum(0)

        (d_drawn, d_of_drawn), others = in_halves(len(outputs), of_rows)
        loss: Tensor = (weights * (total - positive)).sum()
        d_items, d_bias = torch.zeros_like(items), torch.zeros_like(bias)
        d_items.index_add_(0, negatives, d_drawn.add_(others[0])).index_add_(0, targets, d_positive * outputs)
        d_bias.index_add_(0, negatives, d_of_drawn.add_(others[1])).index_add_(0, targets, d_positive.squeeze(1))
        ctx.save_for_backward(d_outputs, d_items, d_bias)
        return loss

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Any, ...]:
        """Return the gradients of the forward pass, times that of the loss."""
        d_outputs, d_items, d_bias = ctx.saved_tensors
        scale = gradients[0]
        return d_outputs * scale, d_items * scale, d_bias * scale, None, None, None, None, None


def sampled_softmax_loss(
    outputs: Tensor,
    items: Tensor,
    bias: Tensor,
    targets: Tensor,
    weights: Tensor,
    negatives: Tensor,
    log_inclusion: Tensor,
    hidden: Tensor,
    recent: Tensor | None = None,
    recent_bias: Tensor | None = None,
) -> Tensor:
    """Return the mean loss over the target and negatives (k,) shared by all rows, corrected by log_inclusion (v,).

    hidden, bool (n, k): negatives to exclude in a row, its own target and the items that its user already has. recent
    and recent_bias as in FullSoftmaxLoss: recent items are always included, need no correction and are not sampled.
    """
    if recent is None or recent_bias is None:
        one_pass: Tensor = SampledSoftmaxLoss.apply(  # type: ignore[no-untyped-call]
            outputs, items, bias, targets, weights, negatives, log_inclusion, hidden
        )
        return one_pass
    correction = log_inclusion[targets]  # (n,)
    positive = (outputs * items[targets]).sum(1) + bias[targets]  # (n,)
    drawn = torch.addmm(bias[negatives] - log_inclusion[negatives], outputs, items[negatives].t())  # (n, k)
    drawn = drawn.masked_fill(hidden, MASKED)
    places, is_target = recent.clamp_min(0), recent == targets[:, None]  # (n, r)
    kept = (items[places] * outputs[:, None]).sum(2) + bias[places] + recent_bias  # (n, r)
    kept = kept.masked_fill(is_target | (recent < 0), MASKED)
    positive = positive + (recent_bias * is_target).sum(1) - correction.masked_fill(is_target.any(1), 0.0)
    total = torch.logsumexp(torch.cat([positive.unsqueeze(1), drawn, kept], dim=1), dim=1)
    return (weights * (total - positive)).sum()
