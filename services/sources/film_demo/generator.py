"""Generates the demo: a year of simulated viewing on a thousand accounts, the same for the same seed.

A viewer watches a film once. A trailer before it (one in three) and a rating after it (two in five) are rows of their
own. Training on all rows would see them as repeats, so the demo's solutions train with eventType "watch".
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.sources.film_demo.calendar import epoch_of
from services.sources.film_demo.evenings import Slots, make_slots
from services.sources.film_demo.films import Films, load_films
from services.sources.film_demo.viewers import DEVICES, KIM, PERSONAS, Viewers, make_viewers
from services.sources.film_demo.watching import Watching

DEMO_SEED = 42
N_USERS = 1_000
TRAILER_SHARE = 0.32
RATE_SHARE = 0.38
NAMED_TRAILER_SHARE, NAMED_RATE_SHARE = 0.75, 0.95
"""Personas have more events, so that their histories are worth looking at."""


@dataclass(frozen=True)
class DemoData:
    """The demo's three data sets under AWS's column names."""

    interactions: pd.DataFrame
    """USER_ID, ITEM_ID, TIMESTAMP (epoch seconds), EVENT_TYPE, EVENT_VALUE (1 to 5 for "rate"), DEVICE; by time."""
    items: pd.DataFrame
    """ITEM_ID, TITLE, YEAR, GENRES, DIRECTOR, CAST, CREATION_TIMESTAMP (epoch seconds)."""
    users: pd.DataFrame
    """USER_ID, NAME, AGE_GROUP, REGION, DEVICE."""


def generate(seed: int = DEMO_SEED, n_users: int = N_USERS) -> DemoData:
    """Simulate the year."""
    rng = np.random.default_rng(seed)
    films = load_films()
    viewers = make_viewers(films, n_users, rng)
    slots = make_slots(viewers, rng)
    chosen = Watching(films, viewers, rng).choose_all(slots)
    interactions = _events(films, viewers, slots, chosen, rng)
    return DemoData(interactions, _items(films), viewers.table)


def _events(
    films: Films, viewers: Viewers, slots: Slots, chosen: NDArray[np.int64], rng: np.random.Generator
) -> pd.DataFrame:
    watched = np.flatnonzero(chosen >= 0)
    viewer, film = slots.viewer[watched], chosen[watched]
    named = viewer < len(PERSONAS)
    new = viewer == KIM
    trailer = rng.random(len(watched)) < np.where(new, 0.0, np.where(named, NAMED_TRAILER_SHARE, TRAILER_SHARE))
    rate = rng.random(len(watched)) < np.where(new, 0.0, np.where(named, NAMED_RATE_SHARE, RATE_SHARE))
    start, end = slots.start[watched], slots.start[watched] + slots.length_s[watched]
    value = _ratings(films, viewers, viewer, film, rng)
    elsewhere = rng.random(len(watched)) < 0.25
    device = np.where(elsewhere, rng.integers(0, len(DEVICES), len(watched)), viewers.main_device[viewer])
    parts = [
        _rows(viewer, film, start, "watch", np.nan, device, slice(None)),
        _rows(viewer, film, start - rng.integers(20, 100, len(watched)), "trailer", np.nan, device, trailer),
        _rows(viewer, film, end - rng.integers(120, 600, len(watched)), "rate", value, device, rate),
    ]
    rows = pd.concat(parts).sort_values(["TIMESTAMP", "viewer"], kind="stable")
    return pd.DataFrame(
        {
            "USER_ID": viewers.table["USER_ID"].to_numpy()[rows["viewer"]],
            "ITEM_ID": films.table["ITEM_ID"].to_numpy()[rows["film"]],
            "TIMESTAMP": rows["TIMESTAMP"].to_numpy(),
            "EVENT_TYPE": rows["EVENT_TYPE"].to_numpy(),
            "EVENT_VALUE": rows["EVENT_VALUE"].to_numpy(),
            "DEVICE": np.array(DEVICES)[rows["device"]],
        }
    ).astype({"USER_ID": "str", "ITEM_ID": "str", "EVENT_TYPE": "str", "DEVICE": "str"})


def _rows(
    viewer: NDArray[np.int64],
    film: NDArray[np.int64],
    time: NDArray[np.int64],
    event_type: str,
    value: "NDArray[np.float64] | float",
    device: NDArray[np.int64],
    keep: "NDArray[np.bool_] | slice",
) -> pd.DataFrame:
    values = np.broadcast_to(np.asarray(value, dtype=np.float64), viewer.shape)
    return pd.DataFrame(
        {
            "viewer": viewer[keep],
            "film": film[keep],
            "TIMESTAMP": time[keep],
            "EVENT_TYPE": event_type,
            "EVENT_VALUE": values[keep],
            "device": device[keep],
        }
    )


def _ratings(
    films: Films, viewers: Viewers, viewer: NDArray[np.int64], film: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return 1 to 5: higher for films of the viewer's taste and for good films, with a random mood."""
    tastes = np.stack([films.tastes[name] for name in viewers.pool_names[:-1]] + [films.popularity > 0])
    liked = tastes[viewers.main[viewer], film]
    quality = np.random.default_rng(len(films)).normal(0, 0.5, len(films))
    return np.clip(np.round(3.1 + 0.7 * liked + quality[film] + rng.normal(0, 0.7, len(film))), 1, 5)


def _items(films: Films) -> pd.DataFrame:
    table = films.table
    days = table["RELEASED"].to_numpy(dtype="datetime64[D]")
    items = table[["ITEM_ID", "TITLE", "YEAR", "GENRES", "DIRECTOR", "CAST"]].copy()
    items["CREATION_TIMESTAMP"] = np.array([epoch_of(day) for day in days], dtype=np.int64)
    return items
