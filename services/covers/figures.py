"""Motifs that are single signs: a keyhole, a record, a heart, an iris."""

from services.covers.dice import Dice
from services.covers.palettes import Colors, mixed
from services.covers.shapes import SIDE, circle, disc, gradient, line, on_circle, path, pattern, rect, ring, see


def keyhole(c: Colors, dice: Dice) -> str:
    """Light through a keyhole: mystery."""
    x, far = dice.between(100, 140), dice.between(-50, 50)
    return (
        gradient("f", c.c, c.a)
        + circle(x, 92, 112, mixed(c.sky, c.a, 0.3))
        + circle(x, 92, 86, mixed(c.sky, c.a, 0.6))
        + circle(x, 92, 60, c.a)
        + path(f"M{x - 20} 150h40L{x + far + 78} 240H{x + far - 78}z", c.c, see(0.9))
        + path(f"M{x - 17} 94L{x - 27} 150h54L{x + 17} 94z", "url(#f)")
        + circle(x, 78, 29, c.c)
        + circle(x, 78, 29, "none", f" stroke='{c.dark}' stroke-width='3'")
        + path(f"M{x - 5} 240V196q0-24 5-24t5 24v44z", c.dark)
        + circle(x, 166, 7, c.dark)
    )


def vortex(c: Colors, dice: Dice) -> str:
    """Turning squares that pull inwards: thriller."""
    x, y, turn, round_ = dice.between(100, 140), dice.between(104, 132), dice.between(7, 13), dice.between(12, 70)
    parts = []
    for i in range(9):
        half = round(128 * 0.78**i)
        corner = f" rx='{half * round_ // 50}'" + (f" transform='rotate({i * turn})'" if i else "")
        parts.append(rect(-half, -half, 2 * half, 2 * half, (c.a, c.dark)[i % 2], corner))
    return f"<g transform='translate({x} {y})'>{''.join(parts)}</g>" + circle(x, y, 9, c.c)


