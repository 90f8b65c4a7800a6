"""Covers and avatars: any text gives valid XML that fits, the same facts the same picture, and titles are legible."""

import re
from itertools import product
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.covers.avatar import avatar
from services.covers.choice import RULES, era_of, motif_of
from services.covers.cover import BOX_HEIGHT, BOX_WIDTH, FRAMES, Facts, cover, data_address, thumbnail
from services.covers.dice import Dice
from services.covers.lettering import LEADING, WIDER, drawn, reads_from_right, set_title, text_width
from services.covers.palettes import ERAS, MIN_CONTRAST, MOODS, N_TURNS, SCHEMES, colors, contrast

SVG = "{http://www.w3.org/2000/svg}"
MAX_BYTES = 2048
FACTS = st.builds(
    Facts,
    title=st.text(max_size=500),
    year=st.none() | st.integers(-3000, 9999),
    categories=st.lists(st.text(max_size=20) | st.sampled_from(["Horror", "Comedy", "Toys"]), max_size=3).map(tuple),
    maker=st.text(max_size=80),
)


def titles(svg: str) -> list[str]:
    return ["".join(text.itertext()) for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


@settings(deadline=None, max_examples=60)
@given(FACTS)
def test_any_facts_give_well_formed_pictures_that_load_nothing(facts: Facts) -> None:
    for svg in (cover(facts), thumbnail(facts), avatar(facts.title, facts.categories)):
        assert {element.tag.removeprefix(SVG) for element in ElementTree.fromstring(svg).iter()} <= {
            *("svg", "rect", "circle", "path", "ellipse", "g", "text", "defs", "use"),
            *("pattern", "linearGradient", "stop", "clipPath"),
        }
        assert not re.search(r"href='[^#]|url\([^#]", re.sub(r">[^<]*<", "><", svg))
        assert data_address(svg).isascii()
        assert not set('<>#"') & set(data_address(svg).removeprefix("data:image/svg+xml,"))


def test_covers_of_one_motif_and_palette_show_different_parts_of_it() -> None:
    alike = [Facts(f"Claws {number}", 1985, ("Western",)) for number in range(40)]
    for draw in (cover, thumbnail):
        shown = [re.search(r"width='240' height='240' viewBox='([\d ]+)'", draw(facts)) for facts in alike]
        assert {found[1] for found in shown if found} == set(FRAMES)


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=500))
def test_any_title_fits_its_box(title: str) -> None:
    size, lines = set_title(title, BOX_WIDTH, BOX_HEIGHT)
    assert len(lines) * size * LEADING <= BOX_HEIGHT
    for line in lines:
        fixed = re.match(r" textLength='(\d+)'", drawn(line, size, BOX_WIDTH))
        assert int(fixed[1]) <= BOX_WIDTH if fixed else text_width(line) * size * WIDER <= BOX_WIDTH


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("Vertigo", ["Vertigo"]),
        ("The Good, the Bad and the Ugly", ["The Good,", "the Bad and", "the Ugly"]),
        ("千と千尋の神隠し", ["千と千尋", "の神隠し"]),
        ("", []),
    ],
)
def test_titles_break_between_words_and_between_the_signs_of_eastern_scripts(title: str, lines: list[str]) -> None:
    assert set_title(title, BOX_WIDTH, BOX_HEIGHT)[1] == lines


def test_a_word_too_long_for_any_size_is_broken_and_a_title_too_long_ends_in_an_ellipsis() -> None:
    _, lines = set_title("Donaudampfschifffahrtsgesellschaftskapitän", BOX_WIDTH, BOX_HEIGHT)
    assert "".join(lines) == "Donaudampfschifffahrtsgesellschaftskapitän"
    assert set_title("very " * 80, BOX_WIDTH, BOX_HEIGHT)[1][-1].endswith("…")


def test_scripts_that_are_read_from_the_right_begin_there() -> None:
    assert reads_from_right("لورنس العرب")
    assert not reads_from_right("1958 Vertigo")
    assert "direction='rtl'" in cover(Facts("لورنس العرب", 1962, ("War",)))


def test_hostile_text_stays_text() -> None:
    title = "</text><script>&'\"\x00\u202e]]>"
    assert "".join(titles(cover(Facts(title)))).replace("…", "") in title.replace("\x00", "").replace("\u202e", "")


def test_the_same_facts_give_the_same_picture_and_others_another() -> None:
    facts = Facts("Vertigo", 1958, ("Thriller",), "Alfred Hitchcock")
    assert titles(cover(facts)) == ["Vertigo", "1958  Alfred Hitchcock"]
    cover.cache_clear()
    assert cover(facts) == cover(Facts("Vertigo", 1958, ("Thriller",), "Alfred Hitchcock"))
    assert len({cover(Facts(f"Vertigo {i}", 1958, ("Thriller",))) for i in range(50)}) == 50
    assert len({avatar(f"user-{i}") for i in range(50)}) == 50


@pytest.mark.parametrize("category", [re.split(r"[|(]", pattern)[0].strip("\\b?") for pattern, _, _ in RULES])
def test_a_cover_is_small_whatever_its_motif(category: str) -> None:
    for n in range(40):
        year = None if n % 8 == 0 else 1915 + 12 * (n % 8)
        svg = cover(Facts(f"Star Wars: Episode {n} - A New Hope", year, (category,), "George Lucas"))
        assert len(data_address(svg)) <= MAX_BYTES


@pytest.mark.parametrize(("era", "mood"), list(product(ERAS, MOODS)))
def test_every_title_is_legible_on_its_ground(era: str, mood: str) -> None:
    for turn, scheme in product(range(N_TURNS), sorted(set(SCHEMES[mood]))):
        tones = colors(era, mood, turn, scheme)
        assert contrast(tones.ink, tones.ground) >= MIN_CONTRAST
        assert tones.a not in (tones.sky, tones.dark)


@pytest.mark.parametrize(
    ("categories", "words"),
    [
        (("Drama", "Western"), "western"),
        (("Warm clothing",), "fashion"),
        (("Kitchen",), "kitchen"),
        (("Science Fiction",), "science"),
    ],
)
def test_the_most_telling_category_decides(categories: tuple[str, ...], words: str) -> None:
    motifs = next(motifs for pattern, _, motifs in RULES if words in pattern)
    found = [motif_of(categories, Dice(str(i)))[0] for i in range(30)]
    assert sum(motif in motifs for motif in found) > 15


def test_an_unknown_category_has_always_one_motif_and_a_brand_one_look() -> None:
    assert len({motif_of(("Zubehör",), Dice(str(i))) for i in range(20)}) == 1
    assert era_of(None, "Acme", ("a",)) == era_of(None, "Acme", ("b",))
    assert [era_of(year, "", ()) for year in (1927, 1958, 1979, 1999, 2024)] == [
        *("silent", "fifties", "seventies", "nineties", "recent")
    ]
