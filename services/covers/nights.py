"""Motifs of the night: a city, a house on a hill, a grid of light, an eye, a street lamp."""

from services.covers.dice import Dice
from services.covers.palettes import Colors, mixed
from services.covers.shapes import SIDE, circle, ellipse, gradient, line, path, rect, see


def city(c: Colors, dice: Dice) -> str:
    """Towers with lit windows below a moon: crime and drama in a city."""
    far = near = lit = ""
    x = -6
    while x < 240:
        wide, high = dice.between(26, 44), dice.between(90, 176)
        far += f"M{x} 240v{-high}h{wide}v{high}z"
        x += wide + dice(8)
    x = -14
    while x < 240:
        wide, high = dice.between(34, 54), dice.between(46, 124)
        near += f"M{x} 240v{-high}h{wide}v{high}z"
        lit += "".join(f"M{x + 8} {252 - high + i * 18}h{wide - 16}" for i in range(high // 22) if dice(3))
        x += wide + dice(6)
    return (
        circle(dice.between(50, 190), dice.between(56, 84), dice.between(30, 48), c.c)
        + path(far, mixed(c.sky, c.a, 0.5))
        + path(near, c.dark)
        + line(lit, c.c, 7, " stroke-dasharray='6 5'")
    )


def house(c: Colors, dice: Dice) -> str:
    """A house on a hill before a great moon: horror."""
    x, up = dice.between(96, 136), dice.between(0, 14)
    y = 176 - up
    return (
        gradient("m", c.a, c.c)
        + circle(x + dice.between(-30, 30), 104, dice.between(74, 88), "url(#m)")
        + path(f"M0 240v-26Q{x - 40} {y + 2} {x} {y}Q{x + 60} {y + 4} 240 {222 - up}V240z", c.dark)
        + path(f"M{x - 34} {y + 6}v-54h-5l20-34 20 34h-3v14h12v-42h-5l17-38 17 38h-5v36h16l10 16h-6v32z", c.dark)
        + path(f"M{x - 24} {y - 34}h10v14h-10zM{x + 19} {y - 62}h7v14h-7zM{x + 12} {y - 24}h9v14h-9z", c.c)
        + line(f"M210 {224 - up}V{120}l-18-26M210 160l16-22M210 142l-10-40M210 176l-22-18M201 106l10-18", c.dark, 5)
    )


def horizon(c: Colors, dice: Dice) -> str:
    """A striped sun above a grid that runs to the horizon: science fiction."""
    x, r = dice.between(90, 150), dice.between(58, 74)
    y = 146
    stripes = "".join(f"M0 {y - 8 - i * 14}h240v{7 - i}h-240z" for i in range(5))
    fan = "".join(f"M{x + i * 8} {y}L{x + i * 60} 240" for i in range(-5, 6))
    rows = "".join(f"M0 {y + i * i * 5 + 2}h240" for i in range(5))
    return (
        gradient("g", c.c, c.a)
        + circle(x, y - 30, r, "url(#g)")
        + path(stripes, c.sky, see(0.9))
        + path(f"M-10 {y}l44-52 26 30 22-18 34 40zM150 {y}l30-34 20 16 26-38 40 56z", mixed(c.dark, c.b, 0.35))
        + rect(0, y, SIDE, 94, c.dark)
        + line(fan + rows, c.a, 2)
    )


def eye(c: Colors, dice: Dice) -> str:
    """A great eye that rays come from: suspense and horror."""
    y, look = dice.between(112, 128), dice.between(-20, 20)
    lashes = "".join(f"M120 {y}L{i * 34 - 50} {-20 if i % 2 else 10}" for i in range(11))
    lashes += "".join(f"M120 {y}L{i * 48 - 50} 260" for i in range(8))
    return (
        gradient("i", c.c, c.a)
        + line(lashes, mixed(c.sky, c.a, 0.55), 5)
        + path(f"M4 {y}Q120 {y - 128} 236 {y}Q120 {y + 128} 4 {y}z", c.dark)
        + path(f"M18 {y}Q120 {y - 102} 222 {y}Q120 {y + 102} 18 {y}z", c.pale)
        + circle(120 + look, y, 48, "url(#i)")
        + circle(120 + look, y, 24, c.dark)
        + circle(132 + look, y - 14, 8, c.pale)
    )


def lamp(c: Colors, dice: Dice) -> str:
    """A street lamp's cone, a long shadow and rain: noir."""
    x = dice.between(70, 170)
    rain = "".join(f"M{dice(250)} {dice(200)}l-5 22" for _ in range(14))
    return (
        gradient("o", c.c, c.a)
        + path(f"M{x} 44L{x + 92} 208H{x - 92}z", "url(#o)", see(0.75))
        + ellipse(x, 208, 92, 20, c.c)
        + path(f"M{x - 5} 206L{x - 120} 240h52z", c.dark, see(0.6))
        + path(f"M{x - 7} 208v-34q-8-24 0-36a9 9 0 1 1 14 0q8 12 0 36v34z", c.dark)
        + path(f"M{x - 17} 123h34l-7-4-3-11h-14l-3 11z", c.dark)
        + path(f"M{x - 22} 46l8-20h28l8 20zM{x - 2} 0h4v28h-4z", c.dark)
        + line(rain, c.pale, 2, see(0.45))
    )


def beam(c: Colors, dice: Dice) -> str:
    """A saucer above a field: science fiction and its comedies."""
    x, tilt = dice.between(96, 144), dice.between(-10, 10)
    stars = "".join(f"M{dice(236)} {dice(120)}h3" for _ in range(14))
    return (
        gradient("q", c.c, c.a)
        + line(stars, c.pale, 3, " stroke-linecap='round'")
        + path(f"M{x - 34} 84h68L{x + 84} 214H{x - 84}z", "url(#q)", see(0.7))
        + path("M0 208q60-22 120-8t120-8v48H0z", c.dark)
        + f"<g transform='rotate({tilt} {x} 76)'>"
        + ellipse(x, 60, 34, 32, c.pale)
        + ellipse(x, 76, 82, 20, c.a)
        + ellipse(x, 70, 82, 15, mixed(c.a, c.dark, 0.4))
        + line(f"M{x - 56} 72h112", c.c, 7, " stroke-dasharray='0 22' stroke-linecap='round'")
        + "</g>"
    )


def forest(c: Colors, dice: Dice) -> str:
    """Trunks before a moon, and eyes between them: horror and tales."""
    far = near = ""
    for i in range(9):
        x, wide = i * 28 + dice(14) - 6, dice.between(5, 9)
        far += f"M{x} 240V0h{wide}v240z"
    for i in range(4):
        x, wide, branch = i * 64 + dice(30) - 8, dice.between(14, 24), dice.between(60, 130)
        near += f"M{x - 8} 240L{x} 180V0h{wide}v180l8 60zM{x + wide - 2} {branch + 14}l30-40 3 3-30 56z"
    x, y = dice.between(60, 170), dice.between(120, 170)
    return (
        gradient("m", c.c, c.a)
        + circle(dice.between(70, 170), dice.between(80, 110), dice.between(54, 76), "url(#m)")
        + path(far, mixed(c.sky, c.dark, 0.55))
        + path(near + "M0 240v-22q60-16 120-6t120-6v34z", c.dark)
        + path(f"M{x} {y}q8-9 16 0-8 7-16 0zM{x + 24} {y}q8-9 16 0-8 7-16 0z", c.c)
    )


def claws(c: Colors, dice: Dice) -> str:
    """The marks of claws on a lit wall: horror."""
    lean, cuts = dice.between(-60, -30), ""
    for i in range(4):
        x, top, high, wide = 76 + i * 42 + dice(12), dice.between(10, 46), dice.between(146, 186), dice.between(16, 26)
        cuts += (
            f"M{x} {top}q{lean // 2 + wide} {high // 2} {lean} {high}q{-lean // 2 - 4} {-high // 2} {-lean} {-high}z"
        )
    drops = "".join(f"M{40 + i * 46 + dice(30)} {dice.between(206, 232)}v{dice.between(6, 16)}" for i in range(4))
    return (
        gradient("x", c.a, mixed(c.a, c.dark, 0.6))
        + rect(0, 0, SIDE, SIDE, "url(#x)")
        + circle(dice.between(40, 200), dice.between(40, 110), dice.between(46, 80), c.c, see(0.35))
        + path(cuts, c.dark)
        + line(drops, c.dark, 5, " stroke-linecap='round'")
    )
