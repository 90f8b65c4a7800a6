"""The map in a browser: frames a second while somebody moves it, memory, and how long it takes to stand there.

    python -m benchmarks.map_frames [N ...] [--seconds S] [--ratio R ...] [--svg] [--chromium PROGRAM]

The picture of the Map (pages/components/charts/item_map.py): N items around 40 centres, two users' paths and lists and
30 names, in Chromium at 1280x720: with SwiftShader, which draws WebGL on the processor, and with --disable-gpu. The
mouse drags the map in circles for some seconds. Frames are those of requestAnimationFrame, of which the slowest tenth
has its own column; beside them the processor's seconds a frame, which other work on the machine does not change as
much. "Waiting" is from the address to the first frame with items. --ratio compares plotly's pixel ratios; --svg draws
items as elements of the document instead of by WebGL, as the Map does with few of them.
"""

import argparse
import math
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.script import PATIENCE_MS, WIDE, serving

if TYPE_CHECKING:
    from playwright.sync_api import Page

SIZES = (1_500, 60_000)
MODES = {
    "SwiftShader": ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
    "--disable-gpu": ["--disable-gpu"],
}
APP = """
import sys
sys.path.insert(0, {root!r})
from benchmarks import map_frames
map_frames.draw({n}, {ratio}, svg={svg})
"""
FRAMES = """
window.frames_of_map = [];
(function next(at) { window.frames_of_map.push(at); requestAnimationFrame(next); })(performance.now());
"""
DRAWN = (
    "document.querySelector('.js-plotly-plot .gl-canvas, .js-plotly-plot .scatterlayer .point') "
    "&& !document.querySelector('[data-testid=stStatusWidget]')"
)
RADIUS, STEP_S = 60, 0.016


@dataclass(frozen=True)
class Moved:
    """What one drag cost."""

    frames_a_second: float
    slowest_ms: float
    """A tenth of the frames took longer."""
    cpu_ms: float
    """Of all processes of the browser, a frame."""
    heap_mb: float
    memory_mb: float
    """Of all processes of the browser; what they share counts once."""
    waiting_s: float


def draw(n: int, ratio: float | None, *, svg: bool = False) -> None:
    """Draw the picture; the app that the browser opens calls it."""
    import numpy as np
    import pandas as pd
    import streamlit as st

    from benchmarks.item_map import vectors
    from pages.components.charts.item_map import Group, Lit, config, item_map
    from services.screens.map.ground import COLOURS, picture

    st.set_page_config(layout="wide")
    flat = vectors(n)[:, :2]
    flat = (flat / np.abs(flat).max()).astype(np.float32)
    rng = np.random.default_rng(0)
    colours = (np.arctan2(flat[:, 1], flat[:, 0]) * 3.18 / 2).astype(np.int16) % len(COLOURS)
    crowd = min(1.0, (5_000 / n) ** 0.35)
    items = pd.DataFrame(
        {
            "x": flat[:, 0],
            "y": flat[:, 1],
            "size": (3 + 12 * rng.beta(0.6, 6, n)) * crowd,
            "title": [f"Title of item {row}" for row in range(n)],
            "row": range(n),
        }
    )
    groups = [Group(f"Category {c}", COLOURS[c], items[colours == c]) for c in range(len(COLOURS))]
    some = [items.sample(25, random_state=seed) for seed in range(6)]
    none = items.iloc[:0]
    lit = [
        Lit(role, role, some[place], [some[place][["x", "y"]]], some[place + 1], some[place + 2], none, none, none)
        for place, role in ((0, "a"), (3, "b"))
    ]
    labels = items.sample(30, random_state=9).assign(name=lambda frame: frame["title"])
    ground = picture(flat[:, 0], flat[:, 1], colours, len(COLOURS))
    figure = item_map(groups, labels, lit, none, none, ground, plain=svg)
    st.plotly_chart(figure, config=config(n) | ({} if ratio is None else {"plotGlPixelRatio": ratio}))


