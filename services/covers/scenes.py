"""Motifs that are places: mountains, a desert, a planet, a window at night."""

from services.covers.dice import Dice
from services.covers.palettes import Colors, mixed
from services.covers.shapes import SIDE, circle, gradient, line, path, pattern, rect, see, star


def blinds(c: Colors, dice: Dice) -> str:
    """A lamp's light through blinds on a wall: crime and film noir."""
    lean, top = dice.between(26, 54), dice.between(38, 52)
    light = "".join(f"M{64 + i * lean // 7} {top + i * 24}h108l{lean // 7} 15h-108z" for i in range(7))
    frame = f"M{118 + lean // 4} {top - 6}h5l{lean} 172h-5z"
    return (
        gradient("l", c.c, c.a)
        + path(f"M0 0h{70 + lean}L{30 + lean} 240H0z", c.dark, see(0.45))
        + path(light, "url(#l)")
        + path(frame, c.dark, see(0.8))
        + path("M168 240c0-60 6-86 24-98a22 24 0 1 1 24 0c16 10 26 40 28 98z", c.dark)
        + path("M164 104q38 12 80 0l-14-8-8-26q-18-10-34 0l-8 26z", c.dark)
    )


def spikes(c: Colors, dice: Dice) -> str:
    """A red moon between teeth: horror."""
    x, y, r = dice.between(96, 144), dice.between(92, 112), dice.between(62, 74)
    below = "M0 240" + "".join(f"L{i * 30 + 8} {150 + dice(62)}L{i * 30 + 30} {212 + dice(20)}" for i in range(8))
    above = "M0 0" + "".join(
        f"V{8 + dice(18)}L{i * 40 + 18 + dice(12)} {36 + dice(52)}L{i * 40 + 40} 0" for i in range(6)
    )
    return (
        gradient("m", c.a, mixed(c.a, c.dark, 0.55))
        + circle(x, y, r + 34, c.a, see(0.16))
        + circle(x, y, r + 16, c.a, see(0.22))
        + circle(x, y, r, "url(#m)")
        + path(above + "z", c.dark, see(0.9))
        + path(below.replace("L8 ", "V", 1) + "L240 240z", mixed(c.dark, c.a, 0.22))
        + path(
            "M0 240V200"
            + "".join(f"l{14 + i % 3 * 5}-{20 + dice(34)} {16 - i % 3 * 5} {22 + dice(26)}" for i in range(8))
            + "V240z",
            c.dark,
        )
    )


def orbit(c: Colors, dice: Dice) -> str:
    """A planet with its ring, moons and stars: science fiction."""
    x, y, r, tilt = dice.between(100, 140), dice.between(100, 128), dice.between(56, 70), dice.between(-32, 24)
    stars = "".join(f"M{dice(236)} {dice(236)}h{2 + i % 3}" for i in range(18))
    band = f" transform='rotate({tilt} {x} {y})'"
    wide, flat = r + 46, (r + 46) // 4
    front = f"M{x - wide} {y}a{wide} {flat} 0 0 0 {2 * wide} 0"
    back = f"M{x - wide} {y}a{wide} {flat} 0 0 1 {2 * wide} 0"
    return (
        gradient("p", c.c, c.a, "x2='1' y2='1'")
        + line(stars, c.pale, 3, " stroke-linecap='round'" + see(0.8))
        + line(back, c.pale, 9, band + see(0.55))
        + circle(x, y, r, "url(#p)")
        + path(f"M{x - r} {y}a{r} {r} 0 0 0 {2 * r} 0q{-r} {r // 2} {-2 * r} 0z", c.dark, band + see(0.25))
        + line(front, c.pale, 9, band)
        + line(front, c.a, 3, band)
        + circle(x + 74, y - 78, dice.between(9, 16), c.b)
        + circle(x - 82, y + 84, dice.between(5, 9), c.c)
    )


def mesas(c: Colors, dice: Dice) -> str:
    """A low sun behind table mountains: the west."""
    x, r, left = dice.between(90, 150), dice.between(62, 78), dice.between(0, 24)
    cuts = "".join(f"M0 {128 + i * 13}h240v{2 + i * 2}H0z" for i in range(4))
    return (
        gradient("s", c.c, c.a)
        + circle(x, 116, r, "url(#s)")
        + path(cuts, c.sky)
        + path(f"M{-10 + left} 190l10-64h14l4-18h44l6 30h18l12 52z", mixed(c.a, c.dark, 0.35))
        + path(f"M{128 + left} 190l14-44h12l2-30h30l4 14h16l6 34h20l10 26z", mixed(c.a, c.dark, 0.5))
        + path("M0 184q60-16 120-2t120-6v64H0z", mixed(c.a, c.dark, 0.66))
        + path("M0 214q80-20 140-4t100-8v38H0z", c.dark)
        + path(f"M{40 + left} 226v-44h-14v-18h6v12h8v-34q5-8 10 0v26h8v-16h6v22h-14v52z", c.dark)
    )


