"""The catalogue's own words: "25 films", "because you watched"."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Words:
    """The words for this catalogue's items: "25 films", "because you watched"."""

    noun: str = "item"
    nouns: str = "items"
    verb: str = "choose"
    past: str = "chose"
    because: str = "because of"

    def to_json(self) -> dict[str, str]:
        """Return the words as JSON-able values."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, str]) -> "Words":
        """Rebuild the words from to_json."""
        return cls(**value)

    @classmethod
    def for_event_type(cls, event_type: str | None) -> "Words":
        """Return the usual words for an event type: watch, purchase, view, listen and their like."""
        apart = unicodedata.normalize("NFKD", (event_type or "").lower())
        name = "".join(letter for letter in apart if not unicodedata.combining(letter))
        return next((words for pattern, words in _WORDS if re.search(pattern, name)), cls())


FILM_WORDS = Words("film", "films", "watch", "watched", "because you watched")


_WORDS = (
    (r"watch|stream|trailer|angesehen|geschaut|visionn", FILM_WORDS),
    (r"\b(rate|rating|review)", Words("item", "items", "rate", "rated", "because you rated")),
    (
        r"listen|play|scrobble|gehort|ecout|escuch",
        Words("track", "tracks", "listen to", "listened to", "because you listened to"),
    ),
    (r"read|article|gelesen|lecture|leido", Words("article", "articles", "read", "read", "because you read")),
    (
        r"purchase|buy|order|kauf|bestell|bezahl|achat|achet|commande|compra|pedido",
        Words("product", "products", "buy", "bought", "because you bought"),
    ),
    (
        r"view|cart|click|checkout|detail|klick|ansicht|warenkorb|panier|carrito|clic|vista|consult",
        Words("product", "products", "look at", "looked at", "because you looked at"),
    ),
    (r"book|stay|reserv", Words("stay", "stays", "book", "booked", "because you booked")),
)


EVENINGS = ("watch", "listen to", "read")
"""Verbs of what people do in evenings; they buy or book in visits."""
