"""How much every two lists share, as a small heat map with the number in every cell."""

from collections.abc import Sequence

import pandas as pd

from pages.components.charts.plain import Drawing, Spec, layer, number, paint, words

ROW_HEIGHT = 32
AXIS_HEIGHT = 26


def shared_matrix(names: Sequence[str], counts: Sequence[Sequence[int]], length: int) -> Drawing:
    """Draw counts[i][j], shared by the lists of names[i] and names[j], of `length` each; the diagonal stays empty."""
    rows = [
        (one, other, counts[i][j], 0.06 + 0.5 * counts[i][j] / max(1, length), f"{one} and {other}")
        for i, one in enumerate(names)
        for j, other in enumerate(names)
        if i != j
    ]
    cells = pd.DataFrame(rows, columns=["one", "other", "shared", "shade", "pair"])
    axis = {
        "labelLimit": 110,
        "labelAngle": 0,
        "labelFlush": False,
        "labelOverlap": False,
        "ticks": False,
        "grid": False,
    }
    cell: Spec = {
        "y": words("one", sort=list(names), title=None, axis=axis),
        "x": words("other", sort=list(names), title=None, axis=axis | {"orient": "top"}),
        "tooltip": [words("pair", title="lists of"), number("shared", title="shared")],
    }
    shade = {"field": "shade", "type": "quantitative", "scale": None, "legend": None}
    layers = [
        layer("cells", {"type": "rect", "cornerRadius": 3}, cell | {"color": paint("a"), "opacity": shade}),
        layer(
            "cells",
            {"type": "text", "fontSize": 13, "fontWeight": "bold"},
            cell | {"text": number("shared"), "color": paint("text")},
        ),
    ]
    return Drawing(layers, {"cells": cells}, AXIS_HEIGHT + ROW_HEIGHT * len(names))