def peaks(c: Colors, dice: Dice) -> str:
    """Mountains with a lit side: adventure."""
    parts = [circle(dice.between(50, 190), dice.between(46, 70), dice.between(24, 38), c.c)]
    for i, tone in enumerate((0.12, 0.42, 0.7)):
        lit = shade = ""
        x = dice.between(-30, 20)
        while x < 250:
            wide, top = dice.between(60, 96), 64 + i * 52 + dice(40)
            tip = x + wide // 2
            lit += f"M{x - wide // 2} 240L{tip} {top}l16 {240 - top}z"
            shade += f"M{tip} {top}L{tip + wide} 240H{tip - 6}l14-{(240 - top) * 2 // 3}z"
            x += wide + 44
        parts.append(path(lit, mixed(c.a, c.dark, tone * 0.8)) + path(shade, mixed(c.b, c.dark, tone)))
    return "".join(parts)


def moon(c: Colors, dice: Dice) -> str:
    """A crescent, stars and towers above clouds: fantasy."""
    x, y = dice.between(110, 160), dice.between(72, 92)
    stars = "".join(star(dice.between(12, 228), dice.between(12, 130), dice.between(5, 13)) for _ in range(5))
    towers = "M52 240v-62h-6l16-42 16 42h-6v20h16v-56h-8l22-60 22 60h-8v40h20v-26h-6l18-50 18 50h-6v84z"
    clouds = "".join(
        f"M{i * 50 - 20 + dice(10)} 240a{r} {r} 0 0 1 {2 * r} 0z" for i, r in enumerate((34, 26, 38, 28, 36))
    )
    return (
        circle(x, y, 52, c.c)
        + circle(x + 24, y - 14, 44, c.sky)
        + path(stars, c.pale)
        + path(towers, c.dark)
        + path(clouds, c.a)
        + path(clouds, c.pale, " transform='translate(22 12)'")
    )


def waves(c: Colors, dice: Dice) -> str:
    """A sun over rows of waves: travel and the sea."""
    inside = "".join(circle(30, 30, r, fill) for r, fill in ((30, c.pale), (27, c.b), (18, c.pale), (15, c.a)))
    rows = "".join(
        rect(-60, 0, 360, 30, "url(#w)", f" transform='translate({i % 2 * 30} {124 + i * 20})'") for i in range(6)
    )
    x, r = dice.between(70, 170), dice.between(50, 66)
    return pattern("w", 60, 30, inside) + gradient("s", c.a, c.c) + circle(x, 104, r, "url(#s)") + rows


def arches(c: Colors, dice: Dice) -> str:
    """One gate within another, lighter towards the end: drama."""
    x, steps = dice.between(104, 136), 6
    parts = [gradient("e", c.c, c.pale)]
    for i in range(steps):
        r = 104 - i * 17
        tone = mixed(c.a, c.b, i / (steps - 1)) if i % 2 == 0 else mixed(c.a, c.dark, 0.45 - i * 0.05)
        fill = "url(#e)" if i == steps - 1 else tone
        parts.append(path(f"M{x - r} 240V{122 + i * 9}a{r} {r} 0 0 1 {2 * r} 0V240z", fill))
    return "".join(parts) + circle(x, 176, 8, c.a) + path(f"M{x - 6} 240l2-54h8l2 54z", c.dark)


def aqueduct(c: Colors, dice: Dice) -> str:
    """Two rows of arches before a sun: history."""
    x = dice.between(60, 180)
    upper = "M0 104H240V168H0z" + "".join(f"M{i * 48 + 8 - 24} 168v-22a16 16 0 0 1 32 0v22z" for i in range(6))
    lower = "M0 168H240V240H0z" + "".join(f"M{i * 80 - 28} 240v-22a26 26 0 0 1 52 0v22z" for i in range(4))
    return (
        gradient("u", c.a, mixed(c.a, c.dark, 0.4))
        + circle(x, 92, 64, c.c)
        + path(upper, "url(#u)", " fill-rule='evenodd'")
        + rect(0, 98, SIDE, 8, mixed(c.a, c.pale, 0.35))
        + path(lower, mixed(c.b, c.dark, 0.35), " fill-rule='evenodd'")
        + rect(0, 166, SIDE, 6, mixed(c.a, c.pale, 0.35))
    )