def measure(mode: str, n: int, ratio: float | None, seconds: float, chromium: str, *, svg: bool) -> Moved:
    """Serve the picture, open it in a browser of its own, and drag it."""
    from playwright.sync_api import sync_playwright

    with _serving(n, ratio, svg=svg) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", *MODES[mode]])
        page = browser.new_page(viewport={"width": WIDE[0], "height": WIDE[1]})
        page.goto(address)  # compiles the app; what is timed comes after it
        page.wait_for_function(DRAWN, timeout=PATIENCE_MS)
        page.reload()
        page.wait_for_function(DRAWN, timeout=PATIENCE_MS)
        page.evaluate("() => new Promise(requestAnimationFrame)")
        waiting_s = page.evaluate("performance.now()") / 1000
        moved = _drag(page, seconds, waiting_s)
        browser.close()
    return moved


def _drag(page: "Page", seconds: float, waiting_s: float) -> Moved:
    box = page.locator(".js-plotly-plot .nsewdrag").first.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + RADIUS, y, steps=3)
    page.evaluate(FRAMES)
    before, began = _cpu_s(), time.monotonic()
    while (passed := time.monotonic() - began) < seconds:
        page.mouse.move(x + RADIUS * math.cos(4 * passed), y + RADIUS * math.sin(4 * passed))
        time.sleep(STEP_S)
    frames = page.evaluate("window.frames_of_map")
    cpu_s = _cpu_s() - before
    page.mouse.up()
    gaps = sorted(after - at for at, after in pairwise(frames))
    wire = page.context.new_cdp_session(page)
    wire.send("Performance.enable")
    heap = {entry["name"]: entry["value"] for entry in wire.send("Performance.getMetrics")["metrics"]}
    return Moved(
        frames_a_second=1000 * len(gaps) / (frames[-1] - frames[0]),
        slowest_ms=gaps[int(0.9 * len(gaps))],
        cpu_ms=1000 * cpu_s / len(gaps),
        heap_mb=heap["JSHeapUsedSize"] / 1e6,
        memory_mb=_memory_mb(),
        waiting_s=waiting_s,
    )


def _browser_processes() -> list[Path]:
    """Return the folders in /proc of this process's descendants that are Chromium's."""
    parents, found = {}, []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:  # it has just ended
                continue
    for pid in parents:
        line, above = [pid], parents[pid]
        while above in parents and above != os.getpid():
            line.append(above)
            above = parents[above]
        if above == os.getpid():
            found.append(Path("/proc") / str(pid))
    return [folder for folder in found if b"chrom" in (folder / "cmdline").read_bytes()]


def _cpu_s() -> float:
    fields = [(folder / "stat").read_text().rpartition(")")[2].split() for folder in _browser_processes()]
    return sum(int(one[11]) + int(one[12]) for one in fields) / os.sysconf("SC_CLK_TCK")


def _memory_mb() -> float:
    lines = [
        line
        for folder in _browser_processes()
        for line in (folder / "smaps_rollup").read_text().splitlines()
        if line.startswith("Pss:")
    ]
    return sum(int(line.split()[1]) for line in lines) / 1000


@contextmanager
def _serving(n: int, ratio: float | None, *, svg: bool) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        app = Path(folder) / "map_app.py"
        app.write_text(APP.format(root=str(Path.cwd()), n=n, ratio=ratio, svg=svg), encoding="utf-8")
        with serving(Path(folder) / "home", app) as address:
            yield address


def main() -> None:
    """Print one line a size, a mode and a pixel ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--ratio", type=float, nargs="*", default=[None], help="instead of the Map's own")
    parser.add_argument("--svg", action="store_true", help="draw without WebGL")
    parser.add_argument("--chromium", default=shutil.which("chromium"))
    asked = parser.parse_args()
    print("| items | drawn by | pixel ratio | frames a second | slowest tenth, ms | processor, ms a frame ", end="")
    print("| heap, MB | browser, MB | waiting, s |\n| ---: | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for n in asked.sizes:
        for mode in MODES:
            for ratio in asked.ratio:
                moved = measure(mode, n, ratio, asked.seconds, asked.chromium, svg=asked.svg)
                print(
                    f"| {n:,} | {mode} | {ratio or 'own'} | {moved.frames_a_second:.1f} | {moved.slowest_ms:.0f} "
                    f"| {moved.cpu_ms:.0f} | {moved.heap_mb:.0f} | {moved.memory_mb:.0f} | {moved.waiting_s:.1f} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
