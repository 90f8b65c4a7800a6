"""Similar items of the demo's famous films, trained as the demo trains them: who must stand there, and who must not."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.neighbours import FAMOUS, NEAREST, World, demo_histories, sense, train
from services.demo.steps import SIMS_SETTINGS
from services.engine.recipes.counting.sims import SimsModel

MUST_SHOW = {
    "Toy Story": {"Toy Story 2", "The Lion King", "Beauty and the Beast"},
    "The Lion King": {"Toy Story", "Beauty and the Beast", "Aladdin"},
    "Star Wars: Episode IV - A New Hope": {"Star Wars: Episode V - The Empire Strikes Back", "Raiders of the Lost Ark"},
    "Jurassic Park": {"The Matrix", "Raiders of the Lost Ark"},
    "The Godfather": {"The Godfather: Part II"},
    "Halloween": {"Scream"},
    "Back to the Future": {"Back to the Future Part II"},
    "Alien": {"Aliens"},
}
MUST_NOT_SHOW = {
    "Toy Story": ("Karate Kid", "Mr. Jones", "Heavy Metal", "Babymother"),
    "The Lion King": ("Karate Kid", "Mr. Jones", "Heavy Metal"),
    "Aladdin": ("Heavy Metal", "Naked Gun"),
    "Star Wars: Episode IV - A New Hope": ("Surviving Picasso", "Washington Square"),
    "Titanic": ("Flawless", "Meteor", "Robocop"),
    "Jurassic Park": ("Flawless", "Mr. Jones"),
    "The Godfather": ("Flawless",),
    "Terminator 2": ("Flawless", "Mr. Jones"),
}
"""Parts of titles."""


@pytest.fixture(scope="module")
def films_and_model() -> tuple[pd.DataFrame, SimsModel, World]:
    histories, films = demo_histories()
    genres = [frozenset(cell.split("|")) for cell in films["GENRES"]]
    return films, train(histories, SIMS_SETTINGS), World("film demo", histories, genres, SIMS_SETTINGS)


def neighbours(films: pd.DataFrame, model: SimsModel, title: str) -> list[str]:
    """Return the titles beside the most watched film of this title."""
    rows = np.flatnonzero(films["TITLE"] == title)
    row = rows[np.argmax(model.to_arrays()["unique_users"][rows])]
    return films["TITLE"].iloc[model.neighbours_of(int(row))[0][:NEAREST]].tolist()


@pytest.mark.parametrize("title", MUST_SHOW)
def test_a_famous_film_has_its_kin_beside_it(films_and_model, title: str) -> None:
    films, model, _ = films_and_model
    assert MUST_SHOW[title] <= set(neighbours(films, model, title))


@pytest.mark.parametrize("title", MUST_NOT_SHOW)
def test_a_famous_film_has_no_stranger_beside_it(films_and_model, title: str) -> None:
    films, model, _ = films_and_model
    shown = neighbours(films, model, title)
    assert len(shown) == NEAREST
    assert [other for other in shown if any(part in other for part in MUST_NOT_SHOW[title])] == []


def test_neighbours_of_the_fifty_most_watched_share_genres_and_nobody_stands_everywhere(films_and_model) -> None:
    _, model, world = films_and_model
    found = sense(world, model)
    assert found.holding >= 0.96 * FAMOUS
    assert found.strangers <= 5
