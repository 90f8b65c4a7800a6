import pytest

from services.language.phrases import (
    age,
    chance,
    counted,
    cut,
    day,
    fine_percent,
    in_seconds,
    listed,
    multiple,
    ordinal,
    percent,
    span,
    with_article,
)

DAY = 86_400


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "1 s"), (35, "35 s"), (99, "99 s"), (150, "2 min"), (7000, "2 h")]
)
def test_durations_in_words(seconds: float, words: str) -> None:
    assert in_seconds(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(-5, "just now"), (60, "1 min ago"), (3600 * 5, "5 h ago"), (86400 * 3, "3 days ago")]
)
def test_ages_in_words(seconds: float, words: str) -> None:
    assert age(1000.0, 1000.0 + seconds) == words


def test_lists_counts_dates_and_cuts() -> None:
    assert listed(["noir", "thriller", "mystery"], "or") == "noir, thriller or mystery"
    assert listed(["noir"]) == "noir"
    assert listed([]) == ""
    assert counted(1, "film", "films") == "1 film"
    assert counted(1512, "film", "films") == "1,512 films"
    assert day(978300760) == "31 Dec 2000"
    assert cut("The Umbrellas of Cherbourg", 12) == "The Umbrell…"
    assert cut("Jaws", 12) == "Jaws"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (11, "11th"),
        (12, "12th"),
        (21, "21st"),
        (112, "112th"),
        (113, "113th"),
    ],
)
def test_places_in_words(number: int, words: str) -> None:
    assert ordinal(number) == words
    assert ordinal(1022) == "1,022nd"


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.0, "0 in 10"),
        (1 / 6, "1 in 6"),
        (0.49, "1 in 2"),
        (0.5, "5 in 10"),
        (0.72, "7 in 10"),
        (0.0004, "1 in 2,500"),
    ],
)
def test_chance_in_words(share: float, words: str) -> None:
    assert chance(share) == words


def test_almost_everybody_is_not_everybody() -> None:
    assert chance(0.97) == "more than 9 in 10"
    assert chance(1.0) == "10 in 10"


@pytest.mark.parametrize(
    ("value", "words"), [(0.088, "8.8 %"), (0.09, "9 %"), (0.5, "50 %"), (0.004, "0.4 %"), (0, "0 %")]
)
def test_share_in_percent(value: float, words: str) -> None:
    assert fine_percent(value) == words


def test_the_other_two_ways_to_write_a_percentage() -> None:
    assert [percent(share) for share in (0.088, 0.5, 0)] == ["9 %", "50 %", "0 %"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(365 * DAY, "12 months"), (3 * 365.25 * DAY, "3 years"), (45 * DAY, "45 days"), (7200, "2 hours"), (0, "1 hour")],
)
def test_span_of_time(seconds: float, words: str) -> None:
    assert span(seconds) == words


@pytest.mark.parametrize(
    ("noun", "said"),
    [
        ("film", "a film"),
        ("item", "an item"),
        ("article", "an article"),
        ("user", "a user"),
        ("unit", "a unit"),
        ("umbrella", "an umbrella"),
        ("hour", "an hour"),
        ("European title", "a European title"),
        ("episode", "an episode"),
    ],
)
def test_the_article_follows_the_sound(noun: str, said: str) -> None:
    assert with_article(noun) == said


@pytest.mark.parametrize(
    ("value", "words"), [(1234, "1,200×"), (45.4, "45×"), (9.96, "10×"), (3.24, "3.2×"), (3.0, "3×"), (0.041, "0.041×")]
)
def test_multiples_have_two_digits_that_tell(value: float, words: str) -> None:
    assert multiple(value) == words
