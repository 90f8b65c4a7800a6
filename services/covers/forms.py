"""Motifs of free forms: bubbles, hills, petals, a staircase, a window, a road."""

from services.covers.dice import Dice
from services.covers.palettes import Colors, mixed
from services.covers.shapes import SIDE, circle, gradient, line, on_circle, path, rect, ring, see


def bubbles(c: Colors, dice: Dice) -> str:
    """Large discs that shine through each other: comedy."""
    parts = []
    for i in range(7):
        x, y, r = dice.between(20, 220), dice.between(24, 216), dice.between(28, 66)
        tone = (c.a, c.c, c.b, c.pale)[i % 4]
        parts.append(circle(x, y, r, tone, see(0.82)) if i % 3 < 2 else ring(x, y, r, tone, 14))
    return "".join(parts)


def fans(c: Colors, dice: Dice) -> str:
    """Fans that open in every direction: comedy."""
    tones = (c.a, c.pale, c.b, c.c)
    parts = []
    for i in range(4):
        left, top = dice(2), dice(2)
        x, y = i % 2 * 120 + 120 * left, i // 2 * 120 + 120 * top
        across, down = 1 - 2 * left, 1 - 2 * top
        for k, r in enumerate((120, 92, 64, 36)):
            arc = f"a{r} {r} 0 0 {int(across == down)} {-across * r} {down * r}z"
            parts.append(path(f"M{x} {y}h{across * r}{arc}", tones[(i + k) % 4]))
    return "".join(parts)


def hills(c: Colors, dice: Dice) -> str:
    """A sun over layered hills and a lonely tree: drama."""
    x, r = dice.between(60, 180), dice.between(34, 56)
    rows = ""
    for i in range(4):
        first, bend, y = 118 + i * 26 + dice(16), dice.between(40, 90), 118 + i * 26
        tone = mixed(mixed(c.c, c.b, i / 3), c.dark, 0.1 + i * 0.16)
        rows += path(f"M0 {first}Q{bend} {84 + i * 28} 120 {y}T240 {110 + i * 28}V240H0z", tone)
    at = dice.between(40, 200)
    tree = rect(at - 2, 152, 4, 56, c.dark) + circle(at, 146, 20, c.dark)
    return gradient("s", c.a, mixed(c.a, c.c, 0.6)) + circle(x, 82, r, "url(#s)") + rows + tree


def petals(c: Colors, dice: Dice) -> str:
    """A flower that is seen from above: romance."""
    n, x, y = dice.between(6, 9), 120, 120
    parts = []
    for i in range(n):
        at = on_circle(x, y, 108, 360 * i / n)
        one, two = on_circle(x, y, 92, 360 * (i - 0.55) / n), on_circle(x, y, 92, 360 * (i + 0.55) / n)
        parts.append(
            path(
                f"M{x} {y}Q{one[0]} {one[1]} {at[0]} {at[1]}Q{two[0]} {two[1]} {x} {y}z",
                (c.a, mixed(c.a, c.c, 0.55))[i % 2],
            )
        )
    return circle(x, y, 114, c.b, see(0.5)) + "".join(parts) + circle(x, y, 26, c.c) + circle(x, y, 12, c.dark)


def stairs(c: Colors, dice: Dice) -> str:
    """A staircase and its shadow towards an open door: drama and suspense."""
    n, left = 7, dice(2)
    steps = "".join(f"M{i * 26} 240v{-20 - i * 20}h{240 - i * 26}v{20 + i * 20}z" for i in range(n))
    treads = "".join(f"M{i * 26} {220 - i * 20}h26" for i in range(n))
    flip = " transform='matrix(-1 0 0 1 240 0)'" if left else ""
    return (
        f"<g{flip}>"
        + gradient("d", c.c, c.a)
        + path("M172 100V28a26 26 0 0 1 52 0v72z", "url(#d)")
        + path("M182 98L40 240h-40V214L172 98z", c.c, see(0.18))
        + path(steps, mixed(c.a, c.dark, 0.3))
        + line(treads, c.c, 5)
        + path("M196 100V66a8 8 0 1 1 10 0v34z", c.dark)
        + "</g>"
    )


def road(c: Colors, dice: Dice) -> str:
    """A road to the horizon: adventure and chases."""
    x, y = dice.between(80, 160), dice.between(104, 122)
    marks = "".join(
        f"M{x - w} {at}h{2 * w}l{w // 2} {h}h{-3 * w}z"
        for w, at, h in ((2, y + 10, 10), (3, y + 32, 18), (5, y + 66, 30))
    )
    return (
        gradient("s", c.c, c.a)
        + circle(x, y - 16, dice.between(46, 62), "url(#s)")
        + path(f"M0 {y}l50-46 34 30 30-22 46 38zM120 {y}l54-58 30 28 18-16 34 46z", mixed(c.b, c.dark, 0.35))
        + rect(0, y, SIDE, 240 - y, mixed(c.a, c.dark, 0.5))
        + path(f"M{x - 5} {y}h10L{x + 110} 240H{x - 110}z", c.dark)
        + path(marks, c.pale)
    )


def bands(c: Colors, dice: Dice) -> str:
    """Slanting bands and a disc, as Swiss posters have them: action."""
    turn, x, y, r = dice.between(-52, -24), dice.between(70, 170), dice.between(80, 150), dice.between(46, 64)
    tones = (c.a, c.c, c.pale, c.b, c.a)
    rows = "".join(rect(-120, 26 + i * 42, 480, 30 - i * 4, tone) for i, tone in enumerate(tones))
    return (
        f"<g transform='rotate({turn} 120 120)'>{rows}</g>"
        + circle(x, y, r + 8, c.sky)
        + circle(x, y, r, c.dark)
        + circle(x, y, r // 3, c.a)
    )
