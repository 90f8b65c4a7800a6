"""The shading under a map: where items of a category are dense, the plane has its colour, like light in a mist.

A PNG of a few kilobytes with transparency, so that it suits both themes. Colours are those of the items above it.
"""

import base64
import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from services.screens.map.regions import EDGE, counted_cells, smooth

COLOURS = (
    *("#4E8FD9", "#E0822F", "#2FA58A", "#C95A9A", "#8C78E0"),
    *("#B59A1C", "#D95F5F", "#3FA7C4", "#7FA63A", "#A9784F"),
)
"""Of the first categories, most frequent first: hues of middle lightness, which both themes' backgrounds carry."""
QUIET = "#8A94A6"
"""Of all others."""
PIXELS = 112
"""Of a side. A mist has no edges: the browser draws it larger, and nobody sees it."""
REACH = 2.5
STRONGEST = 0.34
"""Opacity where items are densest."""


def picture(x: NDArray[np.float32], y: NDArray[np.float32], colours: NDArray[np.int16], n_named: int) -> str:
    """Return the shading as a data address; colours below n_named have one of their own."""
    rows = np.clip(((EDGE - y) / (2 * EDGE) * PIXELS).astype(np.int64), 0, PIXELS - 1)  # a picture begins at the top
    columns = np.clip(((x + EDGE) / (2 * EDGE) * PIXELS).astype(np.int64), 0, PIXELS - 1)
    light = np.zeros((PIXELS, PIXELS, 3))
    weights = np.full((PIXELS, PIXELS), 1e-9)
    total = np.zeros((PIXELS, PIXELS))
    for place in range(n_named + 1):
        of = colours == place
        if not of.any():
            continue
        density = smooth(counted_cells(rows[of], columns[of], n=PIXELS), REACH)
        colour = COLOURS[place % len(COLOURS)] if place < n_named else QUIET
        weight = density**2  # the strongest category shows, not a grey of all
        light += weight[..., None] * np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)])
        weights += weight
        total += density
    usual = float(np.median(total[rows, columns])) if len(x) else 1.0
    opacity = STRONGEST * (1 - np.exp(-1.1 * total / max(usual, 1e-9)))
    pixels = np.dstack([light / weights[..., None], 255 * opacity])
    return f"data:image/png;base64,{base64.b64encode(png(pixels.round().astype(np.uint8))).decode()}"


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Return RGBA pixels (height, width, 4) as a PNG file (W3C, "Portable Network Graphics")."""
    height, width, _ = pixels.shape
    lines = np.concatenate([np.zeros((height, 1), np.uint8), pixels.reshape(height, 4 * width)], axis=1)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines.tobytes(), 9)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body
