"""The sentences of the Map."""

from collections import Counter
from collections.abc import Iterable, Sequence

from services.language.phrases import counted, fine_percent, listed, percent, possessive
from services.language.vocabulary import Words
from services.screens.map.atlas import Atlas
from services.screens.map.viewers import Viewer

N_REGIONS = 2
"""Regions that a sentence names."""


def headline(atlas: Atlas, viewers: Sequence[Viewer], supposed: str, words: Words) -> str:
    """Return the finding over the map; supposed is the title of the item of the supposed event, "" for none."""
    first = viewers[0]
    n = len(first.shown)
    if supposed:
        n_new = len(atlas.on_map(first.came))
        if not n_new:
            return f"Suppose {first.who} {words.past} {supposed}: the list stays as it is."
        move = "lights moves" if n_new == 1 else "lights move"
        return f"Suppose {first.who} {words.past} {supposed}: {n_new} of {n} {move}{_towards(atlas, first.came)}."
    regions = [by_region(atlas, viewer.shown) for viewer in viewers]
    if len(viewers) > 1:
        one, other = viewers[0], viewers[1]
        n_shared = len(set(one.shown) & set(other.shown)) or "none"
        if regions[0] and regions[1] and regions[0][0][0] != regions[1][0][0]:
            (here, n_here), (there, n_there) = regions[0][0], regions[1][0]
            return (
                f"{n_here} of {possessive(one.who)} {n} lights are in {here}, {n_there} of {possessive(other.who)} in "
                f"{there}; they share {n_shared}."
            )
        return f"{one.who} and {other.who} share {n_shared} of {n} lights on one map."
    where = [f"{count} in {name}" for name, count in regions[0][:N_REGIONS]]
    said = f": {listed(where)}" if where else ""
    return f"{possessive(first.who)} {n} lights on the map of {words.nouns}{said}."


def by_region(atlas: Atlas, item_ids: Iterable[str]) -> list[tuple[str, int]]:
    """Return the regions that hold these items with how many, those with most of them first."""
    counts = Counter(name for item_id in atlas.on_map(item_ids) if (name := atlas.region(item_id)))
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _towards(atlas: Atlas, item_ids: Sequence[str]) -> str:
    regions = by_region(atlas, item_ids)
    return f", {regions[0][1]} of them to {regions[0][0]}" if regions else ""


def cut_words(n_drawn: int, words: Words) -> str:
    """Return what a browser without WebGL shows of a large map, and what helps."""
    return (
        f"This browser has no WebGL, so the map shows the {n_drawn:,} {words.nouns} that most people {words.past}. "
        "Turn on hardware acceleration in the browser's settings, or choose Table under More."
    )


def drawn_words(atlas: Atlas, words: Words) -> str:
    """Return what of the catalogue the map shows, "" where it shows all that the model knows."""
    if atlas.n_items >= atlas.facts.n_items:
        return ""
    return (
        f"The {atlas.n_items:,} {words.nouns} that most people {words.past} are drawn, of {atlas.facts.n_items:,}: "
        "a browser draws no more."
    )


def kept_words(atlas: Atlas, words: Words) -> str:
    """Return what the share of kept neighbours means."""
    facts = atlas.facts
    measured = "" if facts.n_measured >= atlas.n_items else f" Measured on {facts.n_measured:,} drawn by chance."
    return (
        f"Of the {facts.n_nearest} {words.nouns} nearest to one in the model, this share is among the "
        f"{facts.n_nearest} nearest on the map. By chance it is {fine_percent(facts.by_chance)}.{measured}"
    )


def caption(atlas: Atlas, words: Words) -> str:
    """Return the line under the map."""
    return (
        f"Near is alike for the model: two dimensions keep {percent(atlas.facts.kept)} of the nearest neighbours, "
        f"by chance {fine_percent(atlas.facts.by_chance)}. Far says little."
    )


def alt_text(atlas: Atlas, viewers: Sequence[Viewer], words: Words) -> str:
    """Return what the picture shows, for screen readers."""
    names = list(dict.fromkeys(region.name for region in atlas.regions.labels))
    parts = [f"A map of {atlas.n_items:,} {words.nouns}; near is alike for the model."]
    if names:
        parts.append(f"Its regions: {listed(names)}.")
    for viewer in viewers:
        where = [f"{count} in {name}" for name, count in by_region(atlas, viewer.shown)[:N_REGIONS]]
        parts.append(f"{possessive(viewer.who)} list of {len(viewer.shown)}{f': {listed(where)}' if where else ''}.")
    return " ".join(parts)


def role_of(item_id: str, viewers: Sequence[Viewer], words: Words) -> list[str]:
    """Return what an item is to each user: its place in the list, or that it is in the history."""
    said = []
    for viewer in viewers:
        if item_id in viewer.shown:
            new = " (new)" if item_id in viewer.came else ""
            said.append(f"{viewer.who}: place {viewer.shown.index(item_id) + 1} of the list{new}")
        elif item_id in viewer.went:
            said.append(f"{viewer.who}: left the list")
        elif item_id in viewer.history:
            said.append(f"{viewer.who} {words.past} it")
    return said


def about(atlas: Atlas, item_id: str, n_people: int, categories: Sequence[str], words: Words) -> str:
    """Return an item's facts in one line."""
    region = atlas.region(item_id) if item_id in atlas.rows else ""
    parts = [
        ", ".join(categories),
        f"{counted(n_people, 'person', 'people')} {words.past} it",
        f"region {region}" if region else "",
    ]
    return " · ".join(part for part in parts if part)
