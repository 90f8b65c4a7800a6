"""LayerNorm, sigmoid and log-softmax in numpy, for served models."""

import numpy as np

from services.engine.recipes.base import Floats

_BLOCK_LOGITS = 65_536
_NORM_EPSILON = 1e-5  # torch.nn.LayerNorm's


def normed(x: Floats, gain: Floats, shift: Floats) -> Floats:
    """Return LayerNorm of each row; with add.reduce, because mean() costs more than the sum of one row."""
    size = np.float32(x.shape[-1])
    centred: Floats = np.subtract(x, np.add.reduce(x, -1, keepdims=True) / size)
    variance = np.vecdot(centred, centred)[..., None] / size
    variance += np.float32(_NORM_EPSILON)
    centred /= np.sqrt(variance, out=variance)
    centred *= gain
    centred += shift
    return centred


def sigmoid(x: Floats) -> Floats:
    # with tanh: exp overflows for large negative x, tanh never does
    result: Floats = np.float32(0.5) * x
    np.tanh(result, out=result)
    result += np.float32(1)
    result *= np.float32(0.5)
    return result


def log_softmax(logits: Floats) -> Floats:
    """Replace logits (m, n) by their log-softmax, row by row and in place; a row without finite entries stays -inf.

    In blocks that fit into the processor's cache: for a million items, new memory costs more than the arithmetic.
    """
    top = logits.max(axis=1, keepdims=True, initial=-np.inf)
    top = np.where(np.isfinite(top), top, np.float32(0))
    n_rows, n_columns = logits.shape
    height, width = max(1, _BLOCK_LOGITS // max(n_columns, 1)), min(n_columns, _BLOCK_LOGITS)
    block, total = np.empty((height, width), np.float32), np.zeros((n_rows, 1), np.float32)
    for row in range(0, n_rows, height):
        rows = slice(row, min(row + height, n_rows))
        for column in range(0, n_columns, max(width, 1)):
            part = logits[rows, column : column + width]
            powers = block[: part.shape[0], : part.shape[1]]
            np.subtract(part, top[rows], out=powers)
            total[rows] += np.exp(powers, out=powers).sum(axis=1, keepdims=True)
    logits -= top + np.log(np.maximum(total, np.float32(1e-30)))
    return logits
