"""Baskets and impressions: cells that hold several items become a row for each."""

import pandas as pd
import pytest

from benchmarks.layouts import mind
from services.sources.joins import recognise_all
from services.sources.own_files import OwnTable, accept, prepare
from services.sources.several_items import holds_several, one_row_each
from services.sources.table_files import read_table


def basket_file(separator: str = ",", header: str = "customer,order_date,products") -> bytes:
    lines = [header]
    for n in range(600):
        items = separator.join(f"{(n * 7 + k * (3 + n % 7)) % 40:03d}" for k in range(3))
        lines.append(f'u{n % 30},{1 + n % 28:02d}.03.2024 10:{n % 60:02d},"{items}"')
    return "\n".join(lines).encode()


@pytest.mark.parametrize("separator", [",", ", ", "|", ";"])
def test_a_basket_becomes_a_row_for_each_item_with_its_zeros(separator: str) -> None:
    data = prepare(accept(read_table(basket_file(separator), "orders.csv"), "Interactions"))
    assert len(data.interactions) == 1_800
    assert data.interactions["ITEM_ID"].head(4).tolist() == ["000", "003", "006", "007"]
    assert data.interactions["USER_ID"].head(4).tolist() == ["u0", "u0", "u0", "u1"]
    assert data.interactions["TIMESTAMP"].nunique() > 100


def test_impressions_give_what_was_clicked() -> None:
    files = {kind: read_table(*reversed(next(iter(parts.items())))) for kind, parts in mind().items()}
    guesses = recognise_all(files)
    roles = {guess.column: guess.role for guess in guesses["Interactions"]}
    assert [column for column, role in roles.items() if role == "ITEM_IDS"] == ["column 5"]
    own = {kind: OwnTable(files[kind], {g.column: g.role for g in guesses[kind]}) for kind in files}
    data = prepare(own["Interactions"], own["Items"])
    assert len(data.interactions) == 1_300
    assert data.interactions["ITEM_ID"].head(2).tolist() == ["N50000", "N50011"]
    assert set(data.interactions["ITEM_ID"]) <= set(data.items["ITEM_ID"])


def test_a_wrong_date_of_a_basket_is_listed_with_its_line() -> None:
    content = basket_file().replace(b"02.03.2024 10:01", b"Summe", 1)
    data = prepare(accept(read_table(content, "orders.csv"), "Interactions"))
    assert data.unreadable is not None
    assert set(data.unreadable["line"]) == {3}


@pytest.mark.parametrize(
    "cells",
    [
        ["red shirt", "blue shirt", "red hat", "blue hat"] * 20,  # words are no items
        ["7,54", "8,20", "7,20", "8,54"] * 20 + ["1"],
        ["0001", "0002"] * 40,
        [None] * 10,
    ],
)
def test_names_numbers_and_ids_are_one_item(cells: list[str | None]) -> None:
    column = pd.Series(cells)
    assert not holds_several(column)
    assert accept_role(column) != "ITEM_IDS"


def accept_role(column: pd.Series) -> str:
    frame = pd.DataFrame({"user_id": [f"u{n % 9}" for n in range(len(column))], "products": column})
    table = read_table(frame.to_csv(index=False).encode(), "x.csv")
    return recognise_all({"Interactions": table})["Interactions"][1].role


def test_an_item_column_beside_leaves_the_basket_out() -> None:
    table = read_table(basket_file(header="customer,order_date,item_id"), "x.csv")
    frame = table.frame.assign(products=table.frame["item_id"], item_id=[f"i{n % 20}" for n in range(600)])
    content = frame.to_csv(index=False).encode()
    roles = {g.column: g.role for g in recognise_all({"Interactions": read_table(content, "x.csv")})["Interactions"]}
    assert roles["item_id"] == "ITEM_ID"
    assert roles["products"] != "ITEM_IDS"


def test_python_lists_and_empty_cells() -> None:
    frame = pd.DataFrame({"who": ["a", "b", "c"], "what": ["['x', 'y']", None, "['z']"]})
    assert one_row_each(frame, "what").to_numpy().tolist() == [["a", "x"], ["a", "y"], ["c", "z"]]
