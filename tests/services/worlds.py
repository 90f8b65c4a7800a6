"""Small data and answers for the tests of services."""

import numpy as np
import pandas as pd

from services.backend import ItemMap, MapFacts
from services.language.vocabulary import FILM_WORDS
from services.library.catalog import Catalog
from services.library.columns import ColumnRoles
from services.library.prepared import Persona, PreparedData
from services.library.schemas import propose_schema
from services.personalize.calls import ApiCall
from services.personalize.campaigns import Campaign
from services.screens.compare.sides import Side
from services.screens.map.atlas import Atlas, atlas

N_USERS, N_ITEMS = 12, 8


def answer(*items: str, scores: bool = True) -> ApiCall:
    """Return what a campaign answered."""
    listed = [{"itemId": item_id} | ({"score": 0.4 / 2**rank} if scores else {}) for rank, item_id in enumerate(items)]
    return ApiCall("personalize-runtime", "GetRecommendations", "get_recommendations", {}, {"itemList": listed}, 1.0)


def campaign(name: str, recipe: str = "aws-hrnn") -> Campaign:
    """Return a campaign of a recipe."""
    return Campaign(name, f"arn:{name}", recipe, f"arn:{name}-version", 0.0, 100)


HRNN = campaign("hrnn")
POPULAR = campaign("popular", "aws-popularity-count")


def side(letter: str, *items: str, known: tuple[str, ...] = (), who: str = "", scores: bool = True) -> Side:
    """Return a column of Compare with this list."""
    history = pd.DataFrame({"ITEM_ID": pd.Series(known, dtype="str")})
    return Side(letter, who or f"P{letter}", f"u{letter}", HRNN, history, known, (), answer(*items, scores=scores))


def small_world() -> PreparedData:
    """Twelve people of two regions, one called Ann, and eight films of two genres; person n has had n + 1 of them."""
    rows = [(f"u{u}", f"i{i % N_ITEMS}", 1000 + i, "watch") for u in range(N_USERS) for i in range(u + 1)]
    interactions = pd.DataFrame(rows, columns=["USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE"])
    items = pd.DataFrame(
        {
            "ITEM_ID": [f"i{i}" for i in range(N_ITEMS)],
            "TITLE": [f"Film *{i}*" for i in range(N_ITEMS)],
            "GENRES": ["Noir" if i % 2 else "Horror|Noir" for i in range(N_ITEMS)],
            "DIRECTOR": [f"Director {i // 2}" for i in range(N_ITEMS)],
        }
    )
    users = pd.DataFrame(
        {
            "USER_ID": [f"u{u}" for u in range(N_USERS)],
            "NAME": ["Ann", *[None] * (N_USERS - 1)],
            "AGE": [20.0 + u for u in range(N_USERS)],
            "REGION": ["South" if u % 2 else "North" for u in range(N_USERS)],
        }
    )
    roles = ColumnRoles(
        title="TITLE",
        categories=("GENRES",),
        people=("DIRECTOR",),
        user_name="NAME",
        user_attributes=("AGE", "REGION"),
    )
    frames = {"Interactions": interactions, "Items": items, "Users": users}
    schemas = {name: propose_schema(name, frame, roles) for name, frame in frames.items()}
    personas = (Persona("u0", "Ann", "hardly anything"),)
    return PreparedData(
        "small", interactions, items, users, schemas, roles, FILM_WORDS, "own", personas=personas, event_type="watch"
    )


MAP_ITEMS = 120
MAP_CORNERS = {"Noir": (-0.6, -0.6), "Horror": (0.6, 0.6), "War": (0.6, -0.6)}


def film_map(named: bool = True) -> Atlas:
    """Return a map with three genres in three corners; Drama is everywhere."""
    rng = np.random.default_rng(0)
    names = [list(MAP_CORNERS)[row % 3] for row in range(MAP_ITEMS)]
    middle = np.array([MAP_CORNERS[name] for name in names])
    places = (middle + 0.12 * rng.standard_normal((MAP_ITEMS, 2))).astype(np.float32)
    ids = tuple(f"i{row}" for row in range(MAP_ITEMS))
    table = pd.DataFrame(
        {
            "item_id": ids,
            "title": [f"Film {row}" for row in range(MAP_ITEMS)],
            "year": None,
            "categories": [(name, "Drama") if named else () for name in names],
            "image": None,
            "n_people": range(MAP_ITEMS, 0, -1),
            "n_events": range(MAP_ITEMS, 0, -1),
        }
    )
    drawn = ItemMap(ids, places[:, 0], places[:, 1], MapFacts(0.46, 0.08, 10, MAP_ITEMS, MAP_ITEMS))
    return atlas(drawn, Catalog(table))
