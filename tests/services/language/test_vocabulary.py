"""The words for a catalogue, by its event type: a flight that was rated is no film."""

import pytest

from services.language.vocabulary import FILM_WORDS, Words


@pytest.mark.parametrize(
    ("event_type", "said"),
    [
        ("watch", ("films", "watched")),
        ("Trailer", ("films", "watched")),
        ("RATING", ("items", "rated")),
        ("rate", ("items", "rated")),
        ("purchase", ("products", "bought")),
        ("bezahlt", ("products", "bought")),
        ("Bestellung", ("products", "bought")),
        ("acheté", ("products", "bought")),
        ("Warenkorb", ("products", "looked at")),
        ("gehört", ("tracks", "listened to")),
        ("scrobble", ("tracks", "listened to")),
        ("teleport", ("items", "chose")),
        (None, ("items", "chose")),
    ],
)
def test_words_follow_the_event_type(event_type: str | None, said: tuple[str, str]) -> None:
    words = Words.for_event_type(event_type)
    assert (words.nouns, words.past) == said
    assert (words == FILM_WORDS) == (said[0] == "films")
