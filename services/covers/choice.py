"""Which motif, mood and decade a cover has: by its categories and its year, for a shop by its brand.

The most telling category decides: a western is a western first and a drama second. A category that no rule knows has
always the same motif too.
"""

import re
from collections.abc import Callable, Sequence

from services.covers import figures, forms, nights, patterns, scenes
from services.covers.dice import Dice
from services.covers.palettes import ERA_NAMES, MOODS, Colors

Motif = Callable[[Colors, Dice], str]
RULES: tuple[tuple[str, str, tuple[Motif, ...]], ...] = (
    (r"western", "earth", (scenes.mesas, scenes.mesas, forms.road)),
    (r"noir", "night", (scenes.blinds, nights.lamp, nights.city)),
    (
        r"horror|ghost|vampire",
        "night",
        (scenes.spikes, nights.house, nights.forest, nights.claws, nights.claws, nights.eye),
    ),
    (r"sci-?fi|science.?fiction|space", "night", (scenes.orbit, nights.horizon, nights.beam)),
    (r"musical|music|song|concert|album|vinyl|audio|\bcds?\b|rock|jazz|pop\b", "rose", (figures.record, figures.face)),
    (r"animat|famil|child|kid|bab(y|ies)|cartoon|anime", "day", (figures.rainbow, forms.bubbles)),
    (r"\bwar\b|military|weapon", "earth", (figures.chevrons, forms.bands)),
    (r"fantas|fairy|magic", "rose", (scenes.moon, scenes.moon, nights.forest)),
    (r"documentar|camera|photo|film.?making|optic", "day", (figures.iris,)),
    (r"sport|fitness|football|boxing|running|\bbikes?\b|cycl", "day", (figures.lanes,)),
    (r"myster|detective|whodunit", "night", (figures.keyhole, figures.keyhole, nights.eye, forms.stairs)),
    (r"histor|biograph|epic|classic|antique|politic", "earth", (scenes.aqueduct,)),
    (r"thriller|suspense|psycho", "night", (figures.vortex, forms.stairs, nights.lamp)),
    (r"crime|gangster", "night", (nights.city, scenes.blinds)),
    (r"roman(ce|tic)|love|wedding|jewel|gift", "rose", (figures.heart, forms.petals)),
    (r"adventure|outdoor|camping|hik", "earth", (scenes.peaks, forms.road)),
    (r"action|martial|superhero|tools?\b|hardware|automotive", "night", (figures.burst, forms.bands)),
    (r"comed|humou?r|fun\b|satire", "day", (patterns.tiles, forms.bubbles, forms.fans)),
    (r"theat(er|re)|stage", "rose", (figures.face,)),
    (r"drama|short", "earth", (scenes.arches, forms.hills)),
    (r"toy|game|puzzle|hobb|craft", "day", (patterns.cubes, patterns.tiles)),
    (r"electronic|computer|phone|software|tech|gadget|tv\b|television|video", "night", (figures.signal,)),
    (
        r"fashion|cloth|apparel|shoe|footwear|accessor|textile|bag",
        "rose",
        (patterns.weave, patterns.weave, forms.bands),
    ),
    (r"garden|food|grocer|plant|floral|flower|drink|organic|pet\b", "earth", (patterns.leaves,)),
    (r"beaut|care|health|cosmetic|perfume", "rose", (forms.petals, patterns.leaves)),
    (r"home|kitchen|furnitur|decor|house|dining|bath|appliance|lamp|light", "earth", (patterns.bowls,)),
    (r"book|novel|literat|magazine|read|article|news|poet|paper|office|stationer", "day", (patterns.spines,)),
    (r"travel|sea|ocean|hotel|holiday|island|beach|water|swim|boat", "day", (scenes.waves,)),
)
"""Words in a category, the mood, and the motifs between which the title decides; the most telling categories first."""
_RULES = tuple((re.compile(words), mood, motifs) for words, mood, motifs in RULES)
NEUTRAL: tuple[Motif, ...] = (
    *(patterns.tiles, scenes.arches, figures.vortex, scenes.peaks, patterns.cubes, patterns.weave, patterns.leaves),
    *(figures.lanes, forms.bands, scenes.waves, patterns.bowls, figures.signal, forms.bubbles, forms.petals),
)
"""For categories that no rule knows: forms that mean nothing in particular."""
_DECADES = ((1940, "silent"), (1960, "fifties"), (1970, "sixties"), (1980, "seventies"), (1990, "eighties"))
_LATER = ((2000, "nineties"), (2010, "noughties"))


def motif_of(categories: Sequence[str], dice: Dice) -> tuple[Motif, str]:
    """Return the motif and its mood: mostly of the most telling category, at times of the second."""
    names = [name.casefold() for name in categories]
    known = [(motifs, mood) for words, mood, motifs in _RULES if any(words.search(name) for name in names)]
    if not known:
        fixed = Dice(names[0]) if names else dice
        return NEUTRAL[fixed(len(NEUTRAL))], MOODS[fixed(len(MOODS))]
    motifs, mood = known[1 if len(known) > 1 and dice(3) == 0 else 0]
    return motifs[dice(len(motifs))], mood


def era_of(year: int | None, maker: str, categories: Sequence[str]) -> str:
    """Return the look of the year's decade; without a year that of the brand, else of the category."""
    if year is None:
        return ERA_NAMES[Dice(maker or " ".join(categories))(len(ERA_NAMES))]
    return next((era for before, era in (*_DECADES, *_LATER) if year < before), "recent")
