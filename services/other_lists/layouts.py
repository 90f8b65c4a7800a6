"""Which column of a file with lists says what, by the names that other recommenders write.

RecTools: user_id, item_id, rank, score (its Columns). RePlay: query_id or user_idx, item_idx, rating or relevance.
Evidently: user_id, item_id, rank or prediction. Cornac and Surprise: user or uid, item or iid, score or est.
RecBole: user_id:token, item_id:token, score:float. A competition's answers: a user, and several items in one cell.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from services.errors import DataError
from services.language.phrases import listed

_NAMES = {
    "user": (
        *("user_id", "userid", "user", "uid", "user_idx", "query_id", "query", "q_id", "user_index", "customer_id"),
        *("customer", "visitor_id", "visitorid", "session_id", "sessionid", "account_id", "member_id", "username"),
    ),
    "item": (
        *(
            "item_id",
            "itemid",
            "item",
            "iid",
            "item_idx",
            "item_index",
            "doc_id",
            "article_id",
            "product_id",
            "movie_id",
        ),
        *("movieid", "product", "sku", "asin", "recommended_item", "recommended_item_id", "track_id", "news_id"),
    ),
    "rank": ("rank", "position", "place", "pos", "recommendation_rank", "item_rank"),
    "score": (
        *("score", "prediction", "pred", "relevance", "rating", "est", "predicted_score", "similarity", "weight"),
        *("value", "preds", "probability", "prob"),
    ),
    "model": ("model", "model_name", "algo", "algorithm", "recommender", "recipe", "system", "run", "variant"),
    "items": (
        *("items", "recommendations", "recommended_items", "recommendeditems", "item_ids", "itemlist", "item_list"),
        *("recs", "prediction", "predictions", "list"),
    ),
}
_ENDING = re.compile(r":(token|float|token_seq|float_seq)$")


@dataclass(frozen=True)
class Layout:
    """The columns of a file; "" for one that it lacks."""

    user: str
    item: str = ""
    """One item a row; "" where a cell has several."""
    items: str = ""
    """Several items a row, best first."""
    rank: str = ""
    score: str = ""
    model: str = ""

    @property
    def order_words(self) -> str:
        """What the lists are ordered by, in words."""
        if self.items:
            return "in the order of their cells"
        return f"by {self.rank or self.score}" if self.rank or self.score else "in the order of the file"


def recognised(columns: Iterable[str]) -> Layout:
    """Return the layout of a file with these columns. Raises DataError that names them and what is needed."""
    given = list(columns)
    named = {meaning: _first(given, names) for meaning, names in _NAMES.items()}
    if named["item"]:
        named["items"] = ""
    elif named["items"]:
        named["score"] = ""
    if not named["user"] or not (named["item"] or named["items"]):
        lacks = "a user" if not named["user"] else "an item"
        raise DataError(
            f"No column says {lacks}: the file has {listed([repr(name) for name in given[:12]])}. Name the columns "
            "user_id, item_id and rank or score, with model where there are several."
        )
    return Layout(**named)


def _first(columns: list[str], names: tuple[str, ...]) -> str:
    """Return the column with the first of these names, "" for none; case, blanks and RecBole's types are ignored."""
    plain = {_plain(column): column for column in reversed(columns)}
    return next((plain[name] for name in names if name in plain), "")


def _plain(column: str) -> str:
    """Return "user_id" for "USER ID", "userId" and "user_id:token"."""
    snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", column.strip().lstrip("﻿"))
    return _ENDING.sub("", snake.lower().replace(" ", "_").replace("-", "_"))
