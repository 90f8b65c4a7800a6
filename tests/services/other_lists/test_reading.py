"""Lists as other recommenders write them: the same people and items in the same order, whatever the file is."""

import gzip
import io
import json

import pandas as pd
import pytest

from services.errors import DataError
from services.other_lists.fitting import fitted
from services.other_lists.reading import ReadLists, read

WANTED = {"007": ("b", "a", "c"), "8": ("c", "a")}
PAIRS = [(user, item, place) for user, items in WANTED.items() for place, item in enumerate(items, 1)]


def table(user: str, item: str, *more: str) -> pd.DataFrame:
    """Return the wanted lists, worst places first, with ranks from 1 in the columns named rank, else falling scores."""
    frame = pd.DataFrame(PAIRS, columns=[user, item, "place"])
    for name in more:
        frame[name] = frame["place"] if "rank" in name.lower() else 10.0 - frame["place"]
    return frame.drop(columns="place").iloc[::-1]


@pytest.mark.parametrize(
    "columns",
    [
        ("user_id", "item_id", "score", "rank"),  # RecTools
        ("query_id", "item_id", "rating"),  # RePlay
        ("user_idx", "item_idx", "relevance"),  # RePlay, older
        ("user_id", "item_id", "prediction"),  # Evidently
        ("user", "item", "score"),  # Cornac, LensKit
        ("uid", "iid", "est"),  # Surprise
        ("user_id:token", "item_id:token", "score:float"),  # RecBole
        ("USER_ID", "ITEM_ID", "RANK"),
        ("userID", "itemID", "prediction"),  # Microsoft's recommenders
    ],
)
@pytest.mark.parametrize("kind", ["csv", "tab", "parquet", "gz", "jsonl"])
def test_a_table_of_any_recommender_gives_the_same_lists(columns: tuple[str, ...], kind: str) -> None:
    frame = table(*columns)
    buffer = io.BytesIO()
    if kind == "parquet":
        frame.to_parquet(buffer)
    elif kind == "jsonl":
        frame.to_json(buffer, orient="records", lines=True)
    else:
        frame.to_csv(buffer, index=False, sep="\t" if kind == "tab" else ",")
    content = gzip.compress(buffer.getvalue()) if kind == "gz" else buffer.getvalue()
    (found,) = read(content, f"als.{kind}")
    assert found.lists == WANTED
    assert found.name == "als"
    assert (found.n_left_out, found.n_duplicates) == (0, 0)


def test_several_models_in_one_file_are_several_lists() -> None:
    frame = pd.concat([table("user_id", "item_id", "rank").assign(model=name) for name in ("als", "ease")])
    found = read(frame.to_csv(index=False).encode(), "both.csv")
    assert [(one.name, one.lists) for one in found] == [("als", WANTED), ("ease", WANTED)]


def test_a_batch_jobs_output_is_read_and_its_refused_lines_are_counted() -> None:
    lines = [
        {"input": {"userId": user}, "output": {"recommendedItems": list(items), "scores": []}, "error": None}
        for user, items in WANTED.items()
    ]
    lines.append({"input": {"userId": "9"}, "output": None, "error": "unknown"})
    (found,) = read("\n".join(map(json.dumps, lines)).encode(), "job.json.out")
    assert (found.lists, found.n_left_out, found.name) == (WANTED, 1, "job.json")


@pytest.mark.parametrize("cells", [("b a c", "c a"), ("['b', 'a', 'c']", "['c', 'a']"), ("b|a|c", "c|a")])
def test_several_items_in_a_cell_are_one_list(cells: tuple[str, str]) -> None:
    text = f'customer_id,prediction\n007,"{cells[0]}"\n8,"{cells[1]}"\n'
    assert read(text.encode(), "answer.csv")[0].lists == WANTED


def test_doubles_and_gaps_are_left_out_and_counted() -> None:
    text = "user_id,item_id,rank\n1,a,1\n1,a,2\n1,b,3\n,c,1\n2,,1\n"
    (found,) = read(text.encode("utf-16"), "x.csv")
    assert (found.lists, found.n_left_out, found.n_duplicates) == ({"1": ("a", "b")}, 2, 1)


def test_numbers_as_ids_have_no_decimals() -> None:
    buffer = io.BytesIO()
    pd.DataFrame({"user": [1.0, 1.0], "item": [7, 8], "score": [0.1, 0.2]}).to_parquet(buffer)
    assert read(buffer.getvalue(), "x.parquet")[0].lists == {"1": ("8", "7")}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "x.csv is empty"),
        (b"who,what\n1,2\n", "No column says a user: the file has 'who' and 'what'"),
        (b"user_id,thing\n1,2\n", "No column says an item"),
        (b"user_id,item_id,rank\n1,a,first\n", "The column rank has no number"),
        (b"user_id,item_id\n,\n", "no row with both"),
        (b"PAR1 and nothing", "cannot be read as Parquet"),
        (b'{"user_id": 1\n', "Line 1 of x.csv is no JSON"),
        (b'{"input": {"userId": "9"}, "error": "unknown"}\n', "1 lines were refused"),
    ],
)
def test_what_cannot_be_read_is_said_with_the_value(content: bytes, words: str) -> None:
    with pytest.raises(DataError, match=words):
        read(content, "x.csv")


def test_ids_that_lost_their_zeros_or_got_decimals_are_fitted_to_the_data() -> None:
    lost = ReadLists("als", {"7": ("1.0", "2.0")}, 2, 0, 0, "by rank")
    found, words = fitted(lost, {"0007", "0012"}, {"1", "2"})
    assert found.lists == {"0007": ("1", "2")}
    assert words == "Ids were fitted to the data: people with their leading zeros and items without .0."
    same, nothing = fitted(lost, {"7"}, {"1.0", "2.0"})
    assert (same, nothing) == (lost, "")