def heart(c: Colors, dice: Dice) -> str:
    """Two discs that overlap, or a heart of a square and two discs: romance."""
    if dice(2):
        r, apart, y = dice.between(66, 76), dice.between(38, 48), dice.between(108, 124)
        return (
            circle(120 - apart, y, r, c.a)
            + circle(120 + apart, y, r, c.c)
            + path(_shared(120, y, r, apart), mixed(c.a, c.dark, 0.5))
            + ring(120 - apart, y, r + 14, c.a, 2)
            + ring(120 + apart, y, r + 14, c.c, 2)
        )
    r, top = dice.between(44, 52), dice.between(84, 96)
    d = round(r * 0.7071)
    return (
        gradient("h", c.a, mixed(c.a, c.dark, 0.4), "x2='1'")
        + circle(120, 116, 108, mixed(c.sky, c.c, 0.4))
        + path(
            f"M120 {top + d}l{d} {-d}l{2 * d} {2 * d}l{-3 * d} {3 * d}l{-3 * d} {-3 * d}l{2 * d} {-2 * d}z", "url(#h)"
        )
        + circle(120 - 2 * d + d // 2, top + d // 2, r, c.a)
        + circle(120 + 2 * d - d // 2, top + d // 2, r, mixed(c.a, c.dark, 0.25))
    )


def _shared(x: int, y: int, r: int, apart: int) -> str:
    """Return what two discs share, as a path."""
    half = round((r * r - apart * apart) ** 0.5)
    return f"M{x} {y - half}A{r} {r} 0 0 1 {x} {y + half}A{r} {r} 0 0 1 {x} {y - half}z"


def burst(c: Colors, dice: Dice) -> str:
    """Rays from one point and a bolt: action."""
    x, y, n = dice.between(60, 180), dice.between(80, 150), dice.between(9, 13)
    rays = ""
    for i in range(n):
        one, two = on_circle(x, y, 330, 360 * i / n), on_circle(x, y, 330, 360 * (i + 0.5) / n)
        rays += f"M{x} {y}L{one[0]} {one[1]}L{two[0]} {two[1]}z"
    return (
        path(rays, c.a)
        + circle(x, y, 58, c.dark)
        + circle(x, y, 46, c.c)
        + path(f"M{x + 14} {y - 76}l-62 92h40l-14 64 66-94h-42z", c.dark)
        + path(f"M{x + 10} {y - 66}l-52 78h40l-10 46 48-70h-42z", c.pale)
    )


def rainbow(c: Colors, dice: Dice) -> str:
    """Arcs, a sun and clouds: animation and families."""
    x, w = dice.between(90, 150), dice.between(17, 21)
    arcs = "".join(
        ring(x, 190, 130 - i * w, tone, w + 1)
        for i, tone in enumerate((c.a, c.c, c.b, mixed(c.a, c.pale, 0.5), c.pale))
    )
    ground = path("M0 204q60-26 120-8t120-10v54H0z", mixed(c.b, c.dark, 0.2))
    clouds = "".join(
        path(f"M{at} {up}a17 17 0 0 1 4-34a26 26 0 0 1 48-6a20 20 0 0 1 14 40z", c.pale)
        for at, up in ((dice.between(0, 30), 196), (dice.between(150, 170), 190))
    )
    return circle(dice.between(30, 60), 46, 24, c.c) + arcs + ground + clouds


def record(c: Colors, dice: Dice) -> str:
    """A record's grooves and bars of sound: music."""
    x, y, r = dice.between(120, 170), dice.between(92, 112), dice.between(82, 92)
    grooves = "".join(disc(x, y, r - 9 - i * 11) for i in range(4))
    bars = ["", "", ""]
    for i in range(12):
        high = dice.between(18, 84)
        bars[i % 3] += f"M{8 + i * 19} {240 - high}h13v{high}h-13z"
    return (
        circle(x, y, r, mixed(c.dark, c.b, 0.15))
        + line(grooves, c.pale, 1, see(0.3))
        + path(f"M{x} {y}L{x - r} {y - 20}A{r} {r} 0 0 1 {x - r // 2} {y - r * 86 // 100}z", c.pale, see(0.2))
        + circle(x, y, 30, c.a)
        + circle(x, y, 5, c.pale)
        + "".join(path(d, tone) for d, tone in zip(bars, (c.a, c.c, c.b), strict=True))
    )


def iris(c: Colors, dice: Dice) -> str:
    """A lens with blades: documentary."""
    turn, n = dice.between(0, 40), 7
    blades = ""
    for i in range(n):
        tone = mixed(c.a, c.dark, 0.12 + 0.1 * (i % 3))
        one, two, hole = (on_circle(120, 120, r, turn + 360 * (i + k) / n) for r, k in ((98, 0), (98, 1.25), (40, 1.1)))
        inner = on_circle(120, 120, 40, turn + 360 * (i + 0.1) / n)
        blades += path(
            f"M{one[0]} {one[1]}A98 98 0 0 1 {two[0]} {two[1]}L{hole[0]} {hole[1]}L{inner[0]} {inner[1]}z", tone
        )
    return (
        circle(120, 120, 112, c.dark)
        + circle(120, 120, 99, c.c)
        + f"<g stroke='{c.pale}'>{blades}</g>"
        + circle(104, 104, 9, c.pale, see(0.85))
        + ring(120, 120, 105, c.c, 3)
    )


def chevrons(c: Colors, dice: Dice) -> str:
    """Chevrons before a sinking disc: war."""
    x, y, step = dice.between(80, 160), dice.between(74, 96), dice.between(26, 32)
    rows, thick = "", step // 2 + 2
    for i, tone in enumerate((c.dark, c.b, c.dark, c.b, c.dark)):
        foot, tip = 132 + i * step, 92 + i * step
        rows += path(f"M-10 {foot}L{x} {tip}L250 {foot}v{thick}L{x} {tip + thick}L-10 {foot + thick}z", tone)
    return gradient("t", c.a, mixed(c.a, c.c, 0.5)) + circle(x, y, 62, "url(#t)") + rows


def lanes(c: Colors, dice: Dice) -> str:
    """The lanes of a track and a ball: sport."""
    x, y, w = dice.between(-20, 40), dice.between(220, 260), 26
    tones = (c.a, c.pale, c.a, c.pale, c.b, c.pale, c.b)
    tracks = "".join(ring(x, y, 226 - i * w, tone, w if i % 2 == 0 else 5) for i, tone in enumerate(tones))
    at = on_circle(x, y, 200, -dice.between(36, 62))
    return (
        tracks
        + circle(at[0] + 4, at[1] + 6, 30, c.dark, see(0.3))
        + circle(*at, 30, c.c)
        + line(f"M{at[0] - 27} {at[1] - 10}q27 20 54 0M{at[0] - 8} {at[1] - 28}q-10 28 2 56", c.dark, 3)
    )


def signal(c: Colors, dice: Dice) -> str:
    """Waves of a signal over a board of dots: electronics."""
    from_left = dice(2)
    x, y = (44 if from_left else 196), dice.between(176, 196)
    arcs = "".join(ring(x, y, 40 + i * 32, (c.a, c.c, c.b, c.a, c.c)[i], 15 - i * 2) for i in range(5))
    dots = pattern("n", 40, 40, circle(20, 20, 3, c.pale, see(0.35))) + rect(0, 0, SIDE, SIDE, "url(#n)")
    return dots + arcs + circle(x, y, 20, c.pale) + circle(x, y, 9, c.dark)


def face(c: Colors, dice: Dice) -> str:
    """Half a mask that laughs and half that weeps: theatre."""
    bend = dice.between(18, 30)
    mask = "M120 26C70 26 44 40 44 60c0 84 30 150 76 158z"
    other = "M120 26c50 0 76 14 76 34 0 84-30 150-76 158z"
    return (
        path(mask, c.a)
        + path(other, c.c)
        + path("M64 92q22-22 44 0-22 12-44 0z", c.dark)
        + path("M132 92q22-22 44 0-22 12-44 0z", c.dark)
        + path(f"M74 142q46 {bend * 2} 46 {bend // 2}v{bend}q-46 6-46-{bend + bend // 2}z", c.dark)
        + path(f"M120 {142 + bend}q46-{bend} 42 24q-14-{bend // 2}-42 -2z", c.dark)
        + rect(0, 228, SIDE, 12, c.b)
    )
