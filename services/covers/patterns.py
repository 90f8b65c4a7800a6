"""Motifs that repeat a form: tiles, cubes, leaves, cloth, bowls, books."""

from services.covers.dice import Dice
from services.covers.palettes import Colors, mixed
from services.covers.shapes import SIDE, circle, gradient, path, pattern, rect, see

_CELL = 80


def tiles(c: Colors, dice: Dice) -> str:
    """Nine tiles of quarters, halves and wholes, as at the Bauhaus: comedy."""
    tones = list(dict.fromkeys((c.a, c.b, c.c, c.pale, c.dark, c.sky)))
    below, above = dict.fromkeys(tones, ""), dict.fromkeys(tones, "")
    for i in range(9):
        x, y = i % 3 * _CELL, i // 3 * _CELL
        one = tones[(i * 2 + dice(4)) % len(tones)]
        two = tones[(tones.index(one) + dice.between(1, len(tones) - 1)) % len(tones)]
        below[one] += f"M{x} {y}h80v80h-80z"
        above[two] += _form(x, y, dice(7))
    return "".join(path(d, tone) for part in (below, above) for tone, d in part.items() if d)


def _form(x: int, y: int, kind: int) -> str:
    """Return a form of one tile as a part of a path."""
    if kind == 0:
        return f"M{x} {y}h80a80 80 0 0 1-80 80z"
    if kind == 1:
        return f"M{x + 80} {y + 80}h-80a80 80 0 0 1 80-80z"
    if kind == 2:
        return f"M{x} {y + 40}a40 40 0 0 1 80 0zM{x} {y + 80}a40 40 0 0 1 80 0z"
    if kind == 3:
        return f"M{x + 10} {y + 40}a30 30 0 1 0 60 0a30 30 0 1 0-60 0z"
    if kind == 4:
        return f"M{x} {y}a80 80 0 0 1 80 80a80 80 0 0 1-80-80z"
    if kind == 5:
        return f"M{x} {y}l80 80h-80z"
    return f"M{x} {y}a40 40 0 0 0 80 0z"


def cubes(c: Colors, dice: Dice) -> str:
    """Cubes piled in a corner: games and toys."""
    s, h = 38, 22
    faces = (
        path(f"M0 0l{s} {h}l{-s} {h}l{-s} {-h}z", c.c)
        + path(f"M{-s} {h}l{s} {h}v{2 * h}l{-s} {-h}z", c.a)
        + path(f"M{s} {h}l{-s} {h}v{2 * h}l{s} {-h}z", c.b)
    )
    high = 1 - 2 * dice(2)
    piled = ((0, 0, 2), (high, 1, 1), (-high, 1, dice(2)), (-2, 2, 0), (0, 2, dice(2)), (2, 2, 0))
    cubes = [(i, j, k) for i, j, top in piled for k in range(top + 1)]
    uses = "".join(f"<use href='#k' x='{120 + i * s}' y='{106 + j * h - k * 2 * h}'/>" for i, j, k in cubes)
    return f"<defs><g id='k'>{faces}</g></defs>{uses}"


def leaves(c: Colors, dice: Dice) -> str:
    """Three stems with leaves: gardens, food and care."""
    left = right = ""
    for y in range(222, 70, -44):
        left += f"M0 {y}q-36 2-38-40 34-2 38 40z"
        right += f"M0 {y}q36 2 38-40-34-2-38 40z"
    stem = (
        path("M-2 240L0 40L2 240z", c.dark)
        + f"<path d='{left}M0 60q-22-24 0-54 22 30 0 54z'/><path d='{right}' opacity='.7'/>"
    )
    first = dice(3)
    tones = [(c.a, c.c, c.b)[(i + first) % 3] for i in range(3)]
    places = [(x, dice.between(-6, 36)) for x in (42, 120, 198)]
    uses = "".join(f"<use href='#s' x='{x}' y='{y}' fill='{t}'/>" for (x, y), t in zip(places, tones, strict=True))
    return f"<defs><g id='s'>{stem}</g></defs>{uses}"


def weave(c: Colors, dice: Dice) -> str:
    """Crossing bands of cloth: fashion."""
    turn, wide = dice.between(20, 70), dice.between(34, 50)
    side = 2 * wide
    cloth = (
        rect(0, 0, side, side, c.sky)
        + rect(0, 0, wide, side, c.a)
        + rect(0, 0, side, wide, c.b, see(0.72))
        + rect(wide + wide // 3, 0, wide // 4, side, c.c)
        + rect(0, wide + wide // 3, side, wide // 4, c.pale, see(0.85))
        + rect(0, wide - 4, side, 3, c.dark)
    )
    return pattern("v", side, side, cloth, f" patternTransform='rotate({turn})'") + rect(0, 0, SIDE, SIDE, "url(#v)")


def bowls(c: Colors, dice: Dice) -> str:
    """Vessels on a shelf: home and kitchen."""
    x = dice.between(70, 90)
    lamp = dice.between(150, 176)
    return (
        gradient("b", c.a, mixed(c.a, c.dark, 0.35), "x2='1'")
        + circle(lamp, 70, 44, c.c)
        + path(f"M{x - 56} 124h112a56 56 0 0 1-112 0z", "url(#b)")
        + path(f"M{x - 44} 196v-10a44 22 0 0 1 88 0v10z", mixed(c.b, c.dark, 0.2))
        + path(f"M{x - 40} 124a40 40 0 0 1 80 0z", c.pale, see(0.9))
        + path("M160 196c-26-4-34-60-6-74v-26h24v26c28 14 20 70-6 74z", c.b)
        + path("M166 196c16-14 20-56 4-74v-26h8v26c28 14 20 70-6 74z", c.dark, see(0.25))
        + rect(0, 196, SIDE, 44, mixed(c.dark, c.a, 0.25))
        + rect(0, 196, SIDE, 6, c.c)
    )


def spines(c: Colors, dice: Dice) -> str:
    """The backs of books on a shelf: books."""
    tones = (c.a, c.b, c.c, c.pale, mixed(c.a, c.dark, 0.4))
    books, labels, x, i = ["", "", "", "", ""], "", 8, dice(5)
    while x < 208:
        wide, high = dice.between(20, 38), dice.between(110, 196)
        books[i % 5] += f"M{x} {222 - high}h{wide}v{high}h-{wide}z"
        labels += f"M{x} {238 - high}h{wide}v5h-{wide}zM{x} 188h{wide}v10h-{wide}z"
        x += wide + 3
        i += dice.between(1, 3)
    backs = "".join(path(d, tone) for d, tone in zip(books, tones, strict=True) if d)
    return backs + path(labels, c.dark, see(0.6)) + rect(0, 222, SIDE, 18, c.dark)
