"""The avatar of a user: an abstract head in the colours of their taste, the same for the same id. Nobody's likeness."""

from collections.abc import Sequence
from functools import lru_cache

from services.covers.choice import motif_of
from services.covers.dice import Dice
from services.covers.palettes import ERA_NAMES, N_TURNS, SCHEMES, Colors, colors
from services.covers.shapes import circle, gradient, line, path, rect


@lru_cache(maxsize=2048)
def avatar(user_id: str, tastes: Sequence[str] = ()) -> str:
    """Return the avatar as SVG, a disc of 96 units; tastes decide its mood."""
    dice = Dice(user_id)
    _, mood = motif_of(tastes[:1], dice)
    tones = colors(ERA_NAMES[dice(len(ERA_NAMES))], mood, dice(N_TURNS), SCHEMES[mood][dice(len(SCHEMES[mood]))])
    skin, hair, coat = _apart(tones, dice)
    return (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 96 96' width='96' height='96'>"
        f"<clipPath id='c'>{circle(48, 48, 48, '#000')}</clipPath><g clip-path='url(#c)'>"
        + gradient("y", tones.sky, tones.deep)
        + rect(0, 0, 96, 96, "url(#y)")
        + _head(dice, skin, hair, coat, tones)
        + "</g><circle cx='48' cy='48' r='47.5' fill='none' stroke='#888' stroke-opacity='.5'/></svg>"
    )


def _apart(tones: Colors, dice: Dice) -> tuple[str, str, str]:
    """Return three different colours for head, hair and coat."""
    left = [tone for tone in dict.fromkeys((tones.c, tones.a, tones.b, tones.pale, tones.dark)) if tone != tones.sky]
    skin = left.pop(dice(2))
    hair = left.pop(dice(len(left)))
    return skin, hair, left[dice(len(left))]


def _head(dice: Dice, skin: str, hair: str, coat: str, tones: Colors) -> str:
    """Return coat, hair and a face of dots and arcs."""
    wide = dice.between(17, 21)
    behind = (
        "",
        path(f"M{48 - wide - 7} 74V40a{wide + 7} {wide + 7} 0 0 1 {2 * wide + 14} 0v34z", hair),
        circle(48, 14, 9, hair),
        path(f"M{48 - wide - 5} 56V40a{wide + 5} {wide + 5} 0 0 1 {2 * wide + 10} 0v16z", hair),
    )[dice(4)]
    before = (
        f"M{48 - wide} 42V38a{wide} {wide} 0 0 1 {2 * wide} 0v4z",
        f"M{48 - wide} 40a{wide} {wide} 0 0 1 {2 * wide} -2q-{wide} 2-{wide + 6}-8q-4 10-{wide - 6} 10z",
        f"M{48 - wide - 4} 36q2-22 {wide + 6}-22t{wide + 2} 18q-10-2-{wide}-6-10 10-{wide + 8} 10z",
        f"M{48 - wide - 6} 35h{2 * wide + 12}a{wide + 6} 18 0 0 0-{2 * wide + 12} 0z",
    )[dice(4)]
    eye = tones.dark if skin != tones.dark else tones.pale
    looks = circle(48 - 7, 46, 2, eye) + circle(48 + 7, 46, 2, eye)
    mouth = line(("M42 55q6 5 12 0", "M43 56h10", "M42 54q6 8 12 0")[dice(3)], eye, 2, " stroke-linecap='round'")
    if dice(3) == 0:
        looks += line("M34 46a7 7 0 1 0 14 0a7 7 0 1 0-14 0M48 46a7 7 0 1 0 14 0a7 7 0 1 0-14 0", eye, 2)
    return (
        behind
        + path("M8 100c0-24 18-32 40-32s40 8 40 32z", coat)
        + path("M40 58h16v12q-8 8-16 0z", skin)
        + f"<ellipse cx='48' cy='44' rx='{wide}' ry='21' fill='{skin}'/>"
        + path(before, hair)
        + looks
        + mouth
    )
