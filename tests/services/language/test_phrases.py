import pytest

from services.language.phrases import age, counted, cut, day, in_seconds, listed, ordinal


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
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (21, "21st"), (113, "113th")],
)
def test_places_in_words(number: int, words: str) -> None:
    assert ordinal(number) == words
    assert ordinal(1022) == "1,022nd"
