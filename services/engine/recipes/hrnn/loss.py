"""The loss: cross entropy of the next item, over all items or over a sample, in one pass.

Full: softmax over the catalogue with label smoothing, computed in chunks in one reused buffer; the forward pass also
computes the gradients, so that logits are neither stored nor computed twice. Sampled: negatives shared by the batch,
corrected by the log of their inclusion probability (sampling.py; Jean et al. 2015; Bengio and Senecal 2008). Both
exclude the items that the user already has if the data has no repeats; otherwise see repeats.py.
"""

from typing import Any

import torch
from torch import Tensor

MASKED = -30.0
"""Logit of excluded items: a probability of almost zero without infinities."""
_CHUNK_LOGITS = 2_000_000


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
        buffer = outputs.new_empty(rows, v)
        d_outputs, d_items = torch.empty_like(outputs), torch.zeros_like(items)
        d_bias, loss = torch.zeros_like(bias), outputs.new_zeros(())
        d_recent = None if recent_bias is None else torch.zeros_like(recent_bias)
        for start in range(0, n, rows):
            end = min(start + rows, n)
            p, w = buffer[: end - start], weights[start:end].unsqueeze(1)
            torch.addmm(bias, outputs[start:end], items.t(), out=p)  # (rows, v)
            if mask is not None:
                first = mask_ends[start - 1] if start else 0
                p.view(-1).index_fill_(0, mask[first : mask_ends[end - 1]] - start * v, MASKED)
            if recent is not None and recent_bias is not None:
                places, present = recent[start:end].clamp_min(0), recent[start:end] >= 0
                p.scatter_add_(1, places, recent_bias * present)
            torch.softmax(p, 1, out=p)
            index = targets[start:end].unsqueeze(1)
            p_target = p.gather(1, index)
            loss -= (w * p_target.clamp_min(1e-30).log()).sum()
            # d loss / d logit = w * (p - (1 - smoothing) * onehot - smoothing / v)
            p.scatter_add_(1, index, torch.full_like(p_target, smoothing - 1))
            p.sub_(smoothing / v).mul_(w)
            if recent is not None and d_recent is not None:
                d_recent += (p.gather(1, places) * present).sum(0)
            torch.mm(p, items, out=d_outputs[start:end])
            d_items.addmm_(p.t(), outputs[start:end])
            d_bias += p.sum(0)
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
        positive = (outputs * positives).sum(1) + corrected[targets]  # (n,)
        p = torch.addmm(corrected[negatives], outputs, drawn.t())  # (n, k)
        p.masked_fill_(hidden, MASKED)
        top = torch.maximum(p.amax(1), positive)
        p.sub_(top.unsqueeze(1)).exp_()
        p_positive = (positive - top).exp_()
        total = p.sum(1) + p_positive
        loss: Tensor = (weights * (total.log() + top - positive)).sum()
        # d loss / d logit = weight * (share - 1 for the target)
        p.mul_((weights / total).unsqueeze(1))
        d_positive = (weights * (p_positive / total - 1)).unsqueeze(1)  # (n, 1)
        d_outputs = (d_positive * positives).addmm_(p, drawn)
        d_items, d_bias = torch.zeros_like(items), torch.zeros_like(bias)
        d_items.index_add_(0, negatives, p.t() @ outputs).index_add_(0, targets, d_positive * outputs)
        d_bias.index_add_(0, negatives, p.sum(0)).index_add_(0, targets, d_positive.squeeze(1))
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
