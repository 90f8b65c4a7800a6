"""What a drawn cover costs: processor time and bytes, for the film demo and for a shop of 60,000 products.

    python -m benchmarks.covers

A cover is drawn when a screen first shows it and kept; nothing is drawn ahead. Bytes are those of the data address that
a browser gets. A page of two users has about 140 covers.
"""

import random
import time
from collections.abc import Sequence

import pandas as pd

from services.covers.avatar import avatar
from services.covers.cover import Facts, cover, data_address, thumbnail
from services.library.columns import SEPARATOR
from services.sources.film_demo.films import CATALOGUE

N_PRODUCTS = 60_000
CATEGORIES = ("Kitchen", "Garden", "Electronics", "Toys", "Fashion", "Beauty", "Books", "Travel", "Zubehör")
WORDS = (
    "Oak",
    "Linen",
    "Solar",
    "Classic",
    "Wireless",
    "No. 7",
    "Chair",
    "Lamp",
    "Basket",
    "Bottle",
    "Organic",
    "Mini",
)


def films() -> list[Facts]:
    """Return the facts of the film demo's films."""
    table = pd.read_csv(CATALOGUE, dtype=str, keep_default_na=False)
    columns = (table[name] for name in ("TITLE", "YEAR", "GENRES", "DIRECTOR"))
    return [
        Facts(str(title), int(year), tuple(genres.split(SEPARATOR)), director.split(SEPARATOR)[0])
        for title, year, genres, director in zip(*columns, strict=True)
    ]


def products() -> list[Facts]:
    """Return the facts of products of a shop, always the same."""
    draw = random.Random(1)
    return [
        Facts(
            f"{' '.join(draw.sample(WORDS, 3))} {n}", None, (draw.choice(CATEGORIES),), f"Brand {draw.randrange(300)}"
        )
        for n in range(N_PRODUCTS)
    ]


def row(name: str, pictures: Sequence[str], seconds: float) -> str:
    """Return a row of the table."""
    sizes = sorted(len(data_address(picture)) for picture in pictures)
    per_picture = 1000 * seconds / len(pictures)
    return f"| {name} | {len(pictures):,} | {per_picture:.3f} | {sizes[len(sizes) // 2]:,} | {sizes[-1]:,} |"


def main() -> None:
    """Draw all of them once, and print the table."""
    print(
        "| pictures | number | processor ms each | bytes, median | bytes, most |\n| --- | ---: | ---: | ---: | ---: |"
    )
    some = {"films": films(), "products": products()}
    for name, facts in some.items():
        for kind, draw in (("covers", cover), ("thumbnails", thumbnail)):
            started = time.process_time()
            drawn = [draw(each) for each in facts]
            print(row(f"{kind} of {name}", drawn, time.process_time() - started), flush=True)
    started = time.process_time()
    drawn = [avatar(f"user-{n}", ("Horror",)) for n in range(5000)]
    print(row("avatars", drawn, time.process_time() - started))


if __name__ == "__main__":
    main()
