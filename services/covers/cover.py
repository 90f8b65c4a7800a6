"""The cover of an item: a motif above or below its title, in the colours of its decade and its taste.

The whole picture is 240 by 360 units. A thumbnail is its motif alone, for places where no letter could be read.
"""

from dataclasses import dataclass
from functools import lru_cache

from services.covers.choice import era_of, motif_of
from services.covers.dice import Dice
from services.covers.lettering import LEADING, drawn, reads_from_right, set_title
from services.covers.palettes import N_TURNS, SCHEMES, Colors, colors
from services.covers.shapes import SIDE, gradient, rect
from services.covers.text import printable

WIDTH, HEIGHT = 240, 360
MARGIN = 16
BOX_WIDTH, BOX_HEIGHT = WIDTH - 2 * MARGIN, 86
"""Of the title; the line under it says year and maker."""
MAX_SMALL = 30
FONTS = {
    "silent": "Georgia,Times New Roman,serif",
    "fifties": "Futura,Century Gothic,Trebuchet MS,sans-serif",
    "sixties": "Helvetica Neue,Helvetica,Arial,sans-serif",
    "seventies": "Rockwell,Georgia,serif",
    "eighties": "Avenir Next,Segoe UI,Verdana,sans-serif",
    "nineties": "Palatino,Book Antiqua,Georgia,serif",
    "noughties": "Gill Sans,Segoe UI,Arial,sans-serif",
    "recent": "Helvetica Neue,Helvetica,Arial,sans-serif",
}
"""What systems have; the last of each is everywhere."""


FRAMES = ("0 0 240 240", "24 48 192 192", "0 72 168 168", "72 72 168 168")
"""Parts of a motif that a cover may show, as x, y, width and height: whole, or nearer, down to the motif's ground."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a cover says and shows."""

    title: str
    year: int | None = None
    categories: tuple[str, ...] = ()
    maker: str = ""
    """A director, an author, a brand."""


@lru_cache(maxsize=4096)
def cover(facts: Facts) -> str:
    """Return the cover as SVG, drawn on demand: under 2,000 bytes, in a tenth of a millisecond."""
    dice, tones, era, inside = _design(facts)
    above = dice(3) == 0
    art, text = (HEIGHT - SIDE, 0) if above else (0, SIDE)
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' width='{WIDTH}' height='{HEIGHT}'>"
        + rect(0, 0, WIDTH, HEIGHT, tones.ground)
        + f"<svg y='{art}' width='{SIDE}' height='{SIDE}' viewBox='{_frame(facts)}'>{inside}</svg>"
        + _title(facts, text, tones, FONTS[era])
        + _edge(WIDTH, HEIGHT)
        + "</svg>"
    )


@lru_cache(maxsize=8192)
def thumbnail(facts: Facts) -> str:
    """Return the cover's motif as SVG, for pictures that are less than 60 pixels wide."""
    _, _, _, inside = _design(facts)
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='30 0 180 240' width='48' height='64'>"
        f"<svg width='{SIDE}' height='{SIDE}' viewBox='{_frame(facts)}'>{inside}</svg>"
        f"<rect x='31' y='1' width='178' height='238' fill='none' stroke='#888' stroke-opacity='.5'/></svg>"
    )


def data_address(svg: str) -> str:
    """Return a picture as a data address, for img elements and picture columns."""
    for letter, code in (("%", "%25"), ("#", "%23"), ("<", "%3C"), (">", "%3E"), ('"', "%22")):
        svg = svg.replace(letter, code)
    return "data:image/svg+xml," + svg


def _frame(facts: Facts) -> str:
    """Return the part of the motif that the title decides on, so that two items of one motif and palette differ."""
    return FRAMES[Dice(f"{facts.year or ''} {facts.title}")(len(FRAMES))]


def _design(facts: Facts) -> tuple[Dice, Colors, str, str]:
    """Return what is left to decide, the colours, the decade's look, and the motif."""
    dice = Dice(f"{facts.title} {facts.year or ''}")
    motif, mood = motif_of(facts.categories, dice)
    era = era_of(facts.year, facts.maker, facts.categories)
    schemes = SCHEMES[mood]
    tones = colors(era, mood, dice(N_TURNS), schemes[dice(len(schemes))])
    sky = gradient("y", tones.sky, tones.deep) + rect(0, 0, SIDE, SIDE, "url(#y)")
    return dice, tones, era, sky + motif(tones, dice)


def _title(facts: Facts, top: int, tones: Colors, font: str) -> str:
    """Return the title's lines and the small line under them."""
    size, lines = set_title(facts.title, BOX_WIDTH, BOX_HEIGHT)
    mirrored = reads_from_right(facts.title)
    x = WIDTH - MARGIN if mirrored else MARGIN
    step = round(size * LEADING)
    first = top + 10 + round(size * 0.8) + max(0, BOX_HEIGHT - step * len(lines)) // 2
    rows = "".join(
        f"<text x='{x}' y='{first + i * step}'{drawn(row, size, BOX_WIDTH)}</text>" for i, row in enumerate(lines)
    )
    side = " direction='rtl'" if mirrored else ""
    return (
        f"<g fill='{tones.ink}' font-family='{font}' font-weight='700' font-size='{size}'{side}>{rows}"
        f"{_small(facts, x, top + SIDE // 2 - 13)}</g>"
    )


def _small(facts: Facts, x: int, y: int) -> str:
    maker = printable(facts.maker).strip()
    maker = maker if len(maker) <= MAX_SMALL else maker[: MAX_SMALL - 1].rstrip() + "…"
    words = "  ".join(part for part in ("" if facts.year is None else str(facts.year), maker) if part)
    if not words:
        return ""
    return f"<text x='{x}' y='{y}' font-size='13' font-weight='400' opacity='.8'{drawn(words, 13, BOX_WIDTH)}</text>"


def _edge(width: int, height: int) -> str:
    """Return a hair line that ends a light cover on a light page, and a dark one on a dark page."""
    size = f"width='{width - 1}' height='{height - 1}'"
    return f"<rect x='.5' y='.5' {size} fill='none' stroke='#888' stroke-opacity='.45'/>"
